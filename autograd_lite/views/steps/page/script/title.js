// The top of the page: the expression with the part that the step computes marked, and the derivative as it grows.

const MOST_FACTORS = 6;
$("title").innerHTML = math(DATA.title);

/** Mark what a step is about, and tell the numbers that are known.
 * @param {number} about @param {string} kind forward or backward @param {(i: number) => boolean} known */
function writeTitle(about, kind, known) {
  // Forward the part that is computed; backward the one whose slope is taken.
  for (const marked of document.querySelectorAll("#title .now")) marked.classList.remove("now", "forward", "backward");
  // Where it has been folded into a name, the nearest that holds it is marked.
  let at = /** @type {number | undefined} */ (about);
  while (at !== undefined && !ordering()) {
    const parts = document.querySelectorAll(`#title [data-node="${at}"]`);
    for (const part of parts) part.classList.add("now", kind);
    if (parts.length || at === root) break;
    const above = up.get(at);
    at = above === undefined ? undefined : steps[above].node;
  }
  writeAt(nodes[root].symbol, known(root));
}
/** Where one is: the first leaves, and the result if it is known. @param {string} result @param {boolean} sees */
function writeAt(result, sees) {
  const leaves = nodes.map((_, i) => i).filter((i) => isLeaf(i) && i !== root);
  const told = [...leaves.slice(0, 4), root].filter((i) => nodes[i]);
  const rest = leaves.length > 4 ? `<span class="muted">… ${leaves.length - 4} more</span>` : "";
  $("at").innerHTML = told.map((i, k) => (k === told.length - 1 ? rest : "") + `<span>${math(`${i === root ? result : nodes[i].symbol}<mo>=</mo><mn class="value">${i !== root || sees ? shown(values[i]) : "?"}</mn>`)}</span>`).join("");
}

/** The chain rule along the path of the step, one column for each factor. */
function grow() {
  const step = steps[state.place], sees = known(), grown = $("growth");
  grown.hidden = step.kind === "forward" || ordering();
  if (grown.hidden) return;
  const { above, below } = path(state.place);
  const all = [...above, ...below], last = steps[all[all.length - 1]].operand;
  const d = nodes.filter((_, i) => isLeaf(i)).length === 1 ? "d" : "∂";
  let from = 0, to = all.length;
  if (all.length > MOST_FACTORS) {  // the current one, and as many before it as there is room for
    from = Math.max(0, Math.min(above.length - MOST_FACTORS + 1, all.length - MOST_FACTORS));
    to = from + MOST_FACTORS;
  }
  const columns = all.slice(from, to).map((k) => {
    const { node, operand } = steps[k], coming = k > state.place || !above.includes(k), current = k === state.place;
    const local = !coming && sees.local(k);
    const symbol = math(steps[k].deep === undefined ? written(steps[k].formula, node) : DATA.formulas[/** @type {number} */ (steps[k].deep)][0]);
    const parts = coming ? ["·", "·"] : local ? [symbol, bracketed(shown(steps[k].local))] : ['<span class="hole">?</span>', "?"];
    const kind = `factor ${coming ? "coming" : current ? "current" : ""}`;
    return [math(derivative(nodes[node].symbol, nodes[operand].symbol), true), ...parts].map((cell, row) => `<div class="${kind} row${row}" data-node="${node}">${cell}</div>`);
  });
  const head = from > 0 ? ["…", "…", "…"] : ["", "", ""], tail = to < all.length ? ["…", "…", "…"] : ["", "", ""];
  const complete = below.length === 0 && sees.share(state.place) && sees.total;
  const product = above.reduce((sum, k) => sum * steps[k].local, 1), ways = (paths.get(last) ?? 1) - 1;
  const more = complete && ways > 0 ? `<div class="ways">+ ${ways === 1 ? "1 more path" : `${ways.toLocaleString("en")} more paths`}${step.use === step.uses ? `: in all ${shown(gradient(last))}` : ""}</div>` : "";
  const rows = [0, 1, 2].map((row) => {
    const sign = row === 2 ? "×" : "·";
    const cells = columns.map((column, k) => (k ? `<div class="sign ${/coming/.test(column[row]) ? "coming" : ""}">${sign}</div>` : head[row] ? `<div class="sign">${head[row]}</div><div class="sign">${sign}</div>` : "") + column[row]);
    const left = row === 0 ? math(derivative(nodes[root].symbol, nodes[last].symbol, d), true) : "";
    const right = row === 2 && complete ? `<div class="result">= <b class="gradient">${shown(product)}</b></div>` : tail[row] ? `<div class="sign">${tail[row]}</div>` : "<div></div>";
    return `<div>${left}</div><div class="sign">=</div>${cells.join("")}${right}`;
  });
  const count = 2 * columns.length - 1 + (from > 0 ? 2 : 0);
  grown.style.gridTemplateColumns = `auto auto repeat(${count}, auto) auto`;
  grown.innerHTML = rows.join("") + more;
  grown.setAttribute("aria-label", `the derivative so far: ${all.slice(0, above.length).map((k) => `∂${nodes[steps[k].node].name}/∂${nodes[steps[k].operand].name}`).join(" · ")}`);
}
