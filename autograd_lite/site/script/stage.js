// A page that Python has made, in a frame without the site's origin, and as high as it asks to be.
const told = JSON.parse(document.getElementById("told").textContent);

/** Shows a page in an element, in place of what stood there; the frame's title is for those who hear it.
 * `address` is what its links lead to, since the frame has none of its own; "" where there is nothing to lead to.
 * @param {HTMLElement} place @param {string} page @param {string} title @param {string} [address] @returns {HTMLIFrameElement} */
export function show(place, page, title, address) {
  const frame = document.createElement("iframe");
  frame.setAttribute("sandbox", "allow-scripts");
  frame.allow = "clipboard-write *";  // its copy buttons; a page without an origin is none of ours otherwise
  frame.title = title;
  frame.src = `${told.root}assets/stage.html`;
  const hand = ({ data, source }) => {
    if (source !== frame.contentWindow || !data?.autogradLite?.stage) return;
    removeEventListener("message", hand);
    frame.contentWindow.postMessage({ page, address }, "*");
  };
  addEventListener("message", hand);
  place.replaceChildren(frame);
  return frame;
}

addEventListener("message", ({ data, source }) => {
  const height = data?.autogradLite?.height;
  if (!(height > 100 && height < 1e4)) return;
  for (const frame of document.querySelectorAll("iframe")) if (frame.contentWindow === source) frame.style.height = `${Math.ceil(height)}px`;
});
for (const { contentWindow } of document.querySelectorAll("iframe")) contentWindow?.postMessage({ autogradLite: { ask: true } }, "*");  // those that asked before
