// The network: units as circles with a map in each, weights as lines between them. What is chosen stands out.

/** A circle: the layer of a unit, −1 for an input; where it stands, and what is drawn of it.
 * @typedef {{layer: number, unit: number, x: number, y: number, r: number, column: number, canvas: HTMLCanvasElement, mark: Element, tag: Element, painted: boolean}} Circle */
/** A line: a parameter, and the circles between which it is drawn. @typedef {{at: number, from: Circle, to: Circle, path: Element}} Line */

const ROOM = 22, LEAST_RADIUS = 7, LONGEST = 12;  // pixels from circle to circle, below which some are left out; letters of a name
/** @type {Circle[]} */
let circles = [];
/** @type {Line[]} */
let lines = [];
const lit = drawn("g", {}), pill = drawn("g", { class: "pill" });
const circleOf = (/** @type {number} */ layer, /** @type {number} */ unit) => circles.find((one) => one.layer === layer && one.unit === unit);

/** A name with indices for a picture: its letter, what is raised and what is lowered. @param {number} x @param {number} y @param {string} letter @param {string} lowered @param {string} raised */
function nameAt(x, y, letter, lowered, raised = "") {
  const name = drawn("text", { class: "name", x, y }), beside = x + 6.5 * [...letter].length + 3;
  name.append(drawn("tspan", {}, letter));
  if (raised) name.append(drawn("tspan", { class: "index", x: beside + 0.5, y: y - 6.5 }, raised));
  if (lowered) name.append(drawn("tspan", { class: "index", x: beside, y: y + 4.5 }, lowered));
  return name;
}
/** How an input or an output is called: a letter with an index, or a word, which may be cut; it begins at a place, ends or
 * stands around it. @param {string} name @param {number} most @param {number} x @param {number} y @param {"begin" | "end" | "middle"} how */
function calledAt(name, most, x, y, how) {
  const [, letter, index] = INDEXED.exec(name) ?? [], wide = letter ? 10 + 7 * index.length : 0;
  if (letter) return nameAt(how === "begin" ? x : how === "end" ? x - wide : x - wide / 2, y, letter, index);
  return drawn("text", { class: `word ${how}`, x, y }, cut(name, most));
}
/** @param {string} name @param {number} most */
const cut = (name, most) => name.length > most ? `${name.slice(0, most - 1)}…` : name;

/** Place all circles and lines in the room that there is. */
function layNetwork() {
  const [svg, above] = [$("lines"), $("marks")], { clientWidth: wide } = svg;
  const sizes = [DATA.features.length, ...layers.map((/** @type {any} */ layer) => layer.units.length)], last = sizes.length - 1;
  const narrow = wide < 560, lower = wide < 700 || sizes[last] > 2;
  $("network").classList.toggle("lower", lower);
  const high = svg.clientHeight;  // after the legend has its place
  for (const one of [svg, above]) one.setAttribute("viewBox", `0 0 ${wide} ${high}`);
  svg.replaceChildren();
  above.replaceChildren(hatching());
  $("maps").replaceChildren();
  const beside = (/** @type {string[]} */ names) => 7.2 * Math.max(...names.map((name) => cut(name, LONGEST).length)) + 52;
  const left = narrow ? 40 : Math.max(92, beside(DATA.features.map((/** @type {any} */ feature) => feature.name))), right = wide - (narrow ? 42 : Math.max(90, beside(layers[last - 1].units.map((/** @type {any} */ _, /** @type {number} */ k) => outputName(k))))), top = 36, room = high - top - 8;
  circles = sizes.flatMap((size, column) => {
    const most = Math.min(size, Math.max(Math.floor(room / ROOM), 1)), hidden = size - most, units = column ? [] : [...DATA.shown];
    for (let unit = 0; units.length < most; unit++) if (!units.includes(unit)) units.push(unit);
    units.length = most;
    units.sort((a, b) => a - b);
    const ends = !column || column === last, gap = Math.min((room - (hidden ? 14 : 0)) / most, ends ? 124 : 90);
    const r = Math.max(Math.min(gap / 2 - 4, column === last ? 34 : column ? 20 : 24, narrow ? 17 : 34), LEAST_RADIUS), x = left + (right - left) * column / last;
    const start = top + (room - (hidden ? 14 : 0)) / 2 - gap * (most - 1) / 2, layer = column - 1;
    const title = column === 0 ? "inputs" : narrow ? (column === last ? "out" : String(column)) : layers[layer].title;
    above.append(drawn("text", { class: "middle", x: Math.min(Math.max(x, 24), wide - 24), y: 22 }, title));
    if (hidden) above.append(drawn("text", { class: "middle", x, y: high - 6 }, `${hidden} more`));
    return units.map((unit, k) => makeCircle({ layer, unit, x, y: start + gap * k, r, column }));
  });
  layNames(last, narrow, wide);
  lines = parameters.flatMap((/** @type {any} */ parameter, /** @type {number} */ at) => {
    if (parameter.from === null || parameter.layer === null) return [];
    const from = circleOf(parameter.layer - 1, parameter.from), to = circleOf(parameter.layer, parameter.unit);
    return from && to ? [{ at, from, to, path: drawn("path", { d: curveBetween(from, to) }) }] : [];
  });
  svg.append(...lines.map((line) => line.path), lit);
  above.append(pill);
}
/** The pattern of units that have stopped. */
function hatching() {
  const defs = drawn("defs", {}), pattern = drawn("pattern", { id: "hatching", width: 6, height: 6, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" });
  pattern.append(drawn("rect", { width: 6, height: 6 }), drawn("line", { x1: 0, y1: 0, x2: 0, y2: 6 }));
  defs.append(pattern);
  return defs;
}
/** @param {Circle} from @param {Circle} to */
function curveBetween(from, to) {
  const a = from.x + from.r, b = to.x - to.r, middle = (a + b) / 2;
  return `M${a} ${from.y}C${middle} ${from.y} ${middle} ${to.y} ${b} ${to.y}`;
}
/** The circle of a unit, with room for its map. @param {any} one @returns {Circle} */
function makeCircle(one) {
  const { layer, unit, x, y, r } = one;
  const canvas = element("canvas", {});
  Object.assign(canvas.style, { left: `${x - r}px`, top: `${y - r}px`, width: `${2 * r}px`, height: `${2 * r}px` });
  $("maps").append(canvas);
  const mark = drawn("g", { class: "unit", role: "button", tabindex: -1, "data-unit": `${layer + 1}.${unit + 1}` }), tag = drawn("g", { class: "tag" });
  mark.append(drawn("circle", { cx: x, cy: y, r, class: "hatch" }), drawn("circle", { cx: x, cy: y, r, class: "ring" }), drawn("circle", { cx: x, cy: y, r: r + 4, class: "focus" }), tag);
  mark.addEventListener("click", () => choose({ kind: "unit", layer, unit }));
  $("marks").append(mark);
  return { ...one, canvas, mark, tag, painted: false };
}
/** The names of inputs and outputs. @param {number} last @param {boolean} narrow @param {number} wide */
function layNames(last, narrow, wide) {
  for (const one of circles) {
    const input = one.layer < 0, output = one.column === last;
    if (!input && !output) continue;
    const called = input ? DATA.features[one.unit].name : outputName(one.unit);
    if (narrow && one.r < 14) continue;  // they would overlap
    const inside = Math.min(Math.max(one.x, 30), wide - 30), way = narrow ? "middle" : input ? "end" : "begin";
    $("marks").append(calledAt(called, narrow ? 7 : LONGEST, narrow ? inside : input ? one.x - one.r - 10 : one.x + one.r + 10, narrow ? one.y - one.r - 5 : one.y + 5, way));
  }
}

/** Draw the weights as they are now. */
function drawLines() {
  const most = layers.map((/** @type {any} */ _, /** @type {number} */ layer) => largest(lines.filter((line) => line.to.layer === layer).map((line) => view.p[line.at])));
  const stopped = stoppedUnits();
  for (const { at, from, to, path } of lines) {
    const w = view.p[at], part = most[to.layer] ? Math.min(Math.abs(w) / most[to.layer], 1) : 0, idle = stopped.has(`${from.layer}.${from.unit}`) || stopped.has(`${to.layer}.${to.unit}`);
    path.setAttribute("class", w < 0 ? "negative" : "positive");
    styled(path, { strokeWidth: (0.6 + 4.6 * part).toFixed(2), opacity: (idle ? 0.1 : 0.1 + 0.9 * part).toFixed(2) });
  }
  const chosen = view.chosen.kind === "weight" ? lines.find((line) => line.at === view.chosen.at) : undefined;
  lit.replaceChildren();
  pill.replaceChildren();
  for (const one of circles) {
    const { kind, layer, unit } = view.chosen.kind === "unit" ? view.chosen : { kind: "weight", ...parameters[view.chosen.at] }, here = one.layer === layer && one.unit === unit;
    one.mark.classList.toggle("chosen", here || one === chosen?.from);
    one.mark.setAttribute("aria-pressed", String(kind === "unit" && here));
  }
  if (!chosen) return;
  const d = curveBetween(chosen.from, chosen.to), w = view.p[chosen.at], long = shown(w), { lowered, raised } = weightIndices(parameters[chosen.at]);
  lit.append(drawn("path", { d, class: "halo" }), styled(drawn("path", { d, class: w < 0 ? "negative" : "positive" }), { strokeWidth: "5.5" }));
  const names = 16 + 7 * Math.max(lowered.length, raised.length), size = names + 7.4 * long.length + 26, x = (chosen.from.x + chosen.from.r + chosen.to.x - chosen.to.r) / 2 - size / 2, y = (chosen.from.y + chosen.to.y) / 2;
  pill.append(drawn("rect", { x, y: y - 14, width: size, height: 28, rx: 14 }), nameAt(x + 10, y + 4.5, "w", lowered, raised), drawn("text", { class: `number end${w < 0 ? " below" : ""}`, x: x + size - 10, y: y + 4.5 }, long));
}

/** Draw the maps of all units, and mark those that have stopped. @param {Grid} grid */
function drawMaps(grid) {
  const stopped = stoppedUnits();
  for (const one of circles) {
    const { layer, unit, canvas, mark, tag } = one, word = stopped.get(`${layer}.${unit}`);
    if (layer < 0) {
      if (one.painted) continue;
      one.painted = true;
      const own = gridOfInput(unit, plane), { mean } = DATA.features[unit], around = own.values[0].map((x) => x - mean);
      paintMap(canvas, own, around, largest(around));
    } else {
      const output = DATA.outputs.indexOf(layers[layer].units[unit].a), field = output >= 0 ? confidenceField(grid, output) : grid.values[layers[layer].units[unit].a];
      paintMap(canvas, grid, field, output >= 0 && DATA.decide !== "value" ? 1 : largest(field));
    }
    mark.classList.toggle("stopped", Boolean(word));
    mark.setAttribute("aria-label", `${unitName(layer, unit)}${word ? `, ${word}` : ""}`);
    tag.replaceChildren();
    if (word) {
      const size = 6.4 * word.length + 16, x = Math.min(one.x + one.r + 6, sizeOf($("lines")).wide - size - 4), y = one.y - one.r - 7;
      tag.append(drawn("rect", { x, y, width: size, height: 20, rx: 10 }), drawn("text", { class: "middle", x: x + size / 2, y: y + 14 }, word));
    }
  }
  const chosen = circleOf(view.chosen.layer, view.chosen.unit) ?? circles.find((one) => one.layer === 0);
  for (const one of circles) if (!circles.some((other) => other.mark === document.activeElement) || one.mark !== document.activeElement) one.mark.setAttribute("tabindex", one === chosen ? "0" : "-1");
}

/** The line that lies nearest to a point. @param {number} x @param {number} y */
function lineNear(x, y) {
  let near = 9, found;
  for (const line of lines) {
    const a = line.from.x + line.from.r, b = line.to.x - line.to.r, middle = (a + b) / 2;
    if (x < a || x > b) continue;
    for (let t = 0; t <= 1; t += 1 / 48) {
      const s = 1 - t, px = s ** 3 * a + 3 * s * t * middle + t ** 3 * b, py = (s ** 3 + 3 * s * s * t) * line.from.y + (3 * s * t * t + t ** 3) * line.to.y;
      const away = Math.hypot(px - x, py - y);
      if (away < near) [near, found] = [away, line];
    }
  }
  return found;
}
const pointedAt = (/** @type {MouseEvent} */ event) => { const box = $("lines").getBoundingClientRect(); return lineNear(event.clientX - box.left, event.clientY - box.top); };
const onUnit = (/** @type {Event} */ event) => Boolean(/** @type {Element} */ (event.target).closest(".unit, #note, #key"));
$("network").addEventListener("click", (/** @type {MouseEvent} */ event) => {
  const line = onUnit(event) ? undefined : pointedAt(event);
  if (line) choose({ kind: "weight", at: line.at });
});
$("network").addEventListener("pointermove", (/** @type {PointerEvent} */ event) => {
  const line = onUnit(event) ? undefined : pointedAt(event);
  $("network").style.cursor = line ? "pointer" : "";
  $("network").title = line ? `${parameterName(parameters[line.at])} = ${shown(view.p[line.at])}` : "";
});

/** From unit to unit by the arrows. */
const MOVES = /** @type {Record<string, [number, number]>} */ ({ ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] });
$("marks").addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
  const at = circles.find((one) => one.mark === event.target);
  if (!at || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Enter" || event.key === " ") choose({ kind: "unit", layer: at.layer, unit: at.unit });
  else if (MOVES[event.key]) {
    const [across, down] = MOVES[event.key], column = circles.filter((one) => one.column === at.column + across);
    const to = down ? column[column.indexOf(at) + down] : column.toSorted((a, b) => Math.abs(a.y - at.y) - Math.abs(b.y - at.y))[0];
    if (to) {
      at.mark.setAttribute("tabindex", "-1");
      to.mark.setAttribute("tabindex", "0");
      /** @type {any} */ (to.mark).focus();
    }
  } else return;
  event.preventDefault();
  event.stopPropagation();
});
