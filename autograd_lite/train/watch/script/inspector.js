// The inspector: of a weight or a unit the number, its gradient at the chosen point and over all, and its way over the epochs.

/** Choose a unit or a weight, and show it. @param {any} chosen */
function choose(chosen) {
  view.chosen = chosen;
  show();
  say(chosen.kind === "unit" ? `${capital(unitName(chosen.layer, chosen.unit))}: ${$("value").textContent}` : `${parameterName(parameters[chosen.at])} ${$("value").textContent}`);
}
/** Choose a point, and show it. @param {number} point */
function choosePoint(point) {
  view.point = point;
  show();
  say($("chosen-point").textContent);
}
/** A number in its colour: blue where it is a value, orange where it goes backward; in a difference by its sign. @param {number} x @param {string} kind */
const number = (x, kind) => element("span", { className: kind, textContent: shown(x) });
/** @param {number} x */
const bySign = (x) => x < 0 ? "gradient" : "value";
/** A row of the table. @param {any} head @param {any} cell */
const row = (head, cell) => element("tr", {}, element("td", {}, ...[head].flat()), element("td", {}, cell));
/** A button that chooses a unit or a weight, named as it. @param {any} chosen @param {string} text */
const leading = (chosen, text) => element("button", { className: "plain", textContent: text, onclick: () => choose(chosen) });
/** A formula, of the page's own markup. @param {string} inner */
const formula = (inner, display = false) => element("span", { innerHTML: math(inner, display) });
/** The number that is chosen, large. @param {string} symbol @param {number} x */
const writeValue = (symbol, x) => $("value").append(formula(symbol), element("span", { className: bySign(x), textContent: `= ${shown(x)}` }));
const small = (/** @type {string} */ text) => element("span", { className: "small", textContent: text });

/** The gradients over all points. */
const meanGradient = ofMoment(() => training.gradientMean().gradient);
/** The place of the bias of a unit: its gradient is δ, that of the unit's sum. @param {number} layer @param {number} unit */
const biasOf = (layer, unit) => parameters.findIndex((/** @type {any} */ one) => one.layer === layer && one.unit === unit && one.from === null);
/** δ of a unit at the chosen point, where a bias or a weight tells it. @param {number} layer @param {number} unit @param {ArrayLike<number>} gradient @param {ArrayLike<number>} values */
function deltaOf(layer, unit, gradient, values) {
  const bias = biasOf(layer, unit);
  if (bias >= 0) return gradient[bias];
  const own = parameters.flatMap((/** @type {any} */ one, /** @type {number} */ at) => one.layer === layer && one.unit === unit && one.from !== null ? [{ at, a: before(one, values) }] : []);
  const told = own.find((/** @type {any} */ { a }) => a !== 0);
  return told ? gradient[told.at] / told.a : own.length ? 0 : NaN;
}
/** What a weight is multiplied by, at the chosen point. @param {any} parameter @param {ArrayLike<number>} values */
const before = (parameter, values) => parameter.layer === 0 ? sampleOf(view.point).x[parameter.from] : values[layers[parameter.layer - 1].units[parameter.from].a];
/** The symbol of what stands before a weight; the name of an input is text of the data. @param {any} parameter */
function symbolBefore({ layer, from }) {
  if (layer > 0) return indexed("a", String(from + 1), String(layer));
  const { name } = DATA.features[from], [, letter, index] = INDEXED.exec(name) ?? [];
  return index ? `<msub><mi>${letter}</mi><mn>${index}</mn></msub>` : `<mi>${letter ?? escaped(name)}</mi>`;
}

function writeInspector() {
  const { chosen } = view, weight = chosen.kind === "weight", past = [$("kind"), $("value"), $("place"), $("own"), $("equation"), $("gradients")];
  for (const part of past) part.replaceChildren();
  $("inspector").classList.toggle("still", !hasLoss);
  if (weight) writeWeight(chosen.at);
  else writeUnit(chosen.layer, chosen.unit);
  if (!hasLoss) $("equation").append(small("The page does not have this loss: it plays back only."));
  $("value").classList.toggle("long", $("value").textContent.length > 12);
  writeStepping();
}
/** The rows that weights and biases have: this point, all points, what the next step does. @param {number} at @param {number} here @param {string} [what] */
function gradientRows(at, here, what = "") {
  const mean = meanGradient()[at], lr = training.rate(), plain = training.rule.kind === "SGD" && !training.rule.momentum && !training.rule.weight_decay;
  $("gradients").append(row(["chosen point ", small(placeOf(view.point))], number(here, "gradient")), row(`${what}mean over the ${trained} points`, number(mean, "gradient")));
  if (!training.trains) return;
  const { batch } = training.ahead(), all = batch.length === trained, whose = what ? "its bias’s next step" : "its next step";
  const head = plain && all ? [`${whose}, −${shown(lr)} × mean`] : [`${whose} `, small(plain ? `${batch.length} points` : training.rule.kind ?? "")];
  if (training.behind) return $("gradients").append(row(head, small("…")));  // batch and memory are not known yet
  const gradient = all ? meanGradient() : training.gradientMean(batch).gradient;
  const { after } = afterStep(training.rule, view.p, gradient, lr, training.memory, training.steps + 1), change = after[at] - view.p[at];
  $("gradients").append(row(head, number(change, bySign(change))));
}
/** @param {number} at */
function writeWeight(at) {
  const parameter = parameters[at], w = view.p[at], { layer, unit, from } = parameter, symbol = parameterSymbol(parameter), bias = layer !== null && from === null;
  $("kind").textContent = bias ? "Bias" : layer === null ? "Parameter" : "Weight";
  writeValue(symbol, w);
  if (layer !== null) {
    const to = leading({ kind: "unit", layer, unit }, unitName(layer, unit));
    $("place").append(...bias ? ["of ", to] : ["from ", leading({ kind: "unit", layer: layer - 1, unit: from }, unitName(layer - 1, from)), element("br"), "to ", to]);
  }
  course(training.historyOf(at), `${parameterName(parameter)} over the epochs`);
  if (!hasLoss) return;
  const { gradient, values } = atPoint(), g = /** @type {number[]} */ (gradient)[at];
  if (layer !== null) {
    const delta = deltaOf(layer, unit, /** @type {number[]} */ (gradient), values), a = bias ? 1 : before(parameter, values), fits = Math.abs(delta * a - g) <= 1e-9 * Math.max(1, Math.abs(g));
    const d = indexed("δ", String(unit + 1), String(layer + 1)), left = derivative("<mi>L</mi>", symbol);
    $("equation").append(formula(`${left}<mo>=</mo>${fits ? bias ? d : `${d}<mo>·</mo>${symbolBefore(parameter)}` : ""}`, true));
    if (fits) $("equation").append(element("span", {}, "= ", number(delta, "gradient"), ...bias ? [] : [" × ", number(a, "value")]));
    else $("equation").append(number(g, "gradient"));
  } else $("equation").append(formula(`${derivative("<mi>L</mi>", symbol)}<mo>=</mo>`, true), number(g, "gradient"));
  gradientRows(at, g);
}
/** @param {number} layer @param {number} unit */
function writeUnit(layer, unit) {
  const { gradient, values } = atPoint();
  if (layer < 0) return writeInput(unit, gradient);
  const { a, z } = layers[layer].units[unit], [raised, lowered] = [layer + 1, unit + 1].map(String), linear = layers[layer].activation === "linear", bias = biasOf(layer, unit), kept = training.epochs();
  $("kind").textContent = layer === layers.length - 1 ? "Output" : "Unit";
  writeValue(indexed("a", lowered, raised), values[a]);
  $("place").append(unitName(layer, unit), element("br"));
  if (z !== null && !linear) $("place").append(`${layers[layer].activation} of `, number(values[z], "value"));
  else $("place").append(`at ${placeOf(view.point)}`);
  weightsOf(layer, unit);
  const x = sampleOf(view.point).x;
  course({ epochs: kept, numbers: kept.map((epoch) => FORWARD(training.parametersAt(epoch), x)[a]) }, `${unitName(layer, unit)} over the epochs`);
  if (!gradient) return;
  const delta = deltaOf(layer, unit, gradient, values), d = indexed("δ", lowered, raised);
  if (!Number.isFinite(delta)) return $("equation").append(small("No weight leads into this unit alone: its parameters have their gradients."));
  const fed = parameters.flatMap((/** @type {any} */ one, /** @type {number} */ at) => one.layer === layer + 1 && one.from === unit ? [view.p[at] * deltaOf(one.layer, one.unit, gradient, values)] : []);
  const sum = fed.reduce((/** @type {number} */ s, /** @type {number} */ each) => s + each, 0), slope = SLOPES[layers[layer].activation] && fed.length && !linear ? delta / sum : NaN;
  const symbols = !fed.length ? derivative("<mi>L</mi>", indexed("z", lowered, raised)) : `<munder><mo>Σ</mo><mi>k</mi></munder><msubsup><mi>w</mi><mrow><mi>k</mi><mn>${lowered}</mn></mrow><mn>${layer + 2}</mn></msubsup><msubsup><mi>δ</mi><mi>k</mi><mn>${layer + 2}</mn></msubsup>${linear ? "" : `<mo>·</mo><mi>f</mi><mo>′</mo>`}`;
  $("equation").append(formula(`${d}<mo>=</mo>${symbols}`, true));
  if (!fed.length || !Number.isFinite(slope)) $("equation").append(element("span", {}, "= ", number(delta, "gradient")));
  else $("equation").append(element("span", {}, "= ", number(sum, "gradient"), " × ", number(slope, "value")));
  if (bias >= 0) gradientRows(bias, delta, "δ, ");
  else $("gradients").append(row(["chosen point ", small(placeOf(view.point))], number(delta, "gradient")));
}
/** The weights of a unit, for the keys too. @param {number} layer @param {number} unit */
function weightsOf(layer, unit) {
  const own = parameters.flatMap((/** @type {any} */ one, /** @type {number} */ at) => one.layer === layer && one.unit === unit || one.layer === null && layer === layers.length - 1 ? [at] : []), some = own.slice(0, 40);
  if (!some.length) return;
  const list = element("select", {}, element("option", { textContent: "its weights", value: "" }), ...some.map((/** @type {number} */ at) => element("option", { value: at, textContent: `${parameterName(parameters[at])} = ${shown(view.p[at])}` })));
  list.setAttribute("aria-label", `a weight of ${unitName(layer, unit)}`);
  list.onchange = () => choose({ kind: "weight", at: Number(list.value) });
  $("own").append(list);
}
/** @param {number} input @param {ArrayLike<number> | null} gradient */
function writeInput(input, gradient) {
  const { name, mean, low, high, center, scale } = DATA.features[input], x = sampleOf(view.point).x[input], symbol = symbolBefore({ layer: 0, from: input });
  $("kind").textContent = "Input";
  writeValue(symbol, x);
  $("place").append(`${name}, from ${shown(low)} to ${shown(high)}`, element("br"), scale ? `standardized; ${shown(x * scale + center)} as given` : `its mean is ${shown(mean)}`);
  $("course").replaceChildren();
  $("first-value").textContent = "the same in each epoch";
  const along = ["across", "upwards"].map((way, axis) => element("button", { className: "plain along", textContent: `show it ${way}`, disabled: DATA.shown[axis] === input, onclick: () => showAlong(axis, input) }));
  if (!flat && DATA.features.length > 2) $("gradients").append(row([along[0], ", ", along[1]], ""));
  if (!gradient) return;
  const slope = gradient[parameters.length + input];
  $("equation").append(formula(`${derivative("<mi>L</mi>", symbol)}<mo>=</mo>`, true), number(slope, "gradient"));
  $("gradients").append(row(["chosen point ", small(placeOf(view.point))], number(slope, "gradient")), row("the input is not learned", ""));
}
/** Draw a number over the epochs. @param {{epochs: number[], numbers: ArrayLike<number>}} history @param {string} said */
function course({ epochs, numbers }, said) {
  const finite = Array.from(numbers).filter(Number.isFinite), least = Math.min(...finite), most = Math.max(...finite), room = (most - least) * 0.08 || Math.abs(most) * 0.1 || 1;
  const series = { epochs, numbers, kind: "" }, svg = $("course"), axes = drawCourse(svg, [series], { low: least - room, high: most + room }), now = atCursor(series);
  if (now) svg.append(drawn("circle", { class: "dot", cx: axes.x(now.epoch), cy: axes.y(now.number), r: 4 }));
  svg.setAttribute("aria-label", said);
  $("first-value").textContent = `${shown(numbers[0])} at first`;
}
