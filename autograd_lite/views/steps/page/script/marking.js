// Questions that mark themselves, as answers.py in the room of lessons does: what each asks, the numbers that a wrong
// answer may come from, and what is said to these, stand with it as data.
const marking = (() => {
  /** @typedef {number | string} Entry */
  /** @typedef {{name: string, rows: number[], places: string[], truth: Entry[], exact: boolean, wholes: [number[], string][], entries: [number, string][][], answer: string}} Asked */
  const TRIES = 3, ROUNDING = 1e-12;
  const SIGN = "The size is right; the sign is not."; // which is so, whatever else may give the number
  const NEAR = "Near: right to two digits, but not to three. Round to three digits.";
  const said = (/** @type {Entry[]} */ numbers) => {
    const texts = numbers.map((x) => typeof x === "number" ? shown(x) : x);
    return texts.length === 1 ? texts[0] : `(${texts.join(", ")})`;
  };
  const word = (/** @type {string} */ text) => text.trim().split(/\s+/).join(" ").toLowerCase();
  const scaleOf = (/** @type {Entry[]} */ truth) => Math.max(0, ...truth.map((x) => typeof x === "number" && Number.isFinite(x) ? Math.abs(x) : 0));
  /** @param {Entry} guess @param {Entry} truth @param {number} scale */
  function rightAt(guess, truth, scale, digits = 3, exact = false) {
    if (typeof truth === "string" || typeof guess === "string") return guess === word(String(truth));
    if (exact) return guess === truth;
    const tiny = ROUNDING * (scale || 1);
    return (Math.abs(truth) <= tiny && Math.abs(guess) <= tiny) || agrees(guess, truth, digits);
  }
  /** @param {Entry[]} guess @param {Entry[]} truth */
  const right = (guess, truth, exact = false) => guess.every((x, i) => rightAt(x, truth[i], scaleOf(truth), 3, exact));
  const only = (/** @type {string[]} */ words) => words.includes(SIGN) ? SIGN : new Set(words).size === 1 ? words[0] : "";

  /** What is said to a wrong answer; "" where nothing is known. @param {Asked} asked @param {Entry[]} guess */
  function diagnosed({ truth, exact, wholes, entries, places }, guess) {
    if (truth.some((x) => typeof x === "string")) return "";
    const close = (/** @type {Entry} */ x, /** @type {number} */ y, digits = 3) => agrees(Number(x), y, digits);
    const whole = only(wholes.filter(([numbers]) => right(guess, numbers)).map(([, words]) => words))
      || only(wholes.filter(([numbers]) => guess.every((x, i) => close(x, numbers[i], 4))).map(([, words]) => words));
    if (whole) return whole;
    const scale = scaleOf(truth), good = guess.map((x, i) => rightAt(x, truth[i], scale, 3, exact));
    const near = guess.every((x, i) => rightAt(x, truth[i], scale, 2, exact));
    if (truth.length === 1) return near && !exact ? NEAR : "";
    const wrong = good.indexOf(false), count = good.filter(Boolean).length;
    const words = [3, 4].map((digits) => only(entries[wrong].filter(([number]) => close(guess[wrong], number, digits)).map(([, text]) => text))).find(Boolean) ?? "";
    if (!words && near) return NEAR;
    const first = count ? `${count} of ${good.length} ${count === 1 ? "is" : "are"} right.` : "";
    const place = words ? `${places[wrong]}:` : count ? `Look at ${places[wrong]}.` : "";
    return [first, place, words].filter(Boolean).join(" ");
  }

  /** What is said to the texts that are typed for a question.
   * @param {Asked} asked @param {string[]} texts @returns {{verdict: "right" | "wrong" | "unread", words: string, guess: Entry[], at?: number}} */
  function judged(asked, texts) {
    /** @type {Entry[]} */
    const guess = [];
    for (const [at, text] of texts.entries()) {
      if (typeof asked.truth[at] === "string" && text.trim()) { guess.push(word(text)); continue; }
      const answer = readAnswer(text, []);
      if (answer.kind !== "number") return { verdict: "unread", words: answer.kind === "unread" ? answer.words : "A number, please.", guess, at };
      guess.push(answer.value);
    }
    if (right(guess, asked.truth, asked.exact)) return { verdict: "right", words: "Right.", guess };
    return { verdict: "wrong", words: diagnosed(asked, guess) || `Not ${said(guess)}.`, guess };
  }

  /** A question with its fields, in the place that holds its data; `changed` is called when it has been answered.
   * The place sends "answered" for a site that keeps what was answered, and takes "restored" with the texts again.
   * @param {HTMLElement} place @param {() => void} changed */
  function open(place, changed) {
    /** @type {Asked} */
    const asked = JSON.parse(place.dataset.asked ?? "");
    const [hint, answer] = [".hint", ".answer"].map((name) => /** @type {HTMLElement} */ (place.querySelector(name)));
    const state = { over: false, right: false, first: false, shown: false };
    /** @type {string[]} */
    const tried = [];
    const fields = asked.places.map((name) => element("input", { type: "text", autocomplete: "off", spellcheck: false, ariaLabel: name }));
    fields.forEach((field) => { field.autocapitalize = "off"; });
    const table = element("div", { className: "fields" });
    let next = 0;
    for (const count of asked.rows) {
      table.append(element("div", { className: "row" }, ...fields.slice(next, next + count).map((field, i) =>
        element("label", {}, ...(fields.length > 1 ? [element("span", { textContent: asked.places[next + i] })] : []), field))));
      next += count;
    }
    const verdict = element("p", { className: "verdict" });
    verdict.setAttribute("role", "status");
    const check = element("button", { textContent: "Check" }), tell = element("button", { textContent: "Show the answer", type: "button", hidden: true });
    const send = (/** @type {object} */ how) => place.dispatchEvent(new CustomEvent("answered", { bubbles: true, detail: { name: asked.name, ...how } }));
    const close = () => {
      state.over = true;
      for (const each of [...fields, check]) each.disabled = true;
      tell.hidden = true;
      changed();
    };
    const reveal = () => {
      state.shown = true;
      hint.hidden = true;
      answer.hidden = false;
      close();
      send({ verdict: "shown" });
    };
    const form = element("form", {}, table, element("p", { className: "row" }, check, tell), verdict);
    form.onsubmit = (/** @type {Event} */ event) => {
      event.preventDefault();
      if (state.over) return;
      const texts = fields.map((field) => field.value), given = judged(asked, texts), key = JSON.stringify(given.guess);
      fields.forEach((field, i) => field.setAttribute("aria-invalid", String(given.at === i)));
      place.dataset.verdict = given.verdict;
      verdict.textContent = `${{ right: "✓", wrong: "✗", unread: "?" }[given.verdict]} ${given.words}`;
      if (given.verdict === "unread") { fields[given.at ?? 0].focus(); return; }
      if (given.verdict === "right") {
        state.right = true;
        state.first = !tried.length;
        hint.hidden = true;
        answer.hidden = true;
        close();
        send({ verdict: "right", first: state.first, texts });
        return;
      }
      send({ verdict: "wrong", texts });
      if (!tried.includes(key)) tried.push(key);
      hint.hidden = tried.length < 2 || !hint.textContent;
      tell.hidden = tried.length < TRIES;
      if (tried.length > TRIES) reveal();
      changed();
    };
    tell.onclick = reveal;
    place.addEventListener("restored", (event) => {
      const { texts, first } = /** @type {CustomEvent<{texts: string[], first: boolean}>} */ (event).detail;
      if (state.over || texts.length !== fields.length || judged(asked, texts).verdict !== "right") return;
      fields.forEach((field, i) => { field.value = texts[i]; });
      state.right = true;
      state.first = first;
      place.dataset.verdict = "right";
      verdict.textContent = "✓ Right, when you were here before.";
      close();
    });
    place.insertBefore(form, hint);
    return { state, tried };
  }

  /** Opens all questions of a part of the page, and counts below the last. @param {ParentNode} part */
  function start(part) {
    const places = /** @type {HTMLElement[]} */ ([...part.querySelectorAll("[data-asked]")]);
    if (!places.length) return;
    const score = element("p", { className: "score" });
    score.setAttribute("role", "status");
    const tell = () => {
      const right = all.filter(({ state }) => state.right).length, first = all.filter(({ state }) => state.first).length;
      const answers = all.filter(({ state }) => state.shown).length;
      score.textContent = `${right} of ${all.length} right, ${first} at the first try${answers ? `; ${answers} shown` : ""}`;
    };
    const all = places.map((place) => open(place, tell));
    places[places.length - 1].after(score);
    tell();
  }
  return { judged, start };
})();
marking.start(document);
