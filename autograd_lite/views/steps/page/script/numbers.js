// Numbers as text, as in the picture and in Python, and the small pieces that formulas are put together from.

/** Four digits or more; of two that are equally near, the even one, as in Python.
 * @param {number} x @param {number} digits */
function rounded(x, digits) {
  const near = Number(x.toPrecision(digits)), unit = 10 ** (Math.floor(Math.log10(Math.abs(x))) - digits + 1);
  const odd = Math.abs(Math.round(near / unit)) % 2 === 1;
  return x !== 0 && Math.abs(near - x) === unit / 2 && odd ? near - Math.sign(x) * unit : near;
}

/** A number with four digits and a true minus sign. @param {number} x */
function shown(x) {
  if (Number.isNaN(x)) return "nan";
  if (!Number.isFinite(x)) return x > 0 ? "inf" : "−inf";
  const size = Math.abs(rounded(x, 4));
  let text;
  if (size >= 1e5 || (size > 0 && size < 1e-3)) {
    const [digits, exponent] = x.toExponential(3).split("e");
    text = `${Number(digits)}e${Number(exponent)}`;
  } else {
    text = String(rounded(x, size >= 1e4 ? 5 : 4));
  }
  return text === "-0" ? "0" : text.replaceAll("-", "−");
}

/** A number as it is typed, with a comma or a true minus sign; nan where it is none. @param {string} text */
const decimal = (text) => text.trim() ? Number(text.replace("−", "-").replace(",", ".")) : NaN;

/** Round numbers between two others: 1, 2, 5 times a power of ten apart, the largest that gives so many steps or more;
 * there are less than 2.5 times as many. @param {number} low @param {number} high @param {number} least */
function ticks(low, high, least = 3) {
  const most = (high - low) / least, power = 10 ** Math.floor(Math.log10(most)), step = [5, 2, 1].map((x) => x * power).find((x) => x <= most) ?? power;
  const found = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + step * 1e-9; k++) found.push(Number((k * step).toPrecision(12)));
  return found;
}

/** Whether a guess is a number to so many significant digits; 0 is also right for what only rounding keeps from 0.
 * @param {number} guess @param {number} truth */
function agrees(guess, truth, digits = 3) {
  if (!Number.isFinite(truth) || !Number.isFinite(guess)) return guess === truth || (Number.isNaN(guess) && Number.isNaN(truth));
  if (guess === 0 || truth === 0) return guess === truth || (guess === 0 && Math.abs(truth) < 1e-12);
  const exponent = Number(truth.toExponential(16).split("e")[1]);
  return Math.abs(guess - truth) <= 0.5000001 * 10 ** (exponent - digits + 1);
}

/** A number as a factor: a sign needs parentheses. @param {string} text */
const bracketed = (text) => text.startsWith("−") ? `(${text})` : text;

/** A text of the page's own or of the data, in markup. @param {string} text */
const escaped = (text) => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);

const math = (/** @type {string} */ inner, display = false) => `<math${display ? ' display="block"' : ""}>${inner}</math>`;
const derivative = (/** @type {string} */ y, /** @type {string} */ x, d = "∂") =>
  `<mfrac><mrow><mo lspace="0" rspace="0">${d}</mo>${y}</mrow><mrow><mo lspace="0" rspace="0">${d}</mo>${x}</mrow></mfrac>`;

/** An element of the page. @type {(id: string) => any} */
const $ = (id) => document.getElementById(id);

/** A new element. @param {string} name @param {Record<string, any>} properties @param {...any} children @returns {any} */
function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

/** A new element of a picture. @param {string} name @param {Record<string, string | number>} attributes @param {string} [text] */
function drawn(name, attributes, text) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  if (text !== undefined) made.textContent = text;
  return made;
}
