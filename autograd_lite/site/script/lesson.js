// The page of a lesson: computes it at numbers of one's own, and keeps what was answered.
import { note, of, progress } from "./progress.js";
import { pythonIn, Stopped } from "./python.js";
import { show } from "./stage.js";

/** @type {{lesson: {id: string, title: string, questions: number}}} */
const { lesson: { id } } = JSON.parse(document.getElementById("told").textContent);
const COMPUTED = ["steps", "questions", "derivation", "numbers", "plot"];  // the sections that depend on the numbers
const PATIENCE = 600;  // seconds; some lessons train
const LONG = 3000;  // milliseconds, after which it is said that it takes a while
const by = (/** @type {string} */ name) => document.getElementById(name);

note((known) => { known.last = id; });

// What was answered: kept, and shown again.
document.addEventListener("answered", (event) => {
  const { name, verdict, texts, first } = /** @type {CustomEvent} */ (event).detail;
  if (verdict === "right") note((known) => {
    const { right } = of(known, id);
    right[name] = { texts, first: first || (right[name]?.first ?? false) };
  });
  again();
});
document.addEventListener("toggle", ({ target }) => {
  const all = [...document.querySelectorAll("#exercises details")], place = 1 + all.indexOf(/** @type {Element} */ (target));
  if (place && /** @type {HTMLDetailsElement} */ (target).open) note((known) => {
    const { opened } = of(known, id);
    if (!opened.includes(place)) opened.push(place);
  });
}, true);
for (const place of of(progress(), id).opened) document.querySelectorAll("#exercises summary")[place - 1]?.classList.add("read");

function restore() {
  const { right } = of(progress(), id);
  for (const place of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-asked]"))) {
    const kept = right[JSON.parse(place.dataset.asked).name];
    if (kept) place.dispatchEvent(new CustomEvent("restored", { detail: kept }));
  }
  if (Object.keys(right).length) again();
}

/** Offers to answer all questions anew. */
function again() {
  const score = document.querySelector("#questions .score");
  if (!score || document.querySelector(".again")) return;
  const line = document.createElement("p"), button = document.createElement("button");
  line.className = "again ui";
  button.className = "quiet";
  button.type = "button";
  button.textContent = "Answer them anew";
  button.onclick = () => {
    note((known) => { of(known, id).right = {}; });
    location.reload();
  };
  line.append(button);
  score.after(line);
}
restore();

// The numbers: in the form, in the address, and in what the page shows.
const form = /** @type {HTMLFormElement | null} */ (by("given"));
if (form) {
  const python = pythonIn(by("python"));
  const fields = /** @type {(HTMLInputElement | HTMLSelectElement)[]} */ ([...form.querySelectorAll("[name]")]);
  const hint = by("takes"), said = hint.textContent, wrong = by("wrong"), told = by("shown"), reset = by("reset");
  const built = sections();
  let current = "", asked = 0;

  function sections() {
    return COMPUTED.flatMap((name) => by(name) ?? []);
  }

  /** What differs from the lesson's own numbers, as it stands in the address. */
  const state = () => fields.filter(({ value, dataset }) => value.trim() !== dataset.default)
    .map(({ name, value }) => `${name}=${encodeURIComponent(value.trim())}`).join("&");

  function mark() {
    for (const field of fields) field.classList.toggle("changed", field.value.trim() !== field.dataset.default);
  }

  /** Puts sections in the place of those that are shown. @param {Element[]} those */
  function put(those) {
    for (const one of sections()) one.remove();
    by("change").after(...those);
  }

  /** Says what is wrong, beside the fields. @param {Record<string, string>} refused */
  function refuse(refused) {
    for (const field of fields) {
      by(`wrong-${field.name}`).textContent = refused[field.name] ?? "";
      field.setAttribute("aria-invalid", String(field.name in refused));
    }
    fields.find(({ name }) => name in refused)?.focus();
  }

  function back() {
    asked++;
    if (python.state.state === "busy") python.stop();
    for (const field of fields) field.value = field.dataset.default;
    mark();
    refuse({});
    wrong.hidden = true;
    told.textContent = "";
    reset.hidden = true;
    for (const one of sections()) one.removeAttribute("aria-busy");
    if (current) {
      put(built);
      current = "";
    }
  }

  /** Asks Python for the lesson at the numbers of the form, and shows it. */
  async function compute() {
    const wanted = state(), mine = ++asked;
    if (!wanted) return back();
    refuse({});
    wrong.hidden = true;
    reset.hidden = false;
    for (const one of sections()) one.setAttribute("aria-busy", "true");
    const long = setTimeout(() => { told.textContent = "This takes a while: you can wait, or stop it."; }, LONG + (python.state.state === "ready" ? 0 : 1e4));
    try {
      const given = Object.fromEntries(fields.filter(({ value, dataset }) => value.trim() !== dataset.default).map(({ name, value }) => [name, value]));
      const found = await python.ask("lesson", { id, given }, { seconds: PATIENCE });
      if (mine !== asked) return;
      told.textContent = "";
      if (found.refused) return void refuse(found.refused);
      put(Object.values(found.sections).map(section));
      if (by("questions")) marking.start(by("questions"));
      current = wanted;
      told.textContent = [`Below: ${found.name}.`, ...found.lacking].join(" ");
    } catch (error) {
      if (mine !== asked) return;
      told.textContent = "";
      wrong.textContent = error instanceof Stopped ? `${error.message} What stands below is as before.` : error.message;
      wrong.hidden = false;
    } finally {
      clearTimeout(long);
      if (mine === asked) for (const one of sections()) one.removeAttribute("aria-busy");
    }
  }

  /** A section that Python has written; its steps stand in a frame of their own. @param {string} html */
  function section(html) {
    const made = document.createElement("template");
    made.innerHTML = html;
    const found = made.content.firstElementChild, frame = found.querySelector("iframe");
    if (frame) show(frame.parentElement, frame.srcdoc, frame.title);
    return document.adoptNode(found);
  }

  /** Follows the address, which may name numbers, or a part of the page. */
  function follow() {
    const hash = location.hash.slice(1);
    if (hash && !hash.includes("=")) {
      if (current && hash !== "whole") history.replaceState(null, "", `#${current}`);  // so that a link still shares them
      return;
    }
    const given = new URLSearchParams(hash.replaceAll("+", "%2B"));
    for (const field of fields) field.value = given.get(field.name) ?? field.dataset.default;
    mark();
    if (state() !== current || !current) return void compute();
    refuse({});
    wrong.hidden = true;
  }

  /** Notes numbers in the address. @param {string} numbers */
  const go = (numbers) => history.pushState(null, "", numbers ? `#${numbers}` : location.pathname + location.search);

  form.onsubmit = (event) => {
    event.preventDefault();
    go(state());
    compute();
  };
  form.oninput = mark;
  form.addEventListener("focusin", ({ target }) => {
    const name = /** @type {HTMLInputElement} */ (target).name;
    hint.textContent = name ? `${name}: ${by(`takes-${name}`).textContent}` : said;
  });
  form.addEventListener("focusout", () => { hint.textContent = said; });
  reset.onclick = () => {
    go("");
    back();
    fields[0].focus();
  };
  addEventListener("hashchange", follow);
  follow();
}
