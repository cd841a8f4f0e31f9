// The choices of a training: read from the form and checked, kept in the address, and put back into the form from it.

const by = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));
const FIELDS = ["data", "hidden", "activation", "optimizer", "rate", "batch", "epochs", "seed"];
/** What a field must be: how it is read, whether that will do, and what is said otherwise.
 * @type {Record<string, {read: (text: string) => number, will: (x: number) => boolean, words: string}>} */
const NUMBERS = {
  rate: { read: (text) => Number(text.replace(",", ".")), will: (x) => x > 0 && x < Infinity, words: "The learning rate is a number above 0, such as 0.03." },
  batch: { read: Number, will: (x) => Number.isInteger(x) && x > 0, words: "The batch is a whole number from 1: so many samples in one step." },
  epochs: { read: Number, will: (x) => Number.isInteger(x) && x > 0, words: "Epochs are a whole number from 1." },
  seed: { read: Number, will: (x) => Number.isSafeInteger(x) && x >= 0, words: "The seed is a whole number from 0." },
};

/** The choices of the form as Python takes them; the first field that will not do is marked, gets the focus, and is told.
 * @returns {Record<string, any>} */
export function chosen() {
  /** @type {Record<string, any>} */
  const found = {};
  for (const name of FIELDS) by(name).removeAttribute("aria-invalid");
  for (const name of FIELDS.slice(1)) {
    const text = by(name).value.trim(), number = NUMBERS[name];
    found[name] = number ? number.read(text) : text;
    if (number ? !text || !number.will(found[name]) : name === "hidden" && !/^(\d+\s*(,\s*\d+\s*)*)?$/.test(text)) {
      by(name).setAttribute("aria-invalid", "true");
      by(name).focus();
      throw new Error(number ? number.words : "Hidden layers are sizes such as 8,8, or nothing.");
    }
  }
  return found;
}

/** The address that has the choices; a file of one's own is not in it. */
export function address() {
  const said = FIELDS.map((name) => `${name}=${encodeURIComponent(by(name).value.trim()).replaceAll("%2C", ",")}`);
  return `${location.href.split("#")[0]}#${said.join("&")}`;
}

/** Puts what the address says into the form, where it is possible; whether it says something. */
export function fromAddress() {
  const said = new URLSearchParams(location.hash.slice(1));
  for (const name of FIELDS) {
    const field = by(name), text = said.get(name);
    if (text === null || text.length > 100) continue;
    if (!field.options || [...field.options].some(({ value }) => value === text)) field.value = text;
  }
  return said.has("data");
}

/** The address follows the form. */
export function keep() {
  history.replaceState(null, "", address());
}
