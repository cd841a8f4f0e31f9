// In another page, as of a lesson or of a training: a derivation leads to the step of the node that has its number, and
// leaves get the numbers that they have there, and what was chosen there is looked at here.

window.addEventListener("message", ({ source, data }) => {
  const { node, kind, leaves, unit, weight } = data?.autogradLite ?? {};
  if (source !== window.parent) return;
  if (Array.isArray(leaves)) takeLeaves(leaves);
  if (Array.isArray(unit) && neurons()) toUnit(unit, weight);
  if (!Number.isInteger(node) || !nodes[node]) return;
  if (neurons() || inPieces()) setMode("operation", 0);
  const to = steps.findLastIndex((step) => step.kind === kind && (kind === "backward" ? step.operand : step.node) === node);
  go(to >= 0 ? to : steps.findIndex((step) => step.node === node || step.operand === node));
});

/** Go to where a unit's gradient arrives, and look at one of its weights. @param {any[]} place its layer, and its place there @param {any} weight the node of the weight */
function toUnit([layer, row], weight) {
  const id = net.layers[layer]?.units[row], to = net.steps.findIndex((/** @type {any} */ step) => step.kind === "backward" && step.unit === id);
  if (id === undefined || to < 0) return;
  go(to);
  const term = net.units[id].terms.findIndex((/** @type {any} */ { param }) => param !== null && net.params[param].at === weight);
  if (term >= 0) net.onWeight(term);
}

/** Give leaves other numbers, all at once; Reset comes back to these. The other page hears whether they were taken.
 * @param {any[]} leaves pairs of a place and a number */
function takeLeaves(leaves) {
  window.parent.postMessage({ autogradLite: { taken: DATA.playable } }, "*");
  if (!DATA.playable) return;
  for (const pair of leaves) {
    const [at, x] = Array.isArray(pair) ? pair : [];
    if (!Number.isInteger(at) || !Number.isFinite(x) || !(at in values) || nodes[at]?.operands.length) continue;
    values[at] = x;
    const k = movable.indexOf(at);
    if (k < 0) continue;
    starts[k] = x;
    if (controls[k]) limit(k);
  }
  recomputed();
}
