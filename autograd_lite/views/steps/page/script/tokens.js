// An answer cut into tokens, as the lexer of typed expressions does it (views/reading: grammar.lark and tokens.py, where
// the rules are explained). Beyond those, a decimal comma is read, and the names of the graph's nodes as they are typed.
const answerTokens = (() => {
  /** @typedef {{type: string, text: string, start: number, end: number, place?: number}} Token */
  const RAISED = "⁰¹²³⁴-⁹", NO_LETTERS = `ⁿˣʸⁱ¼-¾⅐-⅞${RAISED}`;
  /** The kinds in the order in which they are tried. @type {[string, RegExp][]} */
  const KINDS = [
    ["POWER", /\*\*|\^/uy],
    ["COMPARISON", />=|<=|!=|==|[<>≥≤≠]/uy],
    ["IF", /if(?![\p{L}\p{N}_])/uy],
    ["OTHERWISE", /,?\s*(?:otherwise|else)(?![\p{L}\p{N}_])/uy],
    ["NUMBER", /0[xX][\da-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|\d*[¼-¾⅐-⅞]|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][-+−]?\d[\d_]*)?/uy],
    ["SUPERSCRIPT", new RegExp(`[⁺⁻]?[${RAISED}]+|[⁺⁻]?[ⁿˣʸⁱ]`, "uy")],
    ["NAME", new RegExp(`∞|π(?![\\d_₀-₉])|(?![${NO_LETTERS}₀-₉])[\\p{L}_](?:(?![π${NO_LETTERS}])[\\p{L}\\p{N}\\p{M}_]`
      + `|[${RAISED}]+(?=[₀-₉]))*`, "uy")],
    ["PLUS", /[+＋]/uy], ["MINUS", /[-−–]/uy], ["TIMES", /[*×·⋅∙∗]/uy], ["DIVIDE", /[/÷∕⁄]/uy], ["EQUAL", /=/uy],
    ["OPEN", /\(/uy], ["CLOSE", /\)/uy], ["LEFT", /\[/uy], ["RIGHT", /\]/uy], ["COMMA", /,/uy], ["BAR", /\|/uy], ["ROOT", /[√∛]/uy],
  ];
  const SPACE = /[\s\u200b-\u200d\u2060-\u2064\ufeff]+/uy, DECIMAL = /\d[\d_]*,\d+(?:[eE][-+−]?\d+)?/uy;
  const ENDS = new Set(["NUMBER", "NAME", "CLOSE", "RIGHT", "RAB", "SUPERSCRIPT"]);  // of an operand
  const BEGINS = new Set(["NAME", "OPEN", "LEFT", "BAR", "ROOT", "FUNCTION"]);  // of an operand that can stand beside another
  const NONE = { type: "", text: "", start: 0, end: 0 };

  /** What cannot be read, and from where to where it stands. */
  class Unread extends Error {
    /** @param {string} words @param {number} start @param {number} end */
    constructor(words, start, end) { super(words); this.at = [start, end]; }
  }

  /** One spelling of names that are the same: x₁ is x1; a superscript makes another name. @param {string} name */
  const canonical = (name) => name.replace(new RegExp(`[^⁺⁻${RAISED}ⁿˣʸⁱ]+`, "gu"), (part) => part.normalize("NFKC"));

  /** The ways of typing a node's name: x₁ as x1, x_1, x_{1}; w¹₂₁ as w1_21, w^1_21, w_21^1. @param {string} name */
  function spellings(name) {
    const scripts = /^(.*?[^⁰¹²³⁴-⁹₀-₉,])([⁰¹²³⁴-⁹]*)([₀-₉]+(?:,[₀-₉]+)*)$/u.exec(name);
    if (!scripts) return [canonical(name)];
    const [base, above, below] = scripts.slice(1).map((part) => part.normalize("NFKC"));
    const lower = [`_${below}`, `_{${below}}`];
    if (!above) return [canonical(name), ...lower.map((text) => base + text)];
    const upper = [`^${above}`, `^{${above}}`];
    return [canonical(name), `${base}${above}_${below}`, ...upper.flatMap((high) => lower.flatMap((low) => [base + high + low, base + low + high]))];
  }

  /** The place of each node by every way of typing its name; −1 where two nodes have it. @param {(string | null)[]} names */
  function placesOf(names) {
    /** @type {Map<string, number>} */
    const own = new Map(), found = new Map();
    const add = (/** @type {Map<string, number>} */ map, /** @type {string} */ text, /** @type {number} */ place) =>
      map.set(text, (map.get(text) ?? place) === place ? place : -1);
    names.forEach((name, place) => { if (name) add(own, name, place); });
    names.forEach((name, place) => { if (name) for (const text of spellings(name)) if (!own.has(text)) add(found, text, place); });
    return new Map([...found, ...own]);
  }

  /** The tokens of a text before what stands side by side is told apart. @param {string} text @param {Map<string, number>} places */
  function lexed(text, places) {
    // Names that are no single token, such as w^1_21 or "learning rate", the longest first.
    const odd = [...places.keys()].filter((name) => /^\p{L}[\p{L}\p{N}\p{M}_ ^{},]*$/u.test(name) && /[ ^{},]/.test(name));
    odd.sort((a, b) => b.length - a.length);
    /** @type {Token[]} */
    const tokens = [];
    const calls = [false];  // for each open bracket, whether a comma in it parts the operands of a function
    let at = 0;
    const match = (/** @type {RegExp} */ pattern) => { pattern.lastIndex = at; return pattern.exec(text)?.[0] ?? ""; };
    while (at < text.length) {
      at += match(SPACE).length;
      if (at >= text.length) break;
      const before = tokens.at(-1);
      let type = "", found = calls.at(-1) ? "" : match(DECIMAL);
      if (found) type = "NUMBER";
      else if (odd.length && /\p{L}/u.test(text[at])) {
        found = odd.find((name) => text.startsWith(name, at) && !/^[\p{L}\p{N}_]/u.test(text.slice(at + name.length))) ?? "";
        if (found) type = "NAME";
      }
      for (const [kind, pattern] of found ? [] : KINDS) if (!found && (found = match(pattern))) type = kind;
      const end = at + (found.length || String.fromCodePoint(text.codePointAt(at) ?? 0).length);
      if (!found) throw new Unread(/['"]/.test(text[at]) ? "Marks of derivatives are not read: write a number or a formula."
        : text[at] === "°" ? "Angles are in radians." : `“${text.slice(at, end)}” has no meaning here.`, at, end);
      if (type === "NUMBER" && found.includes(",") && text[end] === ",") throw new Unread("A number has one decimal comma.", at, end);
      if (type === "OPEN") calls.push(before?.type === "NAME" || (before?.type === "SUPERSCRIPT" && tokens.at(-2)?.type === "NAME"));
      if (type === "LEFT") calls.push(false);
      if ((type === "CLOSE" || type === "RIGHT") && calls.length > 1) calls.pop();
      const name = type === "SUPERSCRIPT" ? found.normalize("NFKC").replace(/^[+−]/, "") : canonical(found);
      tokens.push({ type, text: found, start: at, end, place: places.get(found) ?? places.get(name) });
      at = end;
    }
    return tokens;
  }

  /** How many tokens behind a function's name are its exponent, as in sin² x and sin^-2 x. @param {Token[]} tokens @param {number} at */
  function exponent(tokens, at) {
    const kinds = tokens.slice(at + 1, at + 4).map((token) => token.type), sign = kinds[1] === "MINUS" ? 1 : 0;
    if (kinds[0] === "SUPERSCRIPT") return 1;
    return kinds[0] === "POWER" && ["NUMBER", "NAME"].includes(kinds[1 + sign]) ? 2 + sign : 0;
  }

  /** The tokens that the parser reads: functions, products of what stands side by side, and bars are told apart.
   * @param {string} text @param {(string | null)[]} names @param {Map<string, any>} functions @returns {Token[]} */
  function tokensOf(text, names, functions) {
    const tokens = lexed(text, placesOf(names));
    /** @type {Token[]} */
    const read = [];
    /** @type {Token[][]} */
    const bars = [[]];  // those that are open: outside of all brackets, in the first, in the second, ...
    const kinds = new Map();  // of each name that is a function's, whether it is one here, or a variable
    let last = NONE;
    const put = (/** @type {Token} */ token) => { read.push(token); last = token; };
    const closed = (/** @type {Token[]} */ level) => {
      if (level.length) throw new Unread("This bar has no second one: write abs(…).", level[0].start, level[0].end);
    };
    for (let at = 0; at < tokens.length; at++) {
      const token = tokens[at], name = canonical(token.text);
      let type = token.type, skip = 0;
      if (type === "NAME" && functions.has(name)) {
        skip = exponent(tokens, at);
        const next = tokens[at + 1 + skip]?.type;
        const applied = next === "BAR" ? !bars[bars.length - 1].length || token.text.length > 1 : ["NUMBER", "NAME", "OPEN", "ROOT"].includes(next);
        if (applied) type = "FUNCTION"; else skip = 0;
        if ((kinds.get(name) ?? type) !== type)
          throw new Unread(`${token.text} cannot be a function in one place and a variable in another: write ${token.text}*…`, token.start, token.end);
        kinds.set(name, type);
      } else if (type === "BAR" && ENDS.has(last.type) && bars[bars.length - 1].length) {
        type = "RAB";
        bars[bars.length - 1].pop();
      } else if (type === "OPEN" && ["FUNCTION", "ROOT", "EXPONENT"].includes(last.type)) type = "CALL";
      if (type === "ROOT" && last.type === "SUPERSCRIPT" && token.start === last.end && last.text !== "²")
        throw new Unread("This could be a power times a root, or the degree of the root.", last.start, token.end);
      if (ENDS.has(last.type)) {
        if (type === "NUMBER") throw new Unread("A number cannot follow another operand: write * between.", token.start, token.end);
        if (BEGINS.has(type)) put({ type: type === "FUNCTION" ? "BESIDE" : "SIDE", text: "", start: token.start, end: token.start });
      }
      if (type === "BAR") bars[bars.length - 1].push(token);
      else if (["OPEN", "CALL", "LEFT"].includes(type)) bars.push([]);
      else if ((type === "CLOSE" || type === "RIGHT") && bars.length > 1) closed(bars.pop() ?? []);
      put({ ...token, type });
      if (skip) {
        const raised = tokens.slice(at + 1, at + 1 + skip), text = raised.map((each) => each.text).join("");
        put({ type: "EXPONENT", text, start: raised[0].start, end: raised[skip - 1].end, place: raised[skip - 1].place });
        at += skip;
      }
    }
    bars.forEach(closed);
    return read;
  }
  return { canonical, tokensOf, Unread };
})();
