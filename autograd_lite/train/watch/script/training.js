// The training that Python recorded, which goes on here: the same steps as those of `fit`, from any epoch.

/** What a step depends on, and what is to be seen: `place` points of the epoch are done, with this sum of losses. Steps
 * put new arrays in the place of the old ones, so that what is remembered stays as it is.
 * @typedef {{epoch: number, place: number, steps: number, p: Float64Array, memory: Float64Array, order: Uint32Array,
 *   random: PythonRandom, loss: number, right: number}} Moment */
/** `batch` null: all points. `noise`: how far points are moved, in standard deviations of each feature.
 * @typedef {{lr: number, batch: number | null, noise: number}} Settings */

const MOST_BYTES = 64e6;  // of the moments that are remembered

/** The bytes of a text in base64. @param {string} text */
const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer;

class Training {
  /** @param {Recorded} data */
  constructor(data) {
    const { kept, optimizer, train, batch } = data, last = kept.epochs[kept.epochs.length - 1];
    this.data = data;
    this.objective = new Objective(data);
    /** Whether it can go on; otherwise it is there to be looked at. */
    this.trains = optimizer !== null && (optimizer.kind ?? "") in UPDATES;
    /** @type {Rule} */
    this.rule = optimizer ?? { kind: null, lr: 0 };
    /** Of a schedule: the rate of each step, as long as the setting is the recorded one, the last of them. */
    this.rates = optimizer?.rates ? new Float64Array(bytes(optimizer.rates)) : null;
    /** @type {Settings} */
    this.recorded = { lr: this.rule.lr ?? this.rates?.at(-1) ?? 0, batch, noise: 0 };
    this.settings = { ...this.recorded };
    this.rows = new Float32Array(bytes(kept.parameters));
    this.first = new Float64Array(bytes(kept.first));
    this.last = new Float64Array(bytes(kept.last));  // as the first: parameters, and what is remembered of each
    /** Of the first weights, and of the order of the points; null: as recorded. @type {number | null} */
    this.seed = null;
    /** Whether Python draws the same first weights from the seed. */
    this.byPython = true;
    /** The last epoch that is still as recorded. */
    this.unchanged = last;
    /** @type {Losses} */
    this.losses = this.asRecorded();
    /** The epoch that is shown, or how far the one after it has come. */
    this.now = this.moment(this.first, 0, kept.steps[0]);
    /** Where the way to the epoch that is shown has come to, if it must be computed again. @type {Moment | null} */
    this.behind = null;
    /** How far the numbers that were computed again lie from the recorded ones, at most. */
    this.drift = 0;
    /** Why it cannot go on from here: a number that is not finite. */
    this.stopped = "";
    /** What is known to the last digit, by epoch; and of how many epochs at most. */
    this.moments = new Map([[0, { ...this.now }]]);
    this.most = Math.max(50, MOST_BYTES / (8 * this.first.length + 4 * train.x.length + 4 * WORDS));
  }

  /** Back to epoch 0: of the recorded training, or of one with other first weights and another order of the points.
   * The weights are those of `nn.MLP(…, seed=seed)` where `byPython` says so, the order is that of `fit(…, seed=seed)`.
   * @param {number | null} [seed] */
  reset(seed = null) {
    const { kept, parameters, init = null } = this.data, start = this.moment(this.first, 0, kept.steps[0]);
    this.seed = seed;
    this.byPython = seed === null || init !== null && init in INITS;
    this.unchanged = kept.epochs[kept.epochs.length - 1];
    this.losses = this.asRecorded();
    if (seed !== null) {
      const p = firstWeights(parameters, start.p, init, seed), memory = firstMemory(this.rule, kept.size);
      Object.assign(start, { p, memory, steps: 0, random: new PythonRandom(seed) });
    }
    this.moments = new Map([[0, start]]);
    this.go(0);
    if (seed === null) return;
    this.forget(-1);
    this.note(this.lossOver(this.points()));
  }

  get p() { return this.now.p; }
  get memory() { return this.now.memory; }
  get steps() { return this.now.steps; }
  get order() { return this.now.order; }
  get epoch() { return this.now.epoch; }

  /** A recorded moment: the order of the points follows from the generator's state at the start.
   * @param {Float64Array} numbers @param {number} epoch @param {number} steps @returns {Moment} */
  moment(numbers, epoch, steps) {
    const { kept: { size }, state, train, shuffle, batch } = this.data;
    const random = new PythonRandom(state ?? 0), order = Uint32Array.from(train.x.keys());
    if (shuffle && batch !== null && batch < order.length) for (let k = 0; k < epoch; k++) random.shuffle(order);
    const p = numbers.slice(0, size), memory = numbers.slice(size);
    return { epoch, place: 0, steps, p, memory, order, random, loss: 0, right: 0 };
  }

  /** The epochs that can be gone to, in order. */
  epochs() {
    const recorded = this.data.kept.epochs.filter((epoch) => epoch <= this.unchanged);
    return [...new Set([...recorded, ...this.moments.keys()])].sort((a, b) => a - b);
  }

  /** The parameters at one of `epochs()`. @param {number} epoch @returns {Float64Array | Float32Array} */
  parametersAt(epoch) {
    const { epochs, size } = this.data.kept, row = epochs.indexOf(epoch);
    return this.moments.get(epoch)?.p ?? this.rows.subarray(row * size, (row + 1) * size);
  }

  /** A parameter over the epochs. @param {number} i */
  historyOf(i) {
    const epochs = this.epochs();
    return { epochs, numbers: epochs.map((epoch) => this.parametersAt(epoch)[i]) };
  }

  /** Show an epoch, the nearest one up to it that is known; the next step goes on from there. @param {number} epoch */
  go(epoch) {
    const { kept: { epochs, steps } } = this.data, end = epochs.length - 1;
    const at = this.epochs().findLast((known) => known <= epoch) ?? 0;
    if (at === epochs[end] && at <= this.unchanged && !this.moments.has(at)) {
      this.moments.set(at, this.moment(this.last, at, steps[end]));
    }
    const from = Math.max(...[...this.moments.keys()].filter((known) => known <= at));
    const moment = { .../** @type {Moment} */ (this.moments.get(from)) };
    this.behind = from < at ? moment : null;
    this.now = from < at ? { ...moment, epoch: at, p: Float64Array.from(this.parametersAt(at)) } : moment;
    this.stopped = "";
  }

  /** Compute an epoch again on the way to the one that is shown: what the optimiser remembers is not kept for each.
   * Whether there is more to do. */
  catchUp() {
    const { behind, now } = this;
    if (!behind) return false;
    do this.stopped = this.stepOf(behind, this.recorded);
    while (!this.stopped && behind.place > 0);
    if (behind.epoch < now.epoch && !this.stopped) {
      if (this.data.kept.epochs.includes(behind.epoch)) this.keep(behind);
      return true;
    }
    if (this.stopped) return false;
    this.drift = behind.p.reduce((most, w, i) => Math.max(most, Math.abs(w - now.p[i])), 0);
    this.now = behind;
    this.behind = null;
    return false;
  }

  /** One step, of one batch: whether it was done; `stopped` says why not. */
  step() {
    if (!this.trains) return false;
    while (this.catchUp());
    if (this.behind) return false;
    const before = this.epoch;
    this.stopped = this.stepOf(this.now, this.settings);
    if (this.stopped) return false;
    this.forget(before);
    const { now } = this, count = now.order.length;
    if (now.place === 0) this.note({ loss: now.loss / count, accuracy: this.data.classes && now.right / count });
    return true;
  }

  /** A copy of the recorded losses. @returns {Losses} */
  asRecorded() {
    const { losses } = this.data;
    return structuredClone({ ...losses, epochs: losses.epochs ?? losses.train.map((_, k) => k + 1) });
  }

  /** All lists of the losses, which have a number, or null, for each of their epochs. */
  lists() {
    const { epochs, train, held, metrics } = this.losses;
    return [epochs, train, held ?? [], ...Object.values(metrics)];
  }

  /** Forget what came after an epoch: from there it goes another way. @param {number} epoch */
  forget(epoch) {
    const { moments, losses } = this, count = losses.epochs.filter((known) => known <= epoch).length;
    for (const known of [...moments.keys()]) if (known > epoch) moments.delete(known);
    for (const list of this.lists()) list.length = Math.min(list.length, count);
    this.unchanged = Math.min(this.unchanged, epoch);
  }

  /** The steps up to the end of the epoch: whether they were done. */
  runEpoch() {
    do if (!this.step()) return false;
    while (this.now.place > 0);
    return true;
  }

  /** Go on for some milliseconds, and not beyond so many epochs, after which the page can draw: whether it can go on.
   * @param {number} milliseconds @param {number} [epochs] */
  advance(milliseconds, epochs = Infinity) {
    const end = performance.now() + milliseconds, last = this.epoch + epochs;
    do if (!this.catchUp() && !this.step()) return false;
    while (performance.now() < end && this.epoch < last);
    return true;
  }

  /** What the next step takes: the order of the points in this epoch, and how many of them from which place on.
   * @param {Moment} [moment] @param {Settings} [settings] */
  ahead(moment = this.now, settings = this.settings) {
    const count = moment.order.length, size = Math.min(settings.batch ?? count, count);
    let { order, random } = moment;
    if (moment.place === 0 && this.data.shuffle && size < count) {
      order = order.slice();
      random = random.copy();
      random.shuffle(order);
    }
    return { order, random, batch: order.subarray(moment.place, moment.place + size) };
  }

  /** The learning rate of the next step. @param {Moment} [moment] @param {Settings} [settings] */
  rate(moment = this.now, settings = this.settings) {
    const { rates, recorded } = this;
    return rates && settings.lr === recorded.lr ? rates[Math.min(moment.steps, rates.length - 1)] : settings.lr;
  }

  /** One step of a moment, which is left as it is where a number is not finite: then it is said which.
   * @param {Moment} moment @param {Settings} settings */
  stepOf(moment, settings) {
    const { order, random, batch } = this.ahead(moment, settings), { noise } = settings, done = moment.place > 0;
    const points = this.objective.moved(noise, this.seed ?? 0);
    const { loss, right, gradient } = this.objective.gradientMean(points, batch, moment.p);
    const where = `epoch ${moment.epoch + 1}, after ${moment.place} of ${order.length} points`;
    if (!Number.isFinite(loss)) return `${where}: the loss is ${loss}`;
    if (!gradient.every(Number.isFinite)) return `${where}: a gradient is not finite`;
    const lr = this.rate(moment, settings), steps = moment.steps + 1;
    const { after, memory } = afterStep(this.rule, moment.p, gradient, lr, moment.memory, steps);
    if (!after.every(Number.isFinite)) return `${where}: a parameter is not finite; lower the learning rate`;
    moment.loss = (done ? moment.loss : 0) + loss * batch.length;
    moment.right = (done ? moment.right : 0) + right;
    moment.place += batch.length;
    Object.assign(moment, { p: after, memory, order, random, steps });
    if (moment.place >= order.length) Object.assign(moment, { epoch: moment.epoch + 1, place: 0 });
    return "";
  }

  /** Note what an epoch has come to, as the history of `fit` has it, and remember the moment.
   * @param {{loss: number, accuracy: number | null}} trained over the epoch, before each of its steps */
  note(trained) {
    const { now, losses, data } = this, held = data.held && this.lossOver(data.held);
    losses.epochs.push(now.epoch);
    losses.train.push(trained.loss);
    losses.held?.push(held && held.loss);
    const known = new Map([["accuracy", trained.accuracy], ["validation accuracy", held && held.accuracy]]);
    for (const [name, list] of Object.entries(losses.metrics)) list.push(known.get(name.replaceAll("_", " ")) ?? null);
    this.keep(now);
  }

  /** Remember a moment; of too many, every second one is forgotten. @param {Moment} moment */
  keep(moment) {
    this.moments.set(moment.epoch, { ...moment });
    if (this.moments.size <= this.most) return;
    const inner = [...this.moments.keys()].sort((a, b) => a - b).slice(1, -1);
    inner.forEach((epoch, k) => k % 2 || this.moments.delete(epoch));
  }

  /** The points to train on, with the noise of now. @returns {Points} */
  points() {
    return this.objective.moved(this.settings.noise, this.seed ?? 0);
  }

  /** Mean loss over points, and the share that is put into the right class. @param {Points} points
   * @param {ArrayLike<number>} [p] */
  lossOver(points, p = this.p) {
    return this.objective.lossOver(points, p);
  }

  /** At one point: values, outputs, loss, and the gradient, of the parameters and behind them of the inputs.
   * @param {number} i @param {ArrayLike<number>} [p] @param {Points} [points] */
  gradientAt(i, p = this.p, points = this.points()) {
    return this.objective.gradientAt(points, i, p);
  }

  /** Over some points, or all: the mean of loss and gradient, and how many are put into the right class.
   * @param {Iterable<number>} [places] @param {ArrayLike<number>} [p] @param {Points} [points] */
  gradientMean(places = this.order, p = this.p, points = this.points()) {
    return this.objective.gradientMean(points, places, p);
  }
}
