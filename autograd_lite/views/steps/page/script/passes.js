// The graph of the page, and its two passes: the same rules as in Python, at the numbers that the inputs have now.

/** @typedef {{key: string, name: string, symbol: string, text: string, formula: number, operands: any[], value?: any, locals?: any[]}} GraphNode */
/** @typedef {{kind: string, node: number, operand: number, place: number, use: number, uses: number, formula: number, deep?: number, derivative: string,
 *   upstream: number, local: number, share: number, before: number | null, total: number, words?: string}} Step */

const DATA = JSON.parse(unpacked($("data").textContent));
const root = DATA.root, prefix = DATA.prefix;
const numbered = (/** @type {number} */ i) => ({ key: `v${i + 1}`, name: `v${i + 1}`, symbol: `<msub><mi>v</mi><mn>${i + 1}</mn></msub>` });
/** @type {GraphNode[]} */
const nodes = DATA.nodes.map((/** @type {any} */ node, /** @type {number} */ i) => ({ ...numbered(i), operands: [], ...node }));
/** How often each operand has been used so far. @type {Map<number, number>} */
const usesOf = new Map();
/** @type {Step[]} */
const steps = DATA.steps.map((/** @type {number[]} */ [node, operand, place, formula, deep]) => {
  if (operand === undefined) return { kind: "forward", node };
  usesOf.set(operand, (usesOf.get(operand) ?? 0) + 1);
  return { kind: "backward", node, operand, place, formula, deep, use: usesOf.get(operand) };
});
for (const step of steps) step.uses = usesOf.get(step.operand) ?? 0;
/** @type {number[]} */
const values = nodes.map((node) => Number(node.value));
/** @type {any[][]} */
const locals = nodes.map((node) => (node.locals ?? []).map((x) => x === null ? null : Number(x)));
/** After each step: what every node has by then. @type {Map<number, number>[]} */
let gradients = [];
const isLeaf = (/** @type {number} */ i) => nodes[i].operands.length === 0;
const backward = steps.filter((step) => step.kind === "backward");

// A node without constants is computed by the rules of its operation, at its operands.
/** @param {any[]} rules @param {number[]} at */
function rule([value, ...partials], at) {
  const taken = (/** @type {number[]} */ v) => at.map((i) => v[i]);
  return { value: (/** @type {number[]} */ v) => value(...taken(v)), partials: partials.map((f) => f && ((/** @type {number[]} */ v, /** @type {number} */ z) => f(...taken(v), z))) };
}

/** The values of all nodes where the leaves have other numbers. @param {number[]} numbers */
function computed(numbers) {
  nodes.forEach((node, i) => { if (node.operands.length && RULES[i]) numbers[i] = RULES[i].value(numbers); });
  return numbers;
}
/** How the page of a folded network, which has no operations, comes to all numbers (folded.js). @type {(() => void) | null} */
let byUnits = null;
function recompute() {
  if (byUnits) return byUnits();
  computed(values);
  nodes.forEach((_, i) => { if (RULES[i]) locals[i] = RULES[i].partials.map((/** @type {any} */ f) => f && f(values, values[i])); });
  sweep();
}
function sweep() {
  const sums = new Map([[root, 1]]), gain = new Set(backward.map((step) => step.operand));
  for (const { node } of backward) if (node !== root && !gain.has(node)) sums.set(node, 0);  // as below a step, which is flat
  const before = new Map(sums);
  gradients = steps.map((step) => {
    if (step.kind === "forward") return before;
    step.upstream = sums.get(step.node) ?? 0;
    step.local = locals[step.node][step.place] ?? 0;
    step.share = step.upstream * step.local;
    step.before = step.use > 1 ? sums.get(step.operand) ?? 0 : null;
    step.total = step.before === null ? step.share : step.before + step.share;
    sums.set(step.operand, step.total);
    return new Map(sums);
  });
}
/** The gradient of a node once the whole pass is done. @param {number} i */
const gradient = (i) => gradients.at(-1)?.get(i) ?? (i === root ? 1 : 0);

// Paths: a node's first use leads up to the root, and its first operand that matters down to a leaf.
/** @type {Map<number, number>} */
const up = new Map(), down = new Map();
/** How many paths lead from the root to a node. @type {Map<number, number>} */
const paths = new Map([[root, 1]]);
steps.forEach((step, k) => {
  if (step.kind !== "backward") return;
  if (!up.has(step.operand)) up.set(step.operand, k);
  if (!down.has(step.node)) down.set(step.node, k);
  paths.set(step.operand, (paths.get(step.operand) ?? 0) + (paths.get(step.node) ?? 0));
});
/** The steps along the path that a step goes on: from the root through its edge, and on to a leaf. @param {number} k */
function path(k) {
  const above = [], below = [];
  for (let at = /** @type {number | undefined} */ (k); at !== undefined; at = steps[at].node === root ? undefined : up.get(steps[at].node)) above.unshift(at);
  for (let at = down.get(steps[k].operand); at !== undefined; at = down.get(steps[at].operand)) below.push(at);
  return { above, below };
}

/** A formula with the symbols of a node's operands, and of the node itself, in the place of the marks.
 * @param {number} formula @param {number} i @param {number} notation 0: MathML, 1: text */
function written(formula, i, notation = 0) {
  const of = (/** @type {number} */ mark) => {
    const node = mark === 0xa48c ? nodes[i] : nodes[/** @type {number} */ (nodes[i].operands[mark - 0xa000])];
    return notation ? node.name : node.symbol;
  };
  const marks = notation ? /([\ua000-\ua48c])0?/g : /(?:<msub>)?<mi>([\ua000-\ua48c])<\/mi>(?:<mn>0<\/mn><\/msub>)?/g;
  return DATA.formulas[formula][notation].replace(marks, (/** @type {string} */ _, /** @type {string} */ mark) => of(mark.charCodeAt(0)));
}

for (const [i, node] of nodes.entries()) node.text = node.operands.length ? written(node.formula, i, 1) : "";
for (const step of steps) if (step.kind === "backward") step.derivative = written(step.formula, step.node, 1);
