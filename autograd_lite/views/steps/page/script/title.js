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

/** What stands in the title of a step into sight, without moving the page. */
function titleInSight() {
  const title = $("title"), marked = title.querySelector(".now")?.getBoundingClientRect(), frame = title.getBoundingClientRect();
  if (marked && (marked.left < frame.left || marked.right > frame.right)) title.scrollLeft += marked.left - frame.left - Math.max(0, (frame.width - marked.width) / 2);
}

/** How many factors had room: while an input slides, no more than there were, since to try that again takes long. */
const fitted = { key: "", most: 0 };
/** The chain rule along a path, one column for each factor: of a long one as many as there is room for, up to the current.
 * @param {{count: number, current: number, left: string, column: (k: number) => {cells: string[], kind: string, mark: string}, result: string, more: string, label: string}} chain */
function writeGrowth({ count, current, left, column, result, more, label }) {
  const grown = $("growth"), key = `${label} ${innerWidth} ${current}`, dots = (/** @type {number} */ row) => `<div class="sign row${row}">…</div>`;
  for (let most = fitted.key === key ? fitted.most : Math.min(MOST_FACTORS, count); ; most--) {
    Object.assign(fitted, { key, most });
    const from = Math.max(0, Math.min(current - most + 1, count - most)), to = from + most;
    const columns = Array.from({ length: most }, (_, k) => column(from + k));
    grown.style.gridTemplateColumns = `auto auto repeat(${2 * most - 1 + 2 * Number(from > 0) + 2 * Number(to < count)}, max-content) max-content`;
    grown.innerHTML = [0, 1, 2].map((row) => {
      const sign = (coming = "") => `<div class="sign row${row} ${coming}">${row === 2 ? "×" : "·"}</div>`;
      const cells = columns.map(({ cells, kind, mark }) => `<div class="factor ${kind} row${row}" ${mark}>${cells[row]}</div>`);
      const joined = cells.map((cell, k) => (k ? sign(columns[k].kind === "coming" ? "coming" : "") : "") + cell).join("");
      return `<div class="row${row} left">${row < 2 ? left : ""}</div><div class="sign row${row}">=</div>${from > 0 ? dots(row) + sign() : ""}${joined}${to < count ? sign("coming") + dots(row) : ""}<div class="result row${row}">${row === 2 ? result : ""}</div>`;
    }).join("") + (more ? `<div class="ways">${more}</div>` : "");
    if (most <= 1 || grown.scrollWidth <= grown.clientWidth + 1) break;
  }
  grown.scrollLeft = grown.scrollWidth;  // where one factor is too wide, what comes out
  grown.setAttribute("aria-label", label);
}
/** How many more paths there are, in words. @param {number} ways @param {string} all */
const morePaths = (ways, all) => ways > 0 ? `+ ${ways === 1 ? "1 more path" : ways < 1e6 ? `${ways.toLocaleString("en")} more paths` : "millions of paths more"}${all && `: in all ${all}`}` : "";

/** The chain rule along the path of the step. */
function grow() {
  const step = steps[state.place], sees = known();
  $("growth").hidden = step.kind === "forward" || ordering();
  if (!$("growth").hidden) {
    const { above, below } = path(state.place), all = [...above, ...below], last = steps[all[all.length - 1]].operand;
    const d = nodes.filter((_, i) => isLeaf(i)).length === 1 ? "d" : "∂";
    const complete = below.length === 0 && sees.share(state.place) && sees.total;
    const product = above.reduce((so, k) => so * steps[k].local, 1), ways = (paths.get(last) ?? 1) - 1;
    writeGrowth({
      count: all.length, current: above.length - 1, left: math(derivative(nodes[root].symbol, nodes[last].symbol, d), true),
      column(k) {
        const { node, operand, deep, formula, local } = steps[all[k]], coming = k >= above.length, sees_ = !coming && sees.local(all[k]);
        const symbol = math(deep === undefined ? written(formula, node) : DATA.formulas[deep][0]);
        const parts = coming ? ["·", "·"] : sees_ ? [symbol, bracketed(shown(local))] : ['<span class="hole">?</span>', "?"];
        return { cells: [math(derivative(nodes[node].symbol, nodes[operand].symbol), true), ...parts], kind: coming ? "coming" : all[k] === state.place ? "current" : "", mark: `data-node="${node}"` };
      },
      result: complete ? `= <b class="gradient">${shown(product)}</b>` : "", more: complete ? morePaths(ways, step.use === step.uses ? shown(gradient(last)) : "") : "",
      label: `the derivative so far: ${above.map((k) => `∂${nodes[steps[k].node].name}/∂${nodes[steps[k].operand].name}`).join(" · ")}`,
    });
  }
  stackHeader();
}
/** Where title and derivative do not stand beside each other, the values give their place. */
function stackHeader() {
  const header = /** @type {HTMLElement} */ ($("growth").parentElement);
  header.classList.remove("stacked", "long");
  header.classList.toggle("long", $("title").scrollWidth > $("title").clientWidth + 1);
  header.classList.toggle("stacked", !$("growth").hidden && $("growth").offsetTop > $("expression").offsetTop + 8);
  titleInSight();
}
