// All parts together, and the address that holds what one sees.

const MAPS_EACH = 100;  // milliseconds while it runs
/** The grid that is shown: for which parameters, in which plane, how fine. @type {{grid: Grid | null, p: any, plane: any, fine: boolean, at: number}} */
const drawnGrid = { grid: null, p: null, plane: null, fine: false, at: 0 };
function gridNow() {
  const fine = !view.playing, { p, plane: within, fine: was, grid } = drawnGrid;
  if (!grid || p !== view.p || within !== plane || was !== fine) Object.assign(drawnGrid, { grid: gridOf(view.p, plane, fine), p: view.p, plane, fine });
  return /** @type {Grid} */ (drawnGrid.grid);
}
/** Everything as it is now. */
function show() {
  const now = performance.now();
  if (!view.playing || now - drawnGrid.at >= MAPS_EACH) {
    const grid = gridNow();
    drawMaps(grid);
    drawPlane(grid);
    drawnGrid.at = now;
  }
  drawLines();
  drawChosen();
  drawLosses();
  writeInspector();
  writeNote();
  writeBar();
  noteSoon();
  catchUpSoon();
}
/** A line below the network. @param {string} head @param {string} text @param {...any} more */
const noted = (head, text, ...more) => element("p", {}, element("span", {}, element("b", { textContent: head }), text), ...more);
/** What is to be said of this moment: of what is wrong the worst first, the others are counted. */
function noteNow() {
  const { behind, stopped, trains, byPython } = training;
  if (going && behind) return noted("Computing again", ` what came before: epoch ${behind.epoch} of ${view.epoch}.`);
  if (stopped) return noted("The training has stopped", ` in ${stopped}. Lower the learning rate, or go back some epochs.`);
  const found = findings(), now = found[view.finding % found.length];
  const next = () => { view.finding = (view.finding + 1) % found.length; writeNote(); };
  if (now) return noted(now.head, ` ${now.text}`, found.length > 1 ? element("button", { className: "plain more", textContent: `${found.length - 1} more`, onclick: next }) : "");
  if (!trains) return noted("This page plays back", ` what was trained, and cannot go on${DATA.still ? `: ${DATA.still}` : ""}.`);
  return byPython ? "" : noted("Other first weights", ", each layer's as large as those recorded: how the model draws its own is not known here.");
}
function writeNote() {
  const made = noteNow(), text = made && made.textContent;
  if ($("note").dataset.text === text) return;
  $("note").dataset.text = text;
  $("note").replaceChildren(made);
}

/** @type {ReturnType<typeof setTimeout> | undefined} */
let noting;
/** The address follows what one sees: soon, since a browser takes only so many in a second. */
function noteSoon() {
  clearTimeout(noting);
  if (!view.playing) noting = setTimeout(() => { try { history.replaceState(null, "", address()); } catch { /* a sandboxed frame has no address */ } }, 300);
}
/** Where the recorded way was left, if it was left with settings that stayed. */
function branch() {
  const ways = [...madeWith].filter(([epoch]) => epoch <= view.epoch), [first] = ways;
  if (!first) return null;
  const from = Math.max(0, ...training.epochs().filter((epoch) => epoch < first[0] && epoch <= training.unchanged));
  return { from, settings: JSON.parse(first[1]), whole: ways.every(([, settings]) => settings === first[1]) };
}
/** What the page of a site says of where it shows this one, in a frame that has no address; "" where no link leads to it. @type {string | undefined} */
const shownAt = /** @type {any} */ (window).shownAt;
$("link").hidden = shownAt === "" || location.protocol === "about:";
/** The address of what one sees. */
function address() {
  if (shownAt) return shownAt;
  const { chosen } = view, way = branch(), settings = way?.settings ?? training.settings;
  /** @type {[string, string | number][]} */
  const parts = [["epoch", view.epoch]];
  if (chosen.kind === "unit") parts.push(["unit", `${chosen.layer + 1}.${chosen.unit + 1}`]);
  else parts.push(["weight", chosen.at + 1]);
  parts.push(["point", view.point + 1]);
  if (training.seed !== null) parts.push(["seed", training.seed]);
  for (const [id, { of }] of Object.entries(FIELDS)) if (settings[of] !== training.recorded[of]) parts.push([id, settings[of] ?? trained]);
  if (way && training.seed === null) parts.push(["from", way.from]);
  if (DATA.shown.join() !== firstShown.join()) parts.push(["axes", DATA.shown.map((/** @type {number} */ j) => j + 1).join(".")]);
  return `${location.href.split("#")[0]}#${parts.map((part) => part.map(encodeURIComponent).join("=")).join("&")}`;
}
/** See what an address says; what means nothing is passed over. */
function fromAddress() {
  const said = new Map(new URLSearchParams(location.hash.slice(1))), whole = (/** @type {string} */ name) => /^\d{1,15}$/.test(said.get(name) ?? "") ? Number(said.get(name)) : null;
  const [epoch, from, seed, at, point] = ["epoch", "from", "seed", "weight", "point"].map(whole), unit = /^(\d+)\.(\d+)$/.exec(said.get("unit") ?? "");
  going = "";
  madeWith.clear();
  training.settings = { ...training.recorded };
  training.reset(seed);
  for (const id of Object.keys(FIELDS)) if (said.has(id) && training.trains) takeSetting(id, said.get(id) ?? "");
  view.chosen = firstChosen;
  view.point = firstPoint;
  if (at !== null && parameters[at - 1]) view.chosen = { kind: "weight", at: at - 1 };
  if (unit) {
    const [layer, k] = [Number(unit[1]) - 1, Number(unit[2]) - 1];
    if (layer < 0 ? DATA.features[k] : layers[layer]?.units[k]) view.chosen = { kind: "unit", layer, unit: k };
  }
  if (point !== null && point >= 1 && point <= trained + held) view.point = point - 1;
  const axes = /^(\d+)\.(\d+)$/.exec(said.get("axes") ?? ""), wanted = axes?.slice(1).map((j) => Number(j) - 1) ?? [];
  DATA.shown.splice(0, DATA.shown.length, ...!flat && wanted.length && wanted[0] !== wanted[1] && wanted.every((j) => DATA.features[j]) ? wanted : firstShown);
  layAll();
  writeSettings();
  trainTo(epoch ?? 0, from ?? (seed === null ? epoch ?? 0 : 0));
}
/** Come to an epoch: as recorded up to `from`, then by training on. @param {number} epoch @param {number} from */
function trainTo(epoch, from) {
  training.go(from);
  show();
  const to = Math.min(epoch, from + 10 * (lastEpoch() + 1));
  if (to > view.epoch && training.trains && (training.seed !== null || from < epoch)) {
    going = "link";
    const on = () => {
      if (going !== "link") return;
      const { epoch: was } = view;
      if (!training.advance(SLICE, 1)) return halt();
      if (!training.behind) noteWay(was);
      if (view.epoch >= to) return pause();
      show();
      requestAnimationFrame(on);
    };
    requestAnimationFrame(on);
  }
}
$("link").onclick = async () => {
  const way = branch(), done = await copy($("link"), address());
  say(!done ? "Copying is not allowed here." : way && !way.whole ? "Copied. The settings have changed on the way; the link has the first ones." : "Copied.");
};

/** What is chosen at first: the largest weight that leads to the output, and the point that is hardest to tell at the end. */
function firsts() {
  const end = training.parametersAt(training.epochs().at(-1) ?? 0), top = layers.length - 1;
  const own = parameters.flatMap((/** @type {any} */ one, /** @type {number} */ at) => one.layer === top && one.from !== null ? [at] : []).sort((/** @type {number} */ a, /** @type {number} */ b) => Math.abs(end[b]) - Math.abs(end[a]));
  const doubt = DATA.train.x.map((/** @type {number[]} */ x, /** @type {number} */ i) => {
    const outputs = outputsOf(FORWARD(end, x));
    if (regression) return -Math.abs(outputs[0] - targetOf(DATA.train.y[i]));
    if (binary) return Math.abs(sureness(DATA, outputs[0]));
    const [first, second] = [...outputs].sort((a, b) => b - a);
    return first - second;
  });
  const unit = layers[top].units.length ? { kind: "unit", layer: top, unit: 0 } : { kind: "unit", layer: -1, unit: 0 };
  return { chosen: own.length ? { kind: "weight", at: own[0] } : parameters.length && !layers[top].units.length ? { kind: "weight", at: 0 } : unit, point: Math.max(0, doubt.indexOf(Math.min(...doubt))) };
}
/** Lay everything out in the room that there is now. */
function layAll() {
  sizes.clear();
  layPlane();
  layNetwork();
  laid = roomNow();
}
function showAnew() {
  layAll();
  show();
}
const ROOMS = ["network", "maps", "plane", "past", "curve"], roomNow = () => ROOMS.map((id) => `${$(id).clientWidth}×${$(id).clientHeight}`).join();
let laid = "";
const { chosen: firstChosen, point: firstPoint } = firsts(), firstShown = [...DATA.shown];
$("title").textContent = DATA.title;
$("subtitle").textContent = DATA.subtitle;
fromAddress();
window.addEventListener("hashchange", () => { if (location.hash !== new URL(address()).hash) fromAddress(); });
const resized = new ResizeObserver(() => { if (roomNow() !== laid) showAnew(); });
for (const id of ROOMS) resized.observe($(id));
window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { theme = null; showAnew(); });
