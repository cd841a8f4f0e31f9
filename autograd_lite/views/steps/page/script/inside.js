// The opened unit: its products, their sum, the activation; forward the local factors, backward what comes back.

/** A box with a name and one or two numbers. @param {number} x @param {number} y @param {number} width @param {string} kind @param {string[] | string} name @param {string} value @param {string | null} grad */
function boxOf(x, y, width, kind, name, value, grad) {
  if (typeof name !== "string") name = cutName(name, 15, width - 64);
  const group = drawn("g", { class: `box ${kind}` }), high = 38, room = width - (typeof name === "string" ? name ? 26 : 16 : 24 + nameWidth(name, 15));
  group.append(drawn("rect", { x, y, width, height: high, rx: 8 }));
  group.append(typeof name === "string" ? drawn("text", { x: x + 7, y: y + 24, "font-size": 15, class: "name" }, name) : nameAt(name, x + 10, y + 24, 15));
  group.append(drawn("text", { x: x + width - 8, y: grad === null ? y + 24 : y + 16, class: `end value ${value.length > 6 ? "" : "strong"}`, "font-size": value.length > 6 ? 11 : 12, ...squeezed(value, room) }, value));
  if (grad !== null) group.append(drawn("text", { x: x + width - 8, y: y + 31, class: `end gradient ${grad.length > 6 ? "" : "strong"}`, "font-size": grad.length > 6 ? 11 : 12, ...squeezed(grad, room) }, grad));
  return group;
}

/** A card with a name, a value and a gradient. @param {number} x @param {number} y @param {number} width @param {string} kind @param {string[]} name @param {string} op @param {string} value @param {string} word @param {string} grad */
function cardOf(x, y, width, kind, name, op, value, word, grad) {
  const group = drawn("g", { class: `box ${kind}` });
  const roomy = width >= 124, sized = (/** @type {string} */ text) => text.length > 8 ? 11 : text.length > 6 ? 12 : 14, from = x + 18 + nameWidth(name, 16);
  group.append(drawn("rect", { x, y, width, height: 84, rx: 10 }), nameAt(name, x + 12, y + 22, 16), drawn("text", { x: from, y: y + 22, "font-size": 15, class: "name" }, from + 8 * op.length < x + width ? op : op.replace("= ", "")));
  group.append(drawn("line", { x1: x, x2: x + width, y1: y + 31, y2: y + 31, class: "rule" }));
  if (roomy) group.append(drawn("text", { x: x + 9, y: y + 50, class: "muted", "font-size": 12 }, "value"), drawn("text", { x: x + 9, y: y + 74, class: "muted", "font-size": 12 }, word));
  group.append(drawn("text", { x: x + width - 9, y: y + 50, class: "end value strong", "font-size": sized(value) }, value), drawn("text", { x: x + width - 9, y: y + 74, class: "end gradient strong", "font-size": sized(grad) }, grad));
  return group;
}

/** What is inside of a unit. @param {Network} net @param {View} view @param {any} unit @param {number} width @param {number} top @param {number} height @param {string} id */
function insideOf(net, view, unit, width, top, height, id) {
  const group = drawn("g", { class: `inside ${view.phase}`, role: "group", "aria-label": `inside ${unit.title}` }), y0 = top + 2, high = height - 6;
  group.append(drawn("rect", { x: 24, y: y0, width: width - 48, height: high, rx: 12, class: "frame" }));
  group.append(drawn("text", { x: 44, y: y0 + 22, "font-size": 12, class: "strong" }, `Inside ${unit.title}`));
  if (!unit.fits) return alongEdges(group, net, view, unit, y0);
  // The columns: input, weight, product, sum, activation. Where there is less room, the input stands on the line of its product alone.
  const full = width >= 840, k = (width - 88) / (full ? 832 : 528), [given_, weight_, product_, sum_, last_] = (full ? [[0, 96], [112, 136], [324, 84], [480, 128], [692, 128]] : [[0, 0], [0, 112], [182, 80], [288, 88], [444, 84]]).map(([x, wide]) => ({ x: 44 + x * k, wide: wide * k, end: 44 + (x + wide) * k }));
  const times = product_.wide >= 76 ? "×" : "";  // on each card, or on none
  const text = (/** @type {any[]} */ slot) => slotText(net, unit, view, slot);
  const backward = view.phase === "backward", order = unit.terms.map((/** @type {any} */ _, /** @type {number} */ i) => i);
  order.sort((/** @type {number} */ a, /** @type {number} */ b) => Number(!unit.terms[a].from) - Number(!unit.terms[b].from));
  const fits = Math.max(2, Math.floor((high - 34) / 43)), few = order.length <= fits;
  let kept = few ? order : [...order.slice(0, Math.max(1, fits - 2)), -1, order[order.length - 1]];
  if (!few && view.term !== null && view.term !== undefined && !kept.includes(view.term) && kept.length > 2) kept = [view.term, ...kept.slice(1)];
  const pitch = Math.min(52, (high - 34) / kept.length), rows = kept.map((/** @type {number} */ place, /** @type {number} */ i) => ({ place, y: y0 + 30 + i * pitch + (pitch - 43) / 2 }));
  const middle = y0 + 30 + (kept.length * pitch - 84) / 2, centre = Math.max(y0 + 30, Math.min(middle, y0 + high - 92)), grads = view.known(unit.id, "gradient"), delta = backward ? text(["delta"]) : "·";
  for (const { place, y } of rows) {
    const target = { x: sum_.x - 2, y: Math.max(centre + 12, Math.min(y + 19, centre + 72)) };
    const arrow = (/** @type {number} */ x) => drawn("path", { d: `M${x} ${y + 19}L${target.x} ${target.y}`, class: "edge", "marker-end": `url(#${id}plain)` });
    if (place < 0) {
      group.append(drawn("text", { x: weight_.x, y: y + 24, class: "muted", "font-size": 12 }, `… ${order.length - kept.length + 1} more${full ? " products, all of them in the table" : ""}`), arrow(product_.end));
      continue;
    }
    const term = unit.terms[place], name = term.param === null ? ["", "", ""] : net.params[term.param].name, gained = backward ? grads ? text(["share", place]) : "?" : "·";
    const given = text(["x", place]), chosen = place === view.term ? " chosen" : "", minus = term.sign < 0 ? "−" : "";
    const weight = boxOf(weight_.x, y, weight_.wide, `leaf${chosen}`, name, text(["w", place]), term.param === null ? null : gained);
    if (term.param !== null) weight.addEventListener("click", () => net.onWeight?.(place));
    group.append(weight);
    if (!term.from) {
      group.append(drawn("path", { d: `M${weight_.end} ${y + 19}H${product_.end}L${target.x} ${target.y}`, class: "edge", "marker-end": `url(#${id}plain)` }));
      continue;
    }
    const input = "unit" in term.from ? net.units[term.from.unit].names.a : net.inputs[term.from.input].name;
    const product = given === "?" ? "?" : shown(slotNumber(net, unit, view.sample, ["w", place]) * slotNumber(net, unit, view.sample, ["x", place]));
    if (full) group.append(boxOf(given_.x, y, given_.wide, "leaf", input, given, null), drawn("text", { x: (given_.end + weight_.x) / 2, y: y + 25, class: "muted middle", "font-size": 18 }, "·"));
    group.append(drawn("line", { x1: weight_.end, x2: product_.x - 2, y1: y + 19, y2: y + 19, class: "edge", "marker-end": `url(#${id}plain)` }), drawn("text", { x: (weight_.end + product_.x) / 2, y: y + 13, class: "value middle", "font-size": 11 }, `×${bracketed(given)}`));
    group.append(boxOf(product_.x, y, product_.wide, "", `${minus}${times}`, product, !backward || !minus ? delta : "·"), arrow(product_.end));
  }
  const name = unit.linear ? unit.names.a : unit.names.z;
  group.append(cardOf(sum_.x, centre, sum_.wide, backward || unit.linear ? "now" : "", name, "= Σ", text(["z"]), "δ", delta));
  if (unit.linear) return group;
  const slope = text(["slope"]), upstream = backward ? text(["upstream"]) : "·";
  group.append(cardOf(last_.x, centre, last_.wide, backward ? "upstream" : "now", unit.names.a, `= ${unit.f}`, text(["a"]), "grad", upstream));
  group.append(drawn("line", { x1: sum_.end + 2, x2: last_.x - 2, y1: centre + 36, y2: centre + 36, class: "edge", "marker-end": `url(#${id}plain)` }));
  group.append(drawn("text", { x: (sum_.end + last_.x) / 2, y: centre + 28, class: "value middle strong", "font-size": full ? 12 : 11 }, `×${bracketed(slope)}`));
  if (backward) {
    const from = last_.x - 4, to = sum_.end + 6, low = centre + 72;
    group.append(drawn("path", { d: `M${from} ${low}C${from - 16} ${low + 30} ${to + 16} ${low + 30} ${to} ${low + 2}`, class: "back", "marker-end": `url(#${id}back)` }));
    const product = `${bracketed(upstream)} × ${bracketed(slope)} = ${text(["delta"])}`;
    group.append(drawn("text", { x: (from + to) / 2, y: Math.min(low + 40, y0 + high - 6), class: "gradient middle strong halo", "font-size": 12 }, product));
  }
  return group;
}

/** The edges that leave a unit whose equations are others: upstream × local. @param {Element} group @param {Network} net @param {View} view @param {any} unit @param {number} y0 */
function alongEdges(group, net, view, unit, y0) {
  group.append(drawn("text", { x: 44, y: y0 + 44, "font-size": 12, class: "muted" }, "It is no z = Σ w·x + b with one function of it: what comes back is the sum over the edges that leave it."));
  const edges = unit.edges[view.sample], backward = view.phase === "backward";
  edges.slice(0, 5).forEach((/** @type {any} */ _, /** @type {number} */ k) => {
    const up = slotText(net, unit, view, ["edge upstream", k]), local = slotText(net, unit, view, ["edge local", k]);
    const share = view.known(unit.id, "upstream") ? shown(Number(edges[k][0]) * Number(edges[k][1])) : "?";
    group.append(drawn("text", { x: 44, y: y0 + 70 + 20 * k, "font-size": 13, class: backward ? "gradient" : "muted" }, `upstream × local = ${backward ? `${bracketed(up)} × ${bracketed(local)} = ${share}` : "·"}`));
  });
  if (edges.length > 5) group.append(drawn("text", { x: 44, y: y0 + 170, "font-size": 12, class: "muted" }, `… ${edges.length - 5} more`));
  return group;
}
