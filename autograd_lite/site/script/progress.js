// What one has done in the course, kept in the browser under one key; without a storage, for this page only.

/** @typedef {{texts: string[], first: boolean}} Answered */
/** @typedef {{right: Record<string, Answered>, opened: number[]}} Done */
/** @typedef {{version: 1, lessons: Record<string, Done>, last: string}} Progress */
const KEY = "autograd-lite.course", VERSION = 1;
/** @type {string | null} */
let here = null;

const object = (/** @type {any} */ x) => x !== null && typeof x === "object" && !Array.isArray(x);

/** What a text that was kept says; what is not of this version's shape is left out. @param {string | null} text @returns {Progress} */
export function read(text) {
  /** @type {Progress} */
  const found = { version: VERSION, lessons: {}, last: "" };
  let kept;
  try {
    kept = JSON.parse(text ?? "");
  } catch {
    return found;
  }
  if (!object(kept) || kept.version !== VERSION || !object(kept.lessons)) return found;
  if (typeof kept.last === "string") found.last = kept.last;
  for (const [id, done] of Object.entries(kept.lessons)) {
    if (!object(done)) continue;
    const right = Object.entries(object(done.right) ? done.right : {}).filter(([, one]) => object(one) && Array.isArray(one.texts));
    found.lessons[id] = {
      right: Object.fromEntries(right.map(([name, { texts, first }]) => [name, { texts: texts.map(String), first: first === true }])),
      opened: Array.isArray(done.opened) ? done.opened.filter(Number.isInteger) : [],
    };
  }
  return found;
}

/** What was done so far. */
export function progress() {
  try {
    return read(localStorage.getItem(KEY));
  } catch {
    return read(here);
  }
}

/** Keeps what a change makes of it. @param {(known: Progress) => void} change */
export function note(change) {
  const known = progress();  // anew each time, since another window may have changed it
  change(known);
  here = JSON.stringify(known);
  try {
    localStorage.setItem(KEY, here);
  } catch {
    // Where a browser keeps nothing, the page goes on without.
  }
}

/** What was done in a lesson, to be changed. @param {Progress} known @param {string} id @returns {Done} */
export const of = (known, id) => known.lessons[id] ??= { right: {}, opened: [] };

/** Forgets everything. */
export function clear() {
  here = null;
  try {
    localStorage.removeItem(KEY);
  } catch {
    // There was nothing kept.
  }
}
