// The picture: its numbers, what the step marks in it, and the window on it.

if (DATA.picture) /** @type {Element} */ (document.querySelector("#picture svg")).outerHTML = DATA.picture;  // as Python has drawn and escaped it
const stage = $("picture"), picture = /** @type {any} */ (document.querySelector("#picture svg"));
const groups = nodes.map((node) => /** @type {any} */ (document.getElementById(`${prefix}_${node.key}`)));
for (const group of groups) {  // below its name each card has room for its value and its gradient
  const card = group?.querySelector("rect");
  if (!card || group.querySelectorAll("text").length !== 1) continue;
  const [x, y, width, height] = ["x", "y", "width", "height"].map((side) => Number(card.getAttribute(side)));
  const line = (/** @type {number} */ part) => y + part * height;
  group.append(drawn("polyline", { points: `${x},${line(0.353)} ${x + width},${line(0.353)}` }));
  for (const [word, kind, part] of /** @type {[string, string, number][]} */ ([["value", "v", 0.58], ["grad", "g", 0.903]]))
    group.append(drawn("text", { class: "w", x: x + 4, y: line(part) }, word), drawn("text", { class: kind, x: x + width - 4, y: line(part) }));
}
const edgeOf = (/** @type {Step} */ step, place = step.place) => document.getElementById(`${prefix}_${nodes[step.node].key}_${place}`);
const texts = groups.map((group) => group ? [...group.querySelectorAll("text")] : []);
const titles = groups.map((group, i) => {  // what pointing at a card shows: the numbers in full
  const title = drawn("title", {});
  group?.prepend(title);
  group?.setAttribute("data-node", String(i));
  group?.querySelector("rect,path,polygon,ellipse")?.classList.add("shape");
  return title;
});
/** A text of a card no wider than the card, whatever font there is. @param {any} text @param {number} room */
function squeeze(text, room) {
  text.removeAttribute("textLength");
  if (text.getComputedTextLength() > room) for (const [key, x] of Object.entries({ textLength: room, lengthAdjust: "spacingAndGlyphs" })) text.setAttribute(key, x);
}
/** How wide a card is: as it is written, since before the page is laid out, as in a frame, no box has a width. @param {any} group */
const widthOf = (group) => Number(group?.querySelector("rect.shape")?.getAttribute("width")) || group?.querySelector(".shape")?.getBBox?.().width;
groups.forEach((group, i) => {
  const head = texts[i].find((text) => text.textContent), width = widthOf(group);
  if (head && width) squeeze(head, width - 8);
});
/** The step that goes along each edge, by the id of the edge. @type {Map<string, number>} */
const stepAt = new Map();
steps.forEach((step, k) => { if (step.kind === "backward") stepAt.set(`${nodes[step.node].key}_${step.place}`, k); });
const [, , wide, high] = picture.getAttribute("viewBox").split(" ").map(Number);
picture.setAttribute("aria-label", picture.getAttribute("aria-label")?.replace(/, value \S+$/, "") ?? "");  // which is asked for, and moves
const arc = drawn("g", { id: "arc" });
/** What lies behind the window. To move it lays out no text anew, as another viewBox does. */
const scenery = /** @type {any} */ (drawn("g", {}));
scenery.append(...picture.children, arc);
picture.append(scenery);
const labels = nodes.map((node) => node.operands.map((_, j) => document.getElementById(`${prefix}_${node.key}_${j}`)?.querySelector("text")));
/** @param {any} text @param {string} words */
const write = (text, words) => { if (text.textContent !== words) text.textContent = words; };

/** @type {Map<number, {x: number, y: number, width: number, height: number}>} */
const boxes = new Map();

function paint() {
  const cardWidth = widthOf(groups.find((group, i) => group && texts[i].length > 3)) || 100;
  const step = steps[state.place], sees = known();
  nodes.forEach((node, i) => {
    const found = texts[i], value = sees.value(i), grad = sees.grad(i);
    if (found.length < 4) return;
    write(found.at(-3), value ? shown(values[i]) : "?");
    write(found.at(-1), !ordering() && i === about(state.place) && state.asked && state.asked.kind !== "value" ? "?" : grad === undefined ? "·" : shown(grad));
    for (const text of [found.at(-3), found.at(-1)]) if (text.textContent.length > 7) squeeze(text, cardWidth - 42); else text.removeAttribute("textLength");
    const lines = [node.operands.length ? `${node.name} = ${node.text}` : node.name];
    if (value) lines.push(`value ${values[i]}`);
    if (grad !== undefined) lines.push(`grad ${grad}`);
    write(titles[i], lines.join("\n"));
  });
  nodes.forEach((node, i) => node.operands.forEach((operand, j) => {
    const label = labels[i][j];
    if (!label || operand === null) return;
    const k = stepAt.get(`${node.key}_${j}`), current = k === state.place;
    write(label, k === undefined ? "×0" : sees.local(k) ? `×${bracketed(shown(locals[i][j] ?? 0))}` : current ? "×?" : "");
  }));
  for (const marked of picture.querySelectorAll(".current, .upstream, .flows, .returns"))
    marked.classList.remove("current", "gains", "upstream", "flows", "returns", "along");
  arc.replaceChildren();
  groups.forEach((group, i) => {  // while the order is asked for, the cards are buttons
    const told = { tabindex: "0", role: "button", "aria-label": nodes[i].name };
    for (const [name, value] of Object.entries(told)) ordering() ? group?.setAttribute(name, value) : group?.removeAttribute(name);
  });
  if (ordering()) {
    for (const i of state.done) groups[i]?.classList.add("upstream");
    return;
  }
  if (step.kind === "forward") {
    groups[step.node]?.classList.add("current");
    nodes[step.node].operands.forEach((_, j) => edgeOf(step, j)?.classList.add("flows"));
  } else {
    groups[step.operand]?.classList.add("current", "gains");
    groups[step.node]?.classList.add("upstream");
    edgeOf(step)?.classList.add("returns");
  }
  drawArc(step, sees);
}

/** Where a card stands in the picture, which never changes. @param {number} i */
function box(i) {
  if (boxes.has(i)) return boxes.get(i);
  const shape = groups[i]?.querySelector(".shape");
  if (!shape) return null;
  const inside = shape.getBBox(), from = shape.getCTM(), to = scenery.getCTM();
  if (!from || !to || !inside.width) return null;
  const m = to.inverse().multiply(from);
  boxes.set(i, { x: m.a * inside.x + m.e, y: m.d * inside.y + m.f, width: m.a * inside.width, height: m.d * inside.height });
  return boxes.get(i);
}
/** The way back of the gradient, from row to row, with the product below it. @param {Step} step @param {any} sees */
function drawArc(step, sees) {
  if (step.kind === "forward") return;
  const from = box(step.node), to = box(step.operand);
  if (!from || !to || from.x < to.x + to.width) return;  // not side by side, as in a graph that is drawn from above
  const x0 = from.x, x1 = to.x + to.width + 2, y0 = from.y + from.height * 0.82, y1 = to.y + to.height * 0.82;
  const drop = Math.max(y0, y1) + 34, middle = (x0 + x1) / 2, below = Math.max(from.y + from.height, to.y + to.height, drop - 8) + 16;
  const covers = (/** @type {any} */ card) => card && card.x < Math.max(x0, middle + 60) && card.x + card.width > Math.min(x1, middle - 60) && card.y < below + 16 && card.y + card.height > Math.min(y0, y1) - 4;
  if (nodes.some((_, i) => i !== step.node && i !== step.operand && covers(box(i)))) {  // where others stand in the way, along the edge
    edgeOf(step)?.classList.add("along");
    return;
  }
  arc.append(drawn("path", { d: `M${x0} ${y0}C${x0 - 8} ${drop} ${x1 + 8} ${drop} ${x1 + 1} ${y1 + 4}` }));
  arc.append(drawn("polygon", { points: `${x1},${y1} ${x1 + 7.5},${y1 + 4} ${x1 + 1.5},${y1 + 9}` }));
  const local = sees.local(state.place) ? bracketed(shown(step.local)) : "?", share = sees.share(state.place) ? shown(step.share) : "?";
  const upstream = state.asked?.kind === "gradient" ? "?" : shown(step.upstream);
  arc.append(drawn("text", { x: middle, y: below, class: "product" }, `${upstream} × ${local} = ${share}`));
  arc.append(drawn("text", { x: middle, y: below + 14, class: "words" }, "upstream × local"));
}

// The window on the picture. It shows all of it where that can be read; otherwise the step stands in its middle.
const LEAST = 0.92, MOST_ZOOM = 1.6, PAD = 12, BELOW = 50;  // below the cards stands the product
const seen = { x: 0, y: 0, scale: 1, fitted: true };
function look() {
  const { clientWidth, clientHeight } = stage;
  if (!clientWidth || !clientHeight) return;
  const size = `0 0 ${clientWidth} ${clientHeight}`;
  if (picture.getAttribute("viewBox") !== size) picture.setAttribute("viewBox", size);
  scenery.setAttribute("transform", `scale(${seen.scale}) translate(${-seen.x} ${-seen.y})`);
  const whole = clientWidth / seen.scale >= wide && clientHeight / seen.scale >= high;
  $("overview").hidden = whole;
  if (whole) return;
  const scale = Math.min(96 / wide, 96 / high), across = Math.max(12, wide * scale) / wide, down = Math.max(12, high * scale) / high, frame = $("overview").firstElementChild;
  Object.assign($("overview").style, { width: `${wide * across}px`, height: `${high * down}px` });
  Object.assign(frame.style, {
    left: `${seen.x * across}px`, top: `${seen.y * down}px`,
    width: `${clientWidth / seen.scale * across}px`, height: `${clientHeight / seen.scale * down}px`,
  });
}
function fit() {
  const { clientWidth, clientHeight } = stage;
  const scale = Math.min((clientWidth - 2 * PAD) / wide, (clientHeight - PAD) / (high + BELOW));
  seen.scale = Math.min(Math.max(scale, LEAST), MOST_ZOOM);
  seen.fitted = true;
  const width = clientWidth / seen.scale, height = clientHeight / seen.scale;
  seen.x = (wide - width) / 2;
  seen.y = (high + (height > high + BELOW ? BELOW / 2 : BELOW) - height) / 2;
  if (scale < LEAST) follow();
  else look();
}
/** Bring the step into the window: its node, and where there is room the one that it comes from. */
function follow() {
  const step = steps[state.place], current = box(about(state.place)), other = step.kind === "backward" ? box(step.node) : null;
  const width = stage.clientWidth / seen.scale, height = stage.clientHeight / seen.scale;
  if (!current) return look();
  let [left, right, top, bottom] = [current.x, current.x + current.width, current.y, current.y + current.height];
  if (other && Math.max(right, other.x + other.width) - Math.min(left, other.x) <= width - 2 * PAD) {
    [left, right] = [Math.min(left, other.x), Math.max(right, other.x + other.width)];
    if (Math.max(bottom, other.y + other.height) - Math.min(top, other.y) <= height - BELOW)
      [top, bottom] = [Math.min(top, other.y), Math.max(bottom, other.y + other.height)];
  }
  const within = left >= seen.x + PAD && right <= seen.x + width - PAD && top >= seen.y + PAD && bottom + BELOW <= seen.y + height;
  if (!within) {
    if (width < wide) seen.x = Math.min(Math.max((left + right - width) / 2, -PAD), wide + PAD - width);
    if (height < high + BELOW) seen.y = Math.min(Math.max((top + bottom + BELOW - height) / 2, -PAD), high + BELOW + PAD - height);
  }
  look();
}
/** @param {number} factor @param {number} x @param {number} y where the picture stays, in the window */
function zoom(factor, x = stage.clientWidth / 2, y = stage.clientHeight / 2) {
  const scale = Math.min(Math.max(seen.scale * factor, 0.2), 4);
  seen.x += x / seen.scale - x / scale;
  seen.y += y / seen.scale - y / scale;
  Object.assign(seen, { scale, fitted: false });
  look();
}
stage.addEventListener("wheel", (/** @type {WheelEvent} */ event) => {
  if (document.body.classList.contains("framed") && !event.ctrlKey) return;  // in a notebook the wheel is the notebook's
  event.preventDefault();
  const at = stage.getBoundingClientRect();
  zoom(Math.exp(-event.deltaY / 400), event.clientX - at.left, event.clientY - at.top);
}, { passive: false });
/** @type {{x: number, y: number, moved: boolean} | null} */
let held = null;
stage.addEventListener("pointerdown", (/** @type {PointerEvent} */ event) => { held = { x: event.clientX, y: event.clientY, moved: false }; });
window.addEventListener("pointermove", (event) => {
  if (!held) return;
  const dx = event.clientX - held.x, dy = event.clientY - held.y;
  if (!held.moved && Math.hypot(dx, dy) < 5) return;
  Object.assign(held, { x: event.clientX, y: event.clientY, moved: true });
  seen.x -= dx / seen.scale;
  seen.y -= dy / seen.scale;
  seen.fitted = false;
  look();
});
window.addEventListener("pointerup", (event) => {
  const moved = held?.moved;
  held = null;
  const card = moved ? null : /** @type {Element} */ (event.target).closest?.("#picture g.node, #title [data-node]");
  const i = card?.getAttribute("data-node");
  if (i && ordering()) pick(Number(i));
  else if (i) goTo(Number(i));
});
window.addEventListener("pointercancel", () => { held = null; });
/** Go to the step that a node is about: in the pass that one is in, the last that it gains by. @param {number} i */
function goTo(i) {
  if (neurons()) return goToUnit(i);
  if (inPieces()) return goToPart(i);
  const back = steps[state.place].kind === "backward" || isLeaf(i);
  let to = steps.findLastIndex((step) => back ? step.kind === "backward" && step.operand === i : step.node === i && step.kind === "forward");
  if (to < 0) to = steps.findIndex((step) => step.node === i);
  if (to >= 0) go(to);
}
/** Light up a node, or a unit, everywhere: its card, its part of the title, its factor, its tick. @param {string | null} same what marks it */
function light(same) {
  for (const lit of document.querySelectorAll(".lit")) lit.classList.remove("lit");
  if (same) for (const part of document.querySelectorAll(same)) part.classList.add("lit");
}
document.addEventListener("pointerover", (event) => {
  const part = /** @type {Element} */ (event.target).closest?.("[data-node], [data-unit]"), mark = part?.hasAttribute("data-node") ? "data-node" : "data-unit";
  light(part && `[${mark}="${part.getAttribute(mark)}"]`);
});
