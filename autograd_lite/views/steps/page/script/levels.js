// A big graph level by level: the parts of the opened piece, forward one by one, and backward in reverse.

/** The piece that is opened, by its id. */
const opened = { piece: levels.pieces[0].id };
const pieceOf = (/** @type {number} */ id) => levels.pieces.find((/** @type {any} */ piece) => piece.id === id);
/** The nodes that a part hands on, and those that it takes. @param {any} part @returns {{outputs: number[], inputs: number[]}} */
function endsOf(part) {
  if ("piece" in part) return pieceOf(part.piece);
  return { outputs: [part.node], inputs: nodes[part.node].operands.filter((i) => i !== null) };
}
/** The steps of the opened piece. @returns {{kind: string, part: number}[]} */
function pieceWalk() {
  const parts = pieceOf(opened.piece).parts.map((/** @type {any} */ _, /** @type {number} */ part) => part);
  return [...parts.map((/** @type {number} */ part) => ({ kind: "forward", part })), ...parts.toReversed().map((/** @type {number} */ part) => ({ kind: "backward", part }))];
}
/** What is known of the nodes at this step. */
function pieceSees() {
  const all = pieceWalk(), step = all[state.place], { parts } = pieceOf(opened.piece), { asked } = state;
  const made = new Map(), used = new Map();
  parts.forEach((/** @type {any} */ part, /** @type {number} */ k) => {
    for (const i of endsOf(part).outputs) made.set(i, k);
    for (const i of endsOf(part).inputs) used.set(i, [...(used.get(i) ?? []), k]);
  });
  const current = parts[step.part];
  return {
    value: (/** @type {number} */ i) => step.kind === "backward" || (made.get(i) ?? -1) < step.part || ((made.get(i) ?? -1) === step.part && asked?.kind !== "value"),
    /** A node has its gradient once all that uses it here has gone backward. */
    gradient: (/** @type {number} */ i) => step.kind === "backward" && (used.get(i) ?? []).every((/** @type {number} */ k) => k > step.part || (k === step.part && !asked)),
    inside: !asked || asked.kind === "value" || asked.at !== state.place, current, step,
  };
}
/** What a step of pieces asks: a value; how much what comes out changes with what goes in; what comes back.
 * @param {number} k @param {number} level @returns {any} */
function pieceQuestion(k, level) {
  const { kind, part } = pieceWalk()[k], one = pieceOf(opened.piece).parts[part], question = questionOfPiece(one, kind, level);
  return question && { at: k, step: { part }, plain: true, of: `piece ${opened.piece}`, ...question, mistakes: () => pieceMistakes(one, question) };
}
/** @param {any} one @param {string} kind @param {number} level @returns {any} */
function questionOfPiece(one, kind, level) {
  const { outputs } = endsOf(one), output = outputs[outputs.length - 1];
  if (kind === "forward") return isLeaf(output) ? null : { kind: "value", truth: values[output], asks: nodes[output].name, symbol: nodes[output].symbol, how: "Put the numbers that go in into the formula." };
  const entry = flows(one)[0];
  if (!entry) return null;
  const [from, into, partial] = entry, names = derivative(nodes[from].symbol, nodes[into].symbol), whole = derivative(nodes[root].symbol, nodes[into].symbol);
  if (level === 1) return { kind: "local", truth: partial, asks: `∂${nodes[from].name}/∂${nodes[into].name}`, symbol: names, how: "How fast what comes out changes with what goes in." };
  if (level === 2) return { kind: "product", truth: nodeGradient(from) * partial, asks: "upstream × local", symbol: `${derivative(nodes[root].symbol, nodes[from].symbol)}<mo>·</mo>${names}`, how: "What has come back, times the local derivative." };
  const many = flows(one).filter((other) => other[1] === into).length > 1;
  if (level === 3 && !many) return null;
  return { kind: level === 3 ? "sum" : "gradient", truth: nodeGradient(into), asks: `∂/∂${nodes[into].name}`, symbol: whole, how: "Add what comes back over all that uses it." };
}
/** What a wrong answer to a question about a part may come from, and the names in what is said to it; of an operation,
 * all that mistakes.js knows. @param {any} one @param {any} question @returns {[any, any]} */
function pieceMistakes(one, { kind, truth }) {
  const number = (/** @type {number} */ x, name = "") => [{ number: x, name }], single = "node" in one, { outputs, inputs } = endsOf(one), output = outputs[outputs.length - 1];
  const nameOf = (/** @type {number} */ i) => nodes[i].name, textOf = (/** @type {number} */ i) => single ? nodes[i].text : nameOf(i);
  const operands = inputs.map((/** @type {number} */ i) => ({ number: values[i], name: nameOf(i) }));
  if (kind === "value") return [single ? ofValue(output) : { operand: operands }, { node: nameOf(output), text: textOf(output), root: nameOf(root) }];
  const [from, into, local] = flows(one)[0], upstream = nodeGradient(from), at = values[into];
  const texts = { node: nameOf(from), text: textOf(from), operand: nameOf(into), root: nameOf(root), asked: `∂${nameOf(root)}/∂${nameOf(into)}`, ways: "" };
  const other = flows(one).filter(([y, x]) => y === from && x !== into).map(([, x, partial]) => ({ number: partial, name: `∂${nameOf(from)}/∂${nameOf(x)}` }));
  const edge = { at: number(at), number: other.some((each) => each.number === at) ? [] : number(at), output: number(values[root]), other, passed: upstream === 1 ? [] : number(upstream),
    ...single ? ofEdge({ node: from, operand: into, place: nodes[from].operands.indexOf(into), upstream, local, share: upstream * local, total: truth }) : {} };
  const found = { ...edge, value: number(values[from]), upstream: number(upstream), local: number(local), share: number(upstream * local), total: [] };
  if (kind === "local" || kind === "product") return [found, texts];
  // Every way that comes back to it here; what comes back elsewhere is one more.
  const ways = pieceOf(opened.piece).parts.flatMap(flows).filter((/** @type {any[]} */ [, x]) => x === into).map((/** @type {any[]} */ [y, , partial]) => ({ number: nodeGradient(y) * partial, name: nameOf(y), partial }));
  const outside = truth - sum(ways.map((/** @type {any} */ way) => way.number)), numbers = ways.map((/** @type {any} */ way) => way.number);
  if (Math.abs(outside) > 1e-9 * sum(numbers.map(Math.abs))) numbers.push(outside);
  texts.ways = String(numbers.length);
  const many = numbers.length > 1;
  return [{ at: number(at), output: number(values[root]), reached: many ? [] : number(upstream), alone: many ? [] : number(local), way: many ? ways : [],
    multiplied: many ? number(product(numbers)) : [], mean: many ? number(truth / numbers.length) : [], slopes: many ? number(sum(ways.map((/** @type {any} */ way) => way.partial))) : [] }, texts];
}
const nodeGradient = (/** @type {number} */ i) => steps.length ? gradient(i) : Number(levels.gradients[i]);
/** The derivatives of the pieces where inputs have moved. */
function refreshPieces() {
  if (!steps.length) return;
  const collect = (/** @type {any} */ part) => "node" in part ? [part.node] : pieceOf(part.piece).parts.flatMap(collect);
  for (const piece of levels.pieces) {
    const order = piece.parts.flatMap(collect).sort((/** @type {number} */ a, /** @type {number} */ b) => b - a);
    for (const output of piece.outputs) {
      const sums = new Map([[output, 1]]);
      for (const i of order) if (sums.has(i) && (i === output || !piece.outputs.includes(i))) nodes[i].operands.forEach((x, j) => sums.set(x, (sums.get(x) ?? 0) + (sums.get(i) ?? 0) * (locals[i][j] ?? 0)));
      for (const entry of piece.jacobian) if (entry[0] === output) entry[2] = sums.get(entry[1]) ?? 0;
    }
  }
}
/** How each output of a part changes with each input: [output, input, derivative]. @param {any} part @returns {[number, number, number][]} */
function flows(part) {
  if ("piece" in part) return pieceOf(part.piece).jacobian.map((/** @type {any[]} */ [from, into, x]) => [from, into, Number(x)]);
  const { node } = part, found = /** @type {[number, number, number][]} */ ([]);
  nodes[node].operands.forEach((i, j) => { if (i !== null && locals[node][j] !== null) found.push([node, i, Number(locals[node][j])]); });
  return found;
}

function showPieces() {
  const sees = pieceSees(), { step, current } = sees, { outputs } = endsOf(current), output = outputs[outputs.length - 1], all = pieceWalk();
  const shownLevels = {
    ...levels, nodes, value: (/** @type {number} */ i) => sees.value(i) ? values[i] : null, gradient: (/** @type {number} */ i) => sees.gradient(i) || i === root ? nodeGradient(i) : null,
    phase: step.kind, onPiece: openPiece, onNode: goToPart,
  };
  writePieceTitle(step, output);
  drawPieces($("map"), shownLevels, opened.piece, step.part);
  $("phase").textContent = step.kind === "forward" ? "forward →" : "← backward";
  $("phase").className = `pill ${step.kind}`;
  $("count").textContent = `step ${state.place + 1} of ${all.length}`;
  const inner = "piece" in current ? pieceOf(current.piece) : null, name = inner ? inner.name : nodes[output].name;
  const given = !inner && isLeaf(output);
  $("heading").textContent = `${given ? "Given:" : step.kind === "forward" ? "Compute" : "Through"} ${name}`;
  const words = given ? step.kind === "forward" ? "A number that nothing is computed for." : "Its gradient is complete: nothing lies before it."
    : step.kind === "forward" ? inner ? "A piece of the graph: what goes in, and what comes out." : "An operation on what stands before it."
    : "What has reached what comes out, times how fast that changes with what goes in.";
  $("words").textContent = words;
  $("spoken").textContent = `${state.place + 1} of ${all.length}. ${$("heading").textContent}. ${words}`;
  const value = sees.value(output) ? shown(values[output]) : "?";
  if (inner) drawJacobian($("formula"), { ...shownLevels, gradient: (/** @type {number} */ i) => sees.inside ? shownLevels.gradient(i) : null }, current.piece);
  else if (step.kind === "forward") $("formula").innerHTML = math(`${nodes[output].symbol}<mo>=</mo>${isLeaf(output) ? "" : `${written(nodes[output].formula, output)}<mo>=</mo>`}<mn class="value">${value}</mn>`, true);
  else {
    const table = element("table", { className: "parameters" });
    for (const [from, into, partial] of flows(current)) {
      const numbers = sees.inside ? `= <span class="gradient">${bracketed(shown(nodeGradient(from)))}</span> × <span class="value">${bracketed(shown(partial))}</span>` : "= ?";
      const cells = [math(`${derivative(nodes[root].symbol, nodes[from].symbol)}<mo>·</mo>${derivative(nodes[from].symbol, nodes[into].symbol)}`), numbers, sees.inside ? shown(nodeGradient(from) * partial) : "?"];
      table.append(element("tr", {}, ...cells.map((html) => element("td", { innerHTML: html }))));
    }
    $("formula").replaceChildren(table);
  }
  $("inside").parentElement.hidden = !inner;
  $("inside").onclick = () => inner && openPiece(inner.id);
}
/** To the step of the part that hands a node on, in this phase, where the opened piece has one. @param {number} i */
function goToPart(i) {
  const all = pieceWalk(), { kind } = all[state.place];
  const to = all.findIndex((step) => step.kind === kind && endsOf(pieceOf(opened.piece).parts[step.part]).outputs.includes(i));
  if (to >= 0) go(to);
}
/** The title, with what the step is about: where it is folded into a name, or deeper, it stands beside the title.
 * @param {{kind: string}} step @param {number} output */
function writePieceTitle(step, output) {
  const mark = (/** @type {string} */ inner) => `<mrow class="now ${step.kind}" data-node="${output}">${inner}</mrow>`, { symbol } = nodes[output];
  $("title").innerHTML = math(DATA.title);
  const parts = document.querySelectorAll(`#title [data-node="${output}"]`);
  for (const part of parts) part.classList.add("now", step.kind);
  if (!parts.length) $("title").innerHTML = math(`${nodes[root].symbol}<mo>=</mo><mo>⋯</mo><mo>,</mo><mspace width="1em"></mspace>${symbol}<mo>=</mo>${mark(isLeaf(output) ? symbol : written(nodes[output].formula, output))}`);
  $("growth").hidden = true;
  stackHeader();
}
/** @param {number} id */
function openPiece(id) {
  opened.piece = id;
  state.asked = null;
  buildTrack();
  go(0);
}
/** Out of a piece: to the one that holds it. */
function goOut() {
  const way = pathTo({ ...levels, nodes, value: () => null, gradient: () => null }, opened.piece);
  if (way.length < 2) return;
  const { kind } = pieceWalk()[state.place], inner = opened.piece;
  opened.piece = way[way.length - 2].id;
  buildTrack();
  go(pieceWalk().findIndex((step) => step.kind === kind && pieceOf(opened.piece).parts[step.part].piece === inner));
}
