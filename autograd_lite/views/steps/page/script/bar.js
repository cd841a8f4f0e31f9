// The bar: the steps in order, buttons, keys, and the address that holds what one sees.

const MOST_TICKS = 200, ROOM = 38;  // pixels that a name needs
/** @type {any[]} */
const tickOf = [];
/** The name of what a step is about. @param {number} k @returns {{symbol: string, name: string}} */
function subject(k) {
  if (inPieces()) {
    const { outputs } = endsOf(pieceOf(opened.piece).parts[pieceWalk()[k].part]);
    return nodes[outputs[outputs.length - 1]];
  }
  if (!neurons()) return nodes[about(k)];
  const unit = unitOf(k);
  if (!unit) return { symbol: net.loss?.symbol ?? net.symbol, name: "the loss" };
  const key = net.steps[k].kind === "forward" ? "a" : "delta";
  return { symbol: unit.symbols[key], name: unit.names[key].join(" ") };
}
/** The track of the steps of this mode. */
function buildTrack() {
  const all = walk(), forward = all.filter((step) => step.kind === "forward").length / all.length * 100;
  $("place").max = all.length;
  $("track").style.setProperty("--forward", `${forward}%`);
  $("back-word").style.left = `${forward}%`;
  tickOf.length = 0;
  $("ticks").replaceChildren();
  if (all.length > MOST_TICKS) return;
  all.forEach((step, k) => {
    const name = element("span", { innerHTML: math(subject(k).symbol) }), tick = element("div", { className: `tick ${step.kind}` }, element("i"), name);
    if (!neurons() && !inPieces()) tick.dataset.node = String(about(k));
    tick.style.left = `${(k + 0.5) / all.length * 100}%`;
    tickOf.push(tick);
    $("ticks").append(tick);
  });
}
function writeTrack() {
  const { place } = state, all = walk(), step = all[place];
  $("place").value = place + 1;
  $("place").setAttribute("aria-valuetext", `step ${place + 1} of ${all.length}, ${step.kind}, ${subject(place).name}`);
  $("track").style.setProperty("--done", `${(place + 0.5) / all.length * 100}%`);
  tickOf.forEach((tick, k) => { tick.classList.toggle("past", k < place); tick.classList.toggle("current", k === place); });
  $("first").disabled = $("back").disabled = place === 0;
  $("next").disabled = $("last").disabled = place === all.length - 1;
}

/** Go to a step; `asking`: with its question, if one predicts. @param {number} to */
function go(to, { asking = false } = {}) {
  state.place = Math.min(Math.max(to, 0), walk().length - 1);
  state.asked = null;
  $("tries").replaceChildren();
  if (asking) ask();
  $("panel").scrollTop = $("step").scrollTop = 0;
  show();
  if (!neurons() && !inPieces()) follow();
  if (state.asked) focusQuietly($("guess"));
  try { history.replaceState(null, "", address()); } catch { /* a sandboxed frame has no address */ }
}
/** The next step; where gradients of leaves are asked for, the next that completes one. */
function next() {
  if (state.place >= walk().length - 1) return;
  if (neurons() || inPieces()) return go(state.place + 1, { asking: true });
  let to = state.place + 1;
  const leafDone = (/** @type {number} */ k) => steps[k].kind === "backward" && isLeaf(steps[k].operand) && steps[k].use === steps[k].uses;
  if (state.predict && state.level === 4 && steps[to].kind === "backward") while (to < steps.length - 1 && !leafDone(to)) to++;
  go(to, { asking: true });
}
/** @type {ReturnType<typeof setInterval> | null} */
let timer = null;
function play() {
  const stop = timer !== null;
  if (timer !== null) { clearInterval(timer); timer = null; }
  else timer = setInterval(() => state.place < walk().length - 1 && !state.asked ? next() : play(), 1400);
  $("start").classList.toggle("playing", !stop);
  $("start").setAttribute("aria-pressed", String(!stop));
  $("start").setAttribute("aria-label", stop ? "play the steps" : "pause");
}
$("first").onclick = () => go(0);
$("back").onclick = () => go(state.place - 1);
$("next").onclick = next;
$("last").onclick = () => go(walk().length - 1);
$("start").onclick = play;
$("place").oninput = () => go(Number($("place").value) - 1);
$("closer").onclick = () => zoom(1.25);
$("farther").onclick = () => zoom(0.8);
$("fit").onclick = fit;
$("keys").onclick = () => $("help").showModal();
$("help").onclick = () => $("help").close();
/** @param {boolean} open */
function openDrawer(open) {
  document.body.classList.toggle("closed", !open);
  for (const button of ["drawer-button", "sheet"]) $(button).setAttribute("aria-expanded", String(open));
  arrange();
}
$("sheet").onclick = $("drawer-button").onclick = () => openDrawer(document.body.classList.contains("closed"));
/** @type {Record<string, () => void>} */
const keys = {
  ArrowRight: next, ArrowLeft: () => go(state.place - 1), Home: () => go(0), End: () => go(walk().length - 1), " ": play,
  0: fit, "+": () => zoom(1.25), "-": () => zoom(0.8), p: () => { $("predict").click(); }, i: () => $("drawer-button").click(), "?": () => $("help").showModal(), Enter: goInside, Escape: goOutside,
};
document.addEventListener("keydown", (event) => {
  const at = /** @type {Element} */ (event.target);
  const busy = at.closest?.("input:not([type=checkbox]), select, textarea, dialog") || ((event.key === " " || event.key === "Enter") && at.closest?.("button, input"));
  if (busy || event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]) return;
  event.preventDefault();
  keys[event.key]();
});
/** @type {number | null} */
let touched = null;
$("panel").addEventListener("touchstart", (/** @type {TouchEvent} */ event) => { touched = event.changedTouches[0].clientX; }, { passive: true });
$("panel").addEventListener("touchend", (/** @type {TouchEvent} */ event) => {
  const went = event.changedTouches[0].clientX - (touched ?? event.changedTouches[0].clientX);
  if (Math.abs(went) > 60) went < 0 ? next() : go(state.place - 1);
}, { passive: true });

/** The address of what one sees: the step, the inputs that were moved, the level of the questions. */
function address() {
  const parts = [`step=${state.place + 1}`];
  if (net && !neurons()) parts.push("by=operation");
  if (looked.sample) parts.push(`sample=${looked.sample + 1}`);
  movable.forEach((i, k) => { if (values[i] !== starts[k]) parts.push(`${encodeURIComponent(nodes[i].name)}=${values[i]}`); });
  if (state.predict) parts.push(`predict=${state.level}`);
  if (state.leaf !== movable[0] && state.leaf >= 0) parts.push(`input=${encodeURIComponent(nodes[state.leaf].name)}`);
  return `${location.href.split("#")[0]}#${parts.join("&")}`;
}
function fromAddress() {
  if (/^#\d+$/.test(location.hash)) return Number(location.hash.slice(1)) - 1;
  let to = 0;
  for (const [name, text] of new URLSearchParams(location.hash.slice(1).replaceAll("+", "%2B"))) {
    const x = Number(text), i = movable.find((leaf) => nodes[leaf].name === name);
    if (name === "step" && Number.isInteger(x)) to = x - 1;
    else if (name === "by" && text === "operation") state.mode = "operation!";
    else if (name === "sample" && net && x >= 1 && x <= net.count) looked.sample = Math.round(x) - 1;
    else if (name === "predict" && x >= 1 && x <= ORDER) Object.assign(state, { predict: true, level: Math.round(x) });
    else if (name === "input") state.leaf = movable.find((leaf) => nodes[leaf].name === text) ?? state.leaf;
    else if (i !== undefined && text !== "" && Number.isFinite(x)) values[i] = x;
  }
  $("predict").checked = state.predict;
  return to;
}
window.addEventListener("hashchange", () => {
  if (location.hash === new URL(address()).hash) return;
  const to = fromAddress();
  recompute();
  go(to, { asking: true });
});
window.addEventListener("beforeprint", () => {
  const asked = state.asked, place = state.place, mode = state.mode;
  state.mode = "operation";
  state.asked = null;
  $("all").replaceChildren(...steps.map((step, k) => {
    state.place = k;
    return element("li", { textContent: spoken(sentence(step, known())) });
  }));
  Object.assign(state, { asked, place, mode });
});
