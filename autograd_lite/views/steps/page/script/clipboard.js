// Text into the clipboard, also where the page stands in a frame.

/** Copy a text; its button says for a moment whether that was allowed. @param {any} button @param {string} text */
async function copy(button, text) {
  const label = button.querySelector("span") ?? button;
  label.dataset.said ??= label.textContent;
  let done = true;
  try { await navigator.clipboard.writeText(text); } catch {  // as in a sandboxed frame
    const field = element("textarea", { value: text, className: "aside" });
    document.body.append(field);
    field.select();
    done = document.execCommand("copy");
    field.remove();
  }
  label.textContent = done ? "Copied" : "Not allowed here";
  setTimeout(() => { label.textContent = label.dataset.said; }, 1500);
  return done;
}
