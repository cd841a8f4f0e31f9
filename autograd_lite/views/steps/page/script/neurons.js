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
  const step = net.steps[k], unit = unitOf(k), s = looked.sample, plain = { at: k, step: { unit: step.unit }, plain: true, of: `unit, sample ${s}` };
  const number = (/** @type {any[]} */ slot) => slotNumber(net, unit, s, slot);
  if (step.kind === "forward") {
    if (!unit) return net.samples[s].loss === null ? null : { ...plain, kind: "value", truth: Number(net.samples[s].loss), asks: "the loss", symbol: net.loss.symbol, how: "Put the output and the target into the loss." };
    return { ...plain, kind: "value", truth: number(["a"]), asks: unit.names.a.join(" "), symbol: unit.symbols.a, how: `Add up weight × input and the bias${unit.linear ? "." : `, then take ${unit.f} of it.`}` };
  }
  if (!unit.fits) return null;
  const whole = derivative(net.symbol, unit.symbols.a), weight = unit.terms[looked.term];
  if (level === 1) return unit.linear ? null : { ...plain, kind: "local", truth: number(["slope"]), asks: `the slope of ${unit.f}`, symbol: derivative(unit.symbols.a, unit.symbols.z), how: `The derivative of ${unit.f}, in terms of what came out of it.` };
  if (level === 2) return { ...plain, kind: "product", truth: number(["delta"]), asks: unit.names.delta.join(" "), symbol: unit.symbols.delta, how: "What has come back to the activation, times the slope." };
  if (level === 3) return unit.feeds.length > 1 ? { ...plain, kind: "sum", truth: number(["upstream"]), asks: `∂/∂${unit.names.a.join(" ")}`, symbol: whole, how: "Add weight × δ over all units that use this activation." } : null;
  if (!weight || weight.param === null) return null;
  return { ...plain, of: `${plain.of}, term ${looked.term}`, kind: "gradient", truth: number(["share", looked.term]), asks: `∂/∂${net.params[weight.param].name.join(" ")}`, symbol: derivative(net.symbol, net.params[weight.param].symbol), how: "First δ of this unit, then times what the weight is multiplied by." };
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
