// The ways to go through a graph: by operation, by unit (neurons.js), or piece by piece (levels.js); a page has what it needs.

/** The units of the graph; null where it has none. @type {any} */
const net = DATA.network ?? null;
/** The pieces of a big graph that has no units. @type {any} */
const levels = DATA.levels ?? null;
const neurons = () => state.mode === "neuron", inPieces = () => state.mode === "pieces";
/** The sample, and the term of the sum, that are looked at. @type {{sample: number, term: number}} */
const looked = { sample: 0, term: 0 };
/** The steps of the mode. @returns {any[]} */
const walk = () => neurons() ? net.steps : inPieces() ? pieceWalk() : steps;
/** The operations are not in sight: only leaves may be moved. */
const NOTHING = { value: () => true, grad: () => /** @type {number | undefined} */ (undefined), local: () => false, share: () => false, total: false, slope: () => false };

/** @param {string} mode @param {number} place */
function setMode(mode, place) {
  if (mode !== "operation" && state.level === ORDER) state.level = 1;
  Object.assign(state, { mode, asked: null, place });
  if (inPieces()) refreshPieces();
  if (!neurons() && !inPieces()) $("title").innerHTML = math(DATA.title);  // which units and pieces write their own way
  document.body.classList.toggle("neurons", neurons() || inPieces());
  document.body.classList.toggle("by-pieces", inPieces());
  for (const button of $("modes").children) button.setAttribute("aria-pressed", String(button.value === mode));
  // A network has no drawer: the slider of the weight that is looked at stands in the panel, or on a small page above the bar.
  if (window.innerWidth >= 1000) neurons() ? $("parameters").before($("quick")) : (inPieces() ? $("step") : document.body).append($("quick"));
  // On a phone the bar has room for the track alone.
  if (window.innerWidth > 500) $("predicting").before($("modes"));
  else $("latex").before($("modes"));
  (neurons() ? $("step") : $("drawer")).append($("descent"));
  buildTrack();
  go(place);
  arrange();
}
for (const button of $("modes").children) button.onclick = () => setMode(button.value, button.value === "neuron" ? state.units : 0);
/** Into what the step is about, and out again. */
function goInside() {
  if (inPieces()) $("inside").click();
  else if (neurons()) goIn();
}
function goOutside() {
  if (inPieces()) goOut();
  else if (net && !neurons()) setMode("neuron", state.units);
  else if (levels) setMode("pieces", 0);
}
