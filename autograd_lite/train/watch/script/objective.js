// What is to be made small: the loss at points, its mean over them, and the gradients of both.

/** `y`: the number of the class, or what is to be learned; `target`: which of LOSSES is that of the point.
 * @typedef {{x: number[][], y: (number | number[])[], target: number[]}} Points */
/** Of each of the epochs, null where it is not known; without them: of 1, 2, …
 * @typedef {{epochs: number[], train: (number | null)[], held: (number | null)[] | null,
 *   metrics: Record<string, (number | null)[]>}} Losses */
/** What `fit` kept; `first` and `last` are the parameters, and behind them what the optimiser remembers of each.
 * @typedef {{epochs: number[], size: number, memory: number, parameters: string, first: string, last: string,
 *   steps: number[]}} Kept */
/** The data of the page, as far as the training and the maps read them.
 * @typedef {{features: {name: string, mean: number, low: number, high: number}[], shown: number[], outputs: number[],
 *   parameters: Parameter[], classes: string[] | null, decide: string, confidence: string, train: Points,
 *   held: Points | null, kept: Kept, losses: Omit<Losses, "epochs"> & {epochs?: number[]}, optimizer: Rule | null,
 *   batch: number | null, shuffle: boolean, state: number[] | null, init?: string | null}} Recorded */

class Objective {
  /** @param {Recorded} data */
  constructor(data) {
    this.data = data;
    this.latest = { noise: 0, seed: 0, x: data.train.x };
  }

  /** The points to train on, moved by normal noise that follows from a seed, in standard deviations of each feature; at
   * 0 they are as recorded. @param {number} noise @param {number} seed @returns {Points} */
  moved(noise, seed) {
    const { train } = this.data, { latest } = this;
    if (!noise) return train;
    if (latest.noise !== noise || latest.seed !== seed) {
      const random = new PythonRandom(seed), count = train.x.length;
      const spreads = train.x[0].map((_, j) => {
        const mean = train.x.reduce((sum, x) => sum + x[j], 0) / count;
        return Math.sqrt(train.x.reduce((sum, x) => sum + (x[j] - mean) ** 2, 0) / count);
      });
      const x = train.x.map((point) => point.map((number, j) => number + noise * spreads[j] * random.gauss(0, 1)));
      this.latest = { noise, seed, x };
    }
    return { ...train, x: this.latest.x };
  }

  /** Outputs, loss and its slopes with respect to the outputs at one point; `direct`: with respect to the parameters
   * where the loss names them itself. @param {Points} points @param {number} i @param {ArrayLike<number>} p */
  lossAt(points, i, p) {
    const values = FORWARD(p, points.x[i]), outputs = this.data.outputs.map((place) => values[place]);
    const [loss, slopes, direct] = LOSSES[points.target[i]](outputs, p, points.y[i]);
    const right = this.data.classes && classOf(this.data, outputs) === points.y[i] ? 1 : 0;
    return { values, outputs, loss, slopes, direct, right };
  }

  /** @param {Points} points @param {ArrayLike<number>} p */
  lossOver(points, p) {
    let loss = 0, right = 0;
    const count = points.x.length;
    for (let i = 0; i < count; i++) {
      const found = this.lossAt(points, i, p);
      loss += found.loss;
      right += found.right;
    }
    return { loss: loss / count, accuracy: this.data.classes && right / count };
  }

  /** @param {Points} points @param {number} i @param {ArrayLike<number>} p */
  gradientAt(points, i, p) {
    const found = this.lossAt(points, i, p), [, gradient] = MODEL(p, points.x[i], found.slopes);
    found.direct?.forEach((slope, k) => { gradient[k] += slope; });
    return { ...found, gradient };
  }

  /** @param {Points} points @param {Iterable<number>} places @param {ArrayLike<number>} p */
  gradientMean(points, places, p) {
    const sum = new Float64Array(p.length);
    let loss = 0, right = 0, count = 0;
    for (const i of places) {
      const found = this.gradientAt(points, i, p);
      for (let k = 0; k < sum.length; k++) sum[k] += found.gradient[k];
      loss += found.loss;
      right += found.right;
      count++;
    }
    return { loss: loss / count, right, gradient: sum.map((slope) => slope / count) };
  }
}
