// Placeholder until merged.
function questionAt(step, level) {
  if (step.kind === "forward") return { kind: "value", step, truth: values[step.node] };
  if (level === 1) return { kind: "local", step, truth: step.local };
  if (level === 2) return { kind: "product", step, truth: step.share };
  if (level === 3) return step.uses > 1 && step.use === step.uses ? { kind: "sum", step, truth: step.total } : null;
  return isLeaf(step.operand) && step.use === step.uses ? { kind: "gradient", step, truth: step.total } : null;
}
function judge(question, text) {
  const x = Number(text);
  if (Number.isNaN(x)) return { verdict: "unread", words: "A number, please." };
  return Math.abs(x - question.truth) <= 5e-3 * Math.abs(question.truth) ? { verdict: "right", words: "Right." } : { verdict: "wrong", words: `${text} is not it.` };
}
const hint = () => "Think of the rule.";
const reason = (question) => `It is ${shown(question.truth)}.`;
const example = () => "sqrt(2)";
