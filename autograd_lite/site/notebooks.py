"""The notebooks as pages: chapters with their results, to read, to download and to open in Colab."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cached_property
from html import escape
from pathlib import Path
from typing import Any, NamedTuple

import autograd_lite
from autograd_lite.engine.files import write_whole
from autograd_lite.engine.text import counted, visible
from autograd_lite.site.cells import joined, shown
from autograd_lite.site.markdown import Heading, as_html, program
from autograd_lite.site.shell import Site

HERE = Path(autograd_lite.__file__).parent.parent / "notebooks"  # of a clone; an installed package has none
GITHUB = "https://github.com/{}"
COLAB = "https://colab.research.google.com/github/{}/blob/main/notebooks/{}"
ASKED = re.compile(r"^(L\d\d)\.answer\(", re.MULTILINE)
ROW = re.compile(r"^\| \[\d+ · [^\]]*\]\(([^)]*)\) \| ([^|]*) \| ([^|]*) \|$", re.MULTILINE)
PACE, EXERCISE = 130, 5  # words of such a text that one reads in a minute; minutes that an exercise takes
WELCOME = """
From one expression to an engine of your own, for readers who have lecture notes on backpropagation at hand. Read them
here, with all their results, and step through the graphs. To change something and run it, download a notebook for
Jupyter{colab}; where this package is missing, a first cell with `%pip install autograd_lite` brings it.
"""
ELSEWHERE = (
    "The notebooks stand in [a clone of the repository](clone), which was not at hand when this site was written."
)


class Notebook:
    """A notebook as committed, with its results."""

    def __init__(self, path: Path, lessons: str = "", line: str = "") -> None:
        self.path, self.name, self.lessons, self.line = path, path.stem, lessons, line
        self.content = path.read_bytes()
        self.cells: list[dict[str, Any]] = json.loads(self.content)["cells"]

    @property
    def number(self) -> str:
        """Its place, with which its name begins.

        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     path = Path(folder) / "03-units.ipynb"
        ...     _ = path.write_text('{"cells": [{"cell_type": "markdown", "source": ["# Units"]}]}')
        ...     Notebook(path).number, Notebook(path).title
        ('3', 'Units')
        """
        return self.name.partition("-")[0].lstrip("0")

    @property
    def title(self) -> str:
        """Its first heading."""
        return self.prose.partition("\n")[0].removeprefix("# ")

    @cached_property
    def prose(self) -> str:
        """Its text, without programs and results."""
        return "\n\n".join(joined(cell["source"]) for cell in self.cells if cell["cell_type"] == "markdown")

    @property
    def facts(self) -> str:
        """Which lessons it has, how many exercises, and how long it takes, to ten minutes."""
        exercises = len(re.findall(r"^### Exercise", self.prose, re.MULTILINE))
        minutes = 10 * max(1, round((len(self.prose.split()) / PACE + EXERCISE * exercises) / 10))
        time = " ".join(f"{n} {unit}" for n, unit in zip(divmod(minutes, 60), ("h", "min"), strict=True) if n)
        return " · ".join(filter(None, [self.lessons, counted(exercises, "exercise"), f"about {time}"]))


class Text(NamedTuple):
    """A notebook as HTML: without its title, with its headings, and the files that stand beside the page."""

    html: str
    headings: Sequence[Heading]
    files: Mapping[str, bytes]


def write(folder: Path, site: Site, tell: Callable[[str], object], source: Path = HERE) -> list[str]:
    """Write a page for each notebook, the notebook itself, and an index; what is lacking, in words."""
    target = folder / "notebooks"
    paths = sorted(source.glob("*.ipynb"))
    about = contents((source / "README.md").read_text(encoding="utf-8")) if paths else {}
    found = [Notebook(path, *about.get(path.name, ())) for path in paths]
    target.mkdir(parents=True, exist_ok=True)
    write_whole(target / "index.html", index(found, site).encode())
    course = {path.stem for path in (folder / "course").glob("L*.html")}
    for place, notebook in enumerate(found):
        tell(f"{notebook.number} of {len(found)}")
        text = read(notebook, site, course)
        around = [found[place - 1] if place else None, *found[place + 1 : place + 2], None][:2]
        (target / notebook.name).mkdir(exist_ok=True)
        for name, content in text.files.items():
            write_whole(target / name, content)
        write_whole(target / notebook.path.name, notebook.content)
        write_whole(target / f"{notebook.name}.html", page(notebook, text, around, site).encode())
    return [] if found else ["the notebooks are left out: they stand in a clone of the repository"]


def contents(readme: str) -> dict[str, tuple[str, str]]:
    """The lessons of each notebook and what one can do after it, by its file, from the table in notebooks/README.md.

    >>> contents("| [1 · Units](01-units.ipynb) | L08–L10 | build gates |")
    {'01-units.ipynb': ('L08–L10', 'build gates')}
    """
    return {row[1]: (row[2], row[3]) for row in ROW.finditer(readme)}


def read(notebook: Notebook, site: Site, course: Collection[str]) -> Text:
    """The text of a notebook, its programs and results; where the course has a lesson's page, exercises lead to it."""
    parts, headings, files = [], list[Heading](), dict[str, bytes]()

    def linked(address: str) -> str:
        if address.endswith(".ipynb"):
            return address.removesuffix("ipynb") + "html"
        if address == "../README.md":
            return f"{GITHUB.format(site.repository)}#readme" if site.repository else ""
        return {"README.md": "index.html"}.get(address, address)

    for cell in notebook.cells:
        source = joined(cell["source"])
        if cell["cell_type"] == "markdown":
            parts.append(as_html(source, headings, linked))
            continue
        parts.append(program(source))
        for output in cell["outputs"]:
            one = shown(output, f"{notebook.name}/{len(files) + 1}")
            parts.append(one.html)
            files |= one.files
        asked = ASKED.search(source)
        if asked and asked[1] in course:
            parts.append(
                f'<p class="small"><a href="../course/{asked[1]}.html">Answer on the page of {asked[1]}</a></p>'
            )
    return Text("".join(parts).partition("</h1>")[2], headings[1:], files)


def page(notebook: Notebook, text: Text, around: Sequence[Notebook | None], site: Site) -> str:
    """The page of a notebook: its contents, its text, and the ways to the ones before and next."""
    entries = "".join(f'<li><a href="#{each.id}">{each.html}</a></li>' for each in text.headings if each.level == 2)
    head = (
        f'<header><p class="eyebrow">Notebook {notebook.number} · {escape(notebook.facts)}</p>'
        f"<h1>{escape(visible(notebook.title))}</h1>{_ways(notebook, site)}"
        f'<nav class="contents" aria-label="on this page"><ol>{entries}</ol></nav></header>'
    )
    short, long = "", ""
    for other, kind, words in zip(around, ("before", "next"), ("Before", "Next"), strict=True):
        if other is not None:
            title, arrow = escape(visible(other.title)), "← before" if kind == "before" else "next →"
            short += f'<a href="{other.name}.html">{arrow}</a>'
            name = f'<span class="eyebrow">{words} · {other.number}</span><br>{title}'
            long += f'<a class="{kind}" href="{other.name}.html">{name}</a>'
    body = (
        '<nav class="top" aria-label="the notebooks"><a href="index.html">All notebooks</a>'
        f'<span class="ways">{short}</span></nav><main id="content" class="notebook">{head}{text.html}'
        f'<nav class="around" aria-label="before and next">{long}</nav></main>'
    )
    path = f"notebooks/{notebook.name}.html"
    return site.page(path, notebook.title, body, modules=["stage"], styles=["notebooks"])


def index(found: Sequence[Notebook], site: Site) -> str:
    """The page that lists the notebooks: what one can do after each, and how long it takes.

    >>> "The notebooks stand in a clone of the repository" in index([], Site())
    True
    """
    text = WELCOME.format(colab=", or open it in Colab" if site.repository else "") if found else ELSEWHERE
    words = as_html(text, linked=lambda _: GITHUB.format(site.repository) if site.repository else "")
    items = "".join(
        f'<li><a href="{each.name}.html"><span class="id">{each.number}</span><b>{escape(visible(each.title))}</b>'
        f'<span class="line">{as_html(each.line)[3:-5]}</span></a>{_ways(each, site, each.facts)}</li>'
        for each in found
    )
    head = '<header><h1>The notebooks</h1></header><section class="first statement">'
    body = f'<main id="content">{head}{words}</section><ol class="lessons notebooks">{items}</ol></main>'
    return site.page("notebooks/index.html", "The notebooks", body, styles=["notebooks"])


def _ways(notebook: Notebook, site: Site, facts: str = "") -> str:
    """Links with which a notebook is taken along."""
    file, named = escape(notebook.path.name), f'<span class="spoken">: {escape(visible(notebook.title))}</span>'
    links = f'<a href="{file}" download>Download .ipynb{named}</a>'
    if site.repository:
        links += f'<a href="{escape(COLAB.format(site.repository, notebook.path.name))}">Open in Colab{named}</a>'
    return f'<p class="take">{f"<span>{escape(facts)}</span>" if facts else ""}{links}</p>'
