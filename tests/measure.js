// Run in a page: what of its text cannot be read. Each text node that is in sight is measured where it stands.
() => {
  const found = [], boxes = [];
  const visible = (e) => { for (let p = e; p; p = p.parentElement) { const s = getComputedStyle(p); if (s.visibility === "hidden" || s.display === "none" || Number(s.opacity) < 0.3) return false; } return true; };
  const rgb = (c) => { const m = c.match(/[\d.]+/g)?.map(Number) ?? [0, 0, 0]; return c.startsWith("color(srgb") ? m.map((x, i) => i < 3 ? x * 255 : x) : m; };
  const light = (c) => { const [r, g, b] = rgb(c).map((x) => { const v = x / 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const contrast = (a, b) => { const [x, y] = [light(a), light(b)].sort((m, n) => n - m); return (x + 0.05) / (y + 0.05); };
  const solid = (c) => c && c !== "none" && c !== "transparent" && (rgb(c)[3] ?? 1) > 0.5;
  const behind = (e) => {
    const card = e.closest("g.node")?.querySelector(".shape");
    if (card && solid(getComputedStyle(card).fill)) return getComputedStyle(card).fill;
    for (let p = e; p; p = p.parentElement) { const c = getComputedStyle(p).backgroundColor; if (solid(c)) return c; }
    return "rgb(255, 255, 255)";
  };
  const clip = (e) => {  // what an ancestor that does not scroll shows of it
    let [l, t, r, b] = [0, 0, innerWidth, innerHeight], scrolls = false;
    for (let p = e.parentElement; p; p = p.parentElement) {
      const s = getComputedStyle(p);
      if (s.overflowX === "visible" && s.overflowY === "visible") continue;
      if (/auto|scroll/.test(s.overflowX + s.overflowY)) scrolls = true;
      const q = p.getBoundingClientRect();
      [l, t, r, b] = [Math.max(l, q.left), Math.max(t, q.top), Math.min(r, q.right), Math.min(b, q.bottom)];
    }
    return { l, t, r, b, scrolls };
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; (node = walker.nextNode());) {
    const e = node.parentElement, text = node.textContent.trim();
    if (!text || !visible(e) || e.closest("script, style, title, .aside, dialog:not([open])")) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const box = range.getBoundingClientRect(), seen = clip(e), inPicture = Boolean(e.closest("#picture"));
    if (box.width < 1 || box.right <= seen.l || box.left >= seen.r || box.bottom <= seen.t || box.top >= seen.b) continue;
    const style = getComputedStyle(e), matrix = e.getScreenCTM?.();
    const size = parseFloat(style.fontSize) * (matrix ? Math.hypot(matrix.a, matrix.b) : 1), what = `${text.slice(0, 30)} in ${e.closest("[id]")?.id}`;
    if (size < 10.95) found.push(`${size.toFixed(1)} px: ${what}`);
    const fill = matrix ? style.fill : style.color, ratio = contrast(fill, behind(e));
    if (ratio < 4.5 && !e.closest(":disabled, .coming, [aria-disabled=true]")) found.push(`contrast ${ratio.toFixed(2)}: ${what}`);
    const cut = box.left < seen.l - 1.5 || box.right > seen.r + 1.5;
    if (cut && !inPicture && !seen.scrolls) found.push(`cut: ${what}`);
    boxes.push({ what, e, inPicture, l: Math.max(box.left, seen.l), r: Math.min(box.right, seen.r), t: Math.max(box.top + box.height * 0.2, seen.t), b: Math.min(box.bottom - box.height * 0.2, seen.b) });  // what has scrolled away covers nothing
  }
  for (let i = 0; i < boxes.length; i++) for (let j = 0; j < i; j++) {
    const a = boxes[i], b = boxes[j];
    const w = Math.min(a.r, b.r) - Math.max(a.l, b.l), h = Math.min(a.b, b.b) - Math.max(a.t, b.t);
    if (w > 2 && h > 2 && !a.e.contains(b.e) && !b.e.contains(a.e) && !(a.e.closest("math") && a.e.closest("math") === b.e.closest("math"))) found.push(`overlap: ${a.what} and ${b.what}`);
  }
  const inside = (id) => { const e = document.getElementById(id), q = e?.getBoundingClientRect(); return q && q.width > 0 && q.left >= 0 && q.top >= 0 && q.right <= innerWidth + 0.5 && q.bottom <= innerHeight + 0.5; };
  // What is clipped by a box that scrolls, or lies under the bar, is not in sight.
  const sighted = (id) => { const e = document.getElementById(id), q = e.getBoundingClientRect(); return inside(id) && [q.top + 3, q.bottom - 3].every((y) => e.contains(document.elementFromPoint(q.left + q.width / 2, y))); };
  for (const id of [document.body.classList.contains("neurons") ? "map" : "picture", "formula", "heading"]) if (!inside(id)) found.push(`outside of the window: ${id}`);
  if (document.querySelector("#question:not([hidden])") && document.getElementById("ask").className !== "off" && !(sighted("guess") && sighted("check"))) found.push("outside of the window: the question");
  const tried = [...document.querySelectorAll("#tries .try")].at(-1);  // its first line, where the diagnosis begins
  if (tried && visible(tried)) { const q = tried.getBoundingClientRect(), seen = clip(tried); if (q.top < seen.t - 1 || q.top + 30 > seen.b) found.push("outside of the window: the diagnosis"); }
  if (!document.body.classList.contains("still") && !inside("quick-range") && !inside("inputs")) found.push("outside of the window: the sliders");
  if (document.documentElement.scrollWidth > innerWidth || document.documentElement.scrollHeight > innerHeight) found.push("the page scrolls");
  return [...new Set(found)];
}
