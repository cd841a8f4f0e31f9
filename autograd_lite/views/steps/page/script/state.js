// What the page shows, and what of it may be known: everything that is drawn asks here, so nothing gives an answer away.

const ORDER = 5;  // after the four levels of questions: the exercise which node goes backward next

/** @type {{mode: string, units: number, place: number, predict: boolean, level: number, asked: any, answered: Set<string>, leaf: number, tab: string, done: number[]}} */
const state = { mode: "operation", units: 0, place: 0, predict: false, level: 1, asked: null, answered: new Set(), leaf: -1, tab: "whole", done: [] };
const ordering = () => state.predict && state.level === ORDER && state.mode === "operation";

/** What may be seen at this step: of a question that is open, only what was known before it. */
function known() {
  if (neurons() || inPieces()) return NOTHING;
  if (ordering()) return inOrder();
  const { place, asked } = state, step = steps[place];
  const cold = asked?.kind === "gradient";
  const before = asked && asked.kind !== "value" ? gradients[place - 1] : gradients[place];
  const grads = step.kind === "forward" ? new Map() : cold ? new Map([[root, 1]]) : before ?? new Map([[root, 1]]);
  const computedBy = new Set(nodes.map((_, i) => i).filter(isLeaf));
  for (let k = 0; k <= place && steps[k].kind === "forward"; k++) computedBy.add(steps[k].node);
  if (asked?.kind === "value") computedBy.delete(step.node);
  return {
    /** Whether a node's value is known. */
    value: (/** @type {number} */ i) => computedBy.has(i),
    /** A node's gradient so far; undefined where none has arrived. */
    grad: (/** @type {number} */ i) => /** @type {number | undefined} */ (grads.get(i)),
    /** Whether the local derivative of a step is known; two edges of one node may have the same number. */
    local(/** @type {number} */ k) {
      if (k > place || cold) return false;
      const hidden = asked && (asked.kind === "local" || asked.kind === "product");
      return !(hidden && steps[k].node === step.node && (k === place || steps[k].local === step.local || k > place));
    },
    /** Whether what a step brings is known. */
    share: (/** @type {number} */ k) => k < place && !cold ? true : k === place && !cold && (!asked || asked.kind === "sum"),
    /** Whether the sum after this step is known. */
    total: !asked,
    /** Whether the slope of the result with respect to a leaf is known. */
    slope: (/** @type {number} */ i) => !asked && steps.every((s, k) => s.kind === "forward" || s.operand !== i || k <= place) && step.kind === "backward",
  };
}

/** The node that a step is about: the one computed, or the one that gains. @param {number} k */
const about = (k) => steps[k].kind === "forward" ? steps[k].node : steps[k].operand;

/** What may be seen while the order is asked for: what the nodes that have gone backward have brought. */
function inOrder() {
  const { gradients: sums, over } = orderAt(state.done), gone = new Set(state.done);
  const passed = (/** @type {number} */ k) => gone.has(steps[k].node);
  return {
    value: () => true, grad: (/** @type {number} */ i) => /** @type {number | undefined} */ (sums.get(i)),
    local: passed, share: passed, total: over, slope: () => over,
  };
}
