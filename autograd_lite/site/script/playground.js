import { pythonIn } from "./python.js";
import { show } from "./stage.js";

const by = (/** @type {string} */ id) => document.getElementById(id);
const python = pythonIn(by("python"));
python.start().catch(() => {});
by("typed").onsubmit = async (event) => {
  event.preventDefault();
  try {
    const { page, title } = await python.ask("expression", { text: by("expression").value, where: by("where").value });
    by("error").textContent = "";
    show(by("stage"), page, title);
  } catch (error) {
    by("error").textContent = error.message;
  }
};
