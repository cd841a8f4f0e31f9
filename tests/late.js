// Run before a page's own scripts: all that it hears of after an act comes MS milliseconds later still, as on a machine
// that is very busy. A test that reads the page too early then fails each time, not once in a thousand.
{
  const after = setTimeout, frame = requestAnimationFrame, { text } = Response.prototype, Sizes = ResizeObserver;
  const { addEventListener: add, removeEventListener: remove } = EventTarget.prototype;
  const types = new Set(["change", "close", "hashchange", "message", "popstate", "resize", "scroll", "storage", "toggle"]);
  const native = (target, type) => type === "change" && !(target instanceof MediaQueryList);
  const late = new WeakMap();
  const later = (hear) => {
    if (typeof hear !== "function") return hear;
    if (!late.has(hear)) late.set(hear, function (event) { after(() => hear.call(this, event), MS); });
    return late.get(hear);
  };
  EventTarget.prototype.addEventListener = function (type, hear, options) {
    add.call(this, type, types.has(type) && !native(this, type) ? later(hear) : hear, options);
  };
  EventTarget.prototype.removeEventListener = function (type, hear, options) {
    remove.call(this, type, types.has(type) && !native(this, type) ? later(hear) : hear, options);
  };
  window.ResizeObserver = class extends Sizes { constructor(hear) { super((...those) => void after(() => hear(...those), MS)); } };
  window.setTimeout = ((act, time = 0, ...rest) => after(act, time + MS, ...rest));
  window.requestAnimationFrame = (act) => frame(() => void after(() => act(performance.now()), MS / 10));
  const pause = () => new Promise((go) => after(go, MS));
  Response.prototype.text = async function () { await pause(); return text.call(this); };
  if (navigator.clipboard) {  // not where the page is not safe
    const write = navigator.clipboard.writeText.bind(navigator.clipboard);
    navigator.clipboard.writeText = async (words) => { await pause(); return write(words); };
  }
}
