// The rules of autograd_lite/optim/optimizers.py: what a parameter becomes by its gradient and what is remembered.

/** The settings of an optimiser. `rates`, of a schedule: those of all recorded steps, as float64 in base64. `memory`:
 * what is remembered of a parameter before the first step, if that is not 0.
 * @typedef {{kind: string | null, lr: number | null, rates?: string, weight_decay?: number, momentum?: number,
 *   dampening?: number, nesterov?: boolean, betas?: number[], eps?: number, alpha?: number, centered?: boolean,
 *   lr_decay?: number, memory?: number[]}} Rule */

/** What one parameter becomes: from its number w, its gradient g, the learning rate, what is remembered about all
 * parameters and where that of this one begins, the number of the step, and the settings.
 * @typedef {(w: number, g: number, lr: number, memory: Float64Array, at: number, step: number, rule: Rule) => number}
 * Update */

/** x / y for y ≥ 0 as the rules have it: with nan where both are 0. @param {number} x @param {number} y */
const quotient = (x, y) => y ? x / y : x * Infinity;

/** @type {Record<string, Update>} */
const UPDATES = {
  SGD(w, g, lr, memory, at, step, { momentum = 0, dampening = 0, nesterov = false }) {
    if (momentum) {
      const v = step > 1 ? momentum * memory[at] + (1 - dampening) * g : g;
      memory[at] = v;
      g = nesterov ? g + momentum * v : v;
    }
    return w - lr * g;
  },
  Adam(w, g, lr, memory, at, step, { betas = [0.9, 0.999], eps = 1e-8 }) {
    const [first, second] = betas;
    const m = memory[at] = first * memory[at] + (1 - first) * g;
    const v = memory[at + 1] = second * memory[at + 1] + (1 - second) * g * g;
    return w - quotient(lr / (1 - first ** step) * m, Math.sqrt(v) / Math.sqrt(1 - second ** step) + eps);
  },
  AdamW: (w, g, lr, memory, at, step, rule) => UPDATES.Adam(w, g, lr, memory, at, step, rule),
  RMSprop(w, g, lr, memory, at, step, { alpha = 0.99, eps = 1e-8, momentum = 0, centered = false }) {
    let square = memory[at] = alpha * memory[at] + (1 - alpha) * g * g;
    if (centered) {
      const mean = memory[at + 1] = alpha * memory[at + 1] + (1 - alpha) * g;
      square = Math.max(square - mean * mean, 0);
    }
    g = quotient(g, Math.sqrt(square) + eps);
    if (momentum) g = memory[at + 2] = momentum * memory[at + 2] + g;
    return w - lr * g;
  },
  Adagrad(w, g, lr, memory, at, step, { lr_decay = 0, eps = 1e-10 }) {
    memory[at] += g * g;
    return w - quotient(lr / (1 + (step - 1) * lr_decay) * g, Math.sqrt(memory[at]) + eps);
  },
};

/** How many numbers are remembered about each parameter. @type {Record<string, number>} */
const REMEMBERED = { SGD: 1, Adam: 2, AdamW: 2, RMSprop: 3, Adagrad: 1 };

/** What is remembered before the first step. @param {Rule} rule @param {number} size how many parameters there are */
function firstMemory(rule, size) {
  const each = REMEMBERED[rule.kind ?? "SGD"];
  return Float64Array.from({ length: size * each }, (_, i) => rule.memory?.[i % each] ?? 0);
}

/** All parameters after a step, and what is remembered then; those before it stay as they are.
 * @param {Rule} rule @param {ArrayLike<number>} p @param {Float64Array} gradient @param {number} lr
 * @param {Float64Array} before @param {number} step the number of this step, from 1 */
function afterStep(rule, p, gradient, lr, before, step) {
  const kind = rule.kind ?? "SGD", update = UPDATES[kind], each = REMEMBERED[kind];
  const decay = rule.weight_decay ?? (kind === "AdamW" ? 0.01 : 0), apart = kind === "AdamW";
  const memory = before.slice();
  const after = Float64Array.from(p, (w, i) => {
    const shrunk = apart ? w * (1 - lr * decay) : w, g = apart ? gradient[i] : gradient[i] + decay * w;
    return update(shrunk, g, lr, memory, i * each, step, rule);
  });
  return { after, memory };
}

// What was drawn before the first step: autograd_lite/nn/init.py.

/** Weights of a neuron by the number of its inputs and of the neurons in its layer.
 * @type {Record<string, (random: PythonRandom, inputs: number, neurons: number) => number>} */
const INITS = {
  uniform: (random) => random.uniform(-1, 1),
  xavier(random, inputs, neurons) {
    const limit = Math.sqrt(6 / (inputs + neurons));
    return random.uniform(-limit, limit);
  },
  glorot: (random, inputs, neurons) => INITS.xavier(random, inputs, neurons),
  he: (random, inputs) => random.gauss(0, Math.sqrt(2 / inputs)),
  zeros: () => 0,
};

/** @typedef {{name: string, layer: number | null, unit: number | null, from: number | null}} Parameter */

/** First weights from a seed: those of `nn.MLP(…, init=…, seed=…)` where the initialisation is known; otherwise normal
 * ones, in each layer as large as the first ones there were, weights and biases apart.
 * @param {Parameter[]} parameters @param {ArrayLike<number>} first @param {string | null} init @param {number} seed */
function firstWeights(parameters, first, init, seed) {
  const random = new PythonRandom(seed), draw = init === null ? undefined : INITS[init];
  const ofLayer = (/** @type {Parameter} */ p) => `${p.layer} ${p.from === null ? "biases" : "weights"}`;
  const ofUnit = (/** @type {Parameter} */ p) => `${ofLayer(p)} ${p.unit}`;
  /** @type {Map<string, {count: number, squares: number}>} */
  const groups = new Map(), none = { count: 0, squares: 0 };
  parameters.forEach((p, i) => {
    for (const key of [ofLayer(p), ofUnit(p)]) {
      const { count, squares } = groups.get(key) ?? none;
      groups.set(key, { count: count + 1, squares: squares + first[i] ** 2 });
    }
  });
  return Float64Array.from(parameters, (p) => {
    const layer = groups.get(ofLayer(p)) ?? none, inputs = groups.get(ofUnit(p))?.count ?? 0;
    if (!draw) return random.gauss(0, Math.sqrt(layer.squares / layer.count));
    return p.from === null ? 0 : draw(random, inputs, layer.count / inputs);
  });
}
