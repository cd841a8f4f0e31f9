// The teacher's corner: asks Python for a sheet and its key, shows and hands them out; draws the steps of a lesson.
import { pythonIn } from "./python.js";

/** @typedef {{title: string, sheet: string, key: string, files: Record<string, string>}} Sheet */
/** @type {{first: Sheet, id: string, seed: number, needs: {frames: string[], sheet: string[]}}} */
const told = JSON.parse(document.getElementById("told").textContent);
const KINDS = { html: "text/html", md: "text/markdown", tex: "application/x-tex" };
const NAMES = { html: "HTML", md: "Markdown", tex: "LaTeX" };
const MOST = 999999, PATIENCE = 600;
const by = (/** @type {string} */ name) => document.getElementById(name);
const lesson = /** @type {HTMLSelectElement} */ (by("lesson")), seed = /** @type {HTMLInputElement} */ (by("seed"));
const python = pythonIn(by("python"));
const preview = by("preview"), wrong = by("wrong"), drawn = by("drawn");
/** @type {Sheet} */
let made = told.first;
let current = { id: told.id, seed: told.seed }, asked = 0;
/** @type {string[]} */
let addresses = [];

/** A link under which a file is saved. @param {string} name @param {BlobPart} content @param {string} kind @param {string} words */
function link(name, content, kind, words) {
  const found = document.createElement("a"), address = URL.createObjectURL(new Blob([content], { type: kind }));
  Object.assign(found, { href: address, download: name, textContent: words });
  found.setAttribute("aria-label", `Download ${name}`);
  return { found, address };
}

/** Shows the sheet, or its key, and the files of it. @param {"sheet" | "key"} what */
function show(what) {
  for (const each of ["sheet", "key"]) by(`show-${each}`).setAttribute("aria-pressed", String(each === what));
  preview.innerHTML = made[what].replaceAll("h1>", "h2>");
  preview.setAttribute("aria-label", what === "key" ? "the key" : "the sheet");
  if (what === "sheet") marking.start(preview);
  addresses.forEach(URL.revokeObjectURL);
  addresses = [];
  const links = Object.entries(made.files).filter(([name]) => name.includes(`-${what}-`)).map(([name, text]) => {
    const ending = name.split(".").pop();
    const { found, address } = link(name, text, `${KINDS[ending]};charset=utf-8`, NAMES[ending]);
    addresses.push(address);
    return found;
  });
  by("files").replaceChildren("Download ", ...links.flatMap((one) => [one, " "]));
}

/** What belongs to the lesson that is chosen, before anything is asked. */
function choose() {
  const { value: id } = lesson, n = seed.value || "0";
  by("which").textContent = id;
  drawn.replaceChildren();
  const quiz = `autograd-lite quiz ${id} --seed ${n}`;
  by("commands").textContent = `${quiz} --html ${id}.html --latex ${id}.tex --key ${id}-key.tex\nautograd-lite lesson ${id} --frames ${id}-steps`;
  const not = told.needs.frames.includes(id);
  /** @type {HTMLButtonElement} */ (by("draw")).disabled = not;
  if (not) drawn.textContent = `${id} computes with NumPy, which the browser lacks: use the command below.`;
}

function say(/** @type {string} */ words) {
  wrong.textContent = words;
  wrong.hidden = !words;
}

/** Makes the sheet of the form. */
async function make() {
  const wanted = { id: lesson.value, seed: Number(seed.value) }, mine = ++asked;
  choose();
  say("");
  preview.removeAttribute("aria-busy");
  if (wanted.id === current.id && wanted.seed === current.seed) return;
  preview.setAttribute("aria-busy", "true");
  try {
    if (told.needs.sheet.includes(wanted.id)) throw new Error(`A sheet of ${wanted.id} computes with NumPy, which the browser lacks: use the command at the end of the page.`);
    const found = await python.ask("sheet", wanted, { seconds: PATIENCE });
    if (mine !== asked) return;
    made = found;
    current = wanted;
    show("sheet");
    by("said").textContent = `${made.title} is made.`;
  } catch (error) {
    if (mine === asked) say(error.message);
  } finally {
    if (mine === asked) preview.removeAttribute("aria-busy");
  }
}

/** Notes the choice in the address, and makes it. */
function go() {
  if (!/** @type {HTMLFormElement} */ (by("sheet")).reportValidity()) return;
  history.pushState(null, "", `#${lesson.value}&seed=${Number(seed.value)}`);
  make();
}

/** Follows the address, such as #L21&seed=7. */
function follow() {
  const [id, ...rest] = location.hash.slice(1).split("&"), n = Number(new URLSearchParams(rest.join("&")).get("seed") ?? 0);
  if (id && ![...lesson.options].some(({ value }) => value === id)) return;
  lesson.value = id || told.id;
  seed.value = String(id ? Number.isInteger(n) && n >= 0 && n <= MOST ? n : 0 : told.seed);
  make();
}

async function draw() {
  const { value: id } = lesson, button = /** @type {HTMLButtonElement} */ (by("draw"));
  button.disabled = true;
  drawn.textContent = "";
  say("");
  try {
    const words = ({ done, of }) => { if (id === lesson.value) drawn.textContent = `${done} of ${of} pictures`; };
    const { name, zip, pictures } = await python.ask("frames", { id }, { told: words, seconds: PATIENCE });
    if (id !== lesson.value) return;
    const bytes = Uint8Array.from(atob(zip), (letter) => letter.charCodeAt(0));
    const { found } = link(name, bytes, "application/zip", name);
    drawn.replaceChildren(`${pictures} pictures and slides.tex: `, found);
    found.click();
  } catch (error) {
    if (id === lesson.value) drawn.textContent = error.message;
  } finally {
    button.disabled = told.needs.frames.includes(lesson.value);
  }
}

by("sheet").onsubmit = (event) => { event.preventDefault(); go(); };
by("another").onclick = () => { seed.value = String((Number(seed.value) + 1) % (MOST + 1)); go(); };
by("show-sheet").onclick = () => show("sheet");
by("show-key").onclick = () => show("key");
by("print").onclick = () => print();
by("draw").onclick = draw;
lesson.onchange = go;
addEventListener("hashchange", follow);
for (const each of ["sheet", "key"]) by(`show-${each}`).setAttribute("aria-controls", "preview");
show("sheet");
choose();
follow();
