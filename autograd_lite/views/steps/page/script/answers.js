// What is typed as an answer: a number, or a formula of the graph's nodes; closed arithmetic and the functions of the table.
// The rules are those of grammar.lark, read from the loosest to the firmest; each makes a function of the nodes' values.
const { readAnswer, sameFormula } = (() => {
  /** @typedef {(values: readonly number[]) => number} Compute */
  /** @typedef {{of: Compute, start: number, end: number, rule?: string, number?: number}} Part */
  /** @typedef {{kind: "number", value: number} | {kind: "formula", of: Compute} | {kind: "unread", words: string, at: number[]}} Answer */
  const { canonical, tokensOf, Unread } = answerTokens;
  const LONGEST = 300;  // characters; brackets in brackets take the stack
  const CONSTANTS = new Map([["pi", Math.PI], ["π", Math.PI], ["tau", 2 * Math.PI], ["τ", 2 * Math.PI], ["e", Math.E],
    ["inf", Infinity], ["∞", Infinity], ["infinity", Infinity], ["nan", NaN]]);
  const called = (/** @type {string} */ name, /** @type {number[]} */ ...operands) => FUNCTIONS.get(name).of(...operands);
  /** @type {Record<string, (x: number, y: number) => number>} */
  const OPERATORS = { PLUS: (x, y) => x + y, MINUS: (x, y) => x - y, TIMES: (x, y) => x * y, DIVIDE: (x, y) => x / y,
    POWER: (x, y) => called("pow", x, y) };
  const exceeds = (/** @type {number} */ x, /** @type {number} */ y, tie = 0) => x > y ? 1 : x < y ? 0 : x === y ? tie : x - y;
  const equal = (/** @type {number} */ x, /** @type {number} */ y) => 1 - exceeds(x, y) - exceeds(y, x);
  /** @type {Record<string, (x: number, y: number) => number>} */
  const COMPARISONS = { ">": exceeds, "<": (x, y) => exceeds(y, x), "≥": (x, y) => exceeds(x, y, 1), "≤": (x, y) => exceeds(y, x, 1),
    "=": equal, "≠": (x, y) => 1 - equal(x, y) };
  /** @type {Record<string, string>} */
  const SIGNS = { ">=": "≥", "<=": "≤", "!=": "≠", "==": "=" };

  /** @param {string} text */
  function numberOf(text) {
    const plain = text.replace(/(?<=[\da-zA-Z])_(?=[\da-fA-F])/g, "").replace(",", ".").replace(/[−–]/g, "-"), [whole, part] = [plain.slice(0, -1), plain.slice(-1).normalize("NFKC")];
    const [over, under] = part.split("⁄").map(Number);
    return part.includes("⁄") ? Number(whole || 0) + over / under : Number(plain);
  }

  /** @param {string} text @param {(string | null)[]} names @param {{used: boolean}} found @returns {Part} */
  function parsed(text, names, found) {
    const tokens = tokensOf(text, names, FUNCTIONS);
    const end = { type: "END", text: "", start: text.length, end: text.length };
    let at = 0;
    const now = () => tokens[at] ?? end;
    const is = (/** @type {string[]} */ ...types) => types.includes(now().type);
    const take = () => tokens[at++];
    /** @param {string} words @param {{start: number, end: number}} first @returns {never} */
    const refuse = (words, first, last = first) => { throw new Unread(words, first.start, last.end); };
    /** @param {string} type @param {{start: number, end: number}} opened */
    const closing = (type, opened) => is(type) ? take() : now() === end ? refuse("This bracket is not closed.", opened) : unexpected();
    /** @returns {never} */
    function unexpected() {
      const token = now();
      if (token === end) refuse("An operand is missing at the end.", end);
      if (token.type === "COMMA") refuse("A comma stands only in a decimal number, or between the operands of a function.", token);
      if (token.type === "EQUAL" || token.type === "COMPARISON") refuse("Write only the number or the formula, without = or <.", token);
      if (token.type === "CLOSE" || token.type === "RIGHT") refuse(`This ${token.text} closes nothing.`, token);
      return refuse("An operand is missing before this.", token);
    }
    /** @param {(...numbers: number[]) => number} f @param {Part[]} parts @param {{start: number}} first @param {{end: number}} last @returns {Part} */
    const part = (f, parts, first = parts[0], last = parts[parts.length - 1], rule = "") =>
      ({ of: (values) => f(...parts.map((x) => x.of(values))), start: first.start, end: last.end, rule });

    /** @returns {Part} */
    function expression() {
      const x = sum();
      if (!is("IF")) return x;
      take();
      const left = sum(), sign = is("COMPARISON", "EQUAL") ? take() : null, right = sign && sum();
      const kind = sign && (SIGNS[sign.text] ?? sign.text);
      if (!is("OTHERWISE")) return unexpected();
      take();
      const y = expression();
      const condition = kind && right ? part(COMPARISONS[kind], [left, right]) : left;
      return { of: (values) => condition.of(values) ? x.of(values) : y.of(values), start: x.start, end: y.end };
    }
    /** @param {() => Part} firmer @param {string[]} signs @returns {Part} */
    function chain(firmer, ...signs) {
      let x = firmer();
      while (is(...signs)) x = part(OPERATORS[take().type], [x, firmer()]);
      return x;
    }
    /** @returns {Part} */
    const sum = () => chain(() => chain(signed, "TIMES", "DIVIDE"), "PLUS", "MINUS");
    /** @param {() => Part} inner @param {() => Part} other @returns {Part} */
    function sign(inner, other) {
      if (!is("PLUS", "MINUS")) return other();
      const token = take(), x = inner();
      const negative = token.type === "MINUS";
      return { ...part((y) => negative ? -y : y, [x], token, x), number: x.number === undefined ? undefined : negative ? -x.number : x.number };
    }
    /** @returns {Part} */
    const signed = () => sign(signed, () => beside(factor, factor, "SIDE", "BESIDE"));
    /** @param {() => Part} first @param {() => Part} next @param {string[]} signs @returns {Part} */
    function beside(first, next, ...signs) {
      let x = first();
      while (is(...signs)) {
        const token = take(), y = next();
        if (token.type === "SIDE" && x.rule && x.rule !== y.rule)
          refuse(`It is not clear whether the ${x.rule === "root" ? "root" : "exponent"} goes on here: write * or brackets.`, x, y);
        x = part(OPERATORS.TIMES, [x, y], x, y, y.rule);
      }
      return x;
    }
    /** @returns {Part} */
    const factor = () => is("FUNCTION") && tokens.slice(at + 1).find((token) => token.type !== "EXPONENT")?.type !== "CALL" ? application() : power();
    /** A function without brackets, which takes the product up to the next function. @returns {Part} */
    function application() {
      const name = take(), exponent = is("EXPONENT") ? take() : null;
      const inner = is("FUNCTION") && factorIsApplication() ? application() : beside(power, power, "SIDE");
      return raised(apply(name, [inner], inner), exponent);
    }
    const factorIsApplication = () => (tokens[at + 1]?.type === "EXPONENT" ? tokens[at + 2] : tokens[at + 1])?.type !== "CALL";
    /** @returns {Part} */
    function power() {
      if (is("ROOT") && tokens[at + 1]?.type !== "CALL") {
        const root = take(), x = power();
        return { ...apply(root, [x], x), rule: "root" };
      }
      let base = atom(), name = base.rule;
      if (is("SUPERSCRIPT")) { base = raisedTo(base, take()); name = ""; }
      if (!is("POWER")) return { ...base, rule: "" };
      take();
      const exponent = sign(signedExponent, factor), e = name === "e";
      const powerOf = e ? part((/** @type {number} */ x, /** @type {number} */ y) => x === Math.E ? called("exp", y) : OPERATORS.POWER(x, y), [base, exponent])
        : part(OPERATORS.POWER, [base, exponent]);
      return { ...powerOf, rule: e && exponent.number !== undefined ? "power of e" : "" };
    }
    /** @returns {Part} */
    const signedExponent = () => sign(signedExponent, factor);
    /** @param {Part} base @param {any} token @returns {Part} */
    function raisedTo(base, token) {
      const plain = token.text.normalize("NFKC").replace(/^(\*\*|\^)/, ""), digits = plain.replace(/^[-+−–]/, "");
      const negative = digits !== plain && !plain.startsWith("+");
      if (plain.includes("⁄")) refuse("There is no exponent of this kind: write it in brackets.", token);
      const exponent = /^\d/.test(digits) ? { of: () => numberOf(digits), start: token.start, end: token.end } : named({ ...token, text: digits });
      return part((x, y) => OPERATORS.POWER(x, negative ? -y : y), [base, exponent]);
    }
    /** @param {Part} x @param {any} exponent @returns {Part} */
    function raised(x, exponent) {
      if (exponent && /^(\*\*|\^)?[⁻−–-][1¹]$/u.test(exponent.text)) refuse("This could be the inverse, or 1 over it.", x, exponent);
      return exponent ? raisedTo(x, exponent) : x;
    }
    /** @param {any} token @param {Part[]} operands @param {{end: number}} last @param {Map<string, Part>} [given] @returns {Part} */
    function apply(token, operands, last, given = new Map()) {
      const known = FUNCTIONS.get(canonical(token.text));
      const place = { start: token.start, end: last.end }, rest = known.operands.slice(operands.length);
      const least = known.operands.length - known.defaults.length;
      const all = [...operands];
      rest.forEach((/** @type {string} */ name, /** @type {number} */ k) => {
        const at = operands.length + k - least, value = given.get(name) ?? (at >= 0 ? { of: () => known.defaults[at], ...place } : null);
        if (value) all.push(value);
        given.delete(name);
      });
      if (given.size || all.length < known.operands.length || (all.length > known.operands.length && !known.more)) {
        const takes = least === known.operands.length ? `${least}` : `${least} to ${known.operands.length}`;
        refuse(`${token.text} takes ${takes} operand${takes === "1" ? "" : "s"}; inside of it, a decimal comma is written as a point.`, place);
      }
      return part(known.of, all, place, place);
    }
    /** @param {any} token @returns {Part} */
    function named(token) {
      const { place, start, end: stop } = token, name = canonical(token.text), constant = CONSTANTS.get(place === undefined ? name.toLowerCase() : "");
      if (place === -1) refuse(`Two nodes are called ${token.text}: give the number.`, token);
      if (place !== undefined) {
        found.used = true;
        return { of: (values) => values[place], start, end: stop, rule: name === "e" ? "e" : "" };
      }
      if (constant !== undefined) return { of: () => constant, start, end: stop, rule: name === "e" ? "e" : "" };
      if (FUNCTIONS.has(name)) refuse(`${token.text} is a function: write ${token.text}(…).`, token);
      return refuse(`Nothing here is called ${token.text}; a product is written with *.`, token);
    }
    /** @returns {Part} */
    function atom() {
      const token = now();
      if (token.type === "NUMBER") {
        const number = numberOf(take().text);
        if (!Number.isFinite(number)) refuse("This is no number that a float can hold.", token);
        return { of: () => number, start: token.start, end: token.end, number };
      }
      if (token.type === "NAME") return named(take());
      if (token.type === "OPEN" || token.type === "BAR") {
        take();
        const x = expression(), last = token.type === "OPEN" ? closing("CLOSE", token) : closing("RAB", token);
        return part(token.type === "OPEN" ? (y) => y : Math.abs, [x], token, last);
      }
      if (token.type === "LEFT") {
        take();
        const x = sum(), comparison = is("COMPARISON", "EQUAL") ? take() : refuse("Square brackets hold a comparison, as in [x > 0].", token);
        const y = sum();
        return part(COMPARISONS[SIGNS[comparison.text] ?? comparison.text], [x, y], token, closing("RIGHT", token));
      }
      return token.type === "FUNCTION" || token.type === "ROOT" ? call() : unexpected();
    }
    /** A function with its operands in brackets. @returns {Part} */
    function call() {
      const name = take(), exponent = is("EXPONENT") ? take() : null, opened = take();
      /** @type {Part[]} */
      const operands = [], given = new Map();
      while (!is("CLOSE")) {
        if (is("NAME") && tokens[at + 1]?.type === "EQUAL") {
          const key = canonical(take().text);
          take();
          given.set(key, expression());
        } else if (given.size) unexpected();
        else operands.push(expression());
        if (!is("COMMA")) break;
        take();
      }
      return raised(apply(name, operands, closing("CLOSE", opened), given), exponent);
    }

    const whole = expression();
    return now() === end ? whole : unexpected();
  }

  /** An answer: a number, a formula of the values of the nodes with these names (null: a name that does not count), or
   * why it cannot be read, and where. A sign = or ≈ before it says nothing.
   * @param {string} text @param {(string | null)[]} names @returns {Answer} */
  function readAnswer(text, names) {
    const plain = text.replace(/^\s*[=≈]/u, (sign) => " ".repeat(sign.length)), found = { used: false };
    if (!plain.trim()) return { kind: "unread", words: "A number, please, or a formula.", at: [0, text.length] };
    if (text.length > LONGEST) return { kind: "unread", words: `An answer has at most ${LONGEST} characters.`, at: [LONGEST, text.length] };
    try {
      const { of } = parsed(plain, names, found);
      return found.used ? { kind: "formula", of } : { kind: "number", value: of([]) };
    } catch (error) {
      if (error instanceof Unread) return { kind: "unread", words: error.message, at: error.at };
      throw error;
    }
  }

  /** Whether a formula is the truth at every one of these points, each the values of all nodes; to three digits, where
   * the formula does not lose them itself, as 1 − a² does near a = 1.
   * @param {{of: Compute}} answer @param {Compute} truth @param {readonly (readonly number[])[]} points */
  function sameFormula(answer, truth, points) {
    const pairs = points.map((values) => [answer.of(values), truth(values)]);
    const largest = Math.max(0, ...pairs.map(([, y]) => Math.abs(y)).filter(Number.isFinite));
    return pairs.every(([x, y]) => Object.is(x, y) || x === y || Math.abs(x - y) <= Math.max(5e-3 * Math.abs(y), 1e-9 * largest));
  }
  return { readAnswer, sameFormula };
})();
