// A big graph level by level: the boxes of an opened piece in topological order, and what each does to gradients.

/** The pieces of a graph (see pieces.py), its nodes, and what is known of them: a number, or null where it is not.
 * @typedef {{pieces: any[], nodes: {name: string, symbol: string, operands: (number | null)[]}[], value: (node: number) => number | null,
 *   gradient: (node: number) => number | null, phase?: string, onPiece?: (id: number) => void, onNode?: (node: number) => void}} Levels */

/** The path of pieces from the whole to one. @param {Levels} levels @param {number} id @returns {any[]} */
function pathTo(levels, id) {
  const found = [];
  for (let at = levels.pieces.find((piece) => piece.id === id); at;) {
    found.unshift(at);
    const inside = at.id;
    at = levels.pieces.find((piece) => piece.parts.some((/** @type {any} */ part) => part.piece === inside));
  }
  return found;
}

/** A number that may not be known. @param {number | null} x @param {string} otherwise */
const perhaps = (x, otherwise) => x === null ? otherwise : shown(x);

/** What an opened piece consists of. @param {HTMLElement} container @param {Levels} levels @param {number} id @param {number | null} chosen the part that is looked at, by its place */
function drawPieces(container, levels, id, chosen = null) {
  const way = pathTo(levels, id), piece = way[way.length - 1], byId = new Map(levels.pieces.map((one) => [one.id, one]));
  const crumbs = element("nav", { className: "crumbs", ariaLabel: "opened" });
  for (const one of way) {
    const button = element("button", { className: "quiet", textContent: one === way[0] ? "whole graph" : one.name, disabled: one === piece });
    button.addEventListener("click", () => levels.onPiece?.(one.id));
    crumbs.append(button);
  }
  const parts = piece.parts.map((/** @type {any} */ part) => {
    const inner = "piece" in part ? byId.get(part.piece) : null;
    return { part, inner, name: inner ? inner.scope.length ? inner.scope[inner.scope.length - 1] : levels.nodes[inner.outputs[inner.outputs.length - 1]].name : levels.nodes[part.node].name, whole: inner ? inner.name : "", outputs: inner ? inner.outputs : [part.node] };
  });
  const width = Math.max(300, container.clientWidth || 880), phase = levels.phase ?? "backward", across = Math.max(2, Math.min(6, Math.floor(width / 146), parts.length)), wide = Math.floor((width - 16) / across);
  const rows = Math.ceil(parts.length / across), spread = Math.floor((container.clientHeight - 60) / rows), high = document.body.classList.contains("framed") ? 92 : Math.max(92, Math.min(132, spread)), height = rows * high + 16;
  const svg = drawn("svg", { width, height, viewBox: `0 0 ${width} ${height}`, class: "network pieces", role: "group", "aria-label": piece.name });
  const madeBy = new Map(parts.flatMap((/** @type {any} */ one, /** @type {number} */ k) => one.outputs.map((/** @type {number} */ node) => [node, k])));
  const corner = (/** @type {number} */ k) => ({ x: 8 + (k % across) * wide, y: 8 + Math.floor(k / across) * high });
  const box = { width: wide - 30, height: 66 };
  parts.forEach((/** @type {any} */ one, /** @type {number} */ k) => {
    const users = one.inner ? one.inner.inputs : levels.nodes[one.part.node].operands, to = corner(k);
    for (const from of new Set(users.map((/** @type {number} */ node) => madeBy.get(node)))) {
      if (from === undefined || from === k) continue;
      const a = corner(/** @type {number} */ (from)), x = a.x + box.width, y = a.y + 33, same = a.y === to.y;
      const d = same && from === k - 1 ? `M${x} ${y}H${to.x - 2}` : same ? `M${x - 20} ${a.y + box.height}C${x} ${a.y + high - 4} ${to.x} ${a.y + high - 4} ${to.x + 20} ${to.y + box.height + 2}` : `M${x - 20} ${a.y + box.height}C${x - 20} ${a.y + high - 8} ${to.x + 30} ${to.y - 20} ${to.x + 30} ${to.y - 2}`;
      svg.append(drawn("path", { d, class: k === chosen || from === chosen ? `edge near ${phase}` : Math.floor(k / across) - Math.floor(/** @type {number} */ (from) / across) > 1 ? "edge far" : "edge" }));
    }
  });
  parts.forEach((/** @type {any} */ one, /** @type {number} */ k) => {
    const { x, y } = corner(k), output = one.outputs[one.outputs.length - 1], value = perhaps(levels.value(output), "?"), grad = perhaps(levels.gradient(output), "·");
    const count = one.inner ? `${sizeOf(one.inner, byId)} nodes` : "node", group = drawn("g", { class: `box unit${k === chosen ? ` now ${phase}` : ""}${one.inner ? " piece" : ""}`, tabindex: 0, role: "button", "data-part": k, "aria-label": `${one.name}, ${count}: value ${value}, gradient ${grad}` });
    const most = Math.floor((box.width - (one.inner ? 50 : 16)) / 7.6), title = one.name.length > most ? `${one.name.slice(0, most - 1)}…` : one.name;
    group.append(drawn("title", {}, one.inner ? `${one.whole} · ${count}` : one.name), drawn("rect", { x, y, width: box.width, height: box.height, rx: 9 }));
    if (one.inner) group.append(drawn("rect", { x: x + 3, y: y + 3, width: box.width - 6, height: box.height - 6, rx: 7, class: "double" }));
    group.append(drawn("text", { x: x + 10, y: y + 19, "font-size": 12, class: "strong" }, title), drawn("text", { x: x + box.width - 9, y: y + 19, class: "muted end", "font-size": 11 }, one.inner ? `${sizeOf(one.inner, byId)} ▸` : ""));
    group.append(drawn("text", { x: x + box.width - 9, y: y + 38, class: "end value strong", "font-size": 12 }, value), drawn("text", { x: x + box.width - 9, y: y + 56, class: "end gradient strong", "font-size": 12 }, grad));
    const go = () => one.inner ? levels.onPiece?.(one.part.piece) : levels.onNode?.(one.part.node);
    group.addEventListener("click", go);
    group.addEventListener("keydown", (event) => { if (/** @type {any} */ (event).key === "Enter") { event.stopPropagation(); go(); } });
    svg.append(group);
  });
  keepingFocus(container, () => container.replaceChildren(crumbs, svg), (focused) => `[data-part="${focused.getAttribute("data-part")}"]`);
  if (chosen !== null) container.scrollTop = crumbs.offsetHeight + corner(chosen).y - (container.clientHeight - box.height) / 2;
}

/** How many nodes a piece has. @param {any} piece @param {Map<number, any>} byId @returns {number} */
const sizeOf = (piece, byId) => piece.parts.reduce((/** @type {number} */ sum, /** @type {any} */ part) => sum + ("piece" in part ? sizeOf(byId.get(part.piece), byId) : 1), 0);

/** What a piece computes, and what comes back through it: for each input the sum over the outputs of gradient × derivative.
 * @param {HTMLElement} container @param {Levels} levels @param {number} id */
function drawJacobian(container, levels, id) {
  container.replaceChildren();
  const piece = levels.pieces.find((one) => one.id === id), symbol = (/** @type {number} */ node) => levels.nodes[node].symbol;
  const formulas = piece.formulas.map((/** @type {any} */ { node, symbols }) => element("div", { className: "formula", innerHTML:  // a line may end before its number
    `${math(`${symbol(node)}<mo>=</mo>${symbols}`)} ${math(`<mo>=</mo><mn class="value">${perhaps(levels.value(node), "?")}</mn>`)}` }));
  if (levels.phase === "forward") return container.append(...formulas);
  const table = element("table", { className: "parameters jacobian" }), root = levels.pieces[0].outputs[levels.pieces[0].outputs.length - 1];
  const inputs = [...new Set(piece.jacobian.map((/** @type {any} */ entry) => entry[1]))];
  for (const input of inputs.slice(0, 40)) {
    const entries = piece.jacobian.filter((/** @type {any} */ entry) => entry[1] === input), known = entries.every((/** @type {any} */ [output]) => levels.gradient(output) !== null);
    const terms = entries.slice(0, 3).map((/** @type {any} */ [output, , partial]) => `<span class="keep">${output === root ? "" : `<span class="gradient">${bracketed(perhaps(levels.gradient(output), "?"))}</span> × `}<span class="value">${bracketed(known ? shown(Number(partial)) : "?")}</span></span>`);
    const sum = entries.reduce((/** @type {number} */ so, /** @type {any} */ [output, , partial]) => so + (levels.gradient(output) ?? 0) * Number(partial), 0);
    const symbols = entries.slice(0, 3).map((/** @type {any} */ [output]) => `${output === root ? "" : `${derivative(symbol(root), symbol(output))}<mo>·</mo>`}${derivative(symbol(output), symbol(/** @type {number} */ (input)))}`);
    const cells = [[...symbols, ...entries.length > 3 ? ["<mo>⋯</mo>"] : []].map((one, k) => math((k ? "<mo>+</mo>" : "") + one)).join(" "), `= ${terms.join(" + ")}${entries.length > 3 ? " + …" : ""}`, known ? shown(sum) : "?"].map((html) => element("td", { innerHTML: html }));
    table.append(element("tr", {}, ...cells));
  }
  container.append(table);
  if (!levels.phase) container.prepend(...formulas);
  const more = piece.left + Math.max(0, inputs.length - 40);
  if (more) container.append(element("p", { className: "small", textContent: `… ${more} more` }));
}
