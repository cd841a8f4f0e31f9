// The index of the course: what was done in each lesson, and where to go on.
import { clear, progress } from "./progress.js";

/** @typedef {{id: string, title: string, questions: number}} Lesson */
/** @type {{lessons: Lesson[]}} */
const { lessons } = JSON.parse(document.getElementById("told").textContent);

function made(/** @type {string} */ tag, /** @type {object} */ properties, /** @type {(Node | string)[]} */ ...children) {
  const found = Object.assign(document.createElement(tag), properties);
  found.append(...children);
  return found;
}

const place = document.getElementById("onward");

function show() {
  const known = progress();
  const counts = lessons.map(({ id, questions }) => Math.min(questions, Object.keys(known.lessons[id]?.right ?? {}).length));
  const finished = (/** @type {number} */ at) => lessons[at].questions > 0 && counts[at] === lessons[at].questions;
  const all = lessons.map((_, at) => at), last = lessons.findIndex(({ id }) => id === known.last);
  const next = [...all.slice(Math.max(0, last)), ...all].find((at) => !finished(at));
  const questions = lessons.reduce((sum, lesson) => sum + lesson.questions, 0), right = counts.reduce((sum, count) => sum + count, 0);
  for (const [at, { id, questions: of }] of lessons.entries()) {
    const link = document.querySelector(`.lessons a[href="${id}.html"]`);
    link.querySelector(".mark")?.remove();
    link.parentElement.classList.toggle("current", last >= 0 && at === next);
    const { right = {}, opened = [] } = known.lessons[id] ?? {};
    if (!counts[at] && !opened.length) continue;
    const whole = finished(at), first = Object.values(right).filter((one) => one.first).length;
    const words = whole ? [made("span", { ariaHidden: "true" }, "✓"), made("span", { className: "spoken" }, "all right")]
      : [counts[at] ? `${counts[at]} of ${of}` : "solutions read"];
    link.append(made("span", { className: whole ? "mark all" : "mark", title: `${counts[at]} of ${of} right, ${first} at the first try` }, ...words));
  }
  place.replaceChildren();
  if (next === undefined) place.append(made("span", { className: "to" }, "You have answered everything."));
  else {
    const { id, title } = lessons[next], words = last < 0 ? "Begin with" : "Continue with";
    place.append(made("a", { className: "to", href: `${id}.html` }, `${words} `, made("span", { className: "id" }, id), ` ${title}`));
  }
  const bar = made("progress", { max: questions, value: right, ariaLabel: "questions answered right" });
  place.append(made("span", { className: "so-far" }, bar, `${right} of ${questions} answered`));
  if (last < 0) return;
  const forget = made("button", { type: "button", className: "quiet", onclick: ask }, "Clear");
  forget.setAttribute("aria-label", "Clear what this browser keeps of the course");
  place.lastElementChild.append(forget);
}

/** Asks, in place, whether all is to be forgotten. @param {Event} event */
function ask({ currentTarget }) {
  const forget = () => { clear(); show(); place.querySelector("a")?.focus(); };
  const yes = made("button", { type: "button", onclick: forget }, "Clear all answers"), no = made("button", { type: "button", className: "quiet", onclick: show }, "Keep them");
  /** @type {Element} */ (currentTarget).replaceWith(yes, no);
  yes.focus();
}

show();
addEventListener("pageshow", ({ persisted }) => { if (persisted) show(); });  // when one comes back by the browser's button
addEventListener("storage", show);
