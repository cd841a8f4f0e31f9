// Questions about the steps at four levels, and the judging of answers; no display. Level 1 asks for the local derivative,
// 2 for upstream × local, 3 for the sum at a node that is used more than once, 4 for the gradient of a leaf; on every
// level, a step forward asks for the value. `questionAt` needs the numbers that `sweep` leaves in the steps.
const { questionAt, keyOf, pointsOf, judge, example, hint, reason, newScore, attempt, giveUp, scoreText } = (() => {
  /** @typedef {{kind: "value" | "local" | "product" | "sum" | "gradient", step: any, at: number, truth: number, asks: string, plain?: boolean, how?: string, of?: string, mistakes?: () => [any, any]}} Question */
  /** @typedef {{kind: string, step: any, guess: number}} Earlier */
  /** @typedef {{verdict: "right" | "near" | "wrong" | "unread", words: string, guess?: number, at?: number[]}} Verdict */
  /** @typedef {{right: number, first: number, asked: number, tries: number, hints: number, shown: number, open: string, tried: number, earlier: Earlier[], lines: string[]}} Score */
  const TRIES = 3, POINTS = 12;
  const EXAMPLES = ["sqrt(2)", "7/3", "2π", "3e-2", "e^-1", "cos(1)"];
  const nameOf = (/** @type {number} */ i) => nodes[i].name;
  const bracketed = (/** @type {number} */ x) => x < 0 ? `(${shown(x)})` : shown(x);
  const playable = () => nodes.every((/** @type {any} */ node, /** @type {number} */ i) => !node.operands.length || RULES[i]);

  /** The question that a step asks at a level from 1 to 4; null where it asks none. @param {number} at @param {number} level @returns {Question | null} */
  function questionAt(at, level) {
    const step = steps[at];
    if (!step || step.words) return null;
    if (step.kind === "forward") {
      const asked = nodes[step.node].operands.length > 0;
      return asked ? { kind: "value", step, at, truth: values[step.node], asks: nameOf(step.node) } : null;
    }
    const last = step.use === step.uses, whole = `∂${nameOf(root)}/∂${nameOf(step.operand)}`;
    if (level === 1) return { kind: "local", step, at, truth: step.local, asks: `∂${nameOf(step.node)}/∂${nameOf(step.operand)}` };
    if (level === 2) return { kind: "product", step, at, truth: step.share, asks: step.uses > 1 ? `share of ${nameOf(step.node)} in ${whole}` : whole };
    if (level === 3) return step.uses > 1 && last ? { kind: "sum", step, at, truth: step.total, asks: whole } : null;
    return last && !nodes[step.operand].operands.length ? { kind: "gradient", step, at, truth: step.total, asks: whole } : null;
  }

  /** What a question asks for, as a function of the values of all nodes. @param {Question} question @param {readonly number[]} numbers */
  function truthAt({ kind, step }, numbers) {
    if (kind === "value") return RULES[step.node].value(numbers);
    const local = (/** @type {any} */ edge) => RULES[edge.node].partials[edge.place](numbers, numbers[edge.node]);
    if (kind === "local") return local(step);
    const sums = new Map([[root, 1]]);
    for (const edge of steps) {
      if (edge.kind !== "backward") continue;
      const share = (sums.get(edge.node) ?? 0) * local(edge);
      if (edge === step && kind === "product") return share;
      sums.set(edge.operand, edge.use > 1 ? (sums.get(edge.operand) ?? 0) + share : share);
      if (edge === step) break;
    }
    return sums.get(step.operand) ?? 0;
  }

  /** Points at which a formula is compared, the values of all nodes at each: around here, and on both sides of 0; the same
   * ones each time. Where the graph has no finite number is none. @param {Question} question @returns {number[][]} */
  function pointsOf(question) {
    let state = 12345 + question.at;
    const random = () => {  // mulberry32
      state = (state + 0x6d2b79f5) | 0;
      let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
      mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    };
    /** @type {number[][]} */
    const found = [];
    if (!playable()) return found;
    for (let tries = 0; tries < 20 * POINTS && found.length < POINTS; tries++) {
      const numbers = values.slice(), around = tries % 2;
      nodes.forEach((/** @type {any} */ node, /** @type {number} */ i) => {
        const change = 2 * random() - 1;
        numbers[i] = node.operands.length ? RULES[i].value(numbers) : around ? numbers[i] * (1 + 0.4 * change) + 0.1 * change : 3 * change;
      });
      const at = [question.step.node, question.step.operand ?? question.step.node].map((i) => numbers[i]);
      if (at.every(Number.isFinite) && Number.isFinite(truthAt(question, numbers))) found.push(numbers);
    }
    return found;
  }

  /** The names that count in an answer: of several nodes with one name those beside the question; of a value only those before it.
   * @param {Question} question @returns {(string | null)[]} */
  function namesFor({ kind, step }) {
    const beside = new Set([step.node, ...nodes[step.node].operands]), counts = new Map();
    const known = (/** @type {number} */ i) => kind !== "value" || i < step.node;
    nodes.forEach((/** @type {any} */ node, /** @type {number} */ i) => { if (known(i)) counts.set(node.name, (counts.get(node.name) ?? 0) + 1); });
    return nodes.map((/** @type {any} */ node, /** @type {number} */ i) => known(i) && (beside.has(i) || counts.get(node.name) === 1) ? node.name : null);
  }

  /** What is said to an answer; `earlier` are the wrong ones before. @param {Question} question @param {string} text @param {Earlier[]} earlier @returns {Verdict} */
  function judge(question, text, earlier = []) {
    const answer = readAnswer(text, question.plain ? [] : namesFor(question)), { truth, step } = question;
    if (answer.kind === "unread") return { verdict: "unread", words: answer.words, at: answer.at };
    if (question.plain && answer.kind === "formula") return { verdict: "unread", words: "A number, please." };
    if (answer.kind === "number") return ofNumber(question, answer.value, text, earlier);
    const guess = answer.of(values), points = pointsOf(question);
    if (!agrees(guess, truth) && !sameFormula(answer, () => truth, [values]) && !closeAt(answer, question, points))
      return ofNumber(question, guess, text, earlier, `Here your formula gives ${shown(guess)}. `);
    const general = [(/** @type {readonly number[]} */ numbers) => truthAt(question, numbers)];
    if (question.kind === "product") general.push((numbers) => step.upstream * truthAt({ ...question, kind: "local" }, numbers));
    if (general.some((/** @type {any} */ whole) => sameFormula(answer, whole, points))) return { verdict: "right", words: "Right.", guess };
    return { verdict: "near", words: "Right here, but not in general: with other inputs this formula gives something else.", guess };
  }
  /** Whether a formula is right here but for digits that it loses itself. @param {any} answer @param {Question} question @param {number[][]} points */
  const closeAt = (answer, question, points) => points.length > 2 && sameFormula(answer, (numbers) => truthAt(question, numbers), [values, ...points]);

  /** @param {Question} question @param {number} guess @param {string} text @param {Earlier[]} earlier @returns {Verdict} */
  function ofNumber(question, guess, text, earlier, first = "") {
    const { truth } = question;
    if (agrees(guess, truth)) return { verdict: "right", words: "Right.", guess };
    const near = agrees(guess, truth, 2), two = Number.isFinite(truth) && guess === Number(truth.toPrecision(2));
    const few = /^\D*0*[.,]?0*\d?[.,]?0*\d?\D*$/u.test(text);
    if (near && two) return { verdict: "near", words: "Near: right to two digits. Round to three digits.", guess };
    const words = diagnose(question, guess, earlier);
    if (words) return { verdict: "wrong", words: first + words, guess };
    if (near) return { verdict: "near", words: few ? "Near: round to three digits." : "Near: right to two digits, but not to three. Round to three digits.", guess };
    return { verdict: "wrong", words: first || `Not ${shown(guess)}.`, guess };
  }

  /** A way of writing an answer, which is not the answer. @param {Question} question @param {number} [count] */
  function example(question, count = 0) {
    const fit = EXAMPLES.filter((text) => {
      const answer = readAnswer(text, []);
      return answer.kind === "number" && !agrees(answer.value, question.truth, 2) && !agrees(-answer.value, question.truth, 2);
    });
    return fit[(question.at + count) % fit.length];
  }

  /** Which rule helps, without numbers. @param {Question} question */
  function hint({ kind, step, how }) {
    if (how) return how;
    const node = nodes[step.node], whole = kind === "value" ? "" : nameOf(step.operand);
    if (kind === "value") return `${node.name} is ${node.text}: put in the numbers that are known.`;
    const asked = `∂${node.name}/∂${whole}`, rule = step.derivative ?? "";
    const constant = readAnswer(rule, []).kind === "number";
    const slope = rule && !constant ? `${asked} is ${rule}: put in the numbers.` : `Let only ${whole} grow by a little: how many times as much does ${node.text} grow?`;
    if (kind === "local") return slope;
    if (kind === "product") return `Multiply what has reached ${node.name} by the local derivative. ${slope}`;
    if (kind === "sum") return `${whole} is used more than once: add what comes back from each of its uses.`;
    return `Go back from ${nameOf(root)} to ${whole}: along each path multiply the local derivatives, then add the paths.`;
  }

  /** The answer, and how it comes about. @param {Question} question */
  function reason({ kind, step, truth, how }) {
    if (how) return `${how} It is ${shown(truth)}.`;
    const node = nodes[step.node];
    if (kind === "value") return `${node.name} = ${node.text} = ${shown(truth)}.`;
    const operand = nameOf(step.operand), local = `∂${node.name}/∂${operand}`, rule = step.derivative ?? "";
    const slope = rule && rule !== shown(step.local) ? `${local} = ${rule} = ${shown(step.local)}` : `${local} = ${shown(step.local)}`;
    if (kind === "local") return `${slope}.`;
    const product = `What has reached ${node.name}, ${shown(step.upstream)}, times ${slope}, is ${shown(step.share)}`;
    if (kind === "product" || step.uses === 1) return `${product}.`;
    const shares = steps.filter((/** @type {any} */ other) => other.kind === "backward" && other.operand === step.operand).map((/** @type {any} */ other) => other.share);
    return `${operand} is used ${step.uses} times, and what comes back is added: ${[shown(shares[0]), ...shares.slice(1).map(bracketed)].join(" + ")} = ${shown(truth)}.`;
  }

  /** @returns {Score} */
  const newScore = () => ({ right: 0, first: 0, asked: 0, tries: 0, hints: 0, shown: 0, open: "", tried: 0, earlier: [], lines: [] });
  /** What tells questions apart; `of` is the sample, or the piece, that one is about. @param {Question} question */
  const keyOf = ({ kind, at, of = "" }) => `${kind} ${at} ${of}`;
  /** @param {Score} score @param {Question} question */
  function opened(score, question) {
    if (score.open === keyOf(question)) return;
    Object.assign(score, { open: keyOf(question), tried: 0, asked: score.asked + 1 });
    score.lines.push(`${question.asks}:`);
  }
  /** Judge an answer and count it: the third wrong one brings the hint, the one after it the answer with its reason.
   * @param {Score} score @param {Question} question @param {string} text
   * @returns {Verdict & {tries: number, hint: string, answer: string, over: boolean}} */
  function attempt(score, question, text) {
    const verdict = judge(question, text, score.earlier.filter((before) => before.step !== question.step || before.kind !== question.kind));
    if (verdict.verdict === "unread") return { ...verdict, tries: score.open === keyOf(question) ? score.tried : 0, hint: "", answer: "", over: false };
    opened(score, question);
    score.tries++;
    score.tried++;
    score.lines[score.lines.length - 1] += ` ${text.trim()} (${verdict.verdict})`;
    const right = verdict.verdict === "right", over = right || score.tried > TRIES, hinted = !right && score.tried === TRIES;
    if (right) { score.right++; if (score.tried === 1) score.first++; }
    if (verdict.verdict === "wrong") score.earlier.push({ kind: question.kind, step: question.step, guess: verdict.guess ?? NaN });
    if (hinted) score.hints++;
    const tries = score.tried;
    if (over) { score.open = ""; if (!right) score.shown++; }
    return { ...verdict, tries, hint: hinted ? hint(question) : "", answer: over && !right ? reason(question) : "", over };
  }
  /** The answer with its reason, where somebody asks for it. @param {Score} score @param {Question} question */
  function giveUp(score, question) {
    opened(score, question);
    score.shown++;
    score.lines[score.lines.length - 1] += " (shown)";
    score.open = "";
    return reason(question);
  }
  /** The score as text, to be copied. @param {Score} score */
  function scoreText({ right, first, asked, tries, hints, shown: answers, lines }) {
    const counted = (/** @type {number} */ count, /** @type {string} */ one, many = `${one}s`) => `${count} ${count === 1 ? one : many}`;
    const head = `${right} of ${asked} right, ${first} at the first try; ${counted(tries, "try", "tries")}, ${counted(hints, "hint")}, ${counted(answers, "answer")} shown`;
    return [head, ...lines].join("\n");
  }
  return { questionAt, keyOf, pointsOf, judge, example, hint, reason, newScore, attempt, giveUp, scoreText };
})();
