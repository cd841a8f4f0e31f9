// The bar and the settings: run, one epoch, one step, any epoch already seen; and how the training goes on from there.

const PACE = 33, SLICE = 20;  // milliseconds from epoch to epoch at least, and at most at a stretch
/** What a way was trained with, by epoch; the recorded epochs are not among them. @type {Map<number, string>} */
const madeWith = new Map();
const settingsNow = () => JSON.stringify(training.settings), recordedSettings = JSON.stringify(training.recorded);
/** The next epoch that is known, if one would come to it with these settings. */
function knownNext() {
  if (training.now.place > 0) return;
  const next = training.epochs().find((epoch) => epoch > view.epoch);
  if (next !== undefined && (madeWith.get(next) ?? recordedSettings) === settingsNow()) return next;
}
/** Until when the training goes on: "run", "epoch", "step", as a "link" says, or not at all. */
let going = "";
/** @param {string} kind */
function start(kind) {
  going = kind;
  writeBar();
  requestAnimationFrame(slice);
}
function pause() {
  if (!going) return;
  going = "";
  show();
  told();
}
/** Compute again what came before, for some milliseconds: whether there is more to do. @param {number} milliseconds */
function catchUpFor(milliseconds) {
  const end = performance.now() + milliseconds;
  while (training.behind && !training.stopped && performance.now() < end) training.catchUp();
  return training.behind !== null && !training.stopped;
}
/** One step, once what came before it has been computed again, which may take some frames: whether it can go on. */
const stepOnly = () => catchUpFor(SLICE) || !training.stopped && training.step();
/** @type {ReturnType<typeof setTimeout> | undefined} */
let catching;
/** While nothing moves, compute again what came before: then it is known what the next step takes and what it does. */
function catchUpSoon() {
  clearTimeout(catching);
  if (!going && training.behind && training.trains && !training.stopped) catching = setTimeout(catchUpQuietly, 60);
}
function catchUpQuietly() {
  if (going) return;
  if (catchUpFor(SLICE / 2)) catching = setTimeout(catchUpQuietly, 0);
  else show();
}
let last = 0;
/** @param {number} now */
function slice(now) {
  if (!going) return;
  if (now - last < PACE) return void requestAnimationFrame(slice);
  last = now;
  const next = going === "step" ? undefined : knownNext(), epoch = view.epoch, { steps } = training;
  if (next === undefined && !training.trains) return halt();
  if (next !== undefined) training.go(next);
  else if (!(going === "step" ? stepOnly() : training.advance(SLICE, 1))) return halt();
  if (next === undefined && !training.behind) noteWay(epoch);
  const moved = view.epoch > epoch || going === "step" && training.steps > steps, done = going !== "run" && moved && (next !== undefined || !training.behind);
  if (done) return pause();
  show();
  requestAnimationFrame(slice);
}
/** Note what the epoch just trained was trained with; what was known beyond it is dropped. @param {number} epoch */
function noteWay(epoch) {
  for (const known of [...madeWith.keys()]) if (known > view.epoch) madeWith.delete(known);
  if (view.epoch > epoch) madeWith.set(view.epoch, settingsNow());
}
/** It cannot go on: say why. */
function halt() {
  pause();
  say(training.stopped ? `The training has stopped in ${training.stopped}.` : "This file plays back what was trained; it cannot go on.");
  writeNote();
}
/** Show an epoch, or the nearest one up to it that is known. @param {number} epoch */
function goTo(epoch) {
  going = "";
  training.go(Math.min(Math.max(epoch, 0), seenEpoch()));
  show();
  told();
}
const epochBefore = () => training.now.place > 0 ? view.epoch : training.epochs().findLast((epoch) => epoch < view.epoch) ?? 0;
/** Back to the start, with the seed in its field. */
function reset() {
  const text = $("seed").value.trim(), seed = text ? Number(text) : null;
  const wrong = seed !== null && (!Number.isSafeInteger(seed) || seed < 0);
  $("seed").setAttribute("aria-invalid", String(wrong));
  if (wrong) return say("The seed is a whole number from 0, or nothing.");
  going = "";
  madeWith.clear();
  training.reset(seed);
  movePoints();
  show();
  told();
}
/** Say where one is. */
function told() {
  const loss = $("now").querySelector("b")?.textContent;
  say(`epoch ${view.epoch}${loss ? `, training loss ${loss}` : ""}`);
}
/** @param {string} text */
function say(text) {
  $("spoken").textContent = text;
}

function writeBar() {
  const total = lastEpoch(), seen = seenEpoch(), { epoch } = view, slider = $("epoch"), done = Math.ceil(training.now.place / (training.settings.batch ?? trained));
  Object.assign(slider, { max: total, value: epoch });
  slider.setAttribute("aria-valuetext", `epoch ${epoch} of ${total}, seen to ${seen}`);
  $("track").style.setProperty("--played", `${epoch / total * 100}%`);
  $("track").style.setProperty("--reached", `${seen / total * 100}%`);
  $("seen").textContent = seen === epoch || seen === total ? "" : `seen to ${seen}`;
  $("seen").style.left = `${Math.min(Math.max(seen / total * 100, 12), 84)}%`;
  $("to").textContent = String(total);
  const [head, rest] = $("count").children;
  head.textContent = `epoch ${epoch}`;
  rest.textContent = done ? `+ ${done} step${done > 1 ? "s" : ""}` : `of ${total}`;
  const end = !training.trains && knownNext() === undefined;
  $("run").classList.toggle("playing", view.playing);
  $("run").setAttribute("aria-pressed", String(view.playing));
  $("run").lastElementChild.textContent = view.playing ? "Pause" : "Run";
  $("run").disabled = $("one-epoch").disabled = end;
  $("one-step").disabled = !training.trains;
  Object.assign($("rate"), { placeholder: training.rates && !training.behind ? shown(training.rate()) : "as kept" });
  for (const id of ["rate", "batch", "noise", "seed", "dice"]) $(id).disabled = !training.trains;
}

/** Settings: where each stands, what it may be, and how it reads. @type {Record<string, {of: "lr" | "batch" | "noise", fits: (x: number) => boolean, said: string}>} */
const FIELDS = {
  rate: { of: "lr", fits: (x) => x > 0, said: "The learning rate is a number above 0." },
  batch: { of: "batch", fits: (x) => Number.isInteger(x) && x >= 1, said: "A batch is a whole number of points." },
  noise: { of: "noise", fits: (x) => x >= 0 && x <= 100, said: "The noise is a number from 0 to 100." },
};
function writeSettings() {
  const { lr, batch, noise } = training.settings;
  Object.assign($("rate"), { value: !training.trains || training.rates && lr === training.recorded.lr ? "" : String(lr) });
  Object.assign($("batch"), { value: String(Math.min(batch ?? trained, trained)) });
  Object.assign($("noise"), { value: String(noise) });
  $("seed").value = training.seed ?? "";
}
/** Take a setting from a text; whether it is one. @param {string} id @param {string} text */
function takeSetting(id, text) {
  const { of, fits, said } = FIELDS[id], asKept = id === "rate" && training.rates && !text.trim(), x = asKept ? training.recorded.lr : decimal(text), good = Number.isFinite(x) && fits(x);
  $(id).setAttribute("aria-invalid", String(!good));
  if (!good) {
    say(said);
    return false;
  }
  const all = of === "batch" && x >= trained && (training.recorded.batch === null || training.recorded.batch >= trained);
  training.settings = { ...training.settings, [of]: all ? training.recorded.batch : x };
  return true;
}
for (const id of Object.keys(FIELDS)) $(id).onchange = () => {
  if (!takeSetting(id, $(id).value)) return;
  if (id === "noise") movePoints();
  if (id === "batch") $("batch").value = Math.min(Number($("batch").value), trained);
  show();
};
$("seed").onchange = reset;
$("dice").onclick = () => { $("seed").value = ((Number($("seed").value) || 0) + 1) % Number.MAX_SAFE_INTEGER; reset(); };
$("reset").onclick = reset;
$("settings").onsubmit = (/** @type {Event} */ event) => event.preventDefault();
$("settings-button").onclick = () => $("settings-button").setAttribute("aria-expanded", String($("settings").classList.toggle("open")));

$("run").onclick = () => going ? pause() : start("run");
$("one-epoch").onclick = () => { pause(); start("epoch"); };
$("one-step").onclick = () => { pause(); start("step"); };
$("epoch").oninput = () => goTo(Number($("epoch").value));
$("keys").onclick = () => $("help").showModal();
$("close-help").onclick = () => $("help").close();
/** A key does what its button does, which may be disabled. @param {string} id */
const press = (id) => () => $(id).click();
/** @type {Record<string, () => void>} */
const KEYS = {
  " ": press("run"), ArrowRight: press("one-epoch"), ArrowLeft: () => goTo(epochBefore()), Home: () => goTo(0), End: () => goTo(seenEpoch()),
  s: press("one-step"), r: press("reset"), o: press("open"), "?": press("keys"),
};
$("epoch").addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {  // from one known epoch to the next
  const epochs = training.epochs(), on = /^Arrow(Right|Up)$/.test(event.key), back = /^Arrow(Left|Down)$/.test(event.key);
  if (!on && !back) return;
  event.preventDefault();
  goTo(back ? epochBefore() : epochs.find((epoch) => epoch > view.epoch) ?? view.epoch);
});
document.addEventListener("keydown", (event) => {
  const at = /** @type {Element} */ (event.target), typing = at.closest("input[type=text], select, dialog"), pressed = event.key === " " && at.closest("button");
  const sliding = at.closest("input[type=range]") && event.key !== " " && event.key.length > 1;
  if (typing || pressed || sliding || event.ctrlKey || event.metaKey || event.altKey || !KEYS[event.key]) return;
  event.preventDefault();
  KEYS[event.key]();
});
