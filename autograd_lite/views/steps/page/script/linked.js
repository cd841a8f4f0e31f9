// In the page of a lesson, a derivation leads to the step of the node that has its number.

window.addEventListener("message", ({ source, data }) => {
  const { node, kind } = data?.autogradLite ?? {};
  if (source !== window.parent || !Number.isInteger(node) || !nodes[node]) return;
  if (neurons() || inPieces()) setMode("operation", 0);
  const to = steps.findLastIndex((step) => step.kind === kind && (kind === "backward" ? step.operand : step.node) === node);
  go(to >= 0 ? to : steps.findIndex((step) => step.node === node || step.operand === node));
});
