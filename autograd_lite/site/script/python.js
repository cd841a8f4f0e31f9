// Python in a worker: loaded with its progress shown, asked by name, ended and started anew when it is to stop.
//
// The worker starts from a text of this page, and so has this page's policy: what a program does there can ask no other
// host. The text imports the worker's module by a call, since the policy takes an import statement for another worker.
const told = JSON.parse(document.getElementById("told").textContent);
const AGAIN = "Try again, or reload the page.";

/** @typedef {{state: "off" | "loading" | "ready" | "busy" | "failed", part?: number, words: string}} State */

export class Stopped extends Error {}

export class Python {
  #worker = null;
  #ready = null;
  #waiting = new Map();
  #next = 0;
  /** @type {State} */
  state = { state: "off", words: "Python is not loaded." };

  /** @param {(state: State) => void} changed is called whenever the state changes */
  constructor(changed = () => {}) {
    this.changed = changed;
  }

  #is(state) {
    this.state = state;
    this.changed(state);
  }

  /** Loads Python, once; the promise is kept when it runs. */
  start() {
    this.#ready ??= new Promise((resolve, reject) => {
      this.#is({ state: "loading", part: 0, words: "Python is being loaded …" });
      const address = new URL("worker.js", import.meta.url);
      const text = `import(${JSON.stringify(address.href)}).catch(({ message }) => postMessage({ failed: message }));`;
      const source = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
      const worker = this.#worker = new Worker(source, { type: "module", name: "Python" });
      const fail = (/** @type {string} */ words) => {
        this.#is({ state: "failed", words });
        this.#end(words);
        reject(new Error(words));
      };
      worker.onerror = ({ message }) => fail(`Python could not be loaded: ${message || "the worker does not start"}. ${AGAIN}`);
      worker.onmessage = ({ data }) => {
        if (data.part !== undefined) this.#is({ state: "loading", part: data.part, words: data.words });
        else if (data.failed !== undefined) fail(`Python could not be loaded: ${data.failed}. ${AGAIN}`);
        else if (data.listening) worker.postMessage({ start: { archive: told.archive, loads: told.loads } });
        else if (data.ready) {
          URL.revokeObjectURL(source);
          this.#is({ state: "ready", words: "Python is ready." });
          resolve(this);
        } else this.#answered(data);
      };
    });
    return this.#ready;
  }

  #answered({ id, told, answer, error }) {
    const asked = this.#waiting.get(id);
    if (!asked) return;
    if (told !== undefined) return void asked.told(told);
    if (error?.broken) return this.stop(error.message);
    this.#waiting.delete(id);
    clearTimeout(asked.timer);
    this.#clock();
    if (!this.#waiting.size) this.#is({ state: "ready", words: "Python is ready." });
    if (error) asked.reject(Object.assign(new Error(error.message), error));
    else asked.resolve(answer);
  }

  /** Asks a function of the browser's Python, by name; its answer, or an Error with `message` and what it marks.
   * @param {string} name @param {object} values @param {{told?: (words: any) => void, seconds?: number}} options
   * `told` gets what it says on the way; after so many seconds from its turn on it is stopped. */
  async ask(name, values = {}, { told = () => {}, seconds = 60 } = {}) {
    do await this.start();
    while (this.state.state === "loading");  // it was stopped in between: a new one is being loaded
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject, told, seconds, timer: 0 });
      this.#clock();
      this.#is({ state: "busy", words: "Python is computing …" });
      this.#worker.postMessage({ id, name, values });
    });
  }

  /** Starts the clock of the question that is being answered; those behind it wait for their turn. */
  #clock() {
    const [asked] = this.#waiting.values();
    if (asked) asked.timer ||= setTimeout(() => this.stop(`Stopped after ${asked.seconds} seconds.`), 1000 * asked.seconds);
  }

  #end(words) {
    this.#worker?.terminate();
    this.#worker = this.#ready = null;
    for (const { reject, timer } of this.#waiting.values()) {
      clearTimeout(timer);
      reject(new Stopped(words));
    }
    this.#waiting.clear();
  }

  /** Ends the worker, whatever it is doing, and starts a new one. */
  stop(words = "Stopped.") {
    if (!this.#worker || this.state.state === "loading") return;  // who waits for it goes on waiting
    this.#end(words);
    this.start().catch(() => {});
  }
}

/** A line that shows the state, with a bar while Python is loaded and a button that stops it while it computes.
 * @param {HTMLElement} place @returns {Python} */
export function pythonIn(place) {
  const words = document.createElement("span"), bar = document.createElement("progress"), stop = document.createElement("button");
  words.setAttribute("role", "status");
  bar.max = 1;
  bar.setAttribute("aria-label", "how much of Python is loaded");
  stop.textContent = "Stop";
  stop.type = "button";
  place.classList.add("python");
  place.append(words, bar, stop);
  const show = (/** @type {State} */ { state, part, words: said }) => {
    place.dataset.state = state;
    if (words.textContent !== said) words.textContent = said;
    bar.hidden = state !== "loading";
    if (part !== undefined) bar.value = part;
    stop.hidden = state !== "busy";
  };
  const python = new Python(show);
  stop.onclick = () => python.stop();
  show(python.state);
  return python;
}
