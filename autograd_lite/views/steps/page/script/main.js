// All parts together.

function show() {
  if (neurons() || inPieces()) {
    if (inPieces()) showPieces();
    else showNeurons();
    if (neurons() && steps.length) {
      const { kind } = walk()[state.place], unit = unitOf(state.place);
      const known = (/** @type {number} */ i) => i !== root || kind === "backward" || !(unit || state.asked);
      writeTitle(unit ? unit.at[looked.sample][0] : root, kind, known);
    }
    writeQuestion();
    writeInputs();
    writeTrack();
    return;
  }
  writeTitle(steps[state.place].node, steps[state.place].kind, known().value);
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
$("modes").hidden = !(net || levels) || !steps.length;
for (const button of $("modes").children) button.hidden = button.value === "neuron" ? !net : button.value === "pieces" && !levels;
if (DATA.playable && steps.length) recomputed();
else sweep();
const opening = fromAddress();
state.mode = state.mode === "operation!" && steps.length ? "operation" : levels ? "pieces" : net ? "neuron" : "operation";
setMode(state.mode, opening);
if (state.predict) go(state.place, { asking: true });
new ResizeObserver(arrange).observe(stage);
arrange();
