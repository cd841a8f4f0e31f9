// From the network into the stepper of one point: the same loss at the parameters and inputs of this moment, and back.

/** What belongs to a point, of what there is once for all targets or for each, as packed pages. @param {any} all @param {number} k */
function ofTarget(all, k) {
  const { from, i } = sampleOf(k);
  return (Array.isArray(all) ? all[from.target?.[i]] : all) ?? null;
}
/** @param {number} k @returns {string | null} */
const packedFor = (k) => ofTarget(DATA.stepper, k);
/** Whether the stepper can be opened here, and why not. */
function writeStepping() {
  const any = Boolean(Array.isArray(DATA.stepper) ? DATA.stepper.some(Boolean) : DATA.stepper), here = Boolean(packedFor(view.point));
  $("open").hidden = !any;
  $("open").disabled = !here;
  $("why").hidden = here || !hasLoss;
  $("why").textContent = any ? "The file has no steps for a point with this target." : "The file has no steps of this network to open.";
}
/** The text of a page that was packed by zlib. @param {string} packed */
async function unpackedPage(packed) {
  const inflated = new Blob([bytes(packed)]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Response(inflated).text();
}
/** What the stepper is to look at: the unit that is chosen, or the weight and its unit. */
function lookedAt() {
  const { chosen } = view, { layer, unit } = chosen.kind === "unit" ? chosen : parameters[chosen.at], places = ofTarget(DATA.places, view.point)?.parameters;
  return layer === null || layer < 0 ? {} : { unit: [layer, unit], ...chosen.kind === "weight" ? { weight: places?.[chosen.at] } : {} };
}
/** What the leaves of the stepper's graph are at this moment: [place, number] each. */
function leavesNow() {
  const { x, y } = sampleOf(view.point), { parameters: own = [], inputs = [], target = null } = ofTarget(DATA.places, view.point) ?? {};
  const pairs = [...own.map((/** @type {number | null} */ at, /** @type {number} */ i) => [at, view.p[i]]), ...inputs.map((/** @type {number | null} */ at, /** @type {number} */ i) => [at, x[i]])];
  if (Array.isArray(target)) target.forEach((at, k) => pairs.push([at, k === y ? 1 : 0]));  // one place for each class
  else if (target !== null) pairs.push([target, y]);
  return pairs.filter(([at]) => at !== null && at !== undefined);
}
async function openStepper() {
  const packed = packedFor(view.point);
  if (!packed || $("stepper").open) return;
  pause();
  $("stepping").textContent = `Point ${placeOf(view.point)} at epoch ${view.epoch}`;
  $("stepper").showModal();
  const frame = element("iframe", { title: "the stepper" });
  frame.setAttribute("sandbox", "allow-scripts");
  frame.allow = "clipboard-write *";
  frame.onload = () => frame.contentWindow?.postMessage({ autogradLite: { leaves: leavesNow(), ...lookedAt() } }, "*");
  frame.srcdoc = await unpackedPage(packed);
  if ($("stepper").open) $("frame").replaceChildren(frame);
}
window.addEventListener("message", ({ source, data }) => {  // a large graph without units cannot be computed again
  const frame = $("frame").querySelector("iframe");
  if (frame && source === frame.contentWindow && data?.autogradLite?.taken === false) $("stepping").textContent = "The first point, as the training left it: these steps cannot follow the network";
});
$("open").onclick = openStepper;
$("back").onclick = () => $("stepper").close();
$("stepper").addEventListener("close", () => { $("frame").replaceChildren(); $("open").focus(); });
