// The top of a network's page: the loss of the sample, written out down to the unit of the step, and δ as it grows.

/** The units from the last to this one, along the first weight that uses each. @param {any} unit @returns {any[]} */
function unitPath(unit) {
  const found = [unit];
  while (found[0].fits && found[0].feeds.length) found.unshift(net.units[found[0].feeds[0][0]]);
  return found;
}
/** In how many ways a unit acts on the loss. @param {any} unit @param {Map<number, number>} [told] @returns {number} */
function unitWays(unit, told = new Map()) {
  if (!told.has(unit.id)) told.set(unit.id, unit.feeds.reduce((/** @type {number} */ so, /** @type {number[]} */ [fed]) => so + unitWays(net.units[fed], told), 0) || 1);
  return /** @type {number} */ (told.get(unit.id));
}
const ofUnit = (/** @type {number} */ id, /** @type {string} */ inner, kind = "") => `<mrow data-unit="${id}"${kind && ` class="now ${kind}"`}>${inner}</mrow>`;
const within = (/** @type {string} */ inner) => `<mrow><mo stretchy="false">(</mo>${inner}<mo stretchy="false">)</mo></mrow>`;

/** A unit as the function of its inputs that it is; the one on the path is written out too, or a name where `most` are written.
 * @param {any[]} path @param {string} kind of the step, for the mark on the last of the path @returns {string} */
function writtenOut([unit, ...rest], kind) {
  const { terms, equations, symbols } = unit;
  const whole = (/** @type {string} */ inner) => ofUnit(unit.id, inner, rest.length ? "" : kind);
  if (!unit.fits || !equations.z) return whole(symbols.a);
  const order = terms.map((/** @type {any} */ _, /** @type {number} */ k) => k).sort((/** @type {number} */ a, /** @type {number} */ b) => Number(!terms[a].from) - Number(!terms[b].from));
  const on = rest.length ? order.findIndex((/** @type {number} */ k) => terms[k].from?.unit === rest[0].id) : -1;
  const kept = order.filter((/** @type {number} */ _, /** @type {number} */ i) => order.length <= (rest.length ? 3 : 4) || (on >= 0 ? i === on : i < 2) || i === order.length - 1);
  let sum = "", before = -1;
  for (const [i, k] of [...order.entries()].filter(([_, k]) => kept.includes(k))) {
    if (i > before + 1) sum += `${sum && "<mo>+</mo>"}<mo>⋯</mo>`;
    before = i;
    const { from, param, value } = terms[k], below = param === null && Number(value) < 0, sign = below ? -terms[k].sign : terms[k].sign;  // + −2 is − 2
    const weight = param === null ? `<mn>${shown(Math.abs(Number(value)))}</mn>` : net.params[param].symbol;
    const given = !from ? "" : i === on ? writtenOut(rest, kind) : "unit" in from ? ofUnit(from.unit, net.units[from.unit].symbols.a) : net.inputs[from.input].symbol;
    sum += `${sign < 0 ? "<mo>−</mo>" : sum && "<mo>+</mo>"}${weight}${i !== on ? given : rest[0].linear ? within(given) : `<mo>·</mo>${given}`}`;
  }
  if (unit.linear) return whole(sum);
  const parts = equations.a.symbols.split(symbols.z);
  return parts.length === 2 ? whole(parts.join(sum)) : whole(`<mi>${escaped(unit.f)}</mi>${within(sum)}`);
}

/** The loss of the sample, in which some outputs are written out. @param {number} sample @param {(id: number) => string} output */
function lossIn(sample, output) {
  const { title } = net.samples[sample];
  return title && title.replace(/<mi>([\ue100-\uf8f0])<\/mi>/g, (/** @type {string} */ _, /** @type {string} */ mark) => output(mark.charCodeAt(0) - 0xe100));
}

/** The title that stands there, what it was made of, and how wide the page was: it has no number that slides. */
const titled = { key: "", title: /** @type {Node | null} */ (null) };
/** @param {View} view */
function writeUnitTitle(view) {
  const unit = view.unit === null ? null : net.units[view.unit], title = $("title"), kind = view.phase;
  const left = net.loss ? `${net.loss.symbol}<mo>=</mo>` : "", named = (/** @type {number} */ id) => ofUnit(id, net.units[id].symbols.a);
  const path = unit ? unitPath(unit) : [], plain = net.loss && lossIn(view.sample, named);
  const inLoss = plain && path.length && plain.includes(`data-unit="${path[0].id}"`);
  const loss = net.loss && !plain ? `${net.loss.symbol}<mo>,</mo><mspace width="1em"></mspace>` : net.loss ? `${left}${plain}<mo>,</mo><mspace width="1em"></mspace>` : "";
  const forms = !unit ? [`${left}<mrow class="now ${kind}">${plain || "<mo>⋯</mo>"}</mrow>`] : [
    inLoss ? `${left}${lossIn(view.sample, (id) => id === path[0].id ? writtenOut(path, kind) : named(id))}` : net.loss ? "" : `${path[0].symbols.a}<mo>=</mo>${writtenOut(path, kind)}`,
    `${loss}${unit.symbols.a}<mo>=</mo>${writtenOut([unit], kind)}`,
    `${unit.symbols.a}<mo>=</mo>${writtenOut([unit], kind)}`,
  ].filter(Boolean);
  const key = [innerWidth, ...forms].join("\n");
  for (const form of titled.key === key && titled.title === title.firstChild ? [] : forms) {  // the first that has room
    title.innerHTML = math(form);
    if (title.scrollWidth <= title.clientWidth + 1) break;
  }
  Object.assign(titled, { key, title: title.firstChild });
  const { inputs, targets } = net.samples[view.sample];
  const told = net.inputs.slice(0, 4).map((/** @type {any} */ input, /** @type {number} */ i) => [input.symbol, shown(Number(inputs[i]))]);
  const rest = net.inputs.length > 4 ? `<span class="muted">… ${net.inputs.length - 4} more</span>` : "";
  if (targets) told.push(["<mi>t</mi>", listed(targets)]);
  const number = (/** @type {string[]} */ [symbol, text]) => `<span>${math(`${symbol}<mo>=</mo><mn class="value">${text}</mn>`)}</span>`;
  $("at").innerHTML = told.map(number).join("") + rest;
}

/** δ of the unit of a backward step, along one path from the loss. @param {View} view */
function growUnits(view) {
  const unit = view.unit === null ? null : net.units[view.unit], path = unit ? unitPath(unit) : [];
  const shown_ = view.phase === "backward" && unit && path.every((one) => one.fits) && state.asked?.kind !== "gradient";
  $("growth").hidden = !shown_;
  if (shown_) {
    /** @type {{of: string, by: string, symbol: string, number: number, sees: boolean, unit: number}[]} */
    const factors = [];
    const number = (/** @type {any} */ one, /** @type {any[]} */ slot) => slotNumber(net, one, view.sample, slot);
    path.forEach((one, k) => {
      const { a, z, delta } = one.symbols, before = path[k - 1], whole = k === 0 && (path.length > 1 || one.linear);
      if (whole) factors.push({ of: net.symbol, by: z, symbol: delta, number: number(one, ["delta"]), sees: view.known(one.id, "delta"), unit: one.id });
      else if (k === 0) factors.push({ of: net.symbol, by: a, symbol: derivative(net.symbol, a), number: number(one, ["upstream"]), sees: view.known(one.id, "upstream"), unit: one.id });
      else {
        const place = one.feeds.find((/** @type {number[]} */ [fed]) => fed === before.id)[1], { param, value, sign } = before.terms[place];
        factors.push({ of: before.symbols.z, by: a, symbol: param === null ? shown(Number(value)) : (sign < 0 ? "<mo>−</mo>" : "") + net.params[param].symbol, number: sign * number(before, ["w", place]), sees: true, unit: one.id });
      }
      if (!whole && !one.linear) factors.push({ of: a, by: z, symbol: one.partial.includes("mtable") ? `<mi>${escaped(one.f)}′</mi>${within(z)}` : one.partial, number: number(one, ["slope"]), sees: view.known(one.id, "slope"), unit: one.id });
    });
    const sees = factors.every((factor) => factor.sees) && view.known(unit.id, "delta"), ways = unitWays(unit) - 1;
    writeGrowth({
      count: factors.length, current: factors.length - 1, left: math(unit.symbols.delta),
      column(k) {
        const { of, by, symbol, number: x, sees: seen, unit: id } = factors[k];
        return { cells: [math(derivative(of, by), true), ...seen ? [math(symbol), bracketed(shown(x))] : ['<span class="hole">?</span>', "?"]], kind: k === factors.length - 1 ? "current" : "", mark: `data-unit="${id}"` };
      },
      result: sees ? `= <b class="gradient">${shown(factors.reduce((so, factor) => so * factor.number, 1))}</b>` : "",
      more: sees ? morePaths(ways, shown(number(unit, ["delta"]))) : "", label: `${unit.names.delta.join(" ")} so far: ${factors.length} factors`,
    });
  }
  stackHeader();
}
