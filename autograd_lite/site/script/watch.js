// Trains a network in this page, on a data set or on a file that stays here, and shows the page to watch it on.
import { Stopped, pythonIn } from "./python.js";
import { show } from "./stage.js";
import { address, chosen, fromAddress, keep } from "./choices.js";
import { fileIn } from "./table.js";

const by = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));
const MOST_SECONDS = 1800;
const python = pythonIn(by("python"));
const file = fileIn(python, () => {
  by("data").value = "csv";
  changed();
});

/** What depends on the choices. */
function changed() {
  by("error").textContent = "";  // it told of other choices
  by("file").hidden = by("data").value !== "csv";
  by("link").hidden = by("data").value === "csv";  // no link can carry a file
  keep();
}

const duration = (/** @type {number} */ seconds) => seconds < 90 ? `${Math.max(1, Math.round(seconds))} s` : `${Math.round(seconds / 60)} min`;
const rounded = (/** @type {number} */ x) => Number(x.toPrecision(3)).toString().replace("-", "−");
/** @type {number[]} */
let losses = [];
let quarter = 0;
/** Shows how far the training is. @param {{epoch: number, epochs: number, loss: number, left: number, words?: string}} now */
function tell({ epoch, epochs, loss, left, words }) {
  if (words) {
    by("bar").removeAttribute("value");
    by("far").textContent = by("spoken").textContent = words;
    return;
  }
  losses.push(loss);
  const far = `epoch ${epoch} of ${epochs} · loss ${rounded(loss)}`, rest = `about ${duration(left)} left`;
  by("bar").value = epoch / epochs;
  by("far").textContent = epoch < epochs ? `${far} · ${rest}` : far;
  const top = Math.max(...losses), step = 320 / Math.max(1, epochs - 1);
  by("losses").firstElementChild.setAttribute("points", losses.map((y, i) => `${(i * step).toFixed(1)},${(62 - 60 * y / (top || 1)).toFixed(1)}`).join(" "));
  if (epoch === 1 || Math.floor(4 * epoch / epochs) > quarter) {  // said aloud now and then, and not at each epoch
    quarter = Math.floor(4 * epoch / epochs);
    by("spoken").textContent = `${far}, ${rest}`;
  }
}

/** @param {any} link @param {string} content @param {string} type @param {string} name */
function offer(link, content, type, name) {
  if (link.href) URL.revokeObjectURL(link.href);
  link.href = URL.createObjectURL(new Blob([content], { type }));
  link.download = name;
}

/** Shows the training. @param {any} found what Python answered @param {string} name of the data */
function present(found, name) {
  const own = by("data").value === "csv", stem = name.replace(/\.\w*$/, "") || "training";
  by("result").hidden = false;
  by("result-title").textContent = `Trained on ${name}`;
  by("judged").textContent = `${found.judged.join(" · ")} · trained in ${duration(found.seconds)}`;
  show(by("stage"), found.page, found.title, own ? "" : address());
  offer(by("save-page"), found.page, "text/html", `${stem}.html`);
  offer(by("save-model"), found.model, "application/json", `${stem}.json`);
  by("loading").textContent = `import json\nfrom autograd_lite import nn\n\nmodel = ${found.made_by}\nmodel.load_state_dict(json.load(open("${stem.replace(/["\\]/g, "_")}.json")))`;
  by("spoken").textContent = `The page to watch it on is there: ${found.title}. ${found.judged.join(", ")}.`;
  by("result-title").focus({ preventScroll: true });
  by("result").scrollIntoView({ block: "start" });
}

async function train() {
  by("error").textContent = "";
  let asked;
  try {
    const data = by("data").value, choices = chosen();
    asked = { source: data, choices, ...data === "csv" ? file.asked() : {} };
  } catch (error) {
    by("error").textContent = error.message;
    return;
  }
  losses = [];
  quarter = 0;
  by("train").disabled = true;
  by("running").hidden = false;
  by("bar").value = 0;
  by("far").textContent = "Python begins as soon as it is loaded …";
  by("losses").firstElementChild.removeAttribute("points");
  try {
    const found = await python.ask("training", asked, { told: tell, seconds: MOST_SECONDS });
    by("running").hidden = true;
    present(found, asked.source);
  } catch (error) {
    by("running").hidden = !(error instanceof Stopped) || !losses.length;
    by("far").textContent = losses.length ? `Stopped in epoch ${losses.length + 1}.` : "";
    by("error").textContent = error instanceof Stopped ? `${error.message} Your choices are as they were.` : error.message;
  } finally {
    by("train").disabled = false;
  }
}

by("choices").onsubmit = (/** @type {SubmitEvent} */ event) => {
  event.preventDefault();
  train();
};
by("choices").onchange = changed;
by("link").onclick = async () => {
  keep();
  let done = true;
  await navigator.clipboard.writeText(address()).catch(() => { done = false; });
  by("spoken").textContent = done ? "Copied." : "Copying is not allowed here: the address of this page is the link.";
  by("link").textContent = done ? "Copied" : "See the address";
  setTimeout(() => { by("link").textContent = "Copy link"; }, 2000);
};
addEventListener("hashchange", () => { if (fromAddress()) changed(); });
if (fromAddress()) {
  changed();
  by("own").scrollIntoView();
} else {
  by("file").hidden = by("data").value !== "csv";
  by("link").hidden = by("data").value === "csv";
}
