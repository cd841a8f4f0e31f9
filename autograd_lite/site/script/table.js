// A table of one's own: dropped, chosen or pasted; what Python understands of it, and what of it is to be learned.
import { Stopped } from "./python.js";

const by = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));
const MOST_BYTES = 1e6, PAUSE = 500;  // of a file; milliseconds without a key, after which a text is read
const PASTED = "what you pasted";

/** @param {import("./python.js").Python} python @param {() => void} given is called when a file has come */
export function fileIn(python, given) {
  let name = PASTED, asking = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let pausing;

  /** @param {string} words @param {boolean} wrong @param {string} more */
  function say(words, wrong = false, more = "") {
    const parts = [words], line = Number(/, line (\d+)/.exec(words)?.[1]);
    by("understood").classList.toggle("wrong", wrong);
    by("understood").replaceChildren(...parts);
    if (wrong && line) by("understood").append(button(`Show line ${line}`, () => showLine(line)));
    if (more) by("understood").append(Object.assign(document.createElement("span"), { className: "small", textContent: more }));
  }
  /** @param {string} text @param {() => void} onclick */
  const button = (text, onclick) => Object.assign(document.createElement("button"), { type: "button", textContent: text, onclick });
  /** Selects a line of the text, and brings it into view. @param {number} line */
  function showLine(line) {
    const field = by("text"), lines = field.value.split("\n"), start = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
    field.focus();
    field.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0));
    field.scrollTop = (line - 3) * parseFloat(getComputedStyle(field).lineHeight);
  }

  async function read() {
    const text = by("text").value, one = ++asking;
    if (!text.trim()) return void say("");
    say("Reading it …");
    try {
      const found = await python.ask("table", { text, name, target: by("target").value || null, kind: by("kind").value });
      if (one !== asking) return;
      by("target").replaceChildren(...found.columns.map((/** @type {string} */ column) => new Option(column, column, false, column === found.target)));
      by("target").disabled = false;
      if (found.error) say(`${found.error}.`, true, "If another column is to be learned, choose it below.");
      else say(`${name}: ${found.told}.`, false, `Read as ${found.read_as}.`);
    } catch (error) {
      if (one === asking) say(error instanceof Stopped ? "Stopped before it was read." : `${error.message}.`, !(error instanceof Stopped));
    }
  }

  /** @param {File | undefined} file */
  async function take(file) {
    if (!file) return;
    given();
    by("target").replaceChildren();
    by("target").disabled = true;
    by("text").value = "";  // so that no other text stands under this name, should it not be read
    asking++;
    name = file.name;
    if (file.size > MOST_BYTES) return void say(`${name} has ${(file.size / 1e6).toFixed(1)} MB, and a page trains on up to 1 MB: take fewer rows.`, true);
    try {
      by("text").value = new TextDecoder("utf-8", { fatal: true }).decode(await file.arrayBuffer());
    } catch {
      return void say(`${name} is not text in UTF-8: save it as CSV in UTF-8.`, true);
    }
    await read();
  }

  by("chosen").onchange = () => {
    take(by("chosen").files[0]);
    by("chosen").value = "";  // so that the same file, mended, can be chosen again
  };
  by("text").oninput = () => {
    if (by("text").value.length < 2) name = PASTED;
    clearTimeout(pausing);
    pausing = setTimeout(read, PAUSE);
  };
  by("text").onpaste = () => {
    const { value, selectionStart, selectionEnd } = by("text");
    if (selectionEnd - selectionStart === value.length) name = PASTED;  // all of it is another text now
  };
  for (const id of ["target", "kind"]) by(id).addEventListener("change", read);
  const withFile = (/** @type {DragEvent} */ { dataTransfer }) => Boolean(dataTransfer?.types.includes("Files"));
  document.addEventListener("dragover", (event) => {
    if (!withFile(event)) return;
    event.preventDefault();
    by("drop").classList.add("over");
  });
  document.addEventListener("dragleave", ({ relatedTarget }) => { if (!relatedTarget) by("drop").classList.remove("over"); });
  document.addEventListener("drop", (event) => {
    by("drop").classList.remove("over");
    if (!withFile(event)) return;
    event.preventDefault();
    take(event.dataTransfer?.files[0]).then(() => by("own").scrollIntoView());
  });

  return {
    /** What a training is told of the file; an Error where there is none. */
    asked() {
      if (!by("text").value.trim()) throw new Error("There is no table yet: drop a file, choose one, or paste its rows.");
      return { source: name, text: by("text").value, target: by("target").value || null, kind: by("kind").value };
    },
  };
}
