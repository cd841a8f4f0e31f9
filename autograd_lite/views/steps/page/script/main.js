// All parts together.

function show() {
  if (neurons() || inPieces()) {
    writeQuestion();  // first: what is left has the picture
    if (inPieces()) showPieces();
    else showNeurons();
    writeInputs();
    if (neurons()) writeGradientStep();
    writeTrack();
    noteSoon();
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
  noteSoon();
}
/** The height of its frame that a page in a notebook has asked for, and at which width. */
const frame = { width: 0, height: 0, shrinks: 0 }, LEAST_ROOM = 560, MOST_ROOM = 1060, MOST_SHRINKS = 4;
/** Ask for a frame in which nothing is hidden: at the first step, while all is laid out, it may shrink; then it only grows, so that what stands below it stays. */
function askRoom() {
  const { innerWidth: width, innerHeight: height } = window, over = (/** @type {any} */ part) => part.scrollHeight - part.clientHeight;
  if (!width || !height) return;  // in a cell that is not shown yet
  const hidden = (neurons() || inPieces() ? over($("ask")) : Math.max(...["panel", "step", "ask"].map((id) => over($(id))))) + over($("panel").parentElement);  // long tables scroll
  const scale = Math.min(Math.max((stage.clientWidth - 2 * PAD) / wide, LEAST), MOST_ZOOM), map = $("map");
  const least = neurons() ? 400 : inPieces() ? Math.max(300, Math.min([...map.children].reduce((sum, part) => sum + part.scrollHeight, 8), 440)) : Math.min(Math.max(40 + PAD + (high + BELOW) * scale, 190), 320);
  const room = Math.max(LEAST_ROOM, Math.min(Math.ceil(height + hidden + least - $("view").clientHeight), MOST_ROOM));
  if (frame.width !== width) Object.assign(frame, { width, height: 0, shrinks: MOST_SHRINKS });
  if (room === frame.height || room < frame.height && (state.place > 0 || room > frame.height - 16 || frame.shrinks-- <= 0)) return;
  frame.height = room;
  window.parent.postMessage({ autogradLite: { height: room } }, "*");
}
let decided = false;
/** Whether the inputs are seen at first: not in a small window, where they are a sheet above the rest, or leave the picture no room. A frame that is not laid out yet has no size. */
function decide() {
  const { innerWidth: width, innerHeight: height } = window;
  if (decided || !width) return;
  decided = true;
  const small = width < 1000 || height < 700 && window.parent === window;
  document.body.classList.toggle("closed", small);
  $("drawer-button").setAttribute("aria-expanded", String(!small));
}
/** The panel stands beside the picture, or below it where that leaves much more room to this picture. */
function arrange() {
  decide();
  const { innerWidth: width, innerHeight: height } = window, body = document.body.classList, framed = window.parent !== window;  // as in a notebook
  const beside = Math.min((width - 512) / wide, (height - 400) / (high + BELOW)), below = Math.min((width - 64) / wide, (height - 560) / (high + BELOW));
  body.toggle("framed", framed);
  body.toggle("below", framed && width >= 640 && width < 1000 || !neurons() && !inPieces() && width >= 1200 && height >= 860 && Math.min(below, MOST_ZOOM) > 1.15 * Math.min(beside, MOST_ZOOM));
  $("track").classList.toggle("dense", $("track").clientWidth / walk().length < ROOM);
  if (neurons() || inPieces()) show();
  else {
    if (seen.fitted) fit();
    else look();
    drawCurve();
  }
  if (framed) askRoom();
}
document.body.classList.toggle("still", !movable.length);
decide();
$("still").hidden = DATA.playable;
$("modes").hidden = !(net || levels) || !steps.length;
for (const button of $("modes").children) button.hidden = button.value === "neuron" ? !net : button.value === "pieces" && !levels;
fromAddress();
const sizes = new ResizeObserver(arrange);
addEventListener("message", ({ data, source }) => {  // the page around it has begun to listen
  if (source !== window.parent || !data?.autogradLite?.ask) return;
  frame.height = 0;
  askRoom();
});
for (const id of ["picture", "map"]) sizes.observe($(id));
arrange();
