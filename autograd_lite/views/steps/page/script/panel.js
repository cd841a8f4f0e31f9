// The step: what it does, in a heading, a sentence and a formula; each number only if it is known.

/** A sentence of texts and of symbols, each with its text for those who listen. @typedef {(string | {math: string, text: string})[]} Sentence */
const symbol = (/** @type {number} */ i) => ({ math: nodes[i].symbol, text: nodes[i].name });
const formula = (/** @type {number} */ which, /** @type {number} */ i) => ({ math: written(which, i), text: written(which, i, 1) });
const equation = (/** @type {number} */ i) => isLeaf(i) ? symbol(i) : ({
  math: `${nodes[i].symbol}<mo>=</mo>${written(nodes[i].formula, i)}`, text: `${nodes[i].name} = ${written(nodes[i].formula, i, 1)}`,
});
const spoken = (/** @type {Sentence} */ parts) => parts.map((part) => typeof part === "string" ? part : part.text).join("");
const typeset = (/** @type {Sentence} */ parts) => parts.map((part) => typeof part === "string" ? escaped(part) : math(part.math)).join("");

/** @param {Step} step @returns {Sentence} */
function heading(step) {
  return step.kind === "forward" ? ["Compute ", symbol(step.node)] : ["Into ", symbol(step.operand), ", through ", equation(step.node)];
}
const ORDINALS = ["Zeroth", "First", "Second", "Third", "Fourth", "Fifth", "Sixth", "Seventh", "Eighth", "Ninth", "Tenth"];
/** "Second", "21st", as in Python. @param {number} place */
function ordinal(place) {
  if (place < ORDINALS.length) return ORDINALS[place];
  const last = Math.floor(place / 10) % 10 === 1 ? 0 : place % 10;
  return `${place}${["th", "st", "nd", "rd"][last] ?? "th"}`;
}
/** What happens, as Python's `words()` says it. @param {Step} step @param {any} sees @returns {Sentence} */
function sentence(step, sees) {
  const { node, operand } = step;
  if (step.kind === "forward") return [equation(node), ` = ${sees.value(node) ? shown(values[node]) : "?"}.`];
  const k = steps.indexOf(step), cold = state.asked?.kind === "gradient", local = sees.local(k), share = sees.share(k);
  const within = (/** @type {string} */ name) => /[ /]/.test(name) ? `(${name})` : name;
  const d = (/** @type {number} */ i) => `<mo lspace="0" rspace="0">∂</mo>${nodes[i].symbol}`;
  const partial = { math: `${d(node)}<mo lspace="0" rspace="0">/</mo>${d(operand)}`, text: `∂${within(nodes[node].name)}/∂${within(nodes[operand].name)}` };
  const number = shown(step.local), constant = step.derivative === number, upstream = cold ? "?" : shown(step.upstream);
  /** @type {Sentence} */
  const said = ["What has reached ", symbol(node), `, ${upstream}, times `, partial, " = "];
  if (local && !constant) said.push(formula(step.formula, node), " = ");
  said.push(`${local ? number : "?"}: ${upstream} × ${local ? bracketed(number) : "?"} = ${share ? shown(step.share) : "?"}.`);
  if (step.uses > 1) {
    said.push(` ${ordinal(step.use)} of ${step.uses} ways into `, symbol(operand));
    const sum = `: ${cold ? "?" : shown(step.before ?? 0)} + ${share ? bracketed(shown(step.share)) : "?"} = ${sees.total ? shown(step.total) : "?"}`;
    said.push(step.use > 1 ? `${sum}.` : ".");
  }
  return said;
}
const number = (/** @type {string} */ text, /** @type {string} */ kind) => `<span class="number ${kind}">${text}</span>`;
const HOLE = '<span class="hole">?</span>';

/** The formula in columns: names, symbols, numbers; below the numbers what they are. @param {Step} step @param {any} sees */
function formulaOf(step, sees) {
  const { node, operand } = step, k = steps.indexOf(step);
  if (step.kind === "forward") {
    const value = sees.value(node) ? number(shown(values[node]), "value sum") : HOLE;
    return `<div class="equation forward"><div>${math(nodes[node].symbol, true)}</div><div>=</div><div>${isLeaf(node) ? "" : math(written(nodes[node].formula, node), true)}</div>` +
      `<div></div><div>=</div><div>${value}</div></div>`;
  }
  const y = nodes[root].symbol, of = (/** @type {number} */ i) => derivative(y, nodes[i].symbol);
  const seesLocal = sees.local(k), seesShare = sees.share(k), cold = state.asked?.kind === "gradient";
  const asked = (/** @type {string} */ kind) => state.asked?.kind === kind ? HOLE : number("?", "gradient");
  const cells = [
    [math(of(operand), true), step.uses > 1 ? "+=" : "=", math(of(node), true), "·", math(derivative(nodes[node].symbol, nodes[operand].symbol), true), ""],
    ["", "=", math(of(node), true), "·", seesLocal ? math(written(step.formula, node), true) : HOLE, ""],
    ["", "=", number(cold ? "?" : shown(step.upstream), "gradient"), "×", seesLocal ? number(bracketed(shown(step.local)), "value") : asked("local"),
      `= ${seesShare ? number(shown(step.share), "gradient sum") : asked("product")}`],
    ["", "", "<small>upstream</small>", "", "<small>local</small>", ""],
  ];
  const rows = cells.map((row, r) => row.map((cell) => `<div class="r${r}">${cell}</div>`).join("")).join("");
  if (step.uses === 1) return `<div class="equation">${rows}</div>`;
  const before = step.before === null || cold ? number(cold ? "?" : "0", "gradient") : number(shown(step.before), "gradient");
  const share = seesShare ? number(bracketed(shown(step.share)), "gradient") : number("?", "gradient");
  const total = sees.total ? number(shown(step.total), "gradient sum") : state.asked?.kind === "sum" ? HOLE : number("?", "gradient");
  const sum = [math(of(operand), true), "=", before, "+", share, `= ${total}`].map((cell) => `<div>${cell}</div>`).join("");
  return `<div class="equation">${rows}${sum}<div class="r3"></div><div class="r3"></div><div class="r3"><small>so far</small></div><div class="r3"></div><div class="r3"><small>way ${step.use} of ${step.uses}</small></div><div class="r3"></div></div>`;
}

function writeStep() {
  $("step").hidden = ordering();
  if (ordering()) { $("spoken").textContent = "Which node goes backward next?"; return; }
  const { place } = state, step = steps[place], sees = known(), said = sentence(step, sees);
  $("phase").textContent = step.kind === "forward" ? "forward →" : "← backward";
  $("phase").className = `pill ${step.kind}`;
  $("count").textContent = `step ${place + 1} of ${steps.length}`;
  $("heading").innerHTML = typeset(heading(step));
  $("words").innerHTML = typeset(said);
  $("spoken").textContent = `${place + 1} of ${steps.length}. ${spoken(heading(step))}. ${spoken(said)}`;
  $("formula").innerHTML = formulaOf(step, sees);
  $("formula").classList.remove("tight");
  $("formula").classList.toggle("tight", $("formula").scrollWidth > $("formula").clientWidth);
}
