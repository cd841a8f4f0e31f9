"""`trace`: what happens in a graph, forward and backward, one step at a time: the data, and its views."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from autograd_lite.engine.files import kind_of, write_whole
from autograd_lite.engine.notebook import frame, live, themed
from autograd_lite.engine.text import shortened, shown, visible
from autograd_lite.engine.trees import flatten
from autograd_lite.engine.value import Value
from autograd_lite.views.formulas import Notation
from autograd_lite.views.notations import TEXT
from autograd_lite.views.steps.passes import Passes

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions
    from rich.table import Table

    from autograd_lite.views.picture.digraph import Picture

LOW, HIGH = 700, 820  # of the frame in a notebook, in pixels: for a row of four nodes, and for all that may come

# A frame has the height that its page asks for, in notebooks that run scripts. One listener serves all frames.
FITTING = """
window.autogradLite ??= addEventListener("message", ({ data, source }) => {
  const height = data?.autogradLite?.height;
  for (const frame of document.querySelectorAll(".autograd-lite iframe"))
    if (frame.contentWindow === source && height > 100 && height < 1e4) frame.style.height = `${Math.ceil(height)}px`;
}) ?? true;
"""

# The views are imported by the methods that show them, because importing the package must load only what it needs.


class Trace(Passes):
    """The steps of a graph: first forward, node by node, then backward, edge by edge.

    >>> from autograd_lite import Value
    >>> x = Value(3.0, label="x")
    >>> steps = trace(x * x)
    >>> for step in steps:
    ...     print(step.words())
    The input x is 3.
    v2 = x·x = 9.
    What has reached v2, 1, times ∂v2/∂x = x = 3: 1 × 3 = 3. First of 2 ways into x.
    What has reached v2, 1, times ∂v2/∂x = x = 3: 1 × 3 = 3. Second of 2 ways into x: 3 + 3 = 6.
    >>> print(steps)
    node   operation   value ↓   local partials                        gradient ↑
    x                  3.0                                             6.0
    v2     x·x         9.0       ∂v2/∂x = x = 3.0   ∂v2/∂x = x = 3.0   1.0
    """

    folding: Mapping[str, Any] = MappingProxyType({})  # how its page is folded

    def __repr__(self) -> str:
        name, nodes, edges = self.names[self.root], len(self.forward), len(self.backward)
        about = f"{name} = {shown(self.root.data)}: {nodes} steps forward, {edges} backward"
        return f"<Trace of {visible(about)}; print() shows it>"

    def __str__(self) -> str:
        return self.to_text()

    def __rich_console__(self, _console: Console, options: ConsoleOptions) -> Iterator[Table]:
        from autograd_lite.views.steps.tables import table

        yield table(self, width=options.max_width)

    def to_text(self, tangent: Value | None = None) -> str:
        """The trace table as plain text with all digits, as it is printed.

        With a `tangent`, a `Value` of the graph, one more column: the derivative of each node with respect to it.

        >>> from autograd_lite import Value
        >>> x = Value(3.0, label="x")
        >>> print(trace(x * 2.0).to_text(tangent=x))
        node   operation   value ↓   tangent ∂…/∂x ↓   local partials   gradient ↑
        x                  3.0       1.0                                2.0
        v2     x·2         6.0       2.0               ∂v2/∂x = 2.0     1.0
        """
        from autograd_lite.views.steps.tables import in_full

        return str(in_full(self, tangent=tangent))

    def to_markdown(self, tangent: Value | None = None) -> str:
        """The trace table in GitHub's Markdown: values down, adjoints up, as in the survey of Baydin et al.

        With a `tangent`, a `Value` of the graph, one more column: the derivative of each node with respect to it.

        >>> from autograd_lite import Value
        >>> x = Value(3.0, label="x")
        >>> print(trace(x * x).to_markdown().splitlines()[3])
        | `v2` | `x·x` | 9 | `∂v2/∂x = x = 3`<br>`∂v2/∂x = x = 3` | 1 |
        """
        from autograd_lite.views.steps.tables import markdown

        return markdown(self, tangent)

    def to_latex(self, kind: str = "both", document: bool = False, tangent: Value | None = None) -> str:
        r"""The trace in LaTeX's mathematics, which MathJax and KaTeX show too; for a LaTeX document, with amsmath.

        `kind` is "derivation", the chain rule in symbols and then in numbers, "table", as `to_markdown`, or "both",
        one after the other. `document=True` makes a whole document of it. A derivative is the sum over the paths to
        its input; where these are many, the chain rule is applied to one node after another.

        >>> from autograd_lite import Value, exp
        >>> print(trace(exp(Value(0.0, label="x"))).to_latex("derivation"))
        \begin{align*}
        v_{2} &= e^{x}
        \end{align*}
        \begin{align*}
        \frac{\mathrm{d} v_{2}}{\mathrm{d} x} &= \frac{\partial v_{2}}{\partial x} \\
        &= e^{x} \\
        &= 1
        \end{align*}
        """
        from autograd_lite.views.steps.latex import latex

        return latex(self, kind, document=document, tangent=tangent)

    def equation(self, notation: Notation = TEXT, at: Value | None = None, most: int = 40) -> str:
        """The title of the graph: the name of the root, and the expression that it is, written from the graph.

        Of more than about so many symbols, some are folded to names, but not those on the way from `at` to the root.
        In MATHML each node's part bears its place in `nodes`, as `data-node`.

        >>> from autograd_lite import Value, exp, sin, trace
        >>> y = exp(sin(Value(1.5, label="x") ** 2))
        >>> trace(y).equation()
        'e^(sin x²)'
        """
        from autograd_lite.views.steps.title import title, towards

        return title(self, notation, towards(self, at) if at is not None else (), most)

    def to_html(self, *, group: str | None = None, expand: Iterable[str] = (), depth: int | None = None) -> str:
        """The page to step through, which needs no network; see `save_html`. `group` and so on as in `draw`.

        >>> from autograd_lite import Value, exp
        >>> trace(exp(Value(0.0, label="x"))).to_html()[:15]
        '<!DOCTYPE html>'
        """
        from autograd_lite.views.steps.page.page import page

        chosen = {"group": group, "expand": list(expand), "depth": depth}
        return page(self, **(chosen if any(choice not in (None, []) for choice in chosen.values()) else self.folding))

    def save_html(
        self,
        path: str | os.PathLike[str],
        *,
        group: str | None = None,
        expand: Iterable[str] = (),
        depth: int | None = None,
    ) -> None:
        """Write the page to step through: the picture, each step in words, symbols and numbers, inputs to move.

        One file, which needs no network and runs no script but its own. Of a graph of more than 400 nodes one
        step is a neuron or a layer; `group`, `expand` and `depth` choose that as in `draw`. Raises OSError if
        the file cannot be written, LayoutError where no layout program runs, ValueError for too large a graph, and for
        a name that ends as another kind of file.

        >>> import tempfile
        >>> from autograd_lite import Value, exp
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     trace(exp(Value(0.0, label="x"))).save_html(os.path.join(folder, "exp.html"))
        ...     os.listdir(folder)
        ['exp.html']
        """
        kind_of(path, "html")
        write_whole(os.fspath(path), self.to_html(group=group, expand=expand, depth=depth).encode())

    def frames(
        self,
        folder: str | os.PathLike[str],
        *,
        group: str | None = None,
        expand: Iterable[str] = (),
        depth: int | None = None,
        done: Callable[[int, int], object] = lambda count, total: None,  # noqa: ARG005 - nobody is told
    ) -> list[str]:
        """Write one picture for each step into a folder, for a lecture, and slides; return the paths of the SVGs.

        The files are numbered: 1-forward-u.svg, and .png where the layout program writes that. `slides.tex` shows the
        PNGs with Beamer (pdflatex slides.tex). Of a graph of more than 400 nodes one step is a neuron or a layer;
        `group`, `expand` and `depth` choose that as in `draw`. `done(count, total)` is called as pictures are finished.

        A folder may hold other files. What an earlier run wrote, which `slides.tex` lists, is replaced, or removed;
        ValueError where any other file would be overwritten, and for more than 1,000 pictures.

        >>> import tempfile
        >>> from autograd_lite import Value, exp
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     paths = trace(exp(Value(0.0, label="x"))).frames(folder)
        ...     sorted(os.listdir(folder))
        ['1-forward-v2.png', '1-forward-v2.svg', '2-backward-x.png', '2-backward-x.svg', 'slides.tex']
        """
        from autograd_lite.views.steps.frames import write_frames

        return write_frames(self, folder, group=group, expand=expand, depth=depth, done=done)

    def _repr_html_(self) -> str:
        return live(f"{self._frame()}<script>{FITTING}</script>", self._picture().svg(), repr(self))

    def _mime_(self) -> tuple[str, str]:  # of marimo, which puts what has a script into a low frame of its own
        return "text/html", themed(self._frame())

    def _frame(self) -> str:
        return frame(self.to_html(), repr(self), min(LOW + 20 * max(0, len(self.nodes) - 4), HIGH))

    def _repr_svg_(self) -> str:
        return self._picture().fitted()

    def _picture(self) -> Picture:
        """A picture that stands still, for viewers such as GitHub's, which take scripts away."""
        from autograd_lite.views.picture.drawing import draw

        return draw(self.root, **self.folding)


def trace(
    y: Value, wrt: Any = None, *, group: str | None = None, expand: Iterable[str] = (), depth: int | None = None
) -> Trace:
    """The forward and the backward steps of the graph that computed `y`.

    `wrt`, a `Value` or a structure of them, keeps only what the backward pass does towards these. `group`, `expand`
    and `depth` say how the page folds a big graph, in a notebook as in a file; see `draw`.

    >>> from autograd_lite import Value, exp, sin
    >>> x = Value(1.5, label="x")
    >>> steps = trace(exp(sin(x ** 2)))
    >>> len(steps), steps.gradients[x]
    (7, -4.1031164885938205)
    """
    if not isinstance(y, Value):
        raise TypeError(f"trace(y): y is a Value, got {type(y).__name__} {shortened(y)}")
    variables = None if wrt is None else flatten(wrt)[0]
    for x in variables or ():
        if not isinstance(x, Value):
            raise TypeError(f"trace(y, wrt): wrt holds Values, got {type(x).__name__} {shortened(x)}")
    steps = Trace(y, variables)
    steps.folding = {"group": group, "expand": list(expand), "depth": depth}
    return steps
