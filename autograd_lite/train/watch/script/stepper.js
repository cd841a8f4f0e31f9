// From the network into the stepper of one point: the same loss at the parameters and inputs of this moment, and back.

/** Which packed page belongs to a point, if any: one for all targets, or one for each. @param {number} k @returns {string | null} */
function packedFor(k) {
  const { stepper } = DATA, { from, i } = sampleOf(k);
  return Array.isArray(stepper) ? stepper[from.target?.[i]] ?? null : stepper ?? null;
}
/** Whether the stepper can be opened here, and why not. */
function writeStepping() {
  const any = Boolean(Array.isArray(DATA.stepper) ? DATA.stepper.some(Boolean) : DATA.stepper), here = Boolean(packedFor(view.point));
  $("open").hidden = !any;
  $("open").disabled = !here;
  $("why").hidden = !any || here;
  $("why").textContent = "The file has no steps for a point of this class.";
}
/** The text of a page that was packed by zlib. @param {string} packed */
async function unpackedPage(packed) {
  const inflated = new Blob([bytes(packed)]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Response(inflated).text();
}
/** What the leaves of the stepper's graph are at this moment: [place, number] each. */
function leavesNow() {
  const { x, y } = sampleOf(view.point), { parameters: own = [], inputs = [], target = null } = DATA.places ?? {};
  const pairs = [...own.map((/** @type {number | null} */ at, /** @type {number} */ i) => [at, view.p[i]]), ...inputs.map((/** @type {number | null} */ at, /** @type {number} */ i) => [at, x[i]])];
  if (target !== null) pairs.push([target, y]);
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
  frame.onload = () => frame.contentWindow?.postMessage({ autogradLite: { leaves: leavesNow() } }, "*");
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
