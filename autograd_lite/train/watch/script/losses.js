// Curves over the epochs: the loss, and what the inspector tells of a unit or a weight. What is behind the cursor is faint.

/** A curve: numbers at epochs. @typedef {{epochs: number[], numbers: ArrayLike<number>, kind: string}} Series */

/** The last epoch that the axes have: as many as there were to be, or twice as many, or more. */
function lastEpoch() {
  const planned = DATA.kept.epochs[DATA.kept.epochs.length - 1] || 100, seen = seenEpoch();
  return planned * Math.max(1, Math.ceil(seen / planned));
}
/** The last epoch that one can go to. */
const seenEpoch = () => Math.max(training.epoch, training.epochs().at(-1) ?? 0);

/** Draw curves over the epochs; returned are the places of a number upwards and of an epoch across.
 * @param {any} svg @param {Series[]} series @param {{low: number, high: number}} range */
function drawCourse(svg, series, { low, high }) {
  const { wide, high: tall } = sizeOf(svg), last = lastEpoch(), top = 8, bottom = tall - 24;
  const marks = ticks(low, high, Math.max((bottom - top) / 100, 1)), texts = marks.map(shown), left = 10 + 6.4 * Math.max(...texts.map((text) => text.length), 1), right = wide - 6;
  const x = (/** @type {number} */ epoch) => left + epoch / last * (right - left), y = (/** @type {number} */ number) => bottom - (number - low) / (high - low) * (bottom - top);
  svg.setAttribute("viewBox", `0 0 ${wide} ${tall}`);
  const parts = marks.flatMap((mark, k) => [drawn("line", { class: "grid", x1: left, x2: right, y1: y(mark), y2: y(mark) }), drawn("text", { class: "end", x: left - 7, y: y(mark) + 4 }, texts[k])]);
  const whole = ticks(0, last, Math.max((right - left) / 180, 1)).filter(Number.isInteger);
  parts.push(...whole.map((epoch) => drawn("text", { class: "middle", x: Math.min(x(epoch), right - 3.2 * String(epoch).length), y: bottom + 16 }, String(epoch))));
  for (const { epochs, numbers, kind } of series) {
    let past = "", later = "";
    epochs.forEach((epoch, k) => {
      if (!Number.isFinite(numbers[k])) return;
      const at = `${x(epoch).toFixed(1)} ${Math.min(y(numbers[k]), bottom + 2).toFixed(1)}`;
      if (epoch <= view.epoch) past += `${past ? "L" : "M"}${at}`;
      if (epoch >= view.epoch) later += `${later ? "L" : "M"}${at}`;
    });
    parts.push(drawn("path", { class: `line ${kind} later`, d: later }), drawn("path", { class: `line ${kind}`, d: past }));
  }
  parts.push(drawn("line", { class: "cursor", x1: x(view.epoch), x2: x(view.epoch), y1: top, y2: bottom }));
  svg.replaceChildren(...parts);
  return { x, y, left, right, top, bottom };
}
/** The curve's number at the cursor, or just before it. @param {Series} series */
function atCursor({ epochs, numbers }) {
  const k = epochs.findLastIndex((epoch) => epoch <= view.epoch);
  return k >= 0 && Number.isFinite(numbers[k]) ? { epoch: epochs[k], number: numbers[k] } : null;
}

/** What the losses are before the first step, where the data does not say it. @type {{p: any, train: number, held: number}} */
let atFirst = { p: null, train: NaN, held: NaN };
/** The losses over the epochs, that before the first step among them. @returns {Series[]} */
function lossSeries() {
  const { epochs, train, held: out } = training.losses, p = training.parametersAt(0), whole = epochs[0] === 0;
  if (!whole && hasLoss && atFirst.p !== p) atFirst = { p, train: training.lossOver(DATA.train, p).loss, held: DATA.held ? training.lossOver(DATA.held, p).loss : NaN };
  const over = (/** @type {number} */ first, /** @type {(number | null)[]} */ numbers, /** @type {string} */ kind) =>
    ({ epochs: whole ? epochs : [0, ...epochs], numbers: [...whole ? [] : [first], ...numbers].map((x) => x ?? NaN), kind });
  return [over(atFirst.train, train, ""), ...out ? [over(atFirst.held, out, "held")] : []];
}
const lossesNow = ofMoment((points) => [points, DATA.held].map((each) => hasLoss && each ? training.lossOver(each) : null));
/** Where an epoch is in the picture of the losses. @type {{left: number, right: number} | null} */
let lossAxis = null;
function drawLosses() {
  const series = lossSeries(), all = series.flatMap(({ numbers }) => Array.from(numbers)).filter(Number.isFinite);
  const most = Math.max(...all, 1e-12), low = Math.min(0, ...all), svg = $("loss"), step = ticks(low, most, 2), each = step.length > 1 ? step[1] - step[0] : most;
  const axes = drawCourse(svg, series, { low: low < 0 ? Math.floor(low / each) * each : 0, high: Math.ceil(most / each - 1e-9) * each });
  const now = series.map(atCursor);
  now.forEach((found, k) => { if (found) svg.append(drawn("circle", { class: `dot ${k ? "held" : ""}`, cx: axes.x(found.epoch), cy: axes.y(found.number), r: 4 })); });
  const word = `epoch ${view.epoch}`, right = axes.x(view.epoch) < axes.right - 70;
  svg.append(drawn("text", { class: `word${right ? "" : " end"}`, x: axes.x(view.epoch) + (right ? 8 : -8), y: axes.top + 10 }, word));
  lossAxis = axes;
  const here = lossesNow(), between = training.now.place > 0;
  const told = ["training", ...series.length > 1 ? ["held out"] : []].map((name, k) => {
    const number = !between && now[k]?.epoch === view.epoch ? now[k]?.number : here[k]?.loss, share = here[k]?.accuracy;
    const sample = drawn("svg", { width: 26, height: 8, "aria-hidden": "true" });
    sample.append(drawn("path", { class: `line ${k ? "held" : ""}`, d: "M0 4h26" }));
    return { name, number, share, picture: sample };
  });
  $("now").replaceChildren(...told.map(({ name, number, share, picture }) => element("span", { title: name === "training" ? "the mean over the epoch, as fit has it" : "after the epoch" }, picture, element("span", { className: "called", textContent: name }),
    element("b", { textContent: number === undefined ? "?" : shown(number) }), typeof share === "number" ? `${(100 * share).toFixed(1)} %${name === "training" ? " right" : ""}` : "")));
  svg.setAttribute("aria-label", `loss over the epochs: ${told.map(({ name, number }) => `${name} ${number === undefined ? "unknown" : shown(number)}`).join(", ")} at epoch ${view.epoch}`);
  return told;
}
/** The epoch at which one points. @param {PointerEvent} event */
function epochAt(event) {
  if (!lossAxis) return;
  const at = event.clientX - $("loss").getBoundingClientRect().left;
  goTo(Math.round((at - lossAxis.left) / (lossAxis.right - lossAxis.left) * lastEpoch()));
}
$("loss").addEventListener("pointerdown", (/** @type {PointerEvent} */ event) => { $("loss").setPointerCapture(event.pointerId); epochAt(event); });
$("loss").addEventListener("pointermove", (/** @type {PointerEvent} */ event) => { if ($("loss").hasPointerCapture(event.pointerId)) epochAt(event); });
