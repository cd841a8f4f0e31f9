// The curve: the result over one input, or a node over its operand; its slope is the gradient, or the local derivative.

/** Where an input may be moved to: so far that its start is in the middle. @param {number} x */
const range = (x) => [x - Math.max(1.5, Math.abs(x)), x + Math.max(1.5, Math.abs(x))];

/** What is drawn: a function of one number, where it stands now, and its slope where that is known. */
function curveNow() {
  const step = steps[state.place], sees = known();
  if (state.tab === "local" && step.kind === "backward") {
    const { node, operand, place } = step, at = values[operand];
    const f = (/** @type {number} */ x) => {
      const numbers = values.slice();
      numbers[operand] = x;
      return RULES[node].value(numbers);
    };
    const open = state.asked && !sees.local(state.place);
    return { f, x: at, y: values[node], slope: sees.local(state.place) ? locals[node][place] : null, across: operand, upwards: node, tangent: !open, limits: range(at) };
  }
  const leaf = state.leaf, start = starts[movable.indexOf(leaf)];
  const f = (/** @type {number} */ x) => {
    const numbers = values.slice();
    numbers[leaf] = x;
    return computed(numbers)[root];
  };
  return { f, x: values[leaf], y: values[root], slope: sees.slope(leaf) ? gradient(leaf) : null, across: leaf, upwards: root, tangent: sees.slope(leaf), limits: range(start) };
}
/** The points of the curve, which most steps leave as it is. @type {{key: string, points: number[][]}} */
const sampled = { key: "", points: [] };
/** The axes of the curve that is drawn, for dragging on it. */
const axes = { low: 0, high: 1, left: 0, right: 1 };

function drawCurve() {
  const svg = $("curve"), { clientWidth: width, clientHeight: height } = svg.parentElement;
  if (!DATA.playable || !movable.length || width < 60 || height < 60) return;
  const step = steps[state.place];
  $("trouble").hidden = Number.isFinite(values[root]);
  $("tabs").hidden = false;
  for (const button of $("tabs").children) button.setAttribute("aria-pressed", String(button.value === (step.kind === "backward" ? state.tab : "whole")));
  $("tabs").lastElementChild.disabled = step.kind === "forward";
  const over = (/** @type {number} */ y, /** @type {number} */ x) => `${math(nodes[y].symbol)} over ${math(nodes[x].symbol)}`;
  $("tabs").firstElementChild.innerHTML = over(root, state.leaf);
  $("tabs").lastElementChild.innerHTML = step.kind === "backward" ? over(step.node, step.operand) : "local";
  const now = curveNow(), sees = known();
  let [low, high] = now.limits;
  [low, high] = [Math.min(low, now.x), Math.max(high, now.x)];
  svg.replaceChildren();
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  if (state.predict && !sees.value(root)) {  // its points would give the result away
    svg.setAttribute("aria-label", "the curve comes with the result");
    svg.append(drawn("text", { x: width / 2, y: height / 2, class: "middle" }, "The curve comes with the result."));
    return;
  }
  svg.setAttribute("aria-label", `${nodes[now.upwards].name} over ${nodes[now.across].name}: no finite number`);
  if (!Number.isFinite(high - low)) return;  // there is nothing to see around an input that is not a finite number
  const right = width - 12, top = 22, bottom = height - 20, count = 200;
  const key = [now.across, now.upwards, low, high, ...movable.map((/** @type {number} */ i) => values[i])].join();
  if (sampled.key !== key) Object.assign(sampled, { key, points: Array.from({ length: count + 1 }, (_, k) => low + (high - low) * k / count).map((x) => [x, now.f(x)]) });
  const { points } = sampled;
  const finite = points.map((p) => p[1]).filter(Number.isFinite).sort((a, b) => a - b);
  let [least, most] = finite.length ? [finite[Math.floor(finite.length * 0.02)], finite[Math.ceil(finite.length * 0.98) - 1]] : [-1, 1];
  if (Number.isFinite(now.y)) [least, most] = [Math.min(least, now.y), Math.max(most, now.y)];
  const pad = (most - least) * 0.08 || Math.abs(most) * 0.1 || 1;
  [least, most] = [least - pad, most + pad];
  const left = 14 + 6.8 * Math.max(...ticks(least, most).map((y) => shown(y).length), 3);
  const sx = (/** @type {number} */ x) => left + (x - low) / (high - low) * (right - left);
  const sy = (/** @type {number} */ y) => Math.min(Math.max(bottom - (y - least) / (most - least) * (bottom - top), -1e4), 1e4);
  Object.assign(axes, { low, high, left, right });
  const parts = [];
  for (const y of ticks(least, most)) {
    parts.push(drawn("line", { class: "grid", x1: left, x2: right, y1: sy(y), y2: sy(y) }));
    parts.push(drawn("text", { x: left - 6, y: sy(y) + 4, class: "end" }, shown(y)));
  }
  for (const x of ticks(low, high)) parts.push(drawn("text", { x: sx(x), y: bottom + 15, class: "middle" }, shown(x)));
  let d = "", pen = false;
  for (const [x, y] of points) {
    if (Number.isFinite(y)) d += `${pen ? "L" : "M"}${sx(x).toFixed(1)} ${sy(y).toFixed(1)}`;
    pen = Number.isFinite(y);
  }
  const frame = drawn("clipPath", { id: "frame" });
  frame.append(drawn("rect", { x: left, y: top - 6, width: right - left, height: bottom - top + 6 }));
  parts.push(frame, drawn("path", { class: "graph", d: d || "M0 0", "clip-path": "url(#frame)" }));
  if (Number.isFinite(now.y)) {
    const slope = now.slope;
    parts.push(drawn("line", { class: "drop", x1: sx(now.x), x2: sx(now.x), y1: sy(now.y), y2: bottom }));
    if (slope !== null && Number.isFinite(slope)) {
      const at = (/** @type {number} */ x) => now.y + slope * (x - now.x);
      parts.push(drawn("line", { class: "tangent", "clip-path": "url(#frame)", x1: sx(low), y1: sy(at(low)), x2: sx(high), y2: sy(at(high)) }));
    }
    if (slope !== null) parts.push(drawn("text", { class: "slope end", x: right, y: top - 8 }, `slope ${shown(slope)}`));
    if (state.tab !== "local" && moved && moved.leaf === state.leaf && Number.isFinite(moved.y)) parts.push(drawn("circle", { class: "before", cx: sx(moved.x), cy: sy(moved.y), r: 6 }));
    parts.push(drawn("circle", { class: "point", cx: sx(now.x), cy: sy(now.y), r: 6.5 }));
  }
  svg.append(...parts);
  const told = now.slope === null ? "" : `, slope ${shown(now.slope)}`;
  svg.setAttribute("aria-label", `${nodes[now.upwards].name} over ${nodes[now.across].name}: ${shown(now.y)} at ${shown(now.x)}${told}`);
}
$("curve").addEventListener("pointerdown", (/** @type {PointerEvent} */ event) => {
  if (state.tab === "local" && steps[state.place].kind === "backward") return;  // an operand that is computed cannot be moved
  if (!$("curve").querySelector(".graph")) return;
  $("curve").setPointerCapture(event.pointerId);
  drag(event);
});
$("curve").addEventListener("pointermove", (/** @type {PointerEvent} */ event) => { if ($("curve").hasPointerCapture(event.pointerId)) drag(event); });
/** @param {PointerEvent} event */
function drag(event) {
  const at = event.clientX - $("curve").getBoundingClientRect().left, { low, high, left, right } = axes;
  const x = low + Math.min(Math.max((at - left) / (right - left), 0), 1) * (high - low);
  set(state.leaf, Number(x.toPrecision(3)));
}
for (const button of $("tabs").children) button.onclick = () => { state.tab = button.value; drawCurve(); note(); };
