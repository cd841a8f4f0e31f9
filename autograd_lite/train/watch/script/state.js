// What the page shows, and what is said of it: the training, the point and the unit or weight that are chosen, all names.

const DATA = JSON.parse($("data").textContent), { parameters } = DATA;
for (const part of [DATA.train, DATA.held]) if (part && !Array.isArray(part.x)) {  // many numbers stand there as bytes
  const all = new Float64Array(bytes(part.x.numbers)), { width } = part.x;
  part.x = Array.from({ length: all.length / width }, (_, i) => [...all.subarray(i * width, (i + 1) * width)]);
}
const training = new Training(DATA);
/** The layers; the title stands above a layer's units. @type {any[]} */
const layers = DATA.layers.map((/** @type {any} */ layer, /** @type {number} */ k) => {
  const name = DATA.layers.length === 1 || k < DATA.layers.length - 1 ? layer.name : "output";
  return { ...layer, title: layer.activation && layer.activation !== "linear" ? `${name} · ${layer.activation}` : name };
});

/** A unit, −1 the layer of the inputs; or a weight, by its place among the parameters. @typedef {{kind: "unit", layer: number, unit: number} | {kind: "weight", at: number}} Chosen */
/** What is seen. @type {{chosen: any, point: number, finding: number, readonly playing: boolean, readonly p: Float64Array, readonly epoch: number}} */
const view = {
  chosen: { kind: "unit", layer: layers.length - 1, unit: 0 }, point: 0, finding: 0,
  get playing() { return going === "run"; },
  get p() { return training.p; },
  get epoch() { return training.epoch; },
};

/** How many points there are to train on; the held-out ones have the numbers behind. */
const trained = DATA.train.x.length, held = DATA.held?.x.length ?? 0;
/** A point: where it lies now, what belongs to it, and its places. @param {number} k */
function sampleOf(k) {
  const from = k < trained ? training.points() : DATA.held, i = k < trained ? k : k - trained;
  return { x: /** @type {number[]} */ (from.x[i]), y: from.y[i], held: k >= trained, from, i };
}
/** What is to be learned at a point, as one number. @param {any} y */
const targetOf = (y) => Number(Array.isArray(y) ? y[0] : y);
/** Where a point lies, as text; of many inputs the shown ones. @param {number} k */
const placeOf = (k) => `(${DATA.shown.map((/** @type {number} */ j) => Number(sampleOf(k).x[j].toPrecision(3))).join(", ").replaceAll("-", "−")})`;

const INDEXED = /^(\p{L})_?(\d*)$/u;  // a name that is a letter, perhaps with an index
const HIGHEST = [..."⁰¹²³⁴⁵⁶⁷⁸⁹"], LOWEST = [..."₀₁₂₃₄₅₆₇₈₉"];
const raisedText = (/** @type {number} */ n) => [...String(n)].map((c) => HIGHEST[Number(c)]).join("");
const loweredText = (/** @type {string} */ text) => [...text].map((c) => LOWEST[Number(c)] ?? "‚").join("");
/** The indices of a weight: its layer; its unit and the one before, as 82 or 10,2. @param {any} parameter */
function weightIndices({ layer, unit, from }) {
  if (layer === null) return { raised: "", lowered: "" };
  const two = [unit, ...from === null ? [] : [from]].map((i) => String(i + 1));
  return { raised: String(layer + 1), lowered: two.join(two.some((index) => index.length > 1) ? "," : "") };
}
/** A symbol with indices, in MathML; both are the page's own. @param {string} letter @param {string} lowered @param {string} raised */
const indexed = (letter, lowered, raised) => `<msubsup><mi>${letter}</mi><mn>${lowered}</mn><mn>${raised}</mn></msubsup>`;
/** The symbol of a parameter; a name that stands for no place is text of the data. @param {any} parameter */
function parameterSymbol(parameter) {
  const { raised, lowered } = weightIndices(parameter);
  return raised ? indexed(parameter.from === null ? "b" : "w", lowered, raised) : `<mi>${escaped(parameter.name)}</mi>`;
}
/** @param {any} parameter */
function parameterName(parameter) {
  const { raised, lowered } = weightIndices(parameter);
  return raised ? `${parameter.from === null ? "b" : "w"}${raisedText(parameter.layer + 1)}${loweredText(lowered)}` : parameter.name;
}
/** What a unit is called in a sentence. @param {number} layer @param {number} unit */
function unitName(layer, unit) {
  if (layer < 0) return `input ${DATA.features[unit].name}`;
  return layers[layer].units.length > 1 ? `unit ${unit + 1} of layer ${layer + 1}` : layer === layers.length - 1 ? "the output" : `the unit of layer ${layer + 1}`;
}
const capital = (/** @type {string} */ text) => text.charAt(0).toUpperCase() + text.slice(1);
/** What an output is called beside its circle. @param {number} unit */
function outputName(unit) {
  const output = DATA.outputs.indexOf(layers[layers.length - 1].units[unit].a);
  if (DATA.classes && DATA.outputs.length > 1 && output >= 0) return DATA.classes[output];
  return DATA.confidence === "sigmoid" || DATA.decide === "half" ? "p" : "y";
}
const className = (/** @type {number} */ k) => /^\d+$/.test(DATA.classes[k]) ? `class ${DATA.classes[k]}` : DATA.classes[k];

/** What follows from parameters and points: computed again only when one of them is another.
 * @template T @param {(points: Points) => T} compute @returns {() => T} */
function ofMoment(compute) {
  /** @type {{p: any, x: any, found: any}} */
  let known = { p: null, x: null, found: null };
  return () => {
    const points = training.points();
    if (known.p !== view.p || known.x !== points.x) known = { p: view.p, x: points.x, found: compute(points) };
    return known.found;
  };
}
/** Whether the gradient can be computed here: the page has the loss. */
const hasLoss = LOSSES.length > 0 && Array.isArray(DATA.train.target);
/** At the chosen point: the values of all units, and the gradient; null where the page has no loss. */
function atPoint() {
  const { i, x, from } = sampleOf(view.point);
  return hasLoss ? training.gradientAt(i, view.p, from) : { values: FORWARD(view.p, x), gradient: null, loss: NaN };
}

const LEAST_SLOPE = 1e-3, FEWEST = 4;  // as the doctor has them
/** How large the slope of an activation is at its value, where that tells it, in parts of the greatest. @type {Record<string, (a: number) => number>} */
const SLOPES = { relu: (a) => a > 0 ? 1 : 0, tanh: (a) => 1 - a * a, sigmoid: (a) => 4 * a * (1 - a) };
/** Units that learn nothing now, by layer and place: "dead" or "saturated". */
const stoppedUnits = ofMoment(({ x }) => {
  /** @type {Map<string, {a: number, slope: (a: number) => number, word: string}>} */
  const open = new Map();
  layers.slice(0, -1).forEach(({ activation, units }, l) => {
    const slope = SLOPES[activation], word = activation === "relu" ? "dead" : "saturated";
    if (activation in SLOPES) units.forEach((/** @type {any} */ { a }, /** @type {number} */ u) => open.set(`${l}.${u}`, { a, slope, word }));
  });
  if (x.length < FEWEST) open.clear();
  for (let i = 0; i < x.length && open.size; i++) {
    const values = FORWARD(view.p, x[i]);
    for (const [key, { a, slope }] of open) if (!(slope(values[a]) < LEAST_SLOPE)) open.delete(key);
  }
  return new Map([...open].map(([key, { word }]) => [key, word]));
});
const CURES = {
  dead: "with inputs never above 0, nothing is learned. Lower the learning rate, take leaky_relu, or choose other first weights.",
  saturated: "its slope is below a thousandth of the greatest, so next to nothing is learned. Lower the learning rate, or choose smaller first weights.",
};
const UNIT_TOLD = /^(.*? of layer \d+ is \w+)(.*)$/s;
/** What is wrong at this moment: the doctor's words where Python asked at this very epoch, otherwise the page's. @returns {{head: string, text: string}[]} */
function findings() {
  const recorded = training.seed === null && !training.settings.noise && training.epoch <= training.unchanged && training.now.place === 0 && DATA.kept.epochs.includes(training.epoch);
  if (recorded && DATA.findings) return (DATA.findings[training.epoch] ?? []).map((/** @type {any} */ { kind, text }) => {
    const [, head, rest] = UNIT_TOLD.exec(text) ?? [null, `${capital(kind)}.`, text];
    return { head, text: rest.trim() };
  });
  return [...stoppedUnits()].map(([key, word]) => {
    const [layer, unit] = key.split(".").map(Number);
    return { head: `${capital(unitName(layer, unit))} is ${word}`, text: `for all ${trained} points: ${CURES[/** @type {"dead"} */ (word)]}` };
  });
}
