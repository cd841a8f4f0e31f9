// The numbers of a folded network where inputs have moved. What a sum z = Σ w·x + b is made of, its unit says; activations
// and what is outside of units, as the loss, are computed by the rules of their operations. There and back, in one order.

{
  /** What is computed, and what from: places among the nodes, and constants as [number].
   * @typedef {{at: number, operands: (number | any[])[], value: (...xs: number[]) => number, partials: (xs: number[], z: number) => (number | null)[]}} Computed */
  const { outside, leaves, activations } = DATA.folded;

  /** An operation of the table. @param {number} at @param {number} operation @param {any[]} operands @returns {Computed} */
  const applied = (at, operation, operands) => {
    const [value, ...partials] = OPERATIONS[operation];
    return { at, operands, value, partials: (xs, z) => partials.map((/** @type {any} */ f) => f && f(...xs, z)) };
  };
  /** The sum of a unit, for a sample: weight and input by turns. @param {any} unit @param {number} s @returns {Computed} */
  const summed = (unit, s) => {
    const signs = unit.terms.map((/** @type {any} */ term) => term.sign);
    const operands = unit.terms.flatMap((/** @type {any} */ { param, value, from }) => {
      const given = !from ? [1] : "unit" in from ? net.units[from.unit].at[s][1] : net.inputs[from.input].at[s] ?? [net.inputs[from.input].values[s]];
      return [param === null ? [value] : net.params[param].at, given];
    });
    return {
      at: unit.at[s][0], operands,
      value: (...xs) => signs.reduce((/** @type {number} */ sum, /** @type {number} */ sign, /** @type {number} */ k) => sum + sign * xs[2 * k] * xs[2 * k + 1], 0),
      partials: (xs) => xs.map((_, j) => signs[j >> 1] * xs[j ^ 1]),
    };
  };
  /** In topological order. @type {Computed[]} */
  const graph = outside.map((/** @type {[number, number, any[]]} */ node) => applied(...node));
  for (const unit of net.units.filter((/** @type {any} */ one) => one.fits)) unit.at.forEach((/** @type {number[]} */ [z, a], /** @type {number} */ s) => {
    graph.push(summed(unit, s));
    const [operation, operands] = activations[unit.id] ?? [];
    if (operands) graph.push(applied(a, operation, operands.map((/** @type {any} */ x) => x ?? z)));
  });
  graph.sort((a, b) => a.at - b.at);
  /** What depends on a leaf that the pass goes to. */
  const reached = new Set(DATA.movable);
  for (const { at, operands } of graph) if (operands.some((x) => reached.has(x))) reached.add(at);

  byUnits = () => {
    for (const { at, operands, value, partials } of graph) {
      const xs = operands.map((x) => typeof x === "number" ? values[x] : Number(x[0]));
      values[at] = value(...xs);
      locals[at] = partials(xs, values[at]);
    }
    const sums = new Map([[root, 1]]);
    for (let k = graph.length - 1; k >= 0; k--) {
      const { at, operands } = graph[k], upstream = sums.get(at);
      if (upstream !== undefined) operands.forEach((x, j) => {
        if (typeof x === "number" && reached.has(x) && locals[at][j] !== null) sums.set(x, (sums.get(x) ?? 0) + upstream * locals[at][j]);
      });
    }
    gradients = [sums];
  };

  // The leaves that can be moved have the names that they have in the network; so has the loss.
  /** @param {number} at @param {any} named */
  const leaf = (at, { name, symbol }) => { nodes[at] = { key: "", name: name.join(""), symbol, text: "", formula: 0, operands: [] }; };
  for (const [at, value] of leaves) values[at] = Number(value);
  for (const param of net.params) {
    leaf(param.at, param);
    values[param.at] = Number(param.value);
  }
  for (const input of net.inputs) for (const at of input.at) if (leaves.some((/** @type {number[]} */ [place]) => place === at)) leaf(at, input);
  leaf(root, net.loss ?? { name: [net.symbol], symbol: net.symbol });
}
