// All parts together.

function show() {
  if (neurons() || inPieces()) {
    writeQuestion();  // first: what is left has the picture
    if (inPieces()) showPieces();
    else showNeurons();
    writeInputs();
    writeTrack();
    return;
  }
  writeTitle();
  grow();
  paint();
  writeStep();
  writeQuestion();
  writeInputs();
  writeGradientStep();
  drawCurve();
  writeTrack();
}
/** The panel stands beside the picture, or below it where that leaves much more room to this picture. */
function arrange() {
  const { innerWidth: width, innerHeight: height } = window, body = document.body.classList;
  const beside = Math.min((width - 512) / wide, (height - 400) / (high + BELOW)), below = Math.min((width - 64) / wide, (height - 560) / (high + BELOW));
  body.toggle("below", !neurons() && !inPieces() && width >= 1200 && height >= 860 && Math.min(below, MOST_ZOOM) > 1.15 * Math.min(beside, MOST_ZOOM));
  $("track").classList.toggle("dense", $("track").clientWidth / walk().length < ROOM);
  if (neurons() || inPieces()) return show();
  if (seen.fitted) fit();
  else look();
  drawCurve();
}
document.body.classList.toggle("framed", window.parent !== window);  // as in a notebook
document.body.classList.toggle("still", !movable.length);
document.body.classList.toggle("closed", window.innerWidth < 1000);  // there it is a sheet above the rest
state.leaf = movable[0] ?? -1;
$("still").hidden = DATA.playable;
$("modes").hidden = !net || !steps.length;
if (DATA.playable && steps.length) recomputed();
else sweep();
const opening = fromAddress();
state.mode = levels ? "pieces" : net && state.mode !== "operation!" ? "neuron" : "operation";
setMode(state.mode, opening);
if (state.predict) go(state.place, { asking: true });
const sizes = new ResizeObserver(arrange);
for (const id of ["picture", "map"]) sizes.observe($(id));
arrange();
