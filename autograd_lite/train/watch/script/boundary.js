// The plane of the shown inputs: what the network says there, with its confidence, and the points. Of one input a curve.

const flat = DATA.shown.length < 2, binary = DATA.classes !== null && DATA.decide !== "argmax", regression = DATA.classes === null;
/** What is shown. @type {Plane} */
let plane = { left: -1, right: 1, bottom: -1, top: 1 };
const box = { left: 26, top: 4, wide: 1, high: 1 };  // in pixels, within the picture
let equal = true;  // whether both axes have one scale

const across = (/** @type {number} */ x) => box.left + (x - plane.left) / (plane.right - plane.left) * box.wide;
const upwards = (/** @type {number} */ y) => box.top + (plane.top - y) / (plane.top - plane.bottom) * box.high;

/** The least and the largest number, and some room around. @param {number[]} numbers */
function span(numbers) {
  const low = Math.min(...numbers), high = Math.max(...numbers), room = (high - low) * 0.08 || 1;
  return [low - room, high + room];
}

/** The outputs among values, or among grids of them. @template T @param {ArrayLike<T>} values @returns {T[]} */
const outputsOf = (values) => DATA.outputs.map((/** @type {number} */ o) => values[o]);
/** How sure the network is of class 1, or of the output with this number: −1 to 1 on a grid, 0 at the boundary; of a regression, its output.
 * @param {Grid} grid @param {number} output @returns {Float64Array} */
function confidenceField({ values }, output) {
  const of = outputsOf(values);
  if (regression) return of[output];
  if (binary) return of[output].map((score) => sureness(DATA, score));
  return of[output].map((_, at) => chances(DATA, of.map((one) => one[at]))[output]);
}

/** How far from the boundary the network is surer than 0.9, if it says so. */
const SURE = DATA.decide === "half" ? [-0.4, 0.4] : DATA.confidence === "sigmoid" ? [-Math.log(9), Math.log(9)] : DATA.confidence === "tanh" ? [-0.8, 0.8] : binary ? [-1, 1] : [];
const bare = DATA.decide === "score" && DATA.confidence === "none";  // a score that is no probability
const SURE_WORDS = bare ? "margin" : binary ? "0.1, 0.9" : "";

/** Show the plane of other inputs; the two change places where the new one is shown already. @param {number} axis 0 across, 1 upwards @param {number} input */
function showAlong(axis, input) {
  if (DATA.shown[1 - axis] === input) DATA.shown[1 - axis] = DATA.shown[axis];
  DATA.shown[axis] = input;
  showAnew();
  say(`${DATA.features[input].name} is shown ${axis ? "upwards" : "across"}.`);
  /** @type {HTMLElement | null} */ (document.querySelector("button.along:enabled"))?.focus({ preventScroll: true });  // the pressed one is gone
}
/** Fit plane and picture into the room there is. */
function layPlane() {
  const { clientWidth: wide, clientHeight: high } = $("plane");
  const all = [DATA.train, DATA.held ?? { x: [], y: [] }], along = (/** @type {number} */ input) => span(all.flatMap(({ x }) => x.map((/** @type {number[]} */ one) => one[input])));
  let [left, right] = along(DATA.shown[0]);
  let [bottom, top] = !flat ? along(DATA.shown[1]) : binary ? [-0.15, 1.15] : span(all.flatMap(({ y }) => y.map(targetOf)));
  const texts = ticks(bottom, top, 2).map((y) => shown(y).length);
  box.left = Math.max(26, 6.8 * Math.max(...texts) + 8);
  Object.assign(box, { wide: Math.max(wide - box.left, 1), high: Math.max(high - box.top - 20, 1) });  // a hidden frame has no room
  const scales = [(right - left) / box.wide, (top - bottom) / box.high], scale = Math.max(...scales);
  equal = !flat && scale / Math.min(...scales) < 5;  // axes of other units would be a line
  if (equal) {
    const more = (scale * box.wide - (right - left)) / 2, higher = (scale * box.high - (top - bottom)) / 2;
    [left, right, bottom, top] = [left - more, right + more, bottom - higher, top + higher];
  }
  plane = { left, right, bottom, top };
  Object.assign($("shading").style, { left: `${box.left}px`, top: `${box.top}px`, width: `${box.wide}px`, height: `${box.high}px` });
  $("points").setAttribute("viewBox", `0 0 ${wide} ${high}`);
  layPoints();
  writeClasses();
}

/** The shapes of classes, around a place. @type {((x: number, y: number, r: number) => string)[]} */
const SHAPES = [
  (x, y, r) => `M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`,
  (x, y, r) => `M${x - 0.9 * r} ${y - 0.9 * r}h${1.8 * r}v${1.8 * r}h${-1.8 * r}z`,
  (x, y, r) => `M${x} ${y - 1.25 * r}l${1.15 * r} ${2.05 * r}h${-2.3 * r}z`,
  (x, y, r) => `M${x} ${y - 1.3 * r}l${1.2 * r} ${1.3 * r}l${-1.2 * r} ${1.3 * r}l${-1.2 * r} ${-1.3 * r}z`,
  (x, y, r) => `M${x} ${y + 1.25 * r}l${1.15 * r} ${-2.05 * r}h${-2.3 * r}z`,
  (x, y, r) => `M${x - 0.4 * r} ${y - 1.2 * r}h${0.8 * r}v${0.8 * r}h${0.8 * r}v${0.8 * r}h${-0.8 * r}v${0.8 * r}h${-0.8 * r}v${-0.8 * r}h${-0.8 * r}v${-0.8 * r}h${0.8 * r}z`,
];
/** Where a point stands in the picture. @param {number} k */
function spot(k) {
  const { x, y } = sampleOf(k);
  return [across(x[DATA.shown[0]]), upwards(flat ? targetOf(y) : x[DATA.shown[1]])];
}
const spots = () => Array.from({ length: trained + held }, (_, k) => spot(k));
/** The mark of a point, by its class or its target. @param {number} k @param {number} x @param {number} y @param {number} r */
function markOf(k, x, y, r) {
  const { y: target, held: out } = sampleOf(k), colour = regression ? flat ? "var(--val)" : targetColour(targetOf(target)) : classColour(target);
  const shape = SHAPES[regression ? 0 : target % SHAPES.length](x, y, out ? r - 0.6 : r);
  const mark = drawn("path", { class: `mark${out ? " held" : ""}`, d: shape });
  if (regression) return styled(mark, { fill: out ? "none" : colour, stroke: "var(--ink)" });
  return styled(mark, out ? { stroke: colour } : { fill: colour });
}
/** A number among the targets as a colour. @param {number} target */
function targetColour(target) {
  const { card, value, gradient } = colours(), part = Math.min(Math.abs(target) / valueScale, 1), to = target > 0 ? value : gradient;
  return `rgb(${card.map((c, i) => Math.round(c + part * (to[i] - c))).join(",")})`;
}
const valueScale = regression ? Math.max(largest(DATA.train.y.map(targetOf)), 1e-12) : 1;
const drawnLines = drawn("g", {}), drawnRing = drawn("g", {}), drawnPoints = drawn("g", {});
/** Axes and points, which stay where they are while the network learns. */
function layPoints() {
  const svg = $("points"), bottom = box.top + box.high, axes = /** @type {Element[]} */ ([]);
  for (const x of ticks(plane.left, plane.right, box.wide / 175)) axes.push(drawn("text", { class: "middle", x: Math.min(across(x), box.left + box.wide - 3.4 * shown(x).length), y: bottom + 15 }, shown(x)));
  for (const y of ticks(plane.bottom, plane.top, box.high / 150)) axes.push(drawn("text", { class: "end", x: box.left - 5, y: Math.max(upwards(y) + 4, 12) }, shown(y)));
  const high = flat ? regression ? "y" : "p" : DATA.features[DATA.shown[1]].name;
  axes.push(calledAt(DATA.features[DATA.shown[0]].name, 22, box.left + box.wide - 7, bottom - 9, "end"), calledAt(high, 22, box.left + 9, box.top + 17, "begin"));
  axes.push(drawn("rect", { class: "frame", x: box.left, y: box.top, width: box.wide, height: box.high, rx: 6 }));
  const clip = drawn("clipPath", { id: "inside" }), defs = drawn("defs", {});
  clip.append(drawn("rect", { x: box.left, y: box.top, width: box.wide, height: box.high, rx: 6 }));
  defs.append(clip);
  for (const part of [drawnLines, drawnPoints]) part.setAttribute("clip-path", "url(#inside)");
  movePoints();
  svg.replaceChildren(defs, drawnLines, drawnPoints, ...axes, drawnRing);
}
function movePoints() {
  drawnPoints.replaceChildren(...spots().map(([x, y], k) => markOf(k, x, y, 4.2)));
}

/** A list of x, y in columns and rows as a path. @param {Float64Array} line @param {number} wide @param {number} high */
function pathOf(line, wide, high) {
  let d = "";
  for (let k = 0; k < line.length; k += 2) d += `${k ? "L" : "M"}${(box.left + partOf(line[k], wide) * box.wide).toFixed(1)} ${(box.top + partOf(line[k + 1], high) * box.high).toFixed(1)}`;
  return d;
}
/** Shading and boundary as they are now. @param {Grid} grid */
function drawPlane(grid) {
  const { wide, high, values } = grid, outputs = outputsOf(values), of = (/** @type {ArrayLike<number>} */ field, /** @type {number} */ level, /** @type {string} */ kind) =>
    contours(field, wide, high, level).map((line) => drawn("path", { class: kind, d: pathOf(line, wide, high) }));
  if (flat) return drawnLines.replaceChildren(...curvesOf(grid));
  shade(grid);
  if (regression) {
    const levels = ticks(...(/** @type {[number, number]} */ (span([...outputs[0]]))));
    return drawnLines.replaceChildren(...levels.flatMap((level) => of(outputs[0], level, "sure")));
  }
  const edges = margins(DATA.decide, outputs), sure = binary ? SURE.flatMap((level) => of(edges[0], level, "sure")) : [];
  drawnLines.replaceChildren(...sure, ...edges.flatMap((edge) => of(edge, 0, "half")));
}
/** Of one input, the output as a curve, or what each class is given. @param {Grid} grid */
function curvesOf(grid) {
  const count = regression || binary ? 1 : DATA.outputs.length;
  return Array.from({ length: count }, (_, k) => {
    const field = binary ? confidenceField(grid, k).map((t) => (t + 1) / 2) : confidenceField(grid, k);
    const points = [...field].map((y, i) => `${i ? "L" : "M"}${(box.left + partOf(i, field.length) * box.wide).toFixed(1)} ${upwards(y).toFixed(1)}`);
    return styled(drawn("path", { class: "half", d: points.join("") }), count > 1 ? { stroke: classColour(k) } : {});
  });
}
const sheet = document.createElement("canvas");
/** @param {Grid} grid */
function shade(grid) {
  const { wide, high } = grid, canvas = $("shading"), context = canvas.getContext("2d"), { classes, shade: most, value, gradient } = colours();
  Object.assign(sheet, { width: wide, height: high });
  const inner = /** @type {CanvasRenderingContext2D} */ (sheet.getContext("2d")), image = inner.createImageData(wide, high), { data } = image;
  if (binary || regression) {
    const field = confidenceField(grid, 0);
    field.forEach((t, at) => mix(data, at, t > 0 ? value : gradient, regression ? Math.min(Math.abs(t) / valueScale, 1) : most * Math.min(Math.abs(t), 1)));
  } else {
    const outputs = outputsOf(grid.values);
    for (let at = 0; at < wide * high; at++) {
      const here = outputs.map((one) => one[at]), place = classOf(DATA, here), sure = DATA.confidence === "softmax" ? chances(DATA, here)[place] : 1;
      mix(data, at, classes[place % classes.length], most * Math.max(sure, 0.15));
    }
  }
  inner.putImageData(image, 0, 0);
  const ratio = Math.min(window.devicePixelRatio || 1, 2), [w, h] = [box.wide, box.high].map((size) => Math.max(1, Math.round(size * ratio)));
  if (canvas.width !== w || canvas.height !== h) Object.assign(canvas, { width: w, height: h });
  context.drawImage(sheet, 1, 1, wide - 2, high - 2, 0, 0, w, h);
}
/** The chosen point: ringed, and what the network says of it. */
function drawChosen() {
  const [x, y] = spot(view.point), { x: at, y: target, held: out } = sampleOf(view.point), outputs = outputsOf(FORWARD(view.p, at));
  drawnRing.replaceChildren(drawn("circle", { class: "ring under", cx: x, cy: y, r: 10 }), drawn("circle", { class: "ring", cx: x, cy: y, r: 10 }), markOf(view.point, x, y, 4.2));
  const said = $("chosen-point"), symbol = (/** @type {string} */ letter, /** @type {number} */ number) => element("span", { innerHTML: math(`<mi>${letter}</mi><mo>=</mo><mn class="value">${shown(number)}</mn>`) });
  const who = `${out ? "held-out" : "chosen"} point: `;
  if (regression) said.replaceChildren(`${who}target ${shown(targetOf(target))}, `, symbol("y", outputs[0]));
  else {
    const chance = binary ? (sureness(DATA, outputs[0]) + 1) / 2 : chances(DATA, outputs)[target], scored = bare || !binary && DATA.confidence === "none";
    said.replaceChildren(`${who}${cut(className(target), 30)}, `, scored ? symbol("y", binary ? outputs[0] : outputs[target]) : symbol("p", chance));
  }
  $("points").setAttribute("aria-label", `${trained + held} points; ${said.textContent} at ${placeOf(view.point)}`);
}
/** The classes and lines that the picture has, in words. */
function writeClasses() {
  const mark = (/** @type {string} */ d, /** @type {Record<string, string>} */ style, wide = 10) => {
    const svg = drawn("svg", { width: wide, height: 10, "aria-hidden": "true" });
    svg.append(styled(drawn("path", { d }), style));
    return svg;
  };
  const parts = /** @type {Element[]} */ ([]), add = (/** @type {Element} */ picture, /** @type {string} */ word) => parts.push(element("span", {}, picture, word));
  const names = /** @type {string[]} */ (DATA.classes ?? []);
  names.forEach((_, k) => add(mark(SHAPES[k % SHAPES.length](5, 5, 4), { fill: classColour(k) }), cut(className(k), 30)));
  if (regression) add(mark(SHAPES[0](5, 5, 4), { fill: "var(--val)" }), "to train on");
  const hollow = (/** @type {number} */ k) => mark(SHAPES[k](5, 5, 3.4), { fill: "none", strokeWidth: "1.8", stroke: regression ? "var(--ink)" : classColour(k) });
  if (held) parts.push(element("span", {}, hollow(0), ...binary ? [hollow(1)] : [], "held out"));
  const line = { stroke: "var(--ink)", fill: "none", strokeWidth: "2" }, thin = { ...line, strokeWidth: "1", strokeDasharray: "2 3", opacity: ".6" };
  if (flat) add(mark("M0 5h18", line, 18), "the network");
  else if (regression) add(mark("M0 5h18", thin, 18), "equal values");
  else add(mark("M0 5h18", line, 18), binary ? bare ? "0" : "½" : "boundary");
  if (SURE.length && !flat) add(mark("M0 5h18", thin, 18), SURE_WORDS);
  add(mark(SHAPES[0](7, 5, 6), line, 14), "chosen");
  $("classes").replaceChildren(...parts);
  $("seen-as").textContent = regression ? flat ? "Curve" : "Values" : "Boundary";
  const others = DATA.features.length - DATA.shown.length, notes = [others ? `the other ${others === 1 ? "input has its mean" : `${others} inputs have their means`}` : "", flat || equal ? "" : "the axes have scales of their own", DATA.features[0]?.scale ? `the inputs are standardized` : ""].filter(Boolean);
  $("others").hidden = !notes.length;
  $("others").textContent = capital(notes.join("; "));
}
/** The point that lies nearest to a place in the picture. @param {number} x @param {number} y */
function pointNear(x, y) {
  const away = spots().map(([px, py]) => Math.hypot(px - x, py - y)), least = Math.min(...away);
  return least < 24 ? away.indexOf(least) : -1;
}
$("points").addEventListener("click", (/** @type {MouseEvent} */ event) => {
  const { left, top } = $("points").getBoundingClientRect(), near = pointNear(event.clientX - left, event.clientY - top);
  if (near >= 0) choosePoint(near);
});
$("points").addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
  const by = event.key === "ArrowRight" || event.key === "ArrowDown" ? 1 : event.key === "ArrowLeft" || event.key === "ArrowUp" ? -1 : 0, count = trained + held;
  if (!by || event.ctrlKey || event.metaKey || event.altKey) return;
  choosePoint((view.point + by + count) % count);
  event.preventDefault();
  event.stopPropagation();
});
