// The drawer: inputs to move, and one gradient step.

/** @type {number[]} */
const movable = DATA.playable ? nodes.map((_, i) => i).filter((i) => isLeaf(i) && DATA.movable.includes(i)) : [];
const starts = movable.map((i) => values[i]);
/** What a gradient step moves: the parameters of a network, elsewhere all inputs. */
const learned = net ? movable.filter((i) => net.params.some((/** @type {any} */ param) => param.at === i)) : movable;
/** Where one was before the last gradient step. @type {{leaf: number, x: number, y: number} | null} */
let moved = null;
/** @type {{range: any, field: any, row: any}[]} */
const controls = [];

const RATE = $("rate").value;

/** Give an input another number; every number of the page follows. @param {number} i @param {number} x */
function set(i, x) {
  if (!Number.isFinite(x)) return;
  values[i] = x;
  state.leaf = i;
  recomputed();
}
function recomputed() {
  recompute();
  if (net) refreshNetwork();
  score.earlier = [];  // of other numbers
  if (state.asked) ask();
  show();
}
/** The slider of an input goes as far as its start says. @param {number} k */
function limit(k) {
  const [low, high] = range(starts[k]), { range: bar, row } = controls[k];
  Object.assign(bar, { min: low, max: high, step: (high - low) / 300 });
  [low, high].forEach((end, i) => { row.querySelectorAll(".ends")[i].textContent = shown(end); });
}
if (steps.length) movable.forEach((i, k) => {  // a folded network has no drawer
  const bar = element("input", { type: "range" });
  bar.setAttribute("aria-label", `slide ${nodes[i].name}`);
  const field = element("input", { type: "text", inputMode: "decimal", id: `in${k}`, autocomplete: "off" });
  const label = element("label", { htmlFor: `in${k}`, innerHTML: math(`${nodes[i].symbol}<mo>=</mo>`), title: nodes[i].name });
  bar.oninput = () => set(i, Number(Number(bar.value).toPrecision(3)));
  field.onchange = () => { const x = decimal(field.value); if (Number.isFinite(x)) set(i, x); else writeInputs(); };
  field.onfocus = bar.onfocus = () => { if (state.leaf !== i) { state.leaf = i; show(); } };
  const row = element("div", { className: "input" }, label, field, bar, element("span", { className: "ends" }), element("span", { className: "ends" }));
  controls.push({ range: bar, field, row });
  limit(k);
  $("inputs").append(row);
});
function writeInputs() {
  if (state.leaf >= 0) {  // on a small page, the one that was moved last stands above the bar
    const [low, high] = range(starts[movable.indexOf(state.leaf)]), quick = $("quick-range");
    $("quick-name").innerHTML = math(`${nodes[state.leaf].symbol}<mo>=</mo><mn class="value">${shown(values[state.leaf])}</mn>`);
    Object.assign(quick, { min: low, max: high, step: (high - low) / 300, value: values[state.leaf] });
    quick.style.setProperty("--part", `${Math.min(Math.max((values[state.leaf] - low) / (high - low), 0), 1) * 100}%`);
  }
  controls.forEach(({ range: bar, field, row }, k) => {
    const x = values[movable[k]];
    if (document.activeElement !== field) field.value = shown(x).replaceAll("−", "-");
    bar.value = x;
    bar.style.setProperty("--part", `${Math.min(Math.max((x - Number(bar.min)) / (Number(bar.max) - Number(bar.min)), 0), 1) * 100}%`);
    row.classList.toggle("chosen", movable[k] === state.leaf);
  });
}
$("reset").onclick = () => {
  movable.forEach((i, k) => { values[i] = starts[k]; });
  moved = null;
  $("after").replaceChildren();
  $("effect").textContent = "";
  recomputed();
};

/** All inputs move against their gradients, by the learning rate. */
function gradientStep() {
  const rate = decimal($("rate").value);
  if (!Number.isFinite(rate)) { $("effect").textContent = "The learning rate is a number."; return; }
  const before = [...learned, root].map((i) => values[i]), flow = learned.map(gradient);
  moved = { leaf: state.leaf, x: values[state.leaf], y: values[root] };
  learned.forEach((i, k) => { if (flow[k] !== 0) values[i] -= rate * flow[k]; });
  recomputed();
  const symbolOf = (/** @type {number} */ i) => i === root && neurons() ? net.symbol : nodes[i].symbol;
  $("after").replaceChildren(...[...learned, root].map((i, k) => element("tr", {},
    element("td", { innerHTML: math(symbolOf(i)) }), element("td", { textContent: shown(before[k]) }), element("td", { innerHTML: `<b>${shown(values[i])}</b>` }))));
  writeGradientStep();
  const change = values[root] - before[before.length - 1];
  $("effect").innerHTML = `${math(symbolOf(root))} goes ${change > 0 ? "up" : "down"} by ${shown(Math.abs(change))}.`;
}
/** Why the step cannot be taken yet; it would tell a gradient that has not arrived. */
function writeGradientStep() {
  const sees = known(), ready = neurons() ? !state.asked && state.place === net.steps.length - 1 : learned.every((i) => sees.slope(i));
  $("descent").hidden = !learned.length || (neurons() && !ready);
  $("descend").disabled = !ready;
  $("needs").hidden = ready;
  $("after").parentElement.hidden = !$("after").childElementCount || Boolean(state.asked);
  $("effect").hidden = Boolean(state.asked);
}
$("quick-range").oninput = () => set(state.leaf, Number(Number($("quick-range").value).toPrecision(3)));
$("descend").onclick = gradientStep;
$("rate").onchange = note;
$("rule").innerHTML = math(learned.length === 1 ? `${nodes[learned[0]].symbol}<mo>←</mo>${nodes[learned[0]].symbol}<mo>−</mo><mi>η</mi><mo>·</mo>${derivative(nodes[root].symbol, nodes[learned[0]].symbol, "d")}`
  : `<mi>θ</mi><mo>←</mo><mi>θ</mi><mo>−</mo><mi>η</mi><mo>·</mo>${derivative(net?.symbol ?? nodes[root]?.symbol ?? "", "<mi>θ</mi>")}`);
