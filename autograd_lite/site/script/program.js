// The field for a program: Tab indents, Enter keeps the indent, Escape and then Tab leaves it; numbers beside its lines.

/** @param {HTMLTextAreaElement} field @param {HTMLElement} lines beside it @returns {{mark: (line: number) => void, fit: () => void}} */
export function editor(field, lines) {
  let leaving = false;
  const put = (/** @type {string} */ text) => document.execCommand("insertText", false, text);  // which can be undone
  const fit = () => {
    const count = field.value.split("\n").length;
    field.rows = Math.min(Math.max(count, 6), 24);
    lines.replaceChildren(...Array.from({ length: count }, (_, k) => Object.assign(document.createElement("span"), { textContent: `${k + 1}\n` })));
    lines.scrollTop = field.scrollTop;
  };
  field.addEventListener("keydown", (event) => {
    const { selectionStart: start, selectionEnd: end, value } = field, first = value.lastIndexOf("\n", start - 1) + 1;
    if (event.key === "Tab" && !leaving && !event.ctrlKey && !event.altKey) {
      event.preventDefault();
      const several = value.slice(start, end).includes("\n"), whole = value.slice(first, end);
      if (!event.shiftKey && !several) put(" ".repeat(4 - (start - first) % 4));
      else {
        field.setSelectionRange(first, end);
        const moved = whole.split("\n").map((line) => event.shiftKey ? line.replace(/^ {1,4}/, "") : line && `    ${line}`).join("\n");
        if (moved !== whole) put(moved);
        field.setSelectionRange(several ? first : first + moved.length, first + moved.length);
      }
    } else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey && start === end && !event.isComposing) {
      event.preventDefault();
      const before = value.slice(first, start), indent = /^ */.exec(before)?.[0] ?? "";
      put(`\n${indent}${/:\s*(#.*)?$/.test(before) ? "    " : ""}`);
    }
    leaving = event.key === "Escape" || leaving && event.key === "Shift";
  });
  field.addEventListener("input", fit);
  field.addEventListener("scroll", () => { lines.scrollTop = field.scrollTop; });
  fit();
  return {
    fit,
    mark(line) {  // none for 0
      for (const [k, each] of [...lines.children].entries()) each.classList.toggle("bad", k === line - 1);
      if (!line) return;
      const texts = field.value.split("\n"), start = texts.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
      field.setSelectionRange(start, start + (texts[line - 1]?.length ?? 0));
      field.scrollTop = Math.max(0, (line - 4) * field.scrollHeight / texts.length);
    },
  };
}
