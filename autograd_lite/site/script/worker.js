// The worker in which Python runs: loads Pyodide, the layout program and the packages, then answers what it is asked.
import { loadPyodide } from "../pyodide/pyodide.mjs";
import { instance } from "../viz/viz.js";

const here = (/** @type {string} */ path) => new URL(`../${path}`, import.meta.url).href;
let answer;

/** A fetch that tells how much has come. @param {Record<string, number>} loads bytes by path @param {(part: number) => void} tell */
function counting(loads, tell) {
  const total = Object.values(loads).reduce((sum, bytes) => sum + bytes, 0), own = globalThis.fetch;
  let done = 0;
  return async (/** @type {RequestInfo | URL} */ request, /** @type {RequestInit | undefined} */ options) => {
    const response = await own(request, options);
    if (!response.ok || !response.body) return response;
    const counter = new TransformStream({
      transform(chunk, controller) {
        done += chunk.length;
        tell(Math.min(1, done / total));
        controller.enqueue(chunk);
      },
    });
    return new Response(response.body.pipeThrough(counter), { status: response.status, headers: response.headers });
  };
}

async function start({ archive, loads }) {
  const tell = (/** @type {number} */ part, words = "Python is being loaded …") => postMessage({ part, words });
  const own = globalThis.fetch;
  globalThis.fetch = counting(loads, (part) => tell(0.9 * part));
  const packages = fetch(here(archive)).then((response) => {
    if (!response.ok) throw new Error(`${archive} is not there`);
    return response.arrayBuffer();
  });
  const [pyodide, viz, files] = await Promise.all([loadPyodide({ indexURL: here("pyodide/") }), instance(), packages]);
  globalThis.fetch = own;
  tell(0.92, "Python is being started …");
  pyodide.unpackArchive(files, "zip", { extractDir: "/packages" });
  pyodide.runPython("import sys; sys.path.insert(0, '/packages')");
  tell(0.95, "Python is being started …");
  const asked = pyodide.pyimport("autograd_lite.site.browser.answers");
  asked.prepare((/** @type {string} */ source, /** @type {string} */ format, /** @type {string} */ engine) => {
    const done = viz.render(source, { format, engine });
    return JSON.stringify([done.output ?? "", done.errors.map(({ message }) => message).join(" ")]);
  });
  answer = asked.answer;
  postMessage({ ready: true });
}

addEventListener("message", async ({ data }) => {
  if (data.start) {
    try {
      await start(data.start);
    } catch (error) {
      postMessage({ failed: error.message });
    }
    return;
  }
  const { id, name, values } = data;
  try {
    const said = answer(name, JSON.stringify(values), (/** @type {string} */ words) => postMessage({ id, told: JSON.parse(words) }));
    postMessage({ id, ...JSON.parse(said) });
  } catch (error) {  // memory that has run out, or a stack of JavaScript's
    postMessage({ id, error: { message: `Python broke down (${error.message.trim().split("\n").pop()}) and is started anew.`, broken: true } });
  }
});

postMessage({ listening: true });
