// The values of the network over the plane of the shown inputs, in colour.

/** The part of the plane that is shown: x from left to right, y upwards. @typedef {{left: number, right: number, bottom: number, top: number}} Plane */
/** Values at the points of a grid, row by row from the top. The outermost points lie beyond the plane, half as far as they
 * are apart: so what is between them is the plane, and lines reach its edge.
 * @typedef {{wide: number, high: number, values: Float64Array[]}} Grid */

const COARSE = [49, 34], FINE = [98, 68], ALONG = 240;  // while it runs, when it stands still; and points along one input

/** Where a point of a grid lies, as a part of the plane. @param {number} i @param {number} count */
const partOf = (i, count) => (i - 0.5) / (count - 2);

/** The shown inputs over the plane and half a step beyond, for `valuesOnGrid`. @param {Plane} plane @param {number} wide @param {number} high */
function beyond({ left, right, bottom, top }, wide, high) {
  const [across, upward] = DATA.shown, features = [...DATA.features];
  const between = (/** @type {number} */ low, /** @type {number} */ up, /** @type {number} */ count) => ({ low: low + partOf(0, count) * (up - low), high: low + partOf(count - 1, count) * (up - low) });
  features[across] = { ...features[across], ...between(left, right, wide) };
  if (upward !== undefined) features[upward] = { ...features[upward], ...between(bottom, top, high) };
  return { features, shown: DATA.shown };
}
/** The values that units and outputs have, each once. @type {number[]} */
const WANTED = [...new Set([...layers.flatMap((layer) => layer.units.map((/** @type {any} */ unit) => unit.a)), ...DATA.outputs])];
/** All values of the network over the shown inputs; the others have their means. @param {ArrayLike<number>} p @param {Plane} plane @param {boolean} fine @returns {Grid} */
function gridOf(p, plane, fine) {
  const [wide, high] = DATA.shown.length < 2 ? [ALONG, 1] : fine ? FINE : COARSE;
  const found = valuesOnGrid(FORWARD, p, beyond(plane, wide, high), WANTED, wide, high), values = /** @type {Float64Array[]} */ ([]);
  WANTED.forEach((o, k) => { values[o] = found[k]; });
  return { wide, high, values };
}

/** A map of an input itself. @param {number} feature @param {Plane} plane @returns {Grid} */
function gridOfInput(feature, { left, right, bottom, top }) {
  const [across, upward] = DATA.shown, size = 24, values = new Float64Array(size * size), { mean } = DATA.features[feature];
  for (let at = 0; at < values.length; at++) {
    const column = at % size, row = Math.floor(at / size);
    values[at] = feature === across ? left + partOf(column, size) * (right - left) : feature === upward ? top + partOf(row, size) * (bottom - top) : mean;
  }
  return { wide: size, high: size, values: [values] };
}

/** @typedef {number[]} Colour red, green, blue */
/** The colours of the theme. @type {{card: Colour, value: Colour, gradient: Colour, classes: Colour[], shade: number} | null} */
let theme = null;
const CLASS_COLOURS = 8;
/** The colours as the style has them now: they change with the theme. */
function colours() {
  if (theme) return theme;
  const style = getComputedStyle(document.documentElement), text = (/** @type {string} */ name) => style.getPropertyValue(name).trim();
  const of = (/** @type {string} */ name) => {
    const digits = text(name).slice(1), long = digits.length === 3 ? [...digits].map((c) => c + c).join("") : digits;
    return [0, 2, 4].map((i) => parseInt(long.slice(i, i + 2), 16));
  };
  const classes = Array.from({ length: CLASS_COLOURS }, (_, k) => of(`--c${k}`));
  theme = { card: of("--card"), value: of("--val"), gradient: of("--grad"), classes, shade: Number(text("--shade")) };
  return theme;
}
/** How large pictures are, as long as the window stays: to ask the browser in between makes it lay out everything. @type {Map<Element, {wide: number, high: number}>} */
const sizes = new Map();
/** @param {Element} one */
function sizeOf(one) {
  const known = sizes.get(one) ?? { wide: one.clientWidth, high: one.clientHeight };
  if (known.wide) sizes.set(one, known);
  return known;
}
/** Give an element a style of its own, as the page's policy lets a script do. @template {Element} T @param {T} one @param {Record<string, string>} style @returns {T} */
function styled(one, style) {
  Object.assign(/** @type {any} */ (one).style, style);
  return one;
}
/** The name of the colour of a class. @param {number} k */
const classColour = (k) => `var(--c${k % CLASS_COLOURS})`;

/** Write a colour between the card's and another into a picture. @param {Uint8ClampedArray} pixels @param {number} at @param {Colour} to @param {number} part */
function mix(pixels, at, to, part) {
  const { card } = colours();
  for (let c = 0; c < 3; c++) pixels[4 * at + c] = card[c] + part * (to[c] - card[c]);
  pixels[4 * at + 3] = 255;
}

/** Draw values in colour: blue above 0, orange below, the card's colour at 0.
 * @param {HTMLCanvasElement} canvas @param {Grid} grid @param {ArrayLike<number>} values @param {number} scale what has the full colour */
function paintMap(canvas, { wide, high }, values, scale) {
  if (canvas.width !== wide || canvas.height !== high) Object.assign(canvas, { width: wide, height: high });
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d")), image = context.createImageData(wide, high);
  const { value, gradient } = colours();
  for (let at = 0; at < values.length; at++) {
    const part = scale > 0 ? Math.min(Math.abs(values[at]) / scale, 1) : 0;
    mix(image.data, at, values[at] > 0 ? value : gradient, part === part ? part : 0);
  }
  context.putImageData(image, 0, 0);
}
/** The largest number, without its sign. @param {ArrayLike<number>} values */
function largest(values) {
  let most = 0;
  for (let i = 0; i < values.length; i++) if (Math.abs(values[i]) > most && Number.isFinite(values[i])) most = Math.abs(values[i]);
  return most;
}
