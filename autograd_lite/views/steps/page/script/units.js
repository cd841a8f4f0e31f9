// The numbers and equations of a network's units, read from the data that Python wrote (see network.py).

/** A network; what is in it, network.py says. `onUnit`, `onWeight`, `onInput` and `onSample` are called with what was chosen; `movable` has the leaves that can be.
 * @typedef {any} Network
 * What is shown of it: the unit (its id, null for the loss), the sample, the phase, the term that is looked at, and
 * what is known: "z", "a", "slope", "upstream", "delta", "gradient" of a unit, "loss" of none.
 * @typedef {{unit: number | null, sample: number, phase: "forward" | "backward", term?: number | null,
 *   known: (unit: number | null, what: string) => boolean}} View */

/** A number that stands in a place of an equation. @param {Network} net @param {any} unit @param {number} sample @param {any[]} slot @returns {number} */
function slotNumber(net, unit, sample, [name, place]) {
  const one = (/** @type {any} */ x) => Number(x);
  if (["z", "a", "delta", "slope", "upstream", "rest"].includes(name)) return one(unit[name][sample]);
  if (name === "gradient") return one(unit.upstream[sample]);
  if (name === "edge upstream") return one(unit.edges[sample][place][0]);
  if (name === "edge local") return one(unit.edges[sample][place][1]);
  if (name.startsWith("upstream")) {
    const [fed, term] = unit.feeds[place], other = net.units[fed];
    return name === "upstream delta" ? one(other.delta[sample]) : slotNumber(net, other, sample, ["w", term]);
  }
  const term = unit.terms[place];
  if (name === "w") return one(term.param === null ? term.value : net.params[term.param].value);
  if (name === "share") return term.sign * one(unit.delta[sample]) * slotNumber(net, unit, sample, ["x", place]);
  if (!term.from) return 1;
  return one("unit" in term.from ? net.units[term.from.unit].a[sample] : net.samples[sample].inputs[term.from.input]);
}

/** What must be known for a number to be shown, and of which unit. @param {any} unit @param {any} net @param {any[]} slot @returns {[number, string]} */
function slotNeeds(net, unit, [name, place]) {
  if (name === "upstream delta") return [unit.feeds[place][0], "delta"];
  if (name === "x" && unit.terms[place].from && "unit" in unit.terms[place].from) return [unit.terms[place].from.unit, "a"];
  const needs = { share: "gradient", rest: "upstream", gradient: "upstream", "edge upstream": "upstream", "edge local": "slope" };
  return [unit.id, /** @type {any} */ (needs)[name] ?? (["z", "a", "delta", "slope", "upstream"].includes(name) ? name : "given")];
}

/** Whether a number goes backward, and so has its colour. @param {string} name */
const isGradient = (name) => ["delta", "upstream", "rest", "gradient", "share", "upstream delta", "edge upstream"].includes(name);

/** A number of an equation as text; "?" where it is not known. @param {Network} net @param {any} unit @param {View} view @param {any[]} slot */
function slotText(net, unit, view, slot) {
  const [of, what] = slotNeeds(net, unit, slot);
  return what === "given" || view.known(of, what) ? shown(slotNumber(net, unit, view.sample, slot)) : "?";
}

/** A formula with its numbers put in. @param {Network} net @param {any} unit @param {View} view @param {string} text @param {any[][]} slots */
function filled(net, unit, view, text, slots) {
  return text.replace(/[\ue100-\uf8f0]/g, (mark, at) => {
    const slot = slots[mark.charCodeAt(0) - 0xe100], number = slotText(net, unit, view, slot), bare = `<mn class="${isGradient(slot[0]) ? "gradient" : "value"}">${number}</mn>`;
    const inside = text.slice(0, at).endsWith('stretchy="false">(</mo>') || text.slice(0, at).endsWith("<mo>(</mo>");
    return number.startsWith("−") && !inside ? `<mrow><mo stretchy="false">(</mo>${bare}<mo stretchy="false">)</mo></mrow>` : bare;
  });
}

/** The lines of an equation of a unit: names, numbers, what comes out. @param {Network} net @param {number} id @param {string} key @param {View} view */
function equationLines(net, id, key, view) {
  const unit = net.units[id], equation = unit.equations[key];
  const color = isGradient(key) ? "gradient" : "value";
  const lines = [equation.symbols, ...[equation.numbers, equation.between].filter((text) => text.length > 1).map((text) => filled(net, unit, view, text, equation.slots))];
  const result = `<mn class="${color}">${slotText(net, unit, view, [key])}</mn>`;
  return { left: equation.left, lines: [...lines, result] };
}

/** Equations of a unit as one table of MathML, so that their signs stand below each other.
 * @param {Network} net @param {number} id @param {string[]} keys @param {View} view */
function equationsOf(net, id, keys, view) {
  const rows = keys.map((key) => equationLines(net, id, key, view)).flatMap(({ left, lines }) =>
    lines.map((line, k) => `<mtr><mtd class="end">${k ? "" : left}</mtd><mtd><mo>=</mo></mtd><mtd class="start">${line}</mtd></mtr>`));
  return rows.length ? `<math display="block"><mtable displaystyle="true">${rows.join("")}</mtable></math>` : "";
}
/** Break the lines of equations that are wider than their place, after a sign. @param {HTMLElement} container */
function breakLines(container) {
  for (const cell of container.querySelectorAll("mtd.start")) {
    const box = (/** @type {Element | null} */ e) => /** @type {Element} */ (e).getBoundingClientRect(), room = box(container).right - box(cell.firstElementChild ?? cell).left - 4;
    if (!cell.firstElementChild || box(cell.lastElementChild).right - box(cell.firstElementChild).left <= room) continue;
    for (let group; (group = cell.querySelector(":scope > mrow"));) group.replaceWith(...group.childNodes);
    const lines = /** @type {[Element, Element][]} */ ([]), parts = [...cell.children], sign = (/** @type {number} */ k, /** @type {RegExp} */ kind) => k > 0 && parts[k].localName === "mo" && kind.test(parts[k].textContent ?? "") && parts[k - 1].textContent !== "(";
    let from = 0, row = /** @type {Element} */ (cell.parentElement);
    while (from < parts.length) {
      const start = box(parts[from]).left;
      let end = from + 1;  // even one that is wider than the place
      while (end < parts.length && box(parts[end]).right - start <= room) end++;
      if (end < parts.length) {
        let at = end - 1;
        while (at > from && !sign(at, /^[+−]$/)) at--;
        if (at <= from) for (at = end - 1; at > from && !sign(at, /^[·×⋅]$/);) at--;
        if (at > from) end = at + 1;
        else while (end < parts.length && !sign(end - 1, /^[+−·×⋅]$/)) end++;
      }
      if (from > 0) {
        const next = /** @type {Element} */ (row.cloneNode(false));
        next.append(...[0, 1, 2].map((k) => row.children[k].cloneNode(false)));
        row.after(next);
        row = next;
      }
      parts.slice(from, end).forEach((part) => lines.push([row, part]));
      from = end;
    }
    for (const [to, part] of lines) to.children[2].append(part);
  }
}

/** Draw a part of the page anew, and give the focus back to what had it: the element that the function finds then.
 * @param {HTMLElement} container @param {() => void} draw @param {(focused: Element) => string} again */
function keepingFocus(container, draw, again) {
  const focused = document.activeElement, selector = focused && focused !== container && container.contains(focused) ? again(focused) : "";
  draw();
  if (selector) /** @type {any} */ (container.querySelector(selector))?.focus({ preventScroll: true });
}

/** What every use of a parameter brings to its gradient: by sample, or by the step of a recurrence.
 * @param {Network} net @param {number} param */
function sharesOf(net, param) {
  const found = /** @type {{unit: number, sample: number, share: number}[]} */ ([]);
  for (const unit of net.units) {
    for (let sample = 0; sample < net.count; sample++) {
      const places = unit.terms.map((/** @type {any} */ _, /** @type {number} */ place) => place).filter((/** @type {number} */ place) => unit.terms[place].param === param);
      if (!places.length) continue;
      const share = places.reduce((/** @type {number} */ sum, /** @type {number} */ place) => sum + slotNumber(net, unit, sample, ["share", place]), 0);
      found.push({ unit: unit.id, sample, share });
    }
  }
  return found;
}

/** The parameters of a unit, for this sample: ∂L/∂w = δ·x. @param {HTMLElement} container @param {Network} net @param {View} view */
function drawParameters(container, net, view) {
  keepingFocus(container, () => parametersIn(container, net, view), (focused) => `[data-term="${focused.getAttribute("data-term")}"]`);
}
/** @param {HTMLElement} container @param {Network} net @param {View} view */
function parametersIn(container, net, view) {
  container.replaceChildren();
  const unit = view.unit === null ? null : net.units[view.unit];
  if (!unit || !unit.fits) return;
  const table = element("table", { className: "parameters" }), order = unit.terms.map((/** @type {any} */ _, /** @type {number} */ k) => k);
  order.sort((/** @type {number} */ a, /** @type {number} */ b) => Number(!unit.terms[a].from) - Number(!unit.terms[b].from));
  for (const place of order) {
    const term = unit.terms[place];
    if (term.param === null) continue;
    const source = term.from && ("unit" in term.from ? net.units[term.from.unit].symbols.a : net.inputs[term.from.input].symbol);
    const sign = term.sign < 0 ? "<mo>−</mo>" : "", row = element("tr", { className: view.term === place ? "chosen" : "" });
    const times = (/** @type {string} */ a, /** @type {string} */ b) => `<span class="gradient">${a}</span> × <span class="value">${b}</span>`;
    const numbers = source ? `= ${term.sign < 0 ? "−" : ""}${times(bracketed(slotText(net, unit, view, ["delta"])), bracketed(slotText(net, unit, view, ["x", place])))}` : "";
    const symbols = `<mo>=</mo>${sign}${unit.symbols.delta}${source ? `<mo>·</mo>${source}` : ""}`;
    const button = element("button", { className: "quiet", title: "the gradient over all samples" });
    button.innerHTML = math(derivative(net.symbol, net.params[term.param].symbol), true);
    button.dataset.term = String(place);
    button.addEventListener("click", () => net.onWeight?.(place));
    const cells = [button, "", "", slotText(net, unit, view, ["share", place])].map((child) => element("td", {}, child));
    cells[1].innerHTML = math(symbols);
    cells[2].innerHTML = numbers;
    cells[3].className = "gradient";
    row.append(...cells);
    table.append(row);
  }
  container.append(table);
  for (const name of ["narrow", "bare"]) table.classList.toggle(name, table.scrollWidth > container.clientWidth);
}
