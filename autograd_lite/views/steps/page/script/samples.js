// Several samples: their cards, of which one is chosen, and the gradient of one weight over all of them.

const CARDS = 6, BARS = 12;  // up to which each sample has a card, and a line of its own

/** @param {any} x */
const listed = (x) => x.length === 1 ? shown(Number(x[0])) : `(${x.map((/** @type {any} */ y) => shown(Number(y))).join(", ")})`;

/** The samples, one of which is chosen: cards, or bars by the size of the loss. @param {HTMLElement} container @param {Network} net @param {View} view */
function drawSamples(container, net, view) {
  keepingFocus(container, () => samplesIn(container, net, view), () => '[aria-checked="true"]');
}
/** @param {HTMLElement} container @param {Network} net @param {View} view @param {boolean} [cards] each sample has one, if there is room */
function samplesIn(container, net, view, cards = net.count <= CARDS && innerWidth > 500) {
  container.replaceChildren();
  if (net.count < 2) return;
  const most = Math.max(...net.samples.map((/** @type {any} */ s) => Number(s.loss) || 0)) || 1;
  const told = net.reduction === "mean" ? `one at a time; the loss is the mean over ${net.count}` : net.reduction === "sum" ? `one at a time; the loss is the sum over ${net.count}` : "one at a time";
  const sees = view.known(null, "loss"), name = net.loss ? net.loss.name[0] : "L";
  const says = (/** @type {number} */ i) => {
    const { inputs, targets, loss } = net.samples[i];
    const parts = [inputs.length && inputs.length <= 3 ? listed(inputs) : "", targets ? `t ${listed(targets)}` : "", loss !== null ? `${name} ${sees ? shown(Number(loss)) : "?"}` : ""];
    return parts.filter(Boolean);
  };
  const chosen = `${view.sample + 1} of ${net.count}: ${says(view.sample).join(" · ")}`;
  container.append(element("div", { className: "head", title: told }, element("span", { className: "eyebrow", textContent: "Sample" }), element("span", { className: "small", textContent: cards ? told : chosen })));
  const row = element("div", { className: cards ? "samples" : "bars", role: "radiogroup", ariaLabel: "Sample" });
  const order = net.samples.map((/** @type {any} */ _, /** @type {number} */ i) => i);
  if (!cards && sees) order.sort((/** @type {number} */ a, /** @type {number} */ b) => Number(net.samples[b].loss) - Number(net.samples[a].loss) || a - b);
  for (const [k, i] of order.entries()) {
    const now = i === view.sample, text = says(i), button = element("button", { role: "radio", ariaChecked: String(now), tabIndex: now ? 0 : -1 });
    const bar = element("i", {}), share = sees ? (Number(net.samples[i].loss) || 0) / most : 0;
    if (cards) {
      bar.style.width = `${Math.max(3, 100 * share)}%`;
      const [first, ...rest] = text;
      button.append(element("b", { textContent: String(i + 1) }), element("span", { textContent: first ?? "" }), element("span", { textContent: rest.join(" · ") }), bar);
    } else {
      bar.style.height = `${Math.max(6, 100 * share)}%`;
      button.title = button.ariaLabel = `sample ${i + 1}: ${text.join(" · ")}`;
      button.append(bar);
    }
    button.addEventListener("click", () => net.onSample?.(i));
    button.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
      const by = event.key === "ArrowRight" || event.key === "ArrowDown" ? 1 : event.key === "ArrowLeft" || event.key === "ArrowUp" ? -1 : 0;
      if (!by) return;
      event.preventDefault();
      event.stopPropagation();
      net.onSample?.(order[(k + by + order.length) % order.length]);
    });
    row.append(button);
  }
  container.append(row);
  if (!cards) container.append(element("div", { className: "small told", textContent: told }));
  else if (row.scrollWidth > row.clientWidth) samplesIn(container, net, view, false);
}

/** The gradient of one weight, sample by sample, and their mean or sum. @param {HTMLElement} container @param {Network} net @param {View} view */
function drawOverSamples(container, net, view) {
  container.replaceChildren();
  const unit = view.unit === null ? null : net.units[view.unit], place = view.term ?? -1;
  const param = unit?.fits ? unit.terms[place]?.param : null;
  if (param === null || param === undefined) return;
  const shares = sharesOf(net, param), { gradient, outside } = net.params[param], steps = net.kind === "step";
  if (shares.length < 2 && !Number(outside)) return;
  const seen = shares.map((one) => view.known(one.unit, "gradient"));
  const numbers = shares.map((one) => one.share), whole = Number(gradient) - Number(outside);
  const mean = net.reduction === "mean", told = steps ? `sum of ${shares.length} steps` : `${mean ? "mean" : "sum"} of ${shares.length}`;
  const rows = shares.map((one, k) => ({ name: steps ? `step ${net.units[one.unit].column + 1}` : `sample ${one.sample + 1}`, number: one.share, sees: seen[k], now: steps ? one.unit === view.unit : one.sample === view.sample, sample: one.sample, unit: one.unit, strong: false }));
  const all = seen.every(Boolean), total = { name: told, number: whole, sees: all, now: false, sample: -1, unit: -1, strong: true };
  const sums = Number(outside) ? [total, { ...total, name: "from a penalty", number: Number(outside) }, { ...total, name: "gradient", number: Number(gradient) }] : [total];
  const width = Math.max(260, container.clientWidth || 384), most = Math.max(...numbers.filter((_, k) => seen[k]).map(Math.abs), ...(all ? sums.map((s) => Math.abs(s.number)) : []), 1e-300);
  const svg = drawn("svg", { width, role: "img", "aria-label": `the gradient of a weight over ${told}` });
  let y = 0;
  if (rows.length > BARS) {  // a strip of bars, sorted
    const order = all ? rows.slice().sort((a, b) => b.number - a.number) : rows, each = width / order.length;
    for (const [k, one] of order.entries()) {
      const size = one.sees ? Math.abs(one.number) / most * 38 : 0, bar = drawn("rect", { x: k * each, width: Math.max(1, each - 1), y: one.number > 0 ? 40 - size : 40, height: Math.max(1, size), class: one.now ? "bar now" : "bar" });
      bar.append(drawn("title", {}, `${one.name}: ${one.sees ? shown(one.number) : "?"}`));
      bar.addEventListener("click", () => steps ? net.onUnit?.(one.unit) : net.onSample?.(one.sample));
      svg.append(bar);
    }
    svg.append(drawn("line", { x1: 0, x2: width, y1: 40, y2: 40, class: "rule" }));
    y = 84;
  }
  const zero = Math.round(width * 0.6), wide = Math.min(zero - 110, width - zero - 70);
  const lines = rows.length > BARS ? [...rows.filter((one) => one.now), ...sums] : [...rows, ...sums];
  const top = y;
  for (const one of lines) {
    if (one === total) {
      svg.append(drawn("line", { x1: 0, x2: width, y1: y + 3, y2: y + 3, class: "rule" }));
      y += 6;
    }
    const size = one.sees ? Math.abs(one.number) / most * wide : 0, strong = one.now || one.strong;
    svg.append(drawn("text", { x: 0, y: y + 14, class: one.now ? "now" : "muted" }, one.name));
    svg.append(drawn("rect", { x: one.number < 0 ? zero - size : zero, y: y + 4, width: size, height: 10, rx: 2, class: strong ? "bar now" : "bar" }));
    svg.append(drawn("text", { x: width, y: y + 14, class: strong ? "end gradient now" : "end gradient" }, one.sees ? shown(one.number) : "?"));
    y += 21;
  }
  svg.append(drawn("line", { x1: zero, x2: zero, y1: top, y2: y, class: "rule" }));
  svg.setAttribute("height", String(y));
  svg.setAttribute("viewBox", `0 0 ${width} ${y}`);
  svg.setAttribute("class", "over");
  container.append(svg);
}
