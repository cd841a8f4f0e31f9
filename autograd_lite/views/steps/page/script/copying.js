// What can be taken out of the page: the formula as LaTeX, the picture as SVG, the table as Markdown, the score, the link.

const SPECIAL = { "\\": "\\textbackslash{}", "~": "\\textasciitilde{}", "^": "\\textasciicircum{}" };
/** A name that somebody chose. @param {string} name */
const latexText = (name) => `\\text{${[...name].map((c) => SPECIAL[/** @type {"~"} */ (c)] ?? (/[#$%&_{}]/.test(c) ? `\\${c}`
  : /[ -~À-ÖØ-öø-ÿ]/.test(c) ? c : `U+${c.codePointAt(0)?.toString(16).toUpperCase().padStart(4, "0")}`)).join("")}}`;
/** A number as it is shown. @param {string} text */
const latexNumber = (text) => text.replaceAll("−", "-").replace(/e(-?\d+)/, " \\cdot 10^{$1}").replace("inf", "\\infty ").replace("nan", "\\text{nan}");
const LATEX = { "\u2061": "", "\u2062": " ", "|": "|", "∂": "\\partial ", "·": " \\cdot ", "×": " \\times ", "−": "-", "≥": " \\ge ", "≠": " \\ne ", "←": " \\leftarrow ", "⋯": "\\cdots ", "∞": "\\infty ", "{": "\\{" };
const GREEK = "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho varsigma sigma tau upsilon phi chi psi omega".split(" ");
/** A piece of MathML in LaTeX. @param {Element} part @returns {string} */
function latex(part) {
  const text = part.textContent ?? "", inner = () => [...part.children].map(latex), all = () => inner().join("");
  switch (part.localName) {
    case "mi": {
      const letter = GREEK[text.charCodeAt(0) - 0x3b1];
      if (/^.′+$/u.test(text)) return text.replaceAll("′", "'");
      if (text.length === 1 && !letter && !/[A-Za-z]/.test(text)) return LATEX[/** @type {"∂"} */ (text)] ?? latexText(text);
      if (text.length === 1) return letter ? `\\${letter} ` : LATEX[/** @type {"∂"} */ (text)] ?? text;
      return /^(sin|cos|tan|sinh|cosh|tanh|exp|ln|log|min|max|arcsin|arccos|arctan)$/.test(text) ? `\\${text} ` : /^\w+$/.test(text) ? `\\operatorname{${text.replaceAll("_", "\\_")}}` : `\\operatorname{${latexText(text)}}`;
    }
    case "mn": return latexNumber(text);
    case "mo": return LATEX[/** @type {"∂"} */ (text)] ?? text;
    case "mtext": return latexText(text);
    case "mspace": return "\\,";
    case "mfrac": { const [above, below] = inner(); return `\\frac{${above}}{${below}}`; }
    case "msup": { const [base, raised] = inner(); return `{${base}}^{${raised}}`; }
    case "msub": { const [base, lowered] = inner(); return `{${base}}_{${lowered}}`; }
    case "msubsup": { const [base, lowered, raised] = inner(); return `{${base}}_{${lowered}}^{${raised}}`; }
    case "msqrt": return `\\sqrt{${all()}}`;
    case "mroot": { const [base, index] = inner(); return `\\sqrt[${index}]{${base}}`; }
    case "mtable": return `\\begin{matrix}${inner().join(" \\\\ ")}\\end{matrix}`;
    case "mtr": return inner().join(" & ");
    default: return all();
  }
}
/** The formula of the step, row by row. */
function formulaInLatex() {
  const whole = [...$("formula").querySelectorAll("math")];
  if (neurons() || inPieces()) return `\\begin{gathered}\n${whole.map(latex).join(" \\\\\n")}\n\\end{gathered}`;
  const cells = [...$("formula").querySelectorAll(".equation > div")].map((/** @type {Element} */ cell) => {
    const found = cell.querySelector("math");
    return found ? latex(found) : latexNumber(cell.textContent ?? "").replaceAll("×", "\\times").replaceAll("·", "\\cdot");
  });
  const width = steps[state.place].kind === "forward" ? 3 : 6, rows = [];
  for (let k = 0; k < cells.length; k += width) rows.push(cells.slice(k, k + width));
  const kept = rows.filter((row) => !row.some((cell) => /^(upstream|so far)$/.test(cell)));
  return `\\begin{aligned}\n${kept.map((row) => row[0] + " & " + row.slice(1).join(" ")).join(" \\\\\n")}\n\\end{aligned}`;
}
const INSIDE = ".h{text-anchor:middle}.v,.g{text-anchor:end}.v{fill:#005a8c}.g{fill:#b03a00}.w{font-size:11px!important;fill:#57606a}text{font:12px Helvetica,Arial,sans-serif}.edge text,.words{font-size:11px;text-anchor:middle}path,polygon,polyline,rect{stroke:#717a84}path,polyline{fill:none}" +
  ".current .shape{stroke:#005a8c;stroke-width:3}.current.gains .shape{stroke:#b03a00}.upstream .shape{stroke:#b03a00;stroke-width:2.5;stroke-dasharray:6 4}" +
  ".returns path,#arc path{stroke:#b03a00;stroke-width:2.5;stroke-dasharray:6 4}.flows path{stroke:#005a8c;stroke-width:2.5}#arc polygon,#arc text{fill:#b03a00;stroke:none;text-anchor:middle}";
/** The picture as it stands, in one piece that can be put anywhere. */
function pictureAsSvg() {
  const copied = picture.cloneNode(true);
  copied.lastElementChild.removeAttribute("transform");
  copied.setAttribute("viewBox", `0 0 ${wide} ${high + BELOW}`);
  copied.setAttribute("width", `${wide}pt`);
  copied.setAttribute("height", `${high + BELOW}pt`);
  copied.prepend(drawn("style", {}, INSIDE));
  return new XMLSerializer().serializeToString(copied);
}
/** What is known by now, node by node, in GitHub's Markdown. */
function tableAsMarkdown() {
  const sees = known(), cell = (/** @type {string} */ text) => text.replaceAll("|", "\\|");
  const rows = nodes.map((node, i) => {
    const grad = sees.grad(i);
    return `| ${cell(node.name)} | ${node.operands.length ? cell(written(node.formula, i, 1)) : ""} | ${sees.value(i) ? shown(values[i]) : "?"} | ${grad === undefined ? "·" : shown(grad)} |`;
  });
  return ["| node | operation | value | gradient |", "|---|---|---:|---:|", ...rows].join("\n");
}
$("latex").onclick = () => copy($("latex"), formulaInLatex());
$("svg").onclick = () => copy($("svg"), pictureAsSvg());
$("table").onclick = () => copy($("table"), tableAsMarkdown());
$("keep").onclick = () => copy($("keep"), `${document.title}: ${scoreText(score)}`);
$("link").onclick = () => copy($("link"), address());
