// Questions: asked when a step is reached, judged, explained; the score stays in the page.

let score = newScore();

/** Ask what there is to ask at the step, unless that has been answered. */
function ask() {
  const question = !state.predict || ordering() ? null : neurons() ? unitQuestion(state.place, state.level) : inPieces() ? pieceQuestion(state.place, state.level) : questionAt(state.place, state.level);
  state.asked = question && !state.answered.has(keyOf(question)) ? question : null;
  $("tries").replaceChildren();
  $("guess").value = "";
  if (state.asked) $("example").textContent = example(state.asked);
}
const WHAT = { value: "the value", local: "the local derivative", product: "upstream times local", sum: "the sum", gradient: "the gradient" };

function writeQuestion() {
  const { asked } = state;
  $("ask").classList.toggle("off", !state.predict);
  $("question").hidden = !asked;
  for (const button of $("levels").children) button.setAttribute("aria-pressed", String(state.predict && Number(button.value) === state.level));
  $("score").textContent = score.asked ? `${score.right} of ${score.asked} right, ${score.tries} ${score.tries === 1 ? "try" : "tries"}` : "Nothing answered yet.";
  $("nothing").hidden = Boolean(asked) || $("tries").childElementCount > 0;
  $("levels").lastElementChild.hidden = neurons() || inPieces();
  $("nothing").textContent = !ordering() ? "Nothing is asked at this step." : orderAt(state.done).over ? "All have gone backward." : "Click the node that goes backward next.";
  if (!asked) return;
  if (asked.plain) {
    $("asked").innerHTML = math(`${asked.symbol}<mo>=</mo>`);
    $("guess").setAttribute("aria-label", asked.asks);
    return;
  }
  const { step } = asked, y = nodes[root].symbol, node = nodes[step.node].symbol, operand = nodes[step.operand]?.symbol;
  const names = {
    value: node, local: derivative(node, operand), product: `${derivative(y, node)}<mo>·</mo>${derivative(node, operand)}`,
    sum: derivative(y, operand), gradient: derivative(y, operand),
  };
  const kind = /** @type {"value"} */ (asked.kind);
  $("asked").innerHTML = math(`${names[kind]}<mo>=</mo>`);
  $("guess").setAttribute("aria-label", `${WHAT[kind]}: ${asked.asks}`);
}
/** A line below the question. @param {string} kind @param {string} words */
function say(kind, words) {
  const mark = { right: "✓", wrong: "✕", near: "≈", unread: "?", hint: "i", answer: "=" }[kind] ?? "";
  $("tries").append(element("div", { className: `try ${kind}` }, element("b", { textContent: mark, ariaHidden: "true" }), element("span", { textContent: words })));
  $("tries").lastElementChild.scrollIntoView({ block: "nearest" });
}
function answer() {
  const { asked } = state, text = $("guess").value.trim();
  if (!asked || !text) return;
  const said = attempt(score, asked, text);
  if (said.over) return finish([said.verdict, said.words], said.answer);
  say(said.verdict, `${text}: ${said.words}`);
  if (said.hint) say("hint", said.hint);
  $("left").textContent = said.tries ? `try ${said.tries + 1}` : "";
  writeQuestion();
  $("guess").select();
}
/** The question is answered, or its answer is shown. @param {string[] | null} said @param {string} reason */
function finish(said, reason) {
  state.answered.add(keyOf(state.asked));
  state.asked = null;
  $("tries").replaceChildren();
  $("left").textContent = "";
  show();
  if (said) say(said[0], said[1]);
  if (reason) say("answer", reason);
  $("nothing").hidden = true;
  focusQuietly($("next").disabled ? $("back") : $("next"));
}
/** The focus stays where it is unless it is in this page already: in a notebook it may be in another cell. @param {any} target */
function focusQuietly(target) {
  if (document.hasFocus()) target.focus({ preventScroll: true });
}
/** Predict at a level; at the one that is chosen already, no more. @param {number} level */
function chooseLevel(level) {
  Object.assign(state, { predict: !(state.predict && state.level === level), level, done: [] });
  $("predict").checked = state.predict;
  go(state.place, { asking: true });
}
/** The node that one has picked as the next to go backward. @param {number} i */
function pick(i) {
  const { verdict, words } = judgeOrder(state.done, i);
  if (verdict === "right") { state.done = [...state.done, i]; $("tries").replaceChildren(); }
  show();
  say(verdict, words);
  $("nothing").hidden = verdict !== "right";
}
$("check").onclick = answer;
$("guess").onkeydown = (/** @type {KeyboardEvent} */ event) => { if (event.key === "Enter") { event.preventDefault(); answer(); } };
$("hint").onclick = () => { if (state.asked) say("hint", hint(state.asked)); };
$("reveal").onclick = () => { if (state.asked) finish(null, giveUp(score, state.asked)); };
for (const button of $("levels").children) button.onclick = () => chooseLevel(Number(button.value));
$("predict").onchange = () => { Object.assign(state, { predict: $("predict").checked, done: [] }); go(state.place, { asking: true }); };
