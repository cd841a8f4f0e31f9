// The playground: what is typed is computed after a pause, and stands in the address; the newest wins.
import { read, written } from "./address.js";
import { editor } from "./program.js";
import { pythonIn, Stopped } from "./python.js";
import { show } from "./stage.js";
import { copy, views } from "./views.js";

const by = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));
const { first } = JSON.parse(by("told").textContent);
const PAUSE = 350, PATIENCE = 3000;  // milliseconds: after the last key; for what nobody waits for any more
const SECONDS = { expression: 30, program: 60 };
const FIRST = { text: by("expression").value, numbers: { ...first.fields }, order: 1, wrt: "" };

const python = pythonIn(by("python"));
const more = views(python);
const programField = editor(by("program"), by("lines"));
/** @type {"expression" | "program"} */
let mode = "expression";
/** The numbers that somebody gave, by name; they stay while the expression changes. @type {Record<string, string>} */
let given = {};
let timer = 0, own = "", wrt = "";
/** How often something was opened: an example, or an address. */
let opened = 0;
/** What Python computes, and what is to be computed next. @type {{state: any, since: number} | null} since 0 while Python is loaded */
let running = null;
/** @type {any} */
let wanted = null, late = 0;

const round = (/** @type {string} */ text) => {  // to seven digits, as the page's numbers are written
  const x = Number(text);
  return Number.isFinite(x) ? String(Number(x.toPrecision(7))).replaceAll("-", "−") : text.replace("-", "−");
};
const say = (/** @type {string} */ message, marked = "") => {
  const place = by("error"), words = Object.assign(document.createElement("p"), { textContent: message });
  place.replaceChildren(...(message ? [words] : []), ...(marked ? [Object.assign(document.createElement("pre"), { textContent: marked })] : []));
};

/** The fields for numbers; those that are there stay, with the caret in them. @param {Record<string, string>} fields */
function writeFields(fields) {
  const place = by("numbers"), there = new Map([...place.querySelectorAll("input")].map((input) => [input.dataset.name, input]));
  const labels = Object.entries(fields).map(([name, text]) => {
    const old = there.get(name);
    if (old) {
      if (old !== document.activeElement) old.value = text;
      return old.parentElement;
    }
    const label = document.createElement("label"), input = document.createElement("input"), named = document.createElement("i");
    named.textContent = name;
    Object.assign(input, { type: "text", value: text, autocapitalize: "off", spellcheck: false });
    input.dataset.name = name;
    label.append(named, " ", input);
    return label;
  });
  if (labels.length !== place.children.length || labels.some((label, k) => label !== place.children[k])) {
    const focused = /** @type {any} */ (document.activeElement);
    place.replaceChildren(...labels);
    if (place.contains(focused)) focused.focus();
  }
  const select = by("wrt"), names = Object.keys(fields);
  if (names.join() !== [...select.options].map(({ value }) => value).join()) select.replaceChildren(...names.map((name) => new Option(name, name)));
  select.value = names.includes(wrt) ? wrt : names.includes("x") ? "x" : names[0] ?? "";
  by("of-wrt").hidden = names.length < 2 || by("order").value === "1";
}
const shownFields = () => Object.fromEntries([...by("numbers").querySelectorAll("input")].map((input) => [input.dataset.name, input.value]));

function writeResults(/** @type {[string, string, string][]} */ results) {
  by("results").replaceChildren(...results.slice(0, 12).map(([name, number, kind]) => {
    const span = document.createElement("span"), named = document.createElement("i"), bold = document.createElement("b");
    named.textContent = name;
    bold.className = kind;
    bold.textContent = round(number);
    bold.title = number;
    span.append(named, " = ", bold);
    return span;
  }));
}

/** What is typed now. */
function typed() {
  if (mode === "program") return { kind: "program", text: by("program").value, opened };
  const order = Math.min(Math.max(Math.trunc(Number(by("order").value)) || 1, 1), 100);
  return { kind: "expression", text: by("expression").value, numbers: given, order, wrt };
}
async function toAddress(/** @type {any} */ state) {
  const fields = state.kind === "expression" ? { ...state, numbers: shownFields(), wrt: by("wrt").value } : state;
  own = await written(fields);
  try {
    if (state.kind === mode) history.replaceState(null, "", own);
  } catch { /* too many in a short time: the next one comes */ }
}

/** Computes what is typed, now; what Python still computes for an older state may take a moment longer. */
function compute() {
  clearTimeout(timer);
  wanted = typed();
  if (!running) return void work();
  clearTimeout(late);
  if (running.since) late = setTimeout(() => { if (running && wanted) python.stop("Stopped for what was typed since."); }, Math.max(0, PATIENCE - (performance.now() - running.since)));
}
const later = () => { clearTimeout(timer); timer = setTimeout(compute, PAUSE); };

async function work() {
  while (wanted) {
    let state = wanted;
    running = { state, since: 0 };
    by("stage").setAttribute("aria-busy", "true");
    try {
      await python.start();
      state = wanted;  // what was typed while Python was loaded
      running = { state, since: performance.now() };
      wanted = null;
      if (state.kind === "program") programShown(state, await python.ask("program", { text: state.text }, { seconds: SECONDS.program, told: ({ printed }) => { if (seen(state)) print(printed); } }));
      else {
        const { text, numbers, order, wrt } = state;
        const answer = await python.ask("expression", { text, numbers, order, wrt }, { seconds: SECONDS.expression });
        if (!wanted) expressionShown(state, answer);
      }
    } catch (error) {
      if (wanted === state) wanted = null;  // Python cannot be loaded
      if (!wanted) say(error instanceof Stopped ? `${error.message} What you typed is as it was.` : error.message);
    }
    clearTimeout(late);
    running = null;
  }
  by("stage").removeAttribute("aria-busy");
}

function expressionShown(/** @type {any} */ state, /** @type {any} */ answer) {
  if (mode !== "expression") return;
  if (answer.fields) writeFields(answer.fields);
  void toAddress(state);
  const { error } = answer;
  by("stage").classList.toggle("old", Boolean(error));
  by("expression").setAttribute("aria-invalid", String(Boolean(error && !error.field)));
  for (const input of by("numbers").querySelectorAll("input")) input.setAttribute("aria-invalid", String(input.dataset.name === error?.field));
  if (error) return say(error.message, error.marked);
  say("");
  writeResults(answer.results);
  show(by("stage"), answer.page, answer.title);
  more.changed({ typed: { text: state.text, numbers: answer.fields, order: state.order, wrt: answer.wrt }, results: answer.results, page: answer.page });
  by("more").hidden = false;
}

/** Whether a program that was run is the one that is seen, and nothing else has been opened since. */
const seen = (/** @type {any} */ state) => mode === "program" && state.opened === opened;
const print = (/** @type {string} */ text) => {
  by("printed").hidden = !text;
  by("printed").textContent = text;
  by("printed").scrollTop = by("printed").scrollHeight;
};
function programShown(/** @type {any} */ state, /** @type {any} */ { printed, shown = "", page, title, steps, error }) {
  if (!seen(state)) return;
  print(printed + (shown ? `${printed && !printed.endsWith("\n") ? "\n" : ""}${shown}\n` : ""));
  say(error?.message ?? "", error?.marked);
  by("program").setAttribute("aria-invalid", String(Boolean(error)));
  if (by("program").value === state.text) programField.mark(error?.line ?? 0);
  if (page) show(by("stage"), page, title);
  else by("stage").replaceChildren();
  by("more").hidden = !steps;
  if (steps) more.changed({ typed: null, results: [], page });
}

/** Shows nothing of a program: what stands there belongs to another. */
function unrun() {
  say("");
  print("");
  by("more").hidden = true;
  by("stage").replaceChildren(Object.assign(document.createElement("p"), { className: "small empty", textContent: "Run the program, and what its last line gives is shown here, step by step." }));
  programField.mark(0);
  programField.fit();
}

/** Turns to expressions or to programs. @param {"expression" | "program"} to */
function turn(to) {
  if (to === mode) return;
  mode = to;
  clearTimeout(timer);
  const program = to === "program";
  by("as-expression").setAttribute("aria-pressed", String(!program));
  by("as-program").setAttribute("aria-pressed", String(program));
  for (const id of ["of-program", "run", "programs"]) by(id).hidden = !program;
  for (const id of ["of-expression", "numbers", "of-order", "expressions", "results"]) by(id).hidden = program;
  by("stage").classList.remove("old");
  if (program) {
    by("of-wrt").hidden = true;
    unrun();
  } else {
    say("");
    print("");
    writeFields(shownFields());
  }
}

/** Shows what an address says, and whether it does. A program of a link is not run by itself. */
async function open(/** @type {string} */ hash) {
  const mine = ++opened, state = await read(hash);
  if (!state || mine !== opened) return false;
  own = hash;
  turn(state.kind);
  if (state.kind === "program") {
    by("program").value = state.text;
    unrun();
    return true;
  }
  given = { ...state.numbers };
  wrt = state.wrt;
  by("expression").value = state.text;
  by("order").value = String(state.order);
  compute();
  return true;
}

by("typed").onsubmit = (/** @type {Event} */ event) => { event.preventDefault(); run(); };
function run() {
  void toAddress(typed());
  if (mode === "program") { say(""); print(""); }
  compute();
}
by("expression").oninput = later;
by("program").oninput = () => { programField.mark(0); clearTimeout(timer); timer = setTimeout(() => void toAddress(typed()), PAUSE); };
by("program").addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => { if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); run(); } });
by("numbers").oninput = ({ target }) => { given[target.dataset.name] = target.value; later(); };
by("order").oninput = () => { by("of-wrt").hidden = by("wrt").options.length < 2 || by("order").value === "1"; later(); };
by("wrt").onchange = () => { wrt = by("wrt").value; compute(); };
by("as-expression").onclick = () => { turn("expression"); compute(); };
by("as-program").onclick = () => { turn("program"); void toAddress(typed()); };
by("share").onclick = async () => { await toAddress(typed()); await copy(by("share"), new URL(own, location.href).href); };
for (const link of document.querySelectorAll("#programs a")) link.addEventListener("click", async (event) => {  // ours: it may run
  event.preventDefault();
  if (await open(/** @type {HTMLAnchorElement} */ (link).hash)) run();
});
addEventListener("hashchange", () => { if (location.hash !== own) void open(location.hash); });

more.changed({ typed: FIRST, results: first.results, page: "" });
python.start().then(() => running || python.ask("expression", FIRST), () => {}).catch(() => {});  // what it imports is there then
if (!location.hash || !await open(location.hash)) {
  const page = await (await fetch("assets/first.html")).text(), still = by("stage").querySelector("img");
  if (still) show(by("stage"), page, still.alt);  // and nothing else has come in the meantime
}
