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
    tick.onclick = () => go(k);
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

/** Go to a step, and ask what it asks; `asking`: the answer is typed next. @param {number} to */
function go(to, { asking = false } = {}) {
  state.place = Math.min(Math.max(to, 0), walk().length - 1);
  ask();
  $("panel").scrollTop = $("step").scrollTop = 0;
  show();
  if (!neurons() && !inPieces()) follow();
  if (document.body.classList.contains("framed")) askRoom();
  if (asking && state.asked) focusQuietly($("guess"));
  note();
}
/** @type {ReturnType<typeof setTimeout> | undefined} */
let noting;
/** The address follows what one sees: soon, since a browser takes only so many in a second. */
function noteSoon() {
  clearTimeout(noting);
  noting = setTimeout(note, 300);
}
function note() {
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
  const drawing = (event.key === " " || event.key === "Enter") && at.closest?.("g[role=button]");  // a button for the keys, too
  if (drawing) {
    event.preventDefault();
    if (ordering()) pick(Number(drawing.getAttribute("data-node")));
    else drawing.dispatchEvent(new MouseEvent("click", { bubbles: true }));
    return;
  }
  const busy = at.closest?.("input:not([type=checkbox]), select, textarea, dialog") || ((event.key === " " || event.key === "Enter") && at.closest?.("button, input"));
  if (busy || event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]) return;
  event.preventDefault();
  keys[event.key]();
});
/** @type {Touch | null} */
let touched = null;
$("panel").addEventListener("touchstart", (/** @type {TouchEvent} */ event) => {  // what slides or scrolls by itself keeps its touch
  const held = /** @type {Element} */ (event.target).closest("input, #formula, #parameters");
  touched = event.touches.length > 1 || held?.matches("input") || (held && held.scrollWidth > held.clientWidth) ? null : event.changedTouches[0];
}, { passive: true });
$("panel").addEventListener("touchend", (/** @type {TouchEvent} */ event) => {
  const { clientX: x, clientY: y } = event.changedTouches[0], went = touched ? x - touched.clientX : 0;
  if (Math.abs(went) > 60 && Math.abs(went) > 2 * Math.abs(y - (touched?.clientY ?? y))) went < 0 ? next() : go(state.place - 1);
}, { passive: true });

const RESERVED = ["step", "by", "sample", "term", "piece", "predict", "input", "rate", "tab"];
/** What an input is called in the address: by its name, unless that means something else, or several things. @param {number} i */
function addressed(i) {
  const { name } = nodes[i];
  return RESERVED.includes(name) || /^@/.test(name) || movable.some((other) => other !== i && nodes[other].name === name) ? `@${i}` : name;
}
/** The address of what one sees: the step, the way to go, the inputs that were moved, the questions, the drawer. */
function address() {
  /** @type {[string, string | number][]} */
  const parts = [["step", state.place + 1]];
  if ((net || levels) && !neurons() && !inPieces()) parts.push(["by", "operation"]);
  if (inPieces() && opened.piece !== levels.pieces[0].id) parts.push(["piece", opened.piece]);
  if (looked.sample) parts.push(["sample", looked.sample + 1]);
  if (looked.term) parts.push(["term", looked.term + 1]);
  for (const [k, i] of movable.entries()) if (!Object.is(values[i], starts[k])) parts.push([addressed(i), values[i]]);
  if (state.predict) parts.push(["predict", state.level]);
  if (state.leaf !== movable[0] && state.leaf >= 0) parts.push(["input", addressed(state.leaf)]);
  if ($("rate").value !== RATE) parts.push(["rate", $("rate").value]);
  if (state.tab !== "whole") parts.push(["tab", state.tab]);
  return `${location.href.split("#")[0]}#${parts.map((part) => part.map(encodeURIComponent).join("=")).join("&")}`;
}
/** See what an address says; what it does not say is as it was at first, and what means nothing is passed over. */
function fromAddress() {
  let to = 0, mode = levels ? "pieces" : net ? "neuron" : "operation";
  Object.assign(state, { predict: false, level: 1, done: [], leaf: movable[0] ?? -1, tab: "whole" });
  Object.assign(looked, { sample: 0, term: 0 });
  movable.forEach((i, k) => { values[i] = starts[k]; });
  $("rate").value = RATE;
  if (levels) opened.piece = levels.pieces[0].id;
  for (const [name, text] of new URLSearchParams(location.hash.slice(1).replaceAll("+", "%2B"))) {
    const x = text.trim() ? Number(text) : NaN, whole = Number.isInteger(x), i = movable.find((leaf) => addressed(leaf) === name);
    if (/^\d+$/.test(name) && !text) to = Number(name) - 1;
    else if (name === "step" && whole) to = x - 1;
    else if (name === "by" && text === "operation" && steps.length) mode = "operation";
    else if (name === "piece" && levels && pieceOf(x)) opened.piece = x;
    else if (name === "sample" && net && whole && x >= 1 && x <= net.count) looked.sample = x - 1;
    else if (name === "term" && net && whole && x >= 1) looked.term = x - 1;
    else if (name === "predict" && whole && x >= 1 && x <= ORDER) Object.assign(state, { predict: true, level: x });
    else if (name === "input") state.leaf = movable.find((leaf) => addressed(leaf) === text) ?? state.leaf;
    else if (name === "rate" && Number.isFinite(decimal(text))) $("rate").value = text;
    else if (name === "tab" && text === "local") state.tab = text;
    else if (i !== undefined && Number.isFinite(x)) values[i] = x;
  }
  $("predict").checked = state.predict;
  if (DATA.playable) recompute();
  else sweep();
  if (net) refreshNetwork();
  setMode(mode, to);
}
window.addEventListener("hashchange", () => { if (location.hash !== new URL(address()).hash) fromAddress(); });
