// A network as a map: circles for the units, lines for the weights, the backward flow into the unit that is looked at.

const ROWS = 12, NARROW = 520, LETTERS = { w: 0.72, x: 0.52, z: 0.46, a: 0.52, b: 0.46, δ: 0.46, L: 0.6, h: 0.5, "∂": 0.5 };

/** How wide a base is set in italics. @param {string} base @param {number} size */
const baseWidth = (base, size) => base.length === 1 ? (/** @type {any} */ (LETTERS)[base] ?? 0.56) * size : 0.52 * size * base.length;

/** A name with its indices raised and lowered; it begins at x. @param {string[]} name @param {number} x @param {number} y @param {number} size @param {string} [kind] */
function nameAt([base, up, down], x, y, size, kind = "") {
  const text = drawn("text", { x, y, class: `name ${kind}`, "font-size": size }), small = Math.max(11, 0.7 * size);
  const letters = drawn("tspan", base.length === 1 ? { "font-style": "italic" } : {}, base);
  text.append(letters);
  const end = x + baseWidth(base, size) + 1;
  if (up) text.append(drawn("tspan", { x: end, y: y - 0.42 * size, "font-size": small }, up));
  if (down) text.append(drawn("tspan", { x: end, y: y + 0.3 * size, "font-size": small }, down));
  return text;
}
/** How wide a name is. @param {string[]} name @param {number} size */
const nameWidth = ([base, up, down], size) => baseWidth(base, size) + 1 + Math.max(up.length, down.length) * Math.max(11, 0.7 * size) * 0.52;
/** A name that is no wider than its room: somebody's long label is cut. @param {string[]} name @param {number} size @param {number} room */
function cutName([base, up, down], size, room) {
  let count = base.length;
  const cut = () => [count < base.length ? `${base.slice(0, count).trimEnd()}…` : base, up, down];
  while (count > 1 && nameWidth(cut(), size) > room) count--;
  return cut();
}

/** Where the circles stand: their centres by the key "unit 3" or "input 0", and what of each column is out of sight.
 * @param {Network} net @param {View} view @param {number} width @param {number} height */
function placed(net, view, width, height) {
  const first = net.inputs.map((/** @type {any} */ x, /** @type {number} */ i) => x.unit === null ? `input ${i}` : "").filter(Boolean);
  const beside = net.inputs.some((/** @type {any} */ x) => x.unit !== null), top = 36, bottom = height - 36, narrow = width < NARROW;
  const columns = net.layers.map((/** @type {any} */ layer) => layer.units.map((/** @type {number} */ id) => `unit ${id}`));
  const titles = net.layers.map((/** @type {any} */ layer) => layer.title);
  if (first.length) { columns.unshift(first); titles.unshift("inputs"); }
  const now = view.unit === null ? columns.length - 1 : columns.findIndex((/** @type {string[]} */ c) => c.includes(`unit ${view.unit}`));
  const left = narrow ? 40 : beside ? 60 : 96, right = narrow ? net.loss ? 70 : 60 : net.loss ? 150 : 76, fits = Math.max(2, Math.floor((width - left - right) / (narrow ? 90 : 100)) + 1), shown_ = Math.min(fits, columns.length);
  const start = Math.min(Math.max(0, now - Math.floor(shown_ / 2)), columns.length - shown_);
  const at = new Map(), more = [], heads = [], step = (width - left - right) / Math.max(1, shown_ - (net.loss ? narrow ? 0.25 : 0.35 : 1));
  const area = beside ? (bottom - top) * 0.55 : bottom - top;
  for (let c = start; c < start + shown_; c++) {
    const all = columns[c], x = left + (c - start) * step, most = Math.max(1, Math.min(ROWS, Math.floor((area - 14) / 27)));
    let from = net.opened?.[c] ?? 0;
    const current = all.indexOf(`unit ${view.unit}`), rows = Math.min(most, all.length);
    if (current >= 0 && (current < from || current >= from + rows)) from = current - Math.floor(rows / 2);
    from = Math.max(0, Math.min(from, all.length - rows));
    const room = all.length > rows ? area - 16 : area, pitch = Math.min(room / rows, 106), begin = top + room / 2 - (rows - 1) / 2 * pitch;
    all.slice(from, from + rows).forEach((/** @type {string} */ key, /** @type {number} */ k) => at.set(key, { x, y: begin + k * pitch, r: narrow ? Math.min(10, pitch / 2 - 2) : pitch >= 82 && step >= 120 ? 32 : pitch >= 58 && step >= 100 ? 27 : Math.min(10, pitch / 2 - 2), small: narrow, column: c }));
    heads.push({ x, text: narrow ? titles[c].split(" · ")[0] : titles[c] });
    if (all.length > rows) more.push({ x, y: begin + rows * pitch - pitch / 2 + 13, column: c, count: all.length - rows, next: from + rows >= all.length ? 0 : from + rows });
  }
  net.inputs.forEach((/** @type {any} */ input, /** @type {number} */ i) => {
    const unit = input.unit === null ? null : at.get(`unit ${input.unit}`);
    const among = net.inputs.filter((/** @type {any} */ x) => x.unit === input.unit).indexOf(input);
    if (unit) at.set(`input ${i}`, { x: unit.x + among * (narrow ? 38 : 56), y: bottom - 34, r: narrow ? 16 : 22, column: -1 });
  });
  const last = [...at.values()].filter((p) => p.column === columns.length - 1);
  if (net.loss && last.length) at.set("loss", { x: width - (narrow ? 40 : 66), y: last.reduce((sum, p) => sum + p.y, 0) / last.length, r: 0, small: narrow, column: columns.length });
  return { at, more, heads, start, end: start + shown_, columns };
}

/** The point on the way from one circle to another where it leaves the first. @param {any} a @param {any} b @param {number} gap */
function towards(a, b, gap) {
  const d = Math.hypot(b.x - a.x, b.y - a.y) || 1;
  return { x: a.x + (b.x - a.x) / d * gap, y: a.y + (b.y - a.y) / d * gap };
}

/** The network and below it the unit that is looked at. @param {HTMLElement} container @param {Network} net @param {View} view */
function drawNetwork(container, net, view) {
  const width = Math.max(300, container.clientWidth || 880), height = Math.max(180, container.clientHeight || 520);
  const unit = view.unit === null ? null : net.units[view.unit], inner = unit && width >= NARROW && height >= 360 ? Math.min(250, Math.max(196, height * 0.42)) : 0, high = height - inner;
  const svg = drawn("svg", { width, height, viewBox: `0 0 ${width} ${height}`, class: "network", role: "group", "aria-label": "the network" });
  const { at, more, heads, start, end, columns } = placed(net, view, width, high);
  const id = `arrow${container.id}`;
  const marker = (/** @type {string} */ kind, /** @type {string} */ color, /** @type {number} */ size) => {
    const made = drawn("marker", { id: `${id}${kind}`, viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: size, markerHeight: size, markerUnits: "userSpaceOnUse", orient: "auto" });
    made.append(drawn("path", { d: "M0 .6L8 4 0 7.4z", fill: color }));
    return made;
  };
  const defs = drawn("defs", {});
  defs.append(marker("plain", "var(--bd)", 8), marker("back", "var(--grad)", 11), marker("on", "var(--val)", 10));
  svg.append(defs);
  const here = unit ? at.get(`unit ${unit.id}`) : at.get("loss");
  if (inner && here) svg.append(drawn("path", { d: `M${here.x - here.r * 0.8} ${here.y + here.r * 0.6}L24 ${high}H${width - 24}L${here.x + here.r * 0.8} ${here.y + here.r * 0.6}z`, class: "cone" }));
  for (const { x, text } of heads) svg.append(drawn("text", { x, y: 18, class: "muted middle", "font-size": 11 }, text));
  if (start > 0 || end < columns.length) svg.append(drawn("text", { x: width - 14, y: high - 12, class: "muted end", "font-size": 11 }, width < NARROW ? `${columns.length - (end - start)} more` : `${columns.length - (end - start)} more columns: they come into sight with their steps`));
  drawLines(svg, net, view, at, id);
  for (const { x, y, column, count, next } of more) {
    const text = drawn("text", { x, y, class: "more middle", "font-size": 11, tabindex: 0, role: "button" }, `… ${count} more`);
    const open = () => { (net.opened ??= {})[column] = next; drawNetwork(container, net, view); };
    text.addEventListener("click", open);
    text.addEventListener("keydown", (event) => { if (/** @type {any} */ (event).key === "Enter") { event.stopPropagation(); open(); } });
    svg.append(text);
  }
  for (const [key, point] of at) {
    const [kind, place] = key.split(" ");
    if (kind === "unit") svg.append(circleOf(net, view, net.units[Number(place)], point, net.kind === "step" ? "above" : width >= NARROW ? "" : net.units[Number(place)].column === net.layers.length - 1 && net.layers[net.layers.length - 1].units.length === 1 ? "around" : ""));
    else if (kind === "input") svg.append(inputOf(net, view, Number(place), point));
    else svg.append(lossOf(net, view, point));
  }
  svg.append(drawn("text", { x: 14, y: high - 12, class: "muted", "font-size": 11 }, "a over δ = ∂L/∂z · width: |weight|, dashed: negative"));
  if (inner) svg.append(insideOf(net, view, unit, width, high, inner, id));
  keepingFocus(container, () => container.replaceChildren(svg), (focused) => ["data-unit", "data-input"].map((key) => `[${key}="${focused.getAttribute(key)}"]`).join());
  drawLabels(svg, net, view, at);
}

/** The lines of the weights, and the backward flow into the current unit. @param {Element} svg @param {Network} net @param {View} view @param {Map<string, any>} at @param {string} id */
function drawLines(svg, net, view, at, id) {
  net.sizes ??= net.units.flatMap((/** @type {any} */ unit) => unit.terms.map((/** @type {any} */ _, /** @type {number} */ k) => Math.abs(slotNumber(net, unit, 0, ["w", k])))).filter(Number.isFinite);
  const most = net.sizes.reduce((/** @type {number} */ a, /** @type {number} */ b) => Math.max(a, b), 1e-300), current = /** @type {Element[]} */ ([]);
  for (const unit of net.units) {
    const to = at.get(`unit ${unit.id}`);
    if (!to) continue;
    unit.terms.forEach((/** @type {any} */ term, /** @type {number} */ place) => {
      const from = term.from && at.get("unit" in term.from ? `unit ${term.from.unit}` : `input ${term.from.input}`);
      if (!from) return;
      const weight = slotNumber(net, unit, view.sample, ["w", place]), now = unit.id === view.unit;
      const back = view.phase === "backward" && term.from.unit === view.unit && "unit" in term.from && net.units[term.from.unit].fits && unit.fits;
      const a = towards(from, to, from.r), b = towards(to, from, to.r + (now ? 2 : 0));
      const wide = 0.8 + 2.8 * Math.min(1, Math.abs(weight) / most);
      const line = drawn("line", { x1: a.x, y1: a.y, x2: b.x, y2: b.y, class: `weight${now ? " now" : ""}`, "stroke-width": wide.toFixed(2) });
      if (weight < 0) line.setAttribute("stroke-dasharray", "5 3");
      if (now && view.phase === "forward") line.setAttribute("marker-end", `url(#${id}on)`);
      if (now) line.append(drawn("title", {}, `${term.param === null ? "" : `${net.params[term.param].name.join("")} = `}${shown(weight)}`));
      if (now && term.param !== null) line.addEventListener("click", () => net.onWeight?.(place));
      if (back) {
        const begin = towards(to, from, to.r + 3), finish = towards(from, to, from.r + 3);
        current.push(drawn("line", { x1: begin.x, y1: begin.y, x2: finish.x, y2: finish.y, class: "back", "marker-end": `url(#${id}back)` }));
      } else if (now) current.push(line);
      else svg.append(line);
    });
    const loss = at.get("loss");
    if (loss && unit.column === net.layers.length - 1) {
      const back = view.phase === "backward" && unit.id === view.unit, edge = { x: loss.x - lossHalf(loss), y: loss.y }, out = { x: to.x + to.r, y: to.y };
      svg.append(back ? drawn("line", { x1: edge.x - 2, y1: edge.y, x2: out.x + 4, y2: out.y, class: "back", "marker-end": `url(#${id}back)` })
        : drawn("line", { x1: out.x, y1: out.y, x2: edge.x - 1, y2: edge.y, class: "edge", "marker-end": `url(#${id}plain)` }));
    }
  }
  svg.append(...current);
}

/** A number, or what stands for one that is not known. @param {boolean} known @param {any} x @param {string} [otherwise] */
const orUnknown = (known, x, otherwise = "?") => known ? shown(Number(x)) : otherwise;

/** A small number no wider than its room. @param {string} text @param {number} room @returns {Record<string, string | number>} */
const squeezed = (text, room) => text.length > 6 && text.length * 6.6 > room ? { textLength: room, lengthAdjust: "spacingAndGlyphs" } : {};

/** A unit as a circle: its activation over its δ. @param {Network} net @param {View} view @param {any} unit @param {any} point @param {string} last where the numbers of a small one stand, if not beside it */
function circleOf(net, view, unit, { x, y, r, small }, last) {
  const now = unit.id === view.unit, current = view.unit === null ? null : net.units[view.unit];
  const upstream = view.phase === "backward" && current?.fits && current.feeds.some((/** @type {number[]} */ [fed]) => fed === unit.id);
  const a = orUnknown(view.known(unit.id, "a"), unit.a[view.sample]), d = orUnknown(view.known(unit.id, "delta"), unit.delta[view.sample], now && view.phase === "backward" ? "?" : "·");
  const group = drawn("g", { class: `unit${now ? ` now ${view.phase}` : ""}${upstream ? " upstream" : ""}`, tabindex: 0, role: "button", "aria-label": `${unit.title}: a ${a}, δ ${d}`, "data-unit": unit.id });
  group.append(drawn("title", {}, `${unit.title} · ${unit.scope}\na ${a}\nδ ${d}`), drawn("circle", { cx: x, cy: y, r }));
  if (r > 20) {
    const line = (/** @type {string} */ text, /** @type {number} */ at, /** @type {string} */ kind) => drawn("text", { x, y: y + at, class: `middle ${kind} ${text.length > 6 ? "" : "strong"}`, "font-size": r > 30 && text.length <= 6 ? 13 : 11, ...squeezed(text, 2 * r - 8) }, text);
    group.append(line(a, -3, "value"), line(d, r > 30 ? 14 : 12, "gradient"));
    group.append(nameAt(unit.names.a, x + r * 0.62, y - r * 0.86, 14));
  } else {
    const [from, up, down, side] = last === "above" ? [x, y - r - 17, y - r - 5, "middle"] : last ? [x, y - r - 5, y + r + 13, "middle"] : [x + r + 4, y - 1, y + 11, "start"];  // before the loss there is no room beside it
    group.append(drawn("text", { x: from, y: up, class: `value strong halo`, "font-size": 11, "text-anchor": side }, a), drawn("text", { x: from, y: down, class: "gradient strong halo", "font-size": 11, "text-anchor": side }, d));
    if (now && last !== "above" && !small) group.append(nameAt(unit.names.a, x - r - 6 - nameWidth(unit.names.a, 14), y + 4, 14, "halo"));
    else if (now && last === "above") group.append(nameAt(unit.names.a, x + r + 1, y + r + 9, 14, "halo"));
  }
  const go = () => net.onUnit?.(unit.id);
  group.addEventListener("click", go);
  group.addEventListener("keydown", (event) => { if (/** @type {any} */ (event).key === "Enter") { event.stopPropagation(); go(); } });
  return group;
}

/** An input as a circle. @param {Network} net @param {View} view @param {number} place @param {any} point */
function inputOf(net, view, place, { x, y, r }) {
  const input = net.inputs[place], number = shown(Number(input.values[view.sample])), group = drawn("g", { class: "input" });
  const round = Math.min(r, number.length > 6 ? 30 : 26), beside = x - (r > 12 ? round : r) - 10 - (r > 12 || x < 80 ? 0 : number.length * 7.4 + 6);
  const name = cutName(input.name, 15, input.unit === null ? beside : 110), wide = nameWidth(name, 15);
  group.append(drawn("title", {}, `${input.name.join("")} = ${number}`), drawn("circle", { cx: x, cy: y, r: round }));
  if (net.movable?.has(input.at[view.sample])) {
    for (const [key, told] of Object.entries({ tabindex: 0, role: "button", "data-input": place, "aria-label": `move ${input.name.join("")}` })) group.setAttribute(key, String(told));
    group.addEventListener("click", () => net.onInput(place));
  }
  if (r > 12) {
    const [left, below] = input.unit === null ? [x - round - 6 - wide, y + 4] : [x - wide / 2, y + r + 15];
    group.append(drawn("text", { x, y: y + 5, class: `middle value ${number.length > 5 ? "" : "strong"}`, "font-size": number.length > 5 || r < 20 ? 11 : 13 }, number), nameAt(name, left, below, 15));
  } else if (input.unit === null && x < 80) group.append(drawn("text", { x, y: y - r - 5, class: "value strong middle halo", "font-size": 11 }, number), nameAt(name, x - r - 5 - wide, y + 4, 14));
  else group.append(drawn("text", { x: x - r - 4, y: y + 4, class: "value strong end halo", "font-size": 11 }, number), nameAt(name, x - r - 12 - number.length * 7.4 - wide, y + 4, 14));
  return group;
}

/** Half of the width of the loss: it is small where the map is. @param {any} point */
const lossHalf = ({ small }) => small ? 33 : 39;

/** The loss as a box: of this sample. @param {Network} net @param {View} view @param {any} point */
function lossOf(net, view, { x, y, small }) {
  const half = lossHalf({ small });
  const { loss, targets } = net.samples[view.sample], now = view.unit === null, value = loss === null ? net.loss.value : loss;
  const group = drawn("g", { class: `loss${now ? ` now ${view.phase}` : ""}` });
  group.append(drawn("rect", { x: x - half, y: y - 27, width: 2 * half, height: 54, rx: 9 }), nameAt(net.loss.name, x - 4, y - 34, 14));
  const number = orUnknown(view.known(null, "loss"), value);
  group.append(drawn("text", { x, y: y - 3, class: "middle value strong", "font-size": small && number.length > 6 ? 11 : 13 }, number), drawn("text", { x, y: y + 15, class: "middle gradient strong", "font-size": 13 }, view.phase === "backward" ? "1" : "·"));
  if (targets) group.append(drawn("text", { x, y: y + 44, class: "middle muted", "font-size": 12 }, `t = ${listed(targets)}`));
  else if (net.count > 1) group.append(drawn("text", { x, y: y + 44, class: "middle muted", "font-size": 11 }, `sample ${view.sample + 1}`));
  return group;
}

/** The names and values of the current unit's weights on their lines, where few enough, and what comes back through its outgoing ones.
 * @param {Element} svg @param {Network} net @param {View} view @param {Map<string, any>} at */
function drawLabels(svg, net, view, at) {
  const unit = view.unit === null ? null : net.units[view.unit], here = unit && at.get(`unit ${unit.id}`);
  if (!unit || !here) return;
  const small = Number(svg.getAttribute("width")) < NARROW;
  const taken = /** @type {number[][]} */ ([...at.values()].map((p) => p.r > 20 ? [p.x - p.r, p.y - p.r - 6, p.x + p.r + 10, p.y + p.r] : p.r && net.kind === "step" ? [p.x - 28, p.y - 42, p.x + 36, p.y + 24] : p.r ? [p.x - 28, p.y - 12, p.x + 76, p.y + 14] : [p.x - 40, p.y - 40, p.x + 40, p.y + 30]));
  for (const text of svg.querySelectorAll(".more")) {
    const { x, y, width, height } = /** @type {SVGTextElement} */ (text).getBBox();
    taken.push([x, y, x + width, y + height]);
  }
  const free = (/** @type {number[]} */ b) => taken.every((t) => b[2] < t[0] + 2 || b[0] > t[2] - 2 || b[3] < t[1] + 1 || b[1] > t[3] - 1);
  /** @param {any} from @param {any} to @param {number} wide @param {number[]} shifts */
  const spot = (from, to, wide, shifts) => {
    for (const shift of shifts) for (const t of [0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74, 0.2, 0.8]) {
      const x = from.x + (to.x - from.x) * t, y = from.y + (to.y - from.y) * t + shift, box = [x - wide / 2, y - 12, x + wide / 2, y + 12];
      if (free(box)) return box;
    }
    return null;
  };
  const pills = unit.terms.map((/** @type {any} */ term, /** @type {number} */ place) => ({ term, place })).filter((/** @type {any} */ one) => one.term.from && (unit.terms.length <= 8 && !small || one.place === view.term));
  for (const { term, place } of pills) {
    const from = at.get("unit" in term.from ? `unit ${term.from.unit}` : `input ${term.from.input}`);
    if (!from) continue;
    const name = term.param === null ? ["", "", ""] : net.params[term.param].name, text = shown(slotNumber(net, unit, view.sample, ["w", place]));
    const wide = nameWidth(name, 14) + text.length * 8.4 + 24, box = spot(from, here, wide, [0, -20, 20]);
    if (!box) continue;
    taken.push(box);
    const group = drawn("g", { class: `pill${place === view.term ? " now" : ""}` });
    group.append(drawn("rect", { x: box[0], y: box[1], width: wide, height: 24, rx: 12 }), nameAt(name, box[0] + 9, box[1] + 16.5, 14), drawn("text", { x: box[2] - 8, y: box[1] + 16.5, class: "end value strong", "font-size": 12 }, text));
    group.addEventListener("click", () => net.onWeight?.(place));
    svg.append(group);
  }
  if (view.phase !== "backward" || !unit.fits || small) return;
  unit.feeds.slice(0, unit.feeds.length > 4 ? 0 : 4).forEach((/** @type {number[]} */ [fed, place], /** @type {number} */ k) => {
    const other = net.units[fed], to = at.get(`unit ${fed}`), param = other.terms[place].param;
    if (!to) return;
    const share = slotNumber(net, unit, view.sample, ["upstream weight", k]) * Number(other.delta[view.sample]) * other.terms[place].sign;
    const text = ` = ${orUnknown(view.known(unit.id, "upstream"), share)}`, name = param === null ? ["", "", ""] : net.params[param].name;
    const wide = nameWidth(name, 14) + nameWidth(other.names.delta, 14) + text.length * 7.2 + 8, box = spot(here, to, wide, [18, -18, 34, -34, 50, -50]);
    if (!box) return;
    taken.push(box);
    const x = box[0] + nameWidth(name, 14) + 4, end = x + nameWidth(other.names.delta, 14) + 2;
    svg.append(nameAt(name, box[0], box[1] + 16, 14, "gradient halo"), nameAt(other.names.delta, x, box[1] + 16, 14, "gradient halo"), drawn("text", { x: end, y: box[1] + 16, class: "gradient strong halo", "font-size": 12 }, text));
  });
}
