// What `slim.packed` has packed in Python.

/** The data, in which what comes again is two letters: how far back it begins, from U+3400 on, and how long it is. @param {string} packed */
function unpacked(packed) {
  const whole = /** @type {string[]} */ ([]), letters = [...packed];
  for (let i = 0; i < letters.length; i++) {
    const back = letters[i].charCodeAt(0) - 0x3400, from = whole.length - back;
    if (back > 0 && back <= 0x6bff) whole.push(...whole.slice(from, from + letters[++i].charCodeAt(0) - 61));
    else whole.push(letters[i]);
  }
  return whole.join("");
}
