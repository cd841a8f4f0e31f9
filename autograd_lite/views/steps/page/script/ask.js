// Questions: asked when a step is reached, judged, explained; the score stays in the page.

/** @type {{right: number, asked: number, tries: number}} */
let score = { right: 0, asked: 0, tries: 0 };
const TRIES = 3;

/** Ask what there is to ask at the step, unless that has been answered. */
function ask() {
  const question = state.predict ? questionAt(steps[state.place], state.level) : null;
  state.asked = question && !state.answered.has(identity(question)) ? question : null;
  $("tries").replaceChildren();
  $("guess").value = "";
  if (!state.asked) return;
  state.asked.tries = 0;
  $("example").textContent = example(state.asked);
}
const identity = (/** @type {any} */ question) => `${question.kind} ${state.place}`;

function writeQuestion() {
  const { asked } = state;
  $("ask").classList.toggle("off", !state.predict);
  $("question").hidden = !asked;
  for (const button of $("levels").children) button.setAttribute("aria-pressed", String(state.predict && Number(button.value) === state.level));
  $("score").textContent = score.asked ? `${score.right} of ${score.asked} right, ${score.tries} ${score.tries === 1 ? "try" : "tries"}` : "Nothing answered yet.";
  $("nothing").hidden = Boolean(asked) || $("tries").childElementCount > 0;
  if (!asked) return;
  const step = steps[state.place], y = nodes[root].symbol;
  const names = {
    value: nodes[step.node].symbol, local: derivative(nodes[step.node].symbol, nodes[step.operand]?.symbol),
    product: `${derivative(y, nodes[step.node].symbol)}<mo>·</mo>${derivative(nodes[step.node].symbol, nodes[step.operand]?.symbol)}`,
    sum: derivative(y, nodes[step.operand]?.symbol), gradient: derivative(y, nodes[step.operand]?.symbol),
  };
  $("asked").innerHTML = math(`${names[/** @type {"value"} */ (asked.kind)]}<mo>=</mo>`);
  $("guess").setAttribute("aria-label", { value: "the value", local: "the local derivative", product: "upstream times local", sum: "the sum", gradient: "the gradient" }[/** @type {"value"} */ (asked.kind)]);
  $("left").textContent = asked.tries ? `try ${Math.min(asked.tries + 1, TRIES)} of ${TRIES}` : "";
}
/** A line below the question. @param {string} kind @param {string} words */
function say(kind, words) {
  const mark = { right: "✓", wrong: "✕", near: "≈", unread: "?", hint: "i", answer: "=" }[kind] ?? "";
  $("tries").append(element("div", { className: `try ${kind}` }, element("b", { textContent: mark, ariaHidden: "true" }), element("span", { textContent: words })));
}
function answer() {
  const { asked } = state, text = $("guess").value.trim();
  if (!asked || !text) return;
  const { verdict, words } = judge(asked, text);
  if (verdict !== "unread" && verdict !== "near") asked.tries += 1, score.tries += 1;
  if (verdict === "right") return finish(true, words);
  say(verdict, words);
  if (asked.tries >= TRIES) return finish(false, reason(asked));
  writeQuestion();
  $("guess").select();
}
/** @param {boolean} right @param {string} words */
function finish(right, words) {
  const { asked } = state;
  score.asked += 1;
  score.right += Number(right);
  state.answered.add(identity(asked));
  state.asked = null;
  show();
  say(right ? "right" : "answer", words);
  $("nothing").hidden = true;
  focusQuietly($("next").disabled ? $("back") : $("next"));
}
/** The focus stays where it is unless it is in this page already: in a notebook it may be in another cell. @param {any} target */
function focusQuietly(target) {
  if (document.hasFocus()) target.focus({ preventScroll: true });
}
/** Predict at a level; at the one that is chosen already, no more. @param {number} level */
function chooseLevel(level) {
  Object.assign(state, { predict: !(state.predict && state.level === level), level });
  $("predict").checked = state.predict;
  go(state.place, { asking: true });
}
$("check").onclick = answer;
$("guess").onkeydown = (/** @type {KeyboardEvent} */ event) => { if (event.key === "Enter") { event.preventDefault(); answer(); } };
$("hint").onclick = () => { if (state.asked) say("hint", hint(state.asked)); };
$("reveal").onclick = () => { if (state.asked) finish(false, reason(state.asked)); };
for (const button of $("levels").children) button.onclick = () => chooseLevel(Number(button.value));
$("predict").onchange = () => { state.predict = $("predict").checked; go(state.place, { asking: true }); };
