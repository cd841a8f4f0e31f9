// What a wrong answer may come from, and what is said to it: asked.py and mistakes.py, with the numbers of the moment.
const { diagnose, computedWith, ofValue, ofEdge, sum, product } = (() => {
  /** @typedef {{number: number, name?: string}} Case */
  /** @typedef {Record<string, Case[]>} Cases */
  /** @typedef {{kind: string, step: any, truth: number}} Asked */
  /** @typedef {{kind: string, step: any, guess: number}} Earlier */

  const LONGEST_PATH = 20;  // edges; of a longer product, nobody knows which factor was forgotten

  /** @param {number} x @param {number} y */
  const close = (x, y) => Math.abs(x - y) <= 1e-9 * Math.max(Math.abs(x), Math.abs(y));
  /** @param {number[]} numbers */
  const product = (numbers) => numbers.reduce((x, y) => x * y, 1), sum = (/** @type {number[]} */ numbers) => numbers.reduce((x, y) => x + y, 0);
  const derivative = (/** @type {number} */ i, /** @type {number} */ j) => `∂${nodes[i].name}/∂${nodes[j].name}`;
  const back = () => steps.filter((/** @type {any} */ step) => step.kind === "backward");

  /** Value and local partials of a node where nodes have other numbers; nothing where the page has no rules.
   * @param {number} node @param {[number, number][]} changes @returns {[number, number[]]} */
  function computedWith(node, changes) {
    const numbers = values.slice();
    for (const [i, number] of changes) numbers[i] = number;
    const value = RULES[node].value(numbers);
    return [value, RULES[node].partials.map((/** @type {any} */ partial) => partial ? partial(numbers, value) : 0)];
  }
  /** What comes out where an angle is taken for degrees; null where the operand is no angle. @param {number} node @param {number} x */
  function inDegrees(node, x) {
    if (!RULES[node] || nodes[node].operands.length !== 1) return null;
    const [here, around, beside] = [0, 2 * Math.PI, 1].map((turn) => computedWith(node, [[x, values[x] + turn]])[0]);
    const periodic = Math.abs(here - around) <= 1e-9 * Math.max(1, Math.abs(here)) && !close(here, beside);
    return periodic ? computedWith(node, [[x, values[x] * Math.PI / 180]]) : null;
  }
  /** @param {number} node @returns {Cases} */
  function ofValue(node) {
    /** @type {(number | null)[]} */
    const all = nodes[node].operands;
    const operands = all.filter((i) => i !== null);
    /** @type {Case[]} */
    const slopes = [];
    all.forEach((i, place) => { if (i !== null && flows(node, place)) slopes.push({ number: locals[node][place], name: derivative(node, i) }); });
    /** @type {Cases} */
    const found = { operand: operands.map((i) => ({ number: values[i], name: nodes[i].name })), slope: slopes };
    if (operands.length === 2 && all.length === 2 && operands[0] !== operands[1]) {
      const [a, b] = operands;
      Object.assign(found, { first: [{ number: values[a] }], second: [{ number: values[b] }] });
      if (RULES[node]) found.swapped = [{ number: computedWith(node, [[a, values[b]], [b, values[a]]])[0] }];
    }
    const degrees = operands.length ? inDegrees(node, operands[0]) : null;
    if (degrees) found.degrees = [{ number: degrees[0] }];
    return found;
  }
  /** Whether anything flows back over an edge. @param {number} node @param {number} place */
  const flows = (node, place) => locals[node][place] !== null && locals[node][place] !== undefined && (!RULES[node] || RULES[node].partials[place] !== null);

  /** @param {any} step @returns {Cases} */
  function ofEdge(step) {
    const { node, operand: x, place } = step, at = values[x], value = values[node];
    /** @type {Cases} */
    const found = { at: [{ number: at }], other: [], output: [{ number: values[root] }], passed: step.upstream !== 1 ? [{ number: step.upstream }] : [] };
    for (const name of ["upstream", "local", "share", "total"]) found[name] = [{ number: step[name] }];
    nodes[node].operands.forEach((/** @type {number | null} */ i, /** @type {number} */ j) => {
      if (j !== place && i !== null && i !== x && flows(node, j)) found.other.push({ number: locals[node][j], name: derivative(node, i) });
    });
    if (!found.other.some((other) => close(at, other.number))) found.number = [{ number: at }];  // in a product they are one mistake
    if (!RULES[node]) return found;
    found.far = [{ number: computedWith(node, [[x, value]])[1][place] }];
    // The exponent of a power is x f′(x) / f(x), wherever x is.
    const [farther, slopes] = computedWith(node, [[x, 1.5 * at]]);
    if (value && farther) {
      const exponent = step.local * at / value;
      if (close(exponent, slopes[place] * 1.5 * at / farther) && Math.abs(exponent) !== 0 && Math.abs(exponent) !== 1) found.exponent = [{ number: exponent }];
    }
    const degrees = inDegrees(node, x);
    if (degrees) found.degrees = [{ number: degrees[1][place] }];
    return found;
  }
  /** @param {any} step @param {number} truth @returns {Cases} */
  function ofPaths(step, truth) {
    /** @type {Cases} */
    const found = {};
    const edges = back(), intoNode = (/** @type {number} */ i) => edges.filter((/** @type {any} */ other) => other.operand === i);
    let into = intoNode(step.operand);
    if (into.length > 1) {
      const shares = into.map((/** @type {any} */ each) => each.share), named = (/** @type {any} */ each) => ({ number: each.share, name: nodes[each.node].name });
      Object.assign(found, { last: [named(into[into.length - 1])], one: into.slice(0, -1).map(named), multiplied: [{ number: product(shares) }],
        slopes: [{ number: sum(into.map((/** @type {any} */ each) => each.local)) }], mean: [{ number: truth / into.length }] });
      if (into.length > 2) found.missing = [{ number: sum(shares.slice(0, -1)), name: found.last[0].name }];
    }
    const path = [step], end = () => path[path.length - 1];
    while (into.length === 1 && path.length < LONGEST_PATH && end().node !== root && end().uses === 1) {
      into = intoNode(end().node);
      path.push(...into.slice(0, 1));
    }
    if (end().node === root && end().uses === 1 && path.length > 1)
      found.rest = path.map((without, k) => ({ number: product(path.filter((_, j) => j !== k).map((each) => each.local)), name: derivative(without.node, without.operand) }));
    else if (step.uses === 1) Object.assign(found, { reached: [{ number: step.upstream }], alone: [{ number: step.local }] });
    const factors = ofProducts(step.operand);
    if (factors !== null) found.factors = [{ number: factors }];
    return found;
  }
  /** The derivative with respect to x if that of a product were the product of the derivatives. @param {number} x */
  function ofProducts(x) {
    const tangents = new Map([[x, 1]]);
    let met = false;
    nodes.forEach((/** @type {any} */ node, /** @type {number} */ i) => {
      if (tangents.has(i)) return;
      /** @type {(number | null)[]} */
      const operands = node.operands, [a, b] = operands;
      if (operands.length === 2 && a !== null && b !== null && tangents.get(a) && tangents.get(b) && flows(i, 0) && flows(i, 1)
        && close(values[i], values[a] * values[b]) && close(locals[i][0], values[b]) && close(locals[i][1], values[a])) {
        tangents.set(i, (tangents.get(a) ?? 0) * (tangents.get(b) ?? 0));
        met = true;
        return;
      }
      const moved = operands.flatMap((j, place) => j !== null && tangents.has(j) && flows(i, place) ? [locals[i][place] * (tangents.get(j) ?? 0)] : []);
      if (moved.length) tangents.set(i, sum(moved));
    });
    return met ? tangents.get(root) ?? null : null;
  }
  /** @param {Asked} question @param {Earlier[]} earlier @returns {Cases} */
  function after({ kind, step }, earlier) {
    /** @type {Cases} */
    const found = { own_value: [], own_upstream: [], own_local: [], own_share: [] };
    for (const { kind: before, step: other, guess } of earlier) {
      const own = { number: guess }, whole = ["sum", "gradient"].includes(before) || (before === "product" && other.uses === 1);
      if (kind === "value") {
        if (before === "value" && RULES[step.node] && nodes[step.node].operands.includes(other.node))
          found.own_value.push({ number: computedWith(step.node, [[other.node, guess]])[0], name: `${shown(guess)} for ${nodes[other.node].name}` });
      } else if (other.kind === "backward") {
        const same = other.node === step.node && other.place === step.place;
        if (same && before === "local") found.own_local.push(own);
        else if (same && before === "product" && step.uses > 1) found.own_share.push(own);
        if (other.operand === step.node && whole && (kind === "product" || step.uses === 1)) found.own_upstream.push(own);
      }
    }
    return found;
  }
  /** Every choice of one case for each name. @param {Case[][]} lists @returns {Case[][]} */
  const choices = (lists) => lists.reduce((found, list) => found.flatMap((chosen) => list.map((each) => [...chosen, each])), /** @type {Case[][]} */ ([[]]));

  /** The numbers and the texts of a question about an operation. @param {Asked} question @param {Earlier[]} earlier @returns {[Cases, Record<string, string>]} */
  function inGraph(question, earlier) {
    const { kind, step, truth } = question;
    /** @type {Record<string, string>} */
    const texts = { node: nodes[step.node].name, text: nodes[step.node].text, root: nodes[root].name };
    if (kind !== "value") Object.assign(texts, { operand: nodes[step.operand].name, uses: String(step.uses) });
    return [{ value: [{ number: values[step.node] }], ...(kind === "value" ? ofValue(step.node) : ofEdge(step)),
      ...(kind === "sum" || kind === "gradient" ? ofPaths(step, truth) : {}), ...after(question, earlier) }, texts];
  }

  /** What is said to a wrong answer: the words of the one mistake that gives this number to three digits, or to
   * four; "" where none does, or several. A question about a unit or a piece has its own `cases` and `texts`.
   * @param {Asked & {mistakes?: () => [Cases, Record<string, string>]}} question @param {number} guess @param {Earlier[]} earlier the wrong answers before */
  function diagnose(question, guess, earlier = []) {
    const { kind, truth } = question;
    if (Number.isNaN(guess) || agrees(guess, truth)) return "";
    const [own, texts] = question.mistakes?.() ?? inGraph(question, earlier);
    /** @type {Cases} */
    const cases = { truth: [{ number: truth }], ...own };
    for (const [name, [first]] of Object.entries(cases)) if (first) texts[name] = shown(first.number);
    const said = [3, 4].map((digits) => ({ digits, words: new Set() }));  // by the digits to which they agree
    for (const row of MISTAKES) {
      if (!row.kinds.includes(kind)) continue;
      for (const chosen of choices(row.needs.map((/** @type {string} */ name) => cases[name] ?? []))) {
        const number = row.of(...chosen.map((each) => each.number));
        if (!agrees(guess, number) || agrees(number, truth)) continue;
        const told = { ...texts };
        row.needs.forEach((/** @type {string} */ name, /** @type {number} */ k) => Object.assign(told, { [name]: shown(chosen[k].number), [`name of ${name}`]: chosen[k].name }));
        const words = row.words.replace(/\{(\()?([\w ]+)\)?\}/g, (/** @type {string} */ _, /** @type {string} */ bracket, /** @type {string} */ place) =>
          bracket && told[place].startsWith("−") ? `(${told[place]})` : told[place]);
        for (const found of said) if (agrees(guess, number, found.digits)) found.words.add(words);
      }
    }
    return [...(said.find(({ words }) => words.size === 1)?.words ?? [""])][0];
  }
  return { diagnose, computedWith, ofValue, ofEdge, sum, product };
})();
