// What a network makes of the plane of its inputs: maps of its units, classes with their confidence, boundaries.

/** The number of the class that outputs stand for; -1 where they are no classes.
 * @param {{decide: string}} data @param {ArrayLike<number>} outputs */
function classOf({ decide }, outputs) {
  if (decide === "score") return Number(outputs[0] > 0);
  if (decide === "half") return Number(outputs[0] > 0.5);
  if (decide !== "argmax") return -1;
  let place = 0;
  for (let k = 1; k < outputs.length; k++) if (outputs[k] > outputs[place]) place = k;
  return place;
}
/** How sure a score is of one of two classes: from -1, class 0, to 1.
 * @param {{decide: string, confidence: string}} data @param {number} score */
function sureness({ decide, confidence }, score) {
  if (decide === "half") return 2 * score - 1;
  return confidence === "sigmoid" ? Math.tanh(score / 2) : Math.max(-1, Math.min(1, score));
}
/** What outputs give to each class. @param {{confidence: string}} data @param {number[]} outputs */
function chances({ confidence }, outputs) {
  if (confidence !== "softmax") return outputs;
  const most = Math.max(...outputs), powers = outputs.map((x) => Math.exp(x - most));
  const total = powers.reduce((a, b) => a + b, 0);
  return powers.map((x) => x / total);
}

/** The inputs of the point of a grid, from the upper left: the shown features over their range, the others at their
 * mean. @param {Pick<Recorded, "features" | "shown">} data @param {number} columns @param {number} rows
 * @param {number} column @param {number} row */
function pointOf({ features, shown: [first, second] }, columns, rows, column, row) {
  const x = features.map((feature) => feature.mean);
  const put = (/** @type {number} */ j, /** @type {number} */ share) => {
    x[j] = features[j].low + share * (features[j].high - features[j].low);
  };
  put(first, column / (columns - 1));
  if (second !== undefined) put(second, 1 - row / (rows - 1));
  return x;
}

/** Values of the network at all points of a grid, row by row from above: a grid for each of the wanted places. One
 * feature takes one row. @param {(p: ArrayLike<number>, x: number[]) => ArrayLike<number>} forward
 * @param {ArrayLike<number>} p @param {Pick<Recorded, "features" | "shown">} data @param {number[]} wanted
 * @param {number} columns @param {number} rows */
function valuesOnGrid(forward, p, data, wanted, columns, rows) {
  const grids = wanted.map(() => new Float64Array(columns * rows));
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const values = forward(p, pointOf(data, columns, rows, column, row));
      for (let k = 0; k < wanted.length; k++) grids[k][row * columns + column] = values[wanted[k]];
    }
  }
  return grids;
}

/** Grids that are 0 where a class ends, from those of the outputs: one for two classes, otherwise one for each.
 * @param {string} decide @param {Float64Array[]} outputs */
function margins(decide, outputs) {
  if (decide === "value") return [];
  if (decide !== "argmax") return [outputs[0].map((score) => decide === "half" ? score - 0.5 : score)];
  const others = (/** @type {number} */ k, /** @type {number} */ at) =>
    outputs.reduce((most, output, j) => j === k ? most : Math.max(most, output[at]), -Infinity);
  const needed = outputs.slice(0, outputs.length > 2 ? undefined : 1);
  return needed.map((output, k) => output.map((score, at) => score - others(k, at)));
}

/** The lines on which a grid has a level: x and y by turns, in columns and rows from the upper left; a closed line
 * ends where it began. Marching squares; where two corners of a cell that lie across are above, its middle decides.
 * @param {ArrayLike<number>} grid @param {number} columns @param {number} rows @param {number} [level] */
function contours(grid, columns, rows, level = 0) {
  const above = (/** @type {number} */ at) => grid[at] > level;
  /** Edges by number, 2·at to the right of a point and 2·at + 1 below it; to each the one or two it is joined with.
   * @type {Map<number, number[]>} */
  const joined = new Map();
  const join = (/** @type {number} */ a, /** @type {number} */ b) => {
    for (const [from, to] of [[a, b], [b, a]]) {
      const known = joined.get(from);
      if (known) known.push(to);
      else joined.set(from, [to]);
    }
  };
  for (let row = 0; row < rows - 1; row++) {
    for (let column = 0; column < columns - 1; column++) {
      const at = row * columns + column, corners = [at, at + 1, at + columns + 1, at + columns];
      if (!corners.every((corner) => Number.isFinite(grid[corner]))) continue;
      const edges = [2 * at, 2 * (at + 1) + 1, 2 * (at + columns), 2 * at + 1];  // above, right, below, left
      const crossed = edges.filter((_, k) => above(corners[k]) !== above(corners[(k + 1) % 4]));
      if (crossed.length === 2) join(crossed[0], crossed[1]);
      if (crossed.length < 4) continue;
      const middle = corners.reduce((sum, corner) => sum + grid[corner], 0) / 4 > level;
      const apart = middle === above(at) ? 1 : 3;  // the corners on the other side than the middle are cut off
      join(edges[0], edges[apart]);
      join(edges[2], edges[4 - apart]);
    }
  }
  const crossing = (/** @type {number} */ edge) => {
    const at = edge >> 1, down = edge & 1, other = down ? at + columns : at + 1;
    const share = (level - grid[at]) / (grid[other] - grid[at]), column = at % columns, row = (at - column) / columns;
    return down ? [column, row + share] : [column + share, row];
  };
  const lines = /** @type {Float64Array[]} */ ([]), seen = new Set();
  const follow = (/** @type {number} */ start) => {
    const found = [];
    let edge = /** @type {number | undefined} */ (start), last = start;
    while (edge !== undefined) {
      seen.add(edge);
      found.push(...crossing(edge));
      last = edge;
      edge = joined.get(edge)?.find((next) => !seen.has(next));
    }
    if (last !== start && found.length > 4 && joined.get(last)?.includes(start)) found.push(...crossing(start));
    lines.push(Float64Array.from(found));
  };
  for (const [edge, ends] of joined) if (ends.length === 1 && !seen.has(edge)) follow(edge);
  for (const edge of joined.keys()) if (!seen.has(edge)) follow(edge);
  return lines;
}
