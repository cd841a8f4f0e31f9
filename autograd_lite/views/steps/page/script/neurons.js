// A network unit by unit: the map, the unit that the step is about, its equations, its parameters, the samples.

/** The unit of a step; null for the loss. @param {number} k */
const unitOf = (k) => net.steps[k].unit === null ? null : net.units[net.steps[k].unit];

/** What is known of the units at this step. @returns {View} */
function unitView() {
  const { place, asked } = state, step = net.steps[place], cold = asked?.kind === "gradient";
  const at = (/** @type {string} */ kind, /** @type {number | null} */ id) => net.steps.findIndex((/** @type {any} */ other) => other.kind === kind && other.unit === id);
  const open = (/** @type {number | null} */ id, /** @type {string[]} */ kinds) => asked && step.unit === id && kinds.includes(asked.kind);
  const backwardFrom = net.steps.findIndex((/** @type {any} */ other) => other.kind === "backward");
  return {
    unit: step.unit, sample: looked.sample, phase: step.kind, term: looked.term,
    known(id, what) {
      const arrived = at("backward", id) >= 0 && at("backward", id) <= place && !cold;
      if (what === "loss" || id === null) return at("forward", null) <= place && !open(null, ["value"]);
      if (what === "z" || what === "a") return at("forward", id) <= place && !open(id, ["value"]);
      if (what === "slope") return arrived && !open(id, ["local", "product"]);
      if (what === "upstream") return arrived && !open(id, ["sum"]) && backwardFrom >= 0;
      return arrived && !open(id, ["local", "product", "sum"]);  // δ, and the gradients of its parameters
    },
  };
}

/** What a step of units asks at a level. @param {number} k @param {number} level @returns {any} */
function unitQuestion(k, level) {
  const step = net.steps[k], unit = unitOf(k), question = questionOfUnit(step, unit, level);
  return question && { at: k, step: { unit: step.unit }, plain: true, of: `unit, sample ${looked.sample}`, ...question, mistakes: () => unitMistakes(unit, question) };
}
/** @param {any} step @param {any} unit @param {number} level @returns {any} */
function questionOfUnit(step, unit, level) {
  const s = looked.sample;
  const number = (/** @type {any[]} */ slot) => slotNumber(net, unit, s, slot);
  if (step.kind === "forward") {
    if (!unit) return net.samples[s].loss === null ? null : { kind: "value", truth: Number(net.samples[s].loss), asks: "the loss", symbol: net.loss.symbol, how: "Put the output and the target into the loss." };
    return { kind: "value", truth: number(["a"]), asks: unit.names.a.join(" "), symbol: unit.symbols.a, how: `Add up weight × input and the bias${unit.linear ? "." : `, then take ${unit.f} of it.`}` };
  }
  if (!unit.fits) return null;
  const whole = derivative(net.symbol, unit.symbols.a), weight = unit.terms[looked.term];
  if (level === 1) return unit.linear ? null : { kind: "local", truth: number(["slope"]), asks: `the slope of ${unit.f}`, symbol: derivative(unit.symbols.a, unit.symbols.z), how: `The derivative of ${unit.f}, in terms of what came out of it.` };
  if (level === 2) return { kind: "product", truth: number(["delta"]), asks: unit.names.delta.join(" "), symbol: unit.symbols.delta, how: "What has come back to the activation, times the slope." };
  if (level === 3) return unit.feeds.length > 1 ? { kind: "sum", truth: number(["upstream"]), asks: `∂/∂${unit.names.a.join(" ")}`, symbol: whole, how: "Add weight × δ over all units that use this activation." } : null;
  if (!weight || weight.param === null) return null;
  return { of: `unit, sample ${s}, term ${looked.term}`, kind: "gradient", truth: number(["share", looked.term]), asks: `∂/∂${net.params[weight.param].name.join(" ")}`, symbol: derivative(net.symbol, net.params[weight.param].symbol), how: "First δ of this unit, then times what the weight is multiplied by." };
}

/** A name in a line of text. @param {string[]} name */
const inLine = ([base, up, down]) => base + [[up, "⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾"], [down, "₀₁₂₃₄₅₆₇₈₉₍₎"]].map(([text, to]) => text.replace(/[\d()]/g, (c) => to["0123456789()".indexOf(c)])).join("");

/** What a wrong answer to a question about a unit, or null for the loss, may come from; and the names in what is said to it.
 * @param {any} unit @param {any} question @returns {[any, any]} */
function unitMistakes(unit, { kind, truth }) {
  const s = looked.sample, sample = net.samples[s], one = (/** @type {number} */ number, name = "") => [{ number, name }];
  const whole = inLine(net.loss?.name ?? net.units.find((/** @type {any} */ other) => other.at[s].includes(root)).names.a);
  const output = net.loss ? one(Number(sample.loss ?? net.loss.value)) : [];
  if (!unit) return [{ every: net.count > 1 ? one(Number(net.loss.value), "samples") : [] }, { asked: whole, root: whole }];
  const [z, a, delta, slope, back, rest] = ["z", "a", "delta", "slope", "upstream", "rest"].map((name) => Number(unit[name][s]));
  const [nameZ, nameA, nameDelta] = [unit.names.z, unit.names.a, unit.names.delta].map(inLine), { linear, terms, feeds } = unit;
  const number = (/** @type {string} */ name, /** @type {number} */ k) => slotNumber(net, unit, s, [name, k]);
  const named = (/** @type {any} */ term) => term.param === null ? shown(Number(term.value)) : inLine(net.params[term.param].name);
  const text = linear ? nameZ : `${unit.f}(${nameZ})`, [at, node] = unit.at[s], place = nodes[node]?.operands.indexOf(at);
  // f and f′ elsewhere, where the page has the rule.
  const f = (/** @type {number} */ x) => linear ? [x, 1] : RULES[node] ? (([y, partials]) => [y, partials[place]])(computedWith(node, [[at, x]])) : [NaN, NaN];
  const texts = { node: nameA, text, root: whole, operand: nameZ, asked: nameA, "name of z": nameZ, "name of a": nameA, "name of delta": nameDelta, ways: "" };
  const far = linear || !RULES[node] ? [] : one(f(a)[1]), curved = linear ? [] : [1];
  if (kind === "value") {
    const without = (/** @type {boolean} */ bias) => terms.flatMap((/** @type {any} */ term, /** @type {number} */ k) => {
      if (!term.from !== bias) return [];
      const [left] = f(z - term.sign * number("w", k) * number("x", k));
      const from = term.from && ("unit" in term.from ? net.units[term.from.unit].names.a : net.inputs[term.from.input].name);
      return Number.isFinite(left) ? one(left, from ? `${named(term)} × ${inLine(from)}` : named(term)) : [];
    });
    return [{ no_bias: without(true), no_term: without(false), weighted: curved.flatMap(() => one(z)), slope: curved.flatMap(() => one(slope, `∂${nameA}/∂${nameZ}`)) }, texts];
  }
  const ways = feeds.map((/** @type {number[]} */ [fed], /** @type {number} */ k) => ({ number: number("upstream weight", k) * net.units[fed].terms[feeds[k][1]].sign * Number(net.units[fed].delta[s]), name: net.units[fed].title }));
  if (rest) ways.push({ number: rest, name: "the loss" });
  texts.ways = String(ways.length);
  const times = (/** @type {number} */ x) => ways.map((/** @type {any} */ way) => ({ ...way, number: way.number * x }));
  const bare = sum(feeds.map((/** @type {number[]} */ [fed]) => Number(net.units[fed].delta[s]))) + rest, unweighted = feeds.length ? [bare] : [];
  const edge = { value: one(a), upstream: one(back), at: one(z), number: one(z), far, ...linear ? {} : { local: one(slope) } };
  if (kind === "local") return [{ ...edge, share: one(delta) }, texts];
  if (kind === "product") return [{ ...edge, passed: back !== 1 ? one(back) : [], way: times(slope), unweighted: unweighted.map((x) => ({ number: x * slope })) }, texts];
  Object.assign(texts, { operand: nameA, asked: `∂${whole}/∂${nameA}` });
  if (kind === "sum") return [{ at: one(a), output, way: ways, unweighted: unweighted.map((x) => ({ number: x })), multiplied: ways.length > 1 ? one(product(ways.map((/** @type {any} */ way) => way.number))) : [],
    mean: ways.length > 1 ? one(truth / ways.length) : [], delta: curved.flatMap(() => one(delta, nameDelta)) }, texts];
  const k = /** @type {number} */ (looked.term), term = terms[k], { gradient: recorded, value: weight } = net.params[term.param], given = term.sign * number("x", k);
  Object.assign(texts, { operand: named(term), asked: `∂${whole}/∂${named(term)}` });
  return [{ at: one(Number(weight)), output, every: recorded === null ? [] : one(Number(recorded), net.kind === "step" ? "steps" : "samples"), way: times(slope * given), given: one(given),
    back: curved.flatMap(() => one(back)), away: far, delta: one(delta, nameDelta), ...term.from ? { fed: one(given), weight: one(Number(weight)) }
      : { elsewhere: terms.flatMap((/** @type {any} */ other, /** @type {number} */ j) => other.from ? one(number("x", j)) : []) } }, texts];
}

/** The sentence of a step. @param {any} step @param {any} unit */
function unitWords(step, unit) {
  if (!unit) return "The loss compares the output with the target.";
  if (step.kind === "forward") return unit.linear ? "Weights times inputs, and the bias: the output is their sum." : `Weights times inputs, and the bias; then ${unit.f} of the sum.`;
  if (!unit.fits) return "What comes back along each edge that leaves it, upstream times local derivative, is added.";
  const users = unit.feeds.length, back = users ? `What comes back through ${users === 1 ? "the weight that uses it" : `the ${users} weights that use it`}` : "What comes back from the loss";
  return unit.linear ? `${back} is its δ, since it is linear.` : `${back}, times the slope of ${unit.f}.`;
}

function showNeurons() {
  const view = unitView(), step = net.steps[state.place], unit = unitOf(state.place), fits = unit?.fits;
  $("samples").hidden = net.count < 2;
  if (net.count > 1) drawSamples($("samples"), net, view);
  writeUnitTitle(view);
  growUnits(view);
  $("phase").textContent = step.kind === "forward" ? "forward →" : "← backward";
  $("phase").className = `pill ${step.kind}`;
  $("count").textContent = `step ${state.place + 1} of ${net.steps.length}`;
  $("heading").textContent = unit ? `${step.kind === "forward" ? "Compute" : "Into"} ${unit.title}` : "The loss";
  const words = unitWords(step, unit);
  $("words").textContent = words;
  $("spoken").textContent = `${state.place + 1} of ${net.steps.length}. ${$("heading").textContent}. ${words}`;
  const keys = !unit ? [] : Object.keys(unit.equations).filter((key) => (step.kind === "forward") === (key === "z" || key === "a"));
  $("formula").innerHTML = unit ? equationsOf(net, unit.id, keys, view) : "";
  breakLines($("formula"));
  if (!unit && net.loss) $("formula").innerHTML = math(`${net.loss.symbol}<mo>=</mo><mn class="value">${view.known(null, "loss") ? shown(Number(net.loss.value)) : "?"}</mn>`, true);
  const table = step.kind === "backward" && fits && !state.asked;
  $("parameters").hidden = !table;
  if (table) drawParameters($("parameters"), net, view);
  $("over").hidden = !table || net.count < 2;
  if (!$("over").hidden) drawOverSamples($("over"), net, view);
  $("inside").parentElement.hidden = !unit || !steps.length;
  drawNetwork($("map"), net, view);
}
/** To the step of the unit that has a node, for its sample. @param {number} i */
function goToUnit(i) {
  for (const unit of net.units) for (const [sample, at] of unit.at.entries()) if (at.includes(i)) {
    looked.sample = sample;
    const { kind } = net.steps[state.place];
    return go(Math.max(net.steps.findIndex((/** @type {any} */ step) => step.unit === unit.id && step.kind === kind), 0));
  }
}
/** Into a unit: to the first of its operations in this phase, one product at a time. */
function goIn() {
  const step = net.steps[state.place], unit = unitOf(state.place);
  if (!unit || !steps.length) return;
  const [z, a] = unit.at[looked.sample], node = step.kind === "forward" ? z : a;
  const to = steps.findIndex((other) => other.kind === step.kind && (other.node === node || (step.kind === "backward" && other.node === a)));
  state.units = state.place;
  setMode("operation", Math.max(to, 0));
}
{
  net.onUnit = (/** @type {number} */ id) => {
    const to = net.steps.findIndex((/** @type {any} */ step) => step.unit === id && step.kind === net.steps[state.place].kind);
    if (to === state.place) goIn();
    else if (to >= 0) go(to);
  };
  $("title").addEventListener("click", (/** @type {MouseEvent} */ event) => {
    const part = /** @type {Element} */ (event.target).closest("[data-unit]");
    if (neurons() && part) net.onUnit(Number(part.getAttribute("data-unit")));
  });
  net.onWeight = (/** @type {number} */ term) => {
    looked.term = term;
    const param = unitOf(state.place)?.terms[term]?.param, leaf = param === null || param === undefined ? -1 : net.params[param].at;
    if (movable.includes(leaf)) state.leaf = leaf;
    if (state.asked) ask();
    show();
  };
  net.movable = new Set(DATA.playable ? DATA.movable : []);
  net.onInput = (/** @type {number} */ place) => { state.leaf = net.inputs[place].at[looked.sample]; show(); };
  net.onSample = (/** @type {number} */ sample) => { looked.sample = sample; ask(); show(); };
  $("inside").onclick = goIn;
}
/** The numbers of the units where inputs have moved: they stand in the nodes. */
function refreshNetwork() {
  if (!steps.length && !DATA.playable) return;
  const scale = Number(net.scale), sums = net.params.map(() => [0, 0]);  // what each use brings, and how large that is
  for (const unit of net.units) unit.at.forEach((/** @type {number[]} */ [z, a], /** @type {number} */ s) => {
    unit.z[s] = values[z];
    unit.a[s] = values[a];
    unit.delta[s] = scale * gradient(z);
    unit.upstream[s] = scale * gradient(a);
    unit.rest[s] = unit.upstream[s] - unit.feeds.reduce((/** @type {number} */ sum, /** @type {number[]} */ [fed, term]) => {
      const { param, value, sign } = net.units[fed].terms[term];
      return sum + sign * Number(param === null ? value : values[net.params[param].at]) * scale * gradient(net.units[fed].at[s][0]);
    }, 0);
    unit.edges[s]?.forEach((/** @type {number[]} */ edge) => { const [, , node, place] = edge; edge.splice(0, 2, scale * gradient(node), locals[node][place] ?? 0); });
    if (!unit.linear) unit.slope[s] = locals[a][0] ?? 0;
  });
  for (const input of net.inputs) input.at.forEach((/** @type {number | null} */ i, /** @type {number} */ s) => { if (i !== null) input.values[s] = values[i]; });
  net.samples.forEach((/** @type {any} */ sample, /** @type {number} */ s) => {
    sample.inputs = net.inputs.map((/** @type {any} */ input) => input.values[s]);
    if (sample.at !== null) sample.loss = sample.factor * values[sample.at];
  });
  if (net.loss) net.loss.value = values[root];
  for (const unit of net.units) unit.terms.forEach((/** @type {any} */ { param }, /** @type {number} */ place) => {
    for (let s = 0; param !== null && s < net.count; s++) {
      const share = slotNumber(net, unit, s, ["share", place]) / scale;
      sums[param] = [sums[param][0] + share, sums[param][1] + Math.abs(share)];
    }
  });
  net.params.forEach((/** @type {any} */ param, /** @type {number} */ k) => {
    const whole = gradient(param.at), outside = whole - sums[k][0], size = sums[k][1] + Math.abs(whole);
    Object.assign(param, { value: values[param.at], gradient: whole, outside: Math.abs(outside) > 1e-12 * size ? outside : 0 });
  });
}
