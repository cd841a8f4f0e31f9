// What is printed: all of the picture as it is at the end, and every step in words.

/** What is printed of a step, in words. @param {number} k */
function printed(k) {
  const { kind } = walk()[k], { name } = subject(k);
  if (inPieces()) {
    const { outputs } = endsOf(pieceOf(opened.piece).parts[pieceWalk()[k].part]), i = outputs[outputs.length - 1];
    return kind === "forward" ? `${name} = ${shown(values[i])}` : `the gradient of ${name} is ${shown(nodeGradient(i))}`;
  }
  if (!neurons()) {
    state.place = k;
    return spoken(sentence(steps[k], known()));
  }
  const unit = unitOf(k);
  return `${name} = ${unit ? shown(slotNumber(net, unit, looked.sample, [kind === "forward" ? "a" : "delta"])) : shown(Number(net.samples[looked.sample].loss))}`;
}
/** Afterwards all is as before, an open question too. */
window.addEventListener("beforeprint", () => {
  const { asked, place, predict } = state, title = /** @type {any} */ (document.querySelector("#title math"));
  Object.assign(state, { asked: null, predict: false });
  $("all").replaceChildren(...walk().map((_, k) => element("li", { textContent: printed(k) })));
  state.place = walk().length - 1;
  show();
  picture.setAttribute("viewBox", `0 0 ${wide} ${high + BELOW}`);
  scenery.removeAttribute("transform");
  title.style.fontSize = `${Math.max(9, Math.min(26, 26 * 640 / $("title").scrollWidth))}px`;
  addEventListener("afterprint", () => {
    Object.assign(state, { asked, place, predict });
    title.style.fontSize = "";
    $("all").replaceChildren();
    show();
    look();
  }, { once: true });
});
