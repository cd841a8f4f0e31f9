// What else can be said of a graph, in tabs that ask Python when they are opened; and the files to download.
import { Stopped } from "./python.js";

const by = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));
const made = (/** @type {string} */ tag, /** @type {object} */ given = {}, /** @type {Node[]} */ ...inside) => {
  const element = Object.assign(document.createElement(tag), given);
  element.append(...inside);
  return element;
};

/** A table of texts; a heading that begins with a space stands over numbers. @param {{title: string, headings: string[], rows: string[][]}} given */
function table({ title, headings, rows }) {
  const kind = headings.map((heading) => heading.startsWith(" ") ? "num" : "");
  const line = (/** @type {string[]} */ cells, /** @type {string} */ tag) => made("tr", {}, ...cells.map((cell, k) => made(tag, { textContent: cell.trim(), className: kind[k] })));
  const whole = made("table", {}, ...(title ? [made("caption", { textContent: title })] : []), made("thead", {}, line(headings, "th")), made("tbody", {}, ...rows.map((row) => line(row, "td"))));
  return made("div", { className: "scroll" }, whole);
}

/** @param {string} name @param {BlobPart} content @param {string} type */
function save(name, content, type) {
  const address = URL.createObjectURL(new Blob([content], { type }));
  made("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/** A picture as points, on the colour of the page. @param {string} svg @returns {Promise<Blob>} */
async function png(svg) {
  const address = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" })), image = new Image();
  try {
    image.src = address;
    await image.decode();
    const scale = Math.min(3, 8000 / Math.max(image.width, image.height, 1)), canvas = document.createElement("canvas");
    canvas.width = Math.ceil(image.width * scale);
    canvas.height = Math.ceil(image.height * scale);
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    context.fillStyle = getComputedStyle(document.body).backgroundColor;
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve, reject) => canvas.toBlob((blob) => blob ? resolve(blob) : reject(new Error("the picture is too large")), "image/png"));
  } finally {
    URL.revokeObjectURL(address);
  }
}

/** @param {HTMLElement} button @param {string} text */
export async function copy(button, text) {
  const label = button.dataset.said ??= button.textContent ?? "";
  const done = await navigator.clipboard.writeText(text).then(() => true, () => false);
  button.textContent = done ? "Copied" : "Not allowed here";
  setTimeout(() => { button.textContent = label; }, 1500);
}

/** The tabs and the files of what is shown.
 * @param {import("./python.js").Python} python */
export function views(python) {
  const tabs = /** @type {HTMLButtonElement[]} */ ([...by("tabs").children]), panel = by("panel");
  /** @type {{typed: object | null, results: string[][], page: string}} page: "" is that of the build */
  let of = { typed: null, results: [], page: "" };
  let answers = new Map(), shown = 0, kind = "numbers";

  const ask = (/** @type {string} */ what) => {
    if (!answers.has(what)) {
      const asked = what === "numbers" ? Promise.resolve({ tables: [{ title: "", headings: ["result", " with all digits"], rows: of.results.map((row) => row.slice(0, 2)) }] }) : python.ask("view", { kind: what, typed: of.typed });
      answers.set(what, asked);
      const kept = answers;
      asked.catch(() => kept.delete(what));
    }
    return answers.get(what);
  };
  async function open() {
    const mine = ++shown;
    for (const tab of tabs) {
      const chosen = tab.dataset.kind === kind;
      tab.setAttribute("aria-selected", String(chosen));
      tab.tabIndex = chosen ? 0 : -1;
      if (chosen) panel.setAttribute("aria-labelledby", tab.id);
    }
    if (!answers.has(kind) && kind !== "numbers") panel.replaceChildren(made("p", { className: "small", textContent: "Python is computing …" }));
    try {
      const { tables = [], words = "", verdict = "", text = "" } = await ask(kind);
      if (mine !== shown) return;
      const parts = tables.map(table);
      if (words) parts.push(made("p", { className: `verdict ${verdict}`, textContent: words }));
      if (text) {
        const button = made("button", { type: "button", textContent: "Copy", onclick: () => copy(button, text) });
        parts.push(made("div", { className: "copied" }, button, made("pre", { textContent: text, tabIndex: 0 })));
      }
      panel.replaceChildren(...parts);
    } catch (error) {
      if (mine === shown) panel.replaceChildren(made("p", { className: "bad", textContent: error instanceof Stopped ? `${error.message} Open it again.` : error.message }));
    }
  }
  const choose = (/** @type {HTMLButtonElement} */ tab) => { kind = tab.dataset.kind ?? ""; void open(); };
  for (const tab of tabs) tab.onclick = () => choose(tab);
  by("tabs").onkeydown = (/** @type {KeyboardEvent} */ event) => {
    const seen = tabs.filter((tab) => !tab.hidden), at = seen.findIndex((tab) => tab.dataset.kind === kind);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: seen.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const tab = seen[(to + seen.length) % seen.length];
    tab.focus();
    choose(tab);
  };
  for (const button of by("downloads").querySelectorAll("button")) button.onclick = async () => {
    const { file } = button.dataset, label = button.textContent;
    button.disabled = true;
    try {
      if (file === "html") save("steps.html", of.page || await (await fetch("assets/first.html")).text(), "text/html");
      else {
        const { text } = await ask(file === "png" ? "svg" : file);
        if (file === "png") save("graph.png", await png(text), "image/png");
        else save(`graph.${file}`, text, file === "svg" ? "image/svg+xml" : "text/vnd.graphviz");
      }
    } catch (error) {
      panel.replaceChildren(made("p", { className: "bad", role: "alert", textContent: error.message }));
    }
    button.disabled = false;
    button.textContent = label;
  };
  return {
    /** What is shown has changed. @param {{typed: object | null, results: string[][], page: string}} given */
    changed(given) {
      of = given;
      answers = new Map();
      const program = !given.typed;
      for (const tab of tabs) tab.hidden = program && (tab.dataset.kind === "check" || tab.dataset.kind === "numbers");
      if (tabs.find((tab) => tab.dataset.kind === kind)?.hidden) kind = "paths";
      void open();
    },
  };
}
