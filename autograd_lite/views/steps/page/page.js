"use strict";
const DATA = JSON.parse(document.getElementById("data").textContent);
const { steps, root, prefix } = DATA;
const numbered = (i) => ({ key: `v${i + 1}`, name: `v${i + 1}`, symbol: `<msub><mi>v</mi><mn>${i + 1}</mn></msub>` });
const nodes = DATA.nodes.map((node, i) => ({ ...numbered(i), text: "", operands: [], ...node }));
const $ = (id) => document.getElementById(id);
const values = nodes.map((node) => Number(node.value));
const locals = nodes.map((node) => (node.locals ?? []).map((x) => x === null ? null : Number(x)));
let gradients = [];  // after each backward step: what every node has by then
let place = 0, score = [0, 0], answered = new Set(), guessing = null, timer = null;

// A node without constants is computed by the rules of its operation, at its operands.
function rule(partials, value, at) {
  return { value, partials: partials.map((f) => f && ((v, z) => f(...at.map((i) => v[i]), z))) };
}

// Numbers as in the picture: four digits, a true minus sign.
// Of two that are equally near, the even one, as in Python.
function rounded(x, digits) {
  const near = Number(x.toPrecision(digits)), unit = 10 ** (Math.floor(Math.log10(Math.abs(x))) - digits + 1);
  const odd = Math.abs(Math.round(near / unit)) % 2 === 1;
  return x !== 0 && Math.abs(near - x) === unit / 2 && odd ? near - Math.sign(x) * unit : near;
}
function shown(x) {
  if (Number.isNaN(x)) return "nan";
  if (!Number.isFinite(x)) return x > 0 ? "inf" : "−inf";
  const size = Math.abs(rounded(x, 4));
  let text;
  if (size >= 1e5 || (size > 0 && size < 1e-3)) {
    const [digits, exponent] = x.toExponential(3).split("e");
    text = `${Number(digits)}e${Number(exponent)}`;
  } else {
    text = String(rounded(x, size >= 1e4 ? 5 : 4));
  }
  return text === "-0" ? "0" : text.replaceAll("-", "−");
}

// The forward and the backward pass, from the numbers of the inputs.
function recompute() {
  nodes.forEach((node, i) => {
    if (!node.operands.length || !RULES[i]) return;
    values[i] = RULES[i].value(values);
    locals[i] = RULES[i].partials.map((f) => f && f(values, values[i]));
  });
  sweep();
}
function forwardOnly(numbers) {
  nodes.forEach((node, i) => { if (node.operands.length) numbers[i] = RULES[i].value(numbers); });
  return numbers[root];
}
function sweep() {
  const sums = new Map([[root, 1]]);
  const back = steps.filter((step) => step.kind === "backward" && !step.words), gain = new Set(back.map((step) => step.operand));
  for (const { node } of back) if (node !== root && !gain.has(node)) sums.set(node, 0);  // as below a step, which is flat
  gradients = steps.map((step) => {
    if (step.kind === "backward" && !step.words) {
      const share = (sums.get(step.node) ?? 0) * locals[step.node][step.place];
      step.upstream = sums.get(step.node) ?? 0;
      step.local = locals[step.node][step.place];
      step.share = share;
      step.before = step.use > 1 ? sums.get(step.operand) : null;
      sums.set(step.operand, step.use > 1 ? step.before + share : share);
      step.total = sums.get(step.operand);
    }
    return new Map(sums);
  });
}

// The picture
const groups = nodes.map((node) => document.getElementById(`${prefix}_${node.key}`));
groups.forEach((group) => group?.querySelector("rect,path,polygon,ellipse")?.classList.add("shape"));
const texts = groups.map((group) => group ? [...group.querySelectorAll("text")] : []);
const titles = groups.map((group) => {  // what pointing at a card shows: the numbers in full
  const title = document.createElementNS("http://www.w3.org/2000/svg", "title");
  group?.prepend(title);
  return title;
});
const edgeOf = (step, i) => document.getElementById(`${prefix}_${nodes[step.node].key}_${i}`);
function paint() {
  const step = steps[place], hidden = guessing !== null;
  const forward = steps.slice(0, place + 1).filter((s) => s.kind === "forward").map((s) => s.node);
  const known = new Set(forward);
  if (hidden && step.kind === "forward") known.delete(step.node);
  const sums = step.kind === "backward" ? (hidden ? gradients[place - 1] : gradients[place]) : new Map();
  nodes.forEach((node, i) => {
    const found = texts[i];
    if (step.words || found.length < 4) return;
    found.at(-3).textContent = known.has(i) ? shown(values[i]) : "?";
    found.at(-1).textContent = sums.has(i) ? shown(sums.get(i)) : "·";
    const lines = [node.text ? `${node.name} = ${node.text}` : node.name];
    if (known.has(i)) lines.push(`value ${values[i]}`);
    if (sums.has(i)) lines.push(`grad ${sums.get(i)}`);
    titles[i].textContent = lines.join("\n");
  });
  for (const element of document.querySelectorAll("#picture .current, #picture .upstream, #picture .flows, #picture .returns"))
    element.classList.remove("current", "gains", "upstream", "flows", "returns");
  if (!step.words) nodes.forEach((node, i) => node.operands.forEach((operand, j) => {
    const label = document.getElementById(`${prefix}_${node.key}_${j}`)?.querySelector("text");
    if (label && operand !== null) {
      const x = known.has(i) ? shown(locals[i][j] ?? 0) : "?";  // it may be the very number to be guessed
      label.textContent = x.startsWith("−") ? `×(${x})` : `×${x}`;
    }
  }));
  if (step.kind === "forward") {
    groups[step.node]?.classList.add("current");
    nodes[step.node].operands.forEach((_, i) => edgeOf(step, i)?.classList.add("flows"));
  } else {
    groups[step.operand]?.classList.add("current", "gains");
    groups[step.node]?.classList.add("upstream");
    edgeOf(step, step.place)?.classList.add("returns");
  }
}

// Words and formulas. The symbols were written, and escaped, in Python; numbers are added here.
const mn = (x, kind = "") => `<mn class="${kind}">${x}</mn>`;
const bracketed = (x) => x.startsWith("−") ? `<mo>(</mo>%<mo>)</mo>`.replace("%", mn(x)) : mn(x);
const factor = (x, kind) => `<mrow class="${kind}">${bracketed(shown(x))}</mrow>`;
const derivative = (y, x) => `<mfrac><mrow><mo>∂</mo>${y}</mrow><mrow><mo>∂</mo>${x}</mrow></mfrac>`;
const row = (...cells) => `<mtr>${cells.map((cell) => `<mtd>${cell}</mtd>`).join("")}</mtr>`;
const math = (rows) => `<math display="block"><mtable displaystyle="true">${rows.join("")}</mtable></math>`;
function wordsOf(step, hide = false) {
  const x = (number) => hide ? "?" : shown(number);
  if (step.words) return step.words;
  if (step.kind === "forward") {
    const node = nodes[step.node];
    return node.text ? `Forward: ${node.name} = ${node.text} = ${x(values[step.node])}.`
      : `The input ${node.name} is ${x(values[step.node])}.`;
  }
  const [node, operand] = [nodes[step.node].name, nodes[step.operand].name];
  const product = `${shown(step.upstream)} × ${shown(step.local)} = ${x(step.share)}`;
  const sum = step.uses > 1 ? `; use ${step.use} of ${step.uses} of ${operand}, the sum is now ${x(step.total)}` : "";
  return `Backward through ${node} into ${operand}: upstream × local = ${product}${sum}.`;
}
// A formula with the symbols of a node's operands, and of the node itself, in the place of the marks.
function written(formula, i) {
  const of = (mark) => mark === 0xf8ff ? nodes[i].symbol : nodes[nodes[i].operands[mark - 0xe000]].symbol;
  return DATA.formulas[formula].replace(/<mi>([\ue000-\uf8ff])<\/mi>/g, (_, mark) => of(mark.charCodeAt(0)));
}
function formulaOf(step, hide) {
  const x = (number, kind) => mn(hide ? "?" : shown(number), kind);
  const node = nodes[step.node];
  if (step.words) return "";
  if (step.kind === "forward") {
    const rows = [row(node.symbol, "<mo>=</mo>", node.text ? written(node.formula, step.node) : x(values[step.node], "value sum"))];
    if (node.text) rows.push(row("", "<mo>=</mo>", x(values[step.node], "value sum")));
    return math(rows);
  }
  const operand = nodes[step.operand], y = nodes[root].symbol;
  const upstream = derivative(y, node.symbol);
  const rows = [
    row(derivative(y, operand.symbol), step.uses > 1 ? "<mo>+=</mo>" : "<mo>=</mo>",
      `${upstream}<mo>·</mo>${derivative(node.symbol, operand.symbol)}`),
    row("", "<mo>=</mo>", `${upstream}<mo>·</mo>${written(step.formula, step.node)}`),
    row("", "<mo>=</mo>", `${factor(step.upstream, "grad")}<mo>×</mo>${factor(step.local, "value")}` +
      `<mo>=</mo>${x(step.share, "grad sum")}`),
  ];
  if (step.uses > 1 && step.use > 1)
    rows.push(row("<mtext>sum</mtext>", "<mo>=</mo>",
      `${mn(shown(step.before), "grad")}<mo>+</mo>${hide ? mn("?", "grad") : factor(step.share, "grad")}` +
        `<mo>=</mo>${x(step.total, "grad sum")}`));
  return math(rows);
}

function show() {
  const step = steps[place], hide = guessing !== null;
  paint();
  $("words").textContent = wordsOf(step, hide);
  $("formula").innerHTML = formulaOf(step, hide);
  $("count").textContent = `${place + 1} / ${steps.length}`;
  $("place").value = place + 1;
  $("place").setAttribute("aria-valuetext", `step ${place + 1} of ${steps.length}, ${step.kind}`);
  $("phase").textContent = step.kind;
  $("phase").className = step.kind;
  $("picture").className = step.kind;
  $("first").disabled = $("back").disabled = place === 0;
  $("next").disabled = $("last").disabled = place === steps.length - 1;
  $("ask").hidden = !hide;
  $("play").style.visibility = hide ? "hidden" : "";  // it tells the answer
  $("score").textContent = score[1] ? `${score[0]} of ${score[1]} right` : "";
  const current = groups[step.kind === "forward" ? step.node : step.operand];
  return current;
}
function go(to, { ask = false } = {}) {
  place = Math.min(Math.max(to, 0), steps.length - 1);
  const step = steps[place];
  const askable = ask && $("predict").checked && !step.words && !answered.has(place) && (step.kind === "backward" || nodes[step.node].operands.length);
  guessing = askable ? (step.kind === "forward" ? values[step.node] : step.share) : null;
  $("question").textContent = guessing === null ? ""
    : step.kind === "forward" ? `What is ${nodes[step.node].name}?` : "What does upstream × local give?";
  $("guess").value = "";
  $("verdict").textContent = "";
  const current = show();
  if (current) inSight(current);
  if (guessing !== null) focusOn($("guess"));
  try { history.replaceState(null, "", `#${place + 1}`); } catch { /* a sandboxed frame has no address */ }
}
// Only the picture's own box scrolls: a frame that scrolled into view would take the notebook around it along.
function inSight(node) {
  const box = $("picture"), at = node.getBoundingClientRect(), frame = box.getBoundingClientRect();
  box.scrollLeft += (at.left + at.right - frame.left - frame.right) / 2;
  if (at.top < frame.top) box.scrollTop += at.top - frame.top - 6;
  else if (at.bottom > frame.bottom) box.scrollTop += at.bottom - frame.bottom + 6;
}
// What one types elsewhere must not land here.
function focusOn(element) {
  if (document.hasFocus()) element.focus({ preventScroll: true });
}
function answer(reveal) {
  if (guessing === null) return;
  const text = $("guess").value.trim().replaceAll("−", "-").replace(",", ".");
  if (!reveal && !text) return;
  const guess = Number(text === "nan" ? NaN : text.replace(/^(-?)inf$/, "$1Infinity"));
  if (!reveal && Number.isNaN(guess) && text !== "nan") {
    $("verdict").textContent = "A number, please.";
    return;
  }
  answered.add(place);
  const right = Object.is(guess, guessing) || Math.abs(guess - guessing) <= 5e-3 * Math.abs(guessing);
  score = [score[0] + (!reveal && right), score[1] + 1];
  const verdict = reveal ? "Here it is." : right ? "Right!" : `Not quite: you said ${text}.`;
  guessing = null;
  show();
  $("verdict").textContent = verdict;
  focusOn($("next"));
}
const next = () => place < steps.length - 1 && go(place + 1, { ask: true });
function play() {
  const stop = timer !== null;
  if (stop) { clearInterval(timer); timer = null; }
  else timer = setInterval(() => place < steps.length - 1 && guessing === null ? next() : play(), 1200);
  $("start").textContent = stop ? "▶ Play" : "❚❚ Pause";
  $("start").setAttribute("aria-pressed", String(!stop));
}
$("first").onclick = () => go(0);
$("back").onclick = () => go(place - 1);
$("next").onclick = next;
$("last").onclick = () => go(steps.length - 1);
$("start").onclick = play;
$("place").oninput = () => go(Number($("place").value) - 1);
$("check").onclick = () => answer(false);
$("reveal").onclick = () => answer(true);
$("predict").onchange = () => { score = [0, 0]; answered = new Set(); guessing = null; $("verdict").textContent = ""; show(); };
$("guess").onkeydown = (event) => { if (event.key === "Enter") { event.preventDefault(); answer(false); } };
const keys = { ArrowRight: next, ArrowLeft: () => go(place - 1), Home: () => go(0), End: () => go(steps.length - 1), " ": play };
document.addEventListener("keydown", (event) => {
  const busy = event.target.closest?.("input:not([type=checkbox]), select, textarea") || (event.key === " " && event.target.closest?.("button, input"));
  if (busy || event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]) return;
  event.preventDefault();
  keys[event.key]();
});
let touched = null;
$("words").parentElement.addEventListener("touchstart", (event) => { touched = event.changedTouches[0].clientX; }, { passive: true });
$("words").parentElement.addEventListener("touchend", (event) => {
  const moved = event.changedTouches[0].clientX - (touched ?? event.changedTouches[0].clientX);
  if (Math.abs(moved) > 50) moved < 0 ? next() : go(place - 1);
}, { passive: true });
window.addEventListener("hashchange", () => { const to = fromHash(); if (to !== null && to !== place) go(to); });
const fromHash = () => /^#\d+$/.test(location.hash) ? Number(location.hash.slice(1)) - 1 : null;
window.addEventListener("beforeprint", () => {
  $("all").replaceChildren(...steps.map((step) => Object.assign(document.createElement("li"), { textContent: wordsOf(step) })));
});

// Inputs that can be moved, and the output as a function of the one moved last.
const leaves = nodes.map((node, i) => i).filter((i) => !nodes[i].operands.length && DATA.movable.includes(i));
const start = leaves.map((i) => values[i]);
let chosen = leaves[0];
const span = (x) => Math.max(2, 2 * Math.abs(x));
leaves.forEach((i, k) => {
  if (!DATA.playable) return;
  const label = Object.assign(document.createElement("label"), { textContent: nodes[i].name, htmlFor: `in${k}` });
  const range = Object.assign(document.createElement("input"), {
    type: "range", min: start[k] - span(start[k]), max: start[k] + span(start[k]), step: span(start[k]) / 200,
  });
  range.setAttribute("aria-label", `slide ${nodes[i].name}`);
  const field = Object.assign(document.createElement("input"), { type: "number", step: "any", id: `in${k}` });
  if (Number.isFinite(start[k])) range.value = field.value = start[k];
  const set = (text) => {
    const x = Number(text);
    if (text === "" || !Number.isFinite(x)) return;
    values[i] = x;
    chosen = i;
    recompute();
    if (guessing !== null) go(place);
    show();
    draw();
  };
  range.oninput = () => { field.value = range.value; set(range.value); };
  field.oninput = () => { range.value = field.value; set(field.value); };
  $("inputs").append(label, range, field);
});
$("reset").onclick = () => {
  leaves.forEach((i, k) => { values[i] = start[k]; });
  $("inputs").querySelectorAll("input").forEach((input, k) => { if (Number.isFinite(start[k >> 1])) input.value = start[k >> 1]; });
  recompute();
  show();
  draw();
};
function draw() {
  if (!DATA.playable || !leaves.length) return;
  const width = 380, height = 220, left = 52, right = 10, top = 10, bottom = 34;
  const x0 = values[chosen], y0 = values[root], slope = gradients.at(-1)?.get(chosen) ?? 0;
  const low = x0 - span(x0) / 2, high = x0 + span(x0) / 2, count = 160;
  $("curve").replaceChildren();
  $("said").textContent = `${nodes[root].name} = ${shown(y0)}`;
  if (!Number.isFinite(high - low)) return;  // there is nothing to see around an input that is not a finite number
  const points = Array.from({ length: count + 1 }, (_, k) => {
    const x = low + (high - low) * k / count, numbers = values.slice();
    numbers[chosen] = x;
    return [x, forwardOnly(numbers)];
  });
  const finite = points.map((p) => p[1]).filter(Number.isFinite).sort((a, b) => a - b);
  let [min, max] = finite.length ? [finite[Math.floor(finite.length * 0.02)], finite[Math.ceil(finite.length * 0.98) - 1]] : [-1, 1];
  if (Number.isFinite(y0)) [min, max] = [Math.min(min, y0), Math.max(max, y0)];
  const pad = (max - min) * 0.1 || Math.abs(max) * 0.1 || 1;
  [min, max] = [min - pad, max + pad];
  const sx = (x) => left + (x - low) / (high - low) * (width - left - right);
  const sy = (y) => Math.min(Math.max(height - bottom - (y - min) / (max - min) * (height - top - bottom), -1e4), 1e4);
  let path = "", pen = false;
  for (const [x, y] of points) {
    if (Number.isFinite(y)) path += `${pen ? "L" : "M"}${sx(x).toFixed(1)} ${sy(y).toFixed(1)}`;
    pen = Number.isFinite(y);
  }
  const svg = (name, attributes, text) => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    if (text !== undefined) element.textContent = text;
    return element;
  };
  const axis = (x1, y1, x2, y2) => svg("line", { class: "axis", x1, y1, x2, y2 });
  const parts = [
    axis(left, height - bottom, width - right, height - bottom), axis(left, top, left, height - bottom),
    svg("text", { x: left, y: height - 18 }, shown(low)), svg("text", { x: width - right, y: height - 18, "text-anchor": "end" }, shown(high)),
    svg("text", { x: (left + width) / 2, y: height - 4, "text-anchor": "middle" }, nodes[chosen].name.slice(0, 40)),
    svg("text", { x: left - 6, y: height - bottom, "text-anchor": "end" }, shown(min)),
    svg("text", { x: left - 6, y: top + 10, "text-anchor": "end" }, shown(max)),
    svg("path", { class: "f", d: path || "M0 0", "clip-path": "url(#frame)" }),
  ];
  if (Number.isFinite(y0) && Number.isFinite(slope)) {
    const at = (x) => y0 + slope * (x - x0);
    parts.push(svg("line", { class: "tangent", "clip-path": "url(#frame)", x1: sx(low), y1: sy(at(low)), x2: sx(high), y2: sy(at(high)) }));
    parts.push(svg("circle", { cx: sx(x0), cy: sy(y0), r: 4 }));
  }
  const frame = svg("clipPath", { id: "frame" });
  frame.append(svg("rect", { x: left, y: top, width: width - left - right, height: height - top - bottom }));
  $("curve").setAttribute("viewBox", `0 0 ${width} ${height}`);
  $("curve").replaceChildren(frame, ...parts);
  const said = `${nodes[root].name} = ${shown(y0)}, slope ${shown(slope)} at ${nodes[chosen].name} = ${shown(x0)}`;
  $("curve").setAttribute("aria-label", `${nodes[root].name} as a function of ${nodes[chosen].name}; ${said}`);
  $("said").textContent = Number.isFinite(y0) ? said : `${said}: no finite number; Python's floats may raise an error here.`;
}
if (window.parent !== window) {  // as in a notebook, where the height is fixed unless the notebook listens
  document.body.classList.add("framed");
  new ResizeObserver(() => {
    window.parent.postMessage({ autogradLite: { height: document.documentElement.getBoundingClientRect().height } }, "*");
  }).observe(document.documentElement);
}
const drawing = document.querySelector("#picture svg");
drawing.style.minWidth = `${0.7 * drawing.width.baseVal.value}px`;  // any smaller, and its texts could not be read
$("formula").hidden = $("quiz").hidden = Boolean(steps[0].words);
$("play").hidden = !DATA.playable || !leaves.length;
$("unplayable").hidden = DATA.playable;
if (DATA.playable) nodes.forEach((node, i) => { if (RULES[i]) locals[i] = RULES[i].partials.map((f) => f && f(values, values[i])); });
sweep();
go(fromHash() ?? 0);
draw();
