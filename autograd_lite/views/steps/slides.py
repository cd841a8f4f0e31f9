"""The slides that show the pictures of a folder: one LaTeX file for Beamer, with sentence and formula of each step."""

from __future__ import annotations

import re
from collections.abc import Iterable

from autograd_lite.views.formulas import PRODUCT, FormulaOperand
from autograd_lite.views.steps.derivation import NOTATION, symbol, width
from autograd_lite.views.steps.passes import Backward, Passes, Step
from autograd_lite.views.steps.scenes import HEIGHT, WIDTH, WORDS
from autograd_lite.views.steps.stills import SHORT, Still
from autograd_lite.views.steps.title import title

MARK = "% Slides written by autograd_lite"  # the first line; the second lists the pictures that belong to them
LONGEST_TITLE = 60  # letters
HIGHEST = 310  # points of a page as wide as the slide; of a higher one, the slide has margins
DERIVATIVE = re.compile("∂(.+)/∂(.+)")
CONVERT = r"""% pdflatex takes no SVG. Make a PNG of each first, with librsvg:
%   for f in *.svg; do rsvg-convert -w 1920 -o "${f%.svg}.png" "$f"; done
"""
DOCUMENT = r"""MARK, anew in each run: edit a copy under another name.
% Pictures: FILES
CONVERT\documentclass[aspectratio=169,10pt]{beamer}
\usepackage[utf8]{inputenc}
\usepackage{amsmath}
\usepackage{graphicx}
\setbeamertemplate{navigation symbols}{}
\setbeamertemplate{footline}{\hfill\insertframenumber\,/\,COUNT\hspace{2mm}\vspace{1mm}}
\setbeamercolor{normal text}{fg=black,bg=white}
\setbeamercolor{frametitle}{fg=black}
\newsavebox{\content}
% The upper part of a picture, without the sentence, which is typeset here.
\newcommand{\upper}[1]{\begin{pgfpicture}
  \pgfpathrectangle{\pgfpointorigin}{\pgfpoint{ACROSS\paperwidth}{USED\paperwidth}}\pgfusepath{clip}
  \pgftext[left,bottom,at=\pgfpoint{0pt}{-BELOW\paperwidth}]{\includegraphics[width=ACROSS\paperwidth]{#1}}
\end{pgfpicture}}
% What is wider than the line is made as small as fits.
\newcommand{\fitting}[1]{\savebox{\content}{#1}%
  \ifdim\wd\content>\linewidth \resizebox{\linewidth}{!}{\usebox{\content}}\else \usebox{\content}\fi}
\newcommand{\still}[3]{\begin{frame}{\fitting{TITLE}}\centering
  \makebox[\linewidth][c]{\upper{#1}}\par\vfill #2\par\vfill \fitting{#3}\par\vfill
\end{frame}}
\begin{document}
CONTENT
\end{document}
"""


def slides(trace: Passes, found: list[Still], used: float, files: Iterable[str]) -> str:
    r"""The slides; `used` is how much of the height of a page the graph takes, `files` are the pictures.

    >>> from autograd_lite import Value, sin, trace
    >>> from autograd_lite.views.picture.folds import fold
    >>> from autograd_lite.views.steps.stills import stills
    >>> y = sin(Value(0.0, label="x"))
    >>> slides(trace(y), stills(trace(y), fold(y)), 200.0, []).splitlines()[-2][-24:]
    '\\cos x = 1 \\cdot 1 = 1$}'
    """
    middle, across = (HEIGHT - WORDS) / 2 + WORDS, min(0.99, HIGHEST / used)
    places = {"ACROSS": across, "USED": across * used / WIDTH, "BELOW": across * (middle - used / 2) / WIDTH}
    content = []
    for still in found:
        sentence = still.step.words(SHORT, longest=0) if still.step else still.words
        content.append(f"\\still{{{still.name}}}\n  {{{_text(sentence)}}}\n  {{{_formula(trace, still.step)}}}")
    files = list(files)
    convert = "" if not files or any(name.endswith(".png") for name in files) else CONVERT
    texts = {
        "MARK": MARK,
        "FILES": " ".join(files),
        "CONVERT": convert,
        "TITLE": _title(trace),
        "CONTENT": "\n".join(content),
    }
    texts |= {"COUNT": str(len(found))} | {key: f"{part:.4f}" for key, part in places.items()}
    return re.sub("|".join(texts), lambda key: texts[key[0]], DOCUMENT)


def _title(trace: Passes) -> str:
    """What is computed, written in the inputs where that is short."""
    whole = title(trace, NOTATION)
    if width(whole) > LONGEST_TITLE and trace.root.op:
        whole = f"{NOTATION.symbol(trace.names[trace.root])} = {NOTATION.of(trace.computation(trace.root))}"
    return f"${whole}$"


def _text(sentence: str) -> str:
    """A sentence in LaTeX, its names and formulas as they are typeset."""
    return " ".join(map(_word, sentence.split()))


def _word(word: str) -> str:
    bare = word.rstrip(".,:;")
    if found := DERIVATIVE.fullmatch(bare):
        return rf"$\partial {symbol(found[1])}/\partial {symbol(found[2])}${word[len(bare) :]}"
    if bare.isascii() and bare.isalpha() and len(bare) > 1:
        return word
    return f"${symbol(bare)}${word[len(bare) :]}" if bare else word


def _formula(trace: Passes, step: Step | None) -> str:
    """What the step computes, in symbols and in numbers; nothing where it is about groups of nodes."""
    if step is None:
        return ""
    names, of = trace.names, NOTATION.of
    if not isinstance(step, Backward):
        if step.node.op is None:
            return ""
        numbers = tuple(x if type(x) is float else trace.values[x] for x in step.node.operands)
        put_in = of(FormulaOperand("", None, step.node.op, numbers))
        left = NOTATION.symbol(names[step.node])
        return rf"$\displaystyle {left} = {of(trace.computation(step.node))} = {put_in} = {of(step.value)}$"
    root, times = names[trace.root], NOTATION.times.format
    left = NOTATION.derivative(root, names[step.operand])
    upstream, local = NOTATION.derivative(root, names[step.node]), trace.partial(step.node, step.place)
    symbols = times(upstream, NOTATION.derivative(names[step.node], names[step.operand]))
    formulas = times(upstream, of(local, PRODUCT))
    numbers_ = times(of(step.upstream, PRODUCT), of(step.local, PRODUCT))
    sign = "=" if step.uses == 1 else r"\mathrel{+}="
    return rf"$\displaystyle {left} {sign} {symbols} = {formulas} = {numbers_} = {of(step.contribution)}$"
