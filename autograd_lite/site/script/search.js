// The search box of every page: an index that is fetched when the box is first used, and a list of what it finds.
const told = JSON.parse(document.getElementById("told").textContent);
const MOST = { groups: 5, inEach: 4, alone: 10 };
const BETWEEN = /[\n\r\p{Z}\p{P}]+/u; // as MiniSearch divides a text into words
const AROUND = 70; // characters before and after a word that is found

/** @typedef {{at: string, part: string, title: string, in?: string, text: string}} Section */
/** @typedef {Section & {id: number, score: number, terms: string[]}} Hit */

/** A word as the index has it: small letters without accents; x² is x2, and w₁ is w1. @param {string} word */
const plain = (word) => word.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

/** @param {string} name @param {Record<string, string>} attributes @param {...(Node | string)} inner */
function element(name, attributes = {}, ...inner) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...inner);
  return made;
}

let loaded = null;

/** The function that finds sections, once its index is there. @returns {Promise<(query: string) => Hit[]>} */
function finder() {
  loaded ??= Promise.all([
    import("../minisearch/index.js"),
    fetch(`${told.root}assets/search.json`, { cache: "no-cache" }).then((response) => {
      if (!response.ok) throw new Error("there is no index");
      return response.json();
    }),
  ]).then(([{ default: MiniSearch }, sections]) => {
    const fields = ["title", "in", "text"];
    const index = new MiniSearch({ fields, storeFields: [...fields, "at", "part"], processTerm: plain });
    index.addAll(sections.map((/** @type {Section} */ section, /** @type {number} */ id) => ({ ...section, id })));
    return (/** @type {string} */ query) => {
      const whole = plain(query.trim());
      const options = {
        prefix: (/** @type {string} */ term) => term.length > 1,
        fuzzy: (/** @type {string} */ term) => (term.length > 3 && !/\d/.test(term) ? 0.2 : false),
        boost: { title: 6, in: 1.5 },
        boostDocument: (/** @type {number} */ _id, /** @type {string} */ _term, /** @type {Section} */ section) =>
          (plain(section.title) === whole ? 4 : 1) * (section.in ? 1 : 1.5),
      };
      const all = index.search(query, { ...options, combineWith: "AND" });
      return all.length ? all : index.search(query, options);
    };
  });
  loaded.catch(() => (loaded = null)); // the next use tries again
  return loaded;
}

/** A text with the words marked that were found. @param {string} text @param {Set<string>} terms */
function marked(text, terms) {
  const part = document.createDocumentFragment();
  for (const piece of text.split(/([^\n\r\p{Z}\p{P}]+)/u)) {
    if (!piece) continue;
    part.append(terms.has(plain(piece)) ? element("mark", {}, piece) : piece);
  }
  return part;
}

/** Where the words stand in a text. @param {string} text @param {Set<string>} terms */
function excerpt(text, terms) {
  let place = 0, found = -1;
  for (const piece of text.split(/([^\n\r\p{Z}\p{P}]+)/u)) {
    if (found < 0 && terms.has(plain(piece))) found = place;
    place += piece.length;
  }
  const from = found > AROUND ? text.indexOf(" ", found - AROUND) + 1 : 0;
  const end = text.indexOf(" ", Math.max(found, 0) + AROUND);
  const cut = text.slice(from, end < 0 ? text.length : end);
  return `${from ? "… " : ""}${cut}${from + cut.length < text.length ? " …" : ""}`;
}

/** The hits by part of the site, the part with the best first. @param {Hit[]} hits @returns {[string, Hit[]][]} */
function grouped(hits) {
  /** @type {Map<string, Hit[]>} */
  const parts = new Map();
  for (const hit of hits) parts.set(hit.part, [...(parts.get(hit.part) ?? []), hit]);
  const most = parts.size > 1 ? MOST.inEach : MOST.alone;
  return [...parts].slice(0, MOST.groups).map(([part, those]) => [part, those.slice(0, most)]);
}

function start(/** @type {HTMLElement} */ place) {
  const input = /** @type {HTMLInputElement} */ (element("input", {
    type: "search", role: "combobox", placeholder: "Search", autocomplete: "off", spellcheck: "false",
    "aria-label": "Search the site", "aria-expanded": "false", "aria-controls": "found", "aria-autocomplete": "list",
    "aria-keyshortcuts": "/",
  }));
  const list = element("div", { id: "found", role: "listbox", "aria-label": "What was found", hidden: "" });
  const status = element("span", { role: "status", class: "spoken" });
  place.setAttribute("role", "search");
  place.append(input, element("kbd", { "aria-hidden": "true" }, "/"), list, status);
  let active = -1;

  const options = () => /** @type {HTMLAnchorElement[]} */ ([...list.querySelectorAll('[role="option"]')]);
  const open = (/** @type {boolean} */ shown) => {
    list.hidden = !shown;
    input.setAttribute("aria-expanded", String(shown));
    if (!shown) choose(-1);
  };
  const choose = (/** @type {number} */ next) => {
    const all = options();
    all[active]?.setAttribute("aria-selected", "false");
    active = all.length && next >= 0 ? next % all.length : -1;
    all[active]?.setAttribute("aria-selected", "true");
    all[active]?.scrollIntoView({ block: "nearest" });
    if (all[active]) input.setAttribute("aria-activedescendant", all[active].id);
    else input.removeAttribute("aria-activedescendant");
  };
  const say = (/** @type {string} */ words) => {
    status.textContent = words;
    list.replaceChildren(element("div", { class: "none", role: "presentation" }, words));
    open(true);
  };

  const show = (/** @type {Hit[]} */ hits) => {
    const groups = grouped(hits);
    let count = 0;
    active = -1;
    list.replaceChildren(...groups.map(([part, those], place) => {
      const name = element("div", { class: "part", id: `found-${place}`, role: "presentation" }, part);
      const lines = those.map((hit) => {
        const terms = new Set(hit.terms);
        const line = element("a", { role: "option", id: `hit-${count++}`, href: told.root + hit.at, tabindex: "-1", "aria-selected": "false" });
        const head = element("span", { class: "head" }, element("b", {}, marked(hit.title, terms)));
        if (hit.in) head.append(element("span", { class: "in" }, hit.in));
        line.append(head);
        if (hit.text) line.append(element("span", { class: "text" }, marked(excerpt(hit.text, terms), terms)));
        return line;
      });
      return element("div", { role: "group", "aria-labelledby": name.id }, name, ...lines);
    }));
    status.textContent = count < hits.length ? `${hits.length} results, the best ${count} are shown.` : `${count} ${count === 1 ? "result" : "results"}.`;
    open(true);
  };

  const update = async () => {
    const query = input.value;
    if (!query.trim()) {
      open(false);
      status.textContent = "";
      return;
    }
    try {
      const find = await finder();
      if (input.value !== query) return; // somebody has typed on
      const hits = query.split(BETWEEN).some(Boolean) ? find(query) : [];
      if (hits.length) show(hits);
      else say(`Nothing is called ${query.trim()}.`);
    } catch {
      say("The search could not be loaded. Type on to try again.");
    }
  };

  input.addEventListener("focus", () => {
    finder().catch(() => {});
    if (input.value.trim()) update();
  });
  input.addEventListener("input", update);
  input.addEventListener("keydown", (event) => {
    const count = options().length;
    if (event.key === "Escape") {
      if (list.hidden) input.value = "";
      open(false);
    } else if (event.key === "ArrowDown" && list.hidden) update();
    else if (event.key === "ArrowDown") choose(active + 1);
    else if (event.key === "ArrowUp") choose(active > 0 ? active - 1 : count - 1);
    else if (event.key === "Enter" && !list.hidden && count) options()[Math.max(active, 0)].click();
    else return;
    event.preventDefault();
  });
  list.addEventListener("click", () => open(false)); // a link may lead to a place of this page
  place.addEventListener("focusout", ({ relatedTarget }) => {
    if (!place.contains(/** @type {Node | null} */ (relatedTarget))) open(false);
  });
  document.addEventListener("keydown", (event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || target.closest("input, textarea, select, [contenteditable]")) return;
    event.preventDefault();
    input.focus();
  });
}

start(document.getElementById("search"));
