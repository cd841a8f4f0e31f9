// The exercise "order": which node goes backward next? A node is ready once all that uses it has gone backward; what
// goes wrong otherwise is computed (naive.py is the same backward pass without an order).
const { orderAt, judgeOrder } = (() => {
  /** @typedef {{node: number, operand: number, place: number, upstream: number, local: number, share: number, use: number, uses: number}} Edge */
  const LIMIT = 100000;  // steps of the recursion, which grow with the number of paths
  /** @returns {Edge[]} */
  const back = () => steps.filter((/** @type {any} */ step) => step.kind === "backward" && !step.words);
  const nameOf = (/** @type {number} */ i) => nodes[i].name;
  const listed = (/** @type {number[]} */ places) => {
    const names = places.map(nameOf);
    return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names[names.length - 1]}`;
  };
  /** The nodes that use each node. @returns {Map<number, number[]>} */
  function users() {
    const found = new Map();
    for (const { node, operand } of back()) if (!found.get(operand)?.includes(node)) found.set(operand, [...(found.get(operand) ?? []), node]);
    return found;
  }

  /** Where the pass stands after these nodes: which are ready, which wait for whom, and the sums so far.
   * @param {number[]} done @returns {{ready: number[], waiting: {node: number, for: number[]}[], gradients: Map<number, number>, over: boolean}} */
  function orderAt(done) {
    const gone = new Set(done), gradients = new Map([[root, 1]]);
    for (const edge of back()) if (gone.has(edge.node)) gradients.set(edge.operand, (gradients.get(edge.operand) ?? 0) + edge.share);
    const open = [...new Set(back().map((edge) => edge.node))].filter((i) => !gone.has(i));
    const used = users();
    const waiting = open.map((node) => ({ node, for: (used.get(node) ?? []).filter((i) => !gone.has(i)) })).filter((each) => each.for.length);
    const held = new Set(waiting.map((each) => each.node));
    return { ready: open.filter((i) => !held.has(i)), waiting, gradients, over: !open.length };
  }

  /** Every gradient if each node passes on all it has whenever a share reaches it; null where that takes too long. */
  function depthFirst() {
    const sums = new Map([[root, 1]]), from = new Map();
    for (const edge of back()) from.set(edge.node, [...(from.get(edge.node) ?? []), edge]);
    for (const edges of from.values()) edges.sort((/** @type {Edge} */ a, /** @type {Edge} */ b) => a.place - b.place);
    const calls = [{ node: root, next: 0 }];
    for (let taken = 0; calls.length; ) {
      const call = calls[calls.length - 1], edge = (from.get(call.node) ?? [])[call.next++];
      if (!edge) { calls.pop(); continue; }
      if (++taken > LIMIT) return null;
      sums.set(edge.operand, (sums.get(edge.operand) ?? 0) + (sums.get(call.node) ?? 0) * edge.local);
      calls.push({ node: edge.operand, next: 0 });
    }
    return sums;
  }
  /** Every gradient with = for +=: of several shares the last is kept. */
  function overwritten() {
    const sums = new Map([[root, 1]]);
    for (const edge of back()) sums.set(edge.operand, (sums.get(edge.node) ?? 0) * edge.local);
    return sums;
  }
  /** The leaves that a node passes its gradient on to, by whatever way. @param {number} node */
  function leavesBelow(node) {
    const found = new Set([node]);
    for (const edge of back()) if (found.has(edge.node)) found.add(edge.operand);
    return [...found].filter((i) => !nodes[i].operands.length);
  }
  const differs = (/** @type {number} */ x, /** @type {number} */ y) => shown(x) !== shown(y);

  /** What is said to a choice of the node that goes backward next. @param {number[]} done @param {number} choice
   * @returns {{verdict: "right" | "wrong", words: string}} */
  function judgeOrder(done, choice) {
    const { ready, waiting, gradients } = orderAt(done), name = nameOf(choice);
    if (done.includes(choice)) return { verdict: "wrong", words: `${name} has gone backward already: a second time, its gradient would be passed on twice.` };
    const edges = back().filter((edge) => edge.node === choice);
    if (!edges.length) return { verdict: "wrong", words: `From ${name} nothing goes on: it keeps what reaches it.` };
    if (ready.includes(choice)) {
      const others = ready.filter((i) => i !== choice), used = users().get(choice) ?? [];
      const why = choice === root ? `${name} is the output, and begins with 1` : `${listed(used)} ${used.length === 1 ? "has" : "have"} gone backward, so that ${name}'s gradient, ${shown(gradients.get(choice) ?? 0)}, is complete`;
      return { verdict: "right", words: `Right: ${why}.${others.length ? ` ${listed(others)} could go now, too.` : ""}` };
    }
    const missing = waiting.find((each) => each.node === choice)?.for ?? [], total = edges[0].upstream, has = gradients.get(choice) ?? 0;
    const words = [`${name} has to wait: ${listed(missing)} ${missing.length === 1 ? "has" : "have"} not gone backward, and ${name} is used there.`];
    const edge = edges.find((each) => differs(has * each.local, total * each.local));
    if (edge) words.push(`Its gradient is ${shown(has)} so far, not ${shown(total)}: ${nameOf(edge.operand)} would get ${shown(has * edge.local)} from it in place of ${shown(total * edge.local)}.`);
    const naive = depthFirst(), whole = orderAt([...new Set(back().map((each) => each.node))]).gradients;
    const leaf = leavesBelow(choice).find((i) => naive && differs(naive.get(i) ?? 0, whole.get(i) ?? 0));
    if (naive && leaf !== undefined)
      words.push(`Passing on again with each share that arrives (depth first) ends at ${shown(naive.get(leaf) ?? 0)} for ${nameOf(leaf)}; right is ${shown(whole.get(leaf) ?? 0)}.`);
    const kept = overwritten(), wrong = [choice, ...leavesBelow(choice)].find((i) => differs(kept.get(i) ?? 0, whole.get(i) ?? 0));
    if (wrong !== undefined) words.push(`With = in place of +=, ${nameOf(wrong)} would end at ${shown(kept.get(wrong) ?? 0)}; right is ${shown(whole.get(wrong) ?? 0)}.`);
    return { verdict: "wrong", words: words.join(" ") };
  }
  return { orderAt, judgeOrder };
})();
