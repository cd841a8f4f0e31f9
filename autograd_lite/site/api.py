"""The reference of the package's names: pdoc reads modules, signatures and docstrings; the site has its own frame.

Each page is a room's public names. The operations are objects, of which pdoc would show a value: they are shown as
what they are, functions with signature and docstring.
"""

from __future__ import annotations

import re
import textwrap
import warnings
from collections.abc import Iterator
from importlib import import_module
from types import ModuleType
from typing import Any

import autograd_lite
from autograd_lite.engine import NAMES
from autograd_lite.engine.ops import Op
from autograd_lite.engine.table import TABLE
from autograd_lite.site.operations import identifier
from autograd_lite.site.shell import asset

TOP = "autograd_lite"
MODULES = (
    TOP,
    *(f"{TOP}.{room}" for room in ("views", "nn", "nn.losses", "optim", "data", "plots", "train", "lessons")),
)
PUBLIC: list[str] = import_module(TOP).__all__
RETURNED = {  # what functions return: without a public name, but with methods that one uses
    f"{TOP}.views.picture.digraph": ("Picture",),
    f"{TOP}.views.steps.comparison": ("Differences",),
    f"{TOP}.views.steps.path_sums": ("Path", "Paths"),
}
LONGEST = 60  # characters of a default
FIRST = ("value", "transforms", "sequences")  # of the engine's modules, for who reads from the top
ENGINE = [name for module in dict.fromkeys((*FIRST, *NAMES)) for name in NAMES[module]]
OPERATIONS = {name for op in TABLE.values() for name in (op.name, op.ufunc)}
SHELL = "{% block content %}{% endblock %}"  # of pdoc's pages, the content alone
KNOWN = re.compile(r'(?:<span class="n">(?:typing|collections|abc)</span><span class="o">\.</span>)+')
NO_NAME = re.compile(r'<a href="[^"]*">(\.\w+)</a>')  # of something else, which pdoc takes for a name of this module
SPAN = re.compile(r"(`[^`]*`)")


def pages() -> Iterator[tuple[str, str]]:
    """The modules with the body of the page of each; ImportError where pdoc is not installed."""
    from pdoc.doc import Module

    modules = {name: Module(_complete(import_module(name))) for name in (*MODULES, *RETURNED)}
    for module in modules.values():
        _with_operations(module)
    there = {name: _led_to(module) for name, module in modules.items()}
    groups = {name: _groups(name, module, there[name]) for name, module in modules.items()}
    members = [own for those in groups.values() for _, group in those for own in group]
    inner = [own for member in members if member.kind == "class" for own in _described(member)]
    environment = _environment()
    environment.globals |= {"described": _described, "methods": _methods}
    environment.globals["shown"] = {own.fullname for own in (*members, *inner)} | modules.keys()
    template = environment.get_template("api.html")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of annotations that only a type checker can follow
        for name, module in modules.items():
            told = {"groups": groups[name], "others": there[name], "up": "../" * name.count(".")}
            told["below"] = [other for other in MODULES if other.rpartition(".")[0] == name]
            content = template.render(module=module, all_modules=modules, root_module_name=TOP, **told)
            yield name, NO_NAME.sub(r"\1", content)


def path(module: str) -> str:
    """The page of a module, within the reference.

    >>> path("autograd_lite.nn.losses")
    'autograd_lite/nn/losses.html'
    """
    return f"{module.replace('.', '/')}.html"


def _complete(module: ModuleType) -> ModuleType:
    """A module in which all its public names have been looked up: pdoc reads what is there."""
    for name in getattr(module, "__all__", ()):
        getattr(module, name)
    return module


def _with_operations(module: Any) -> None:
    """Show operations as functions; and on the first page also the names that `import *` leaves to Python."""
    from pdoc.doc import Function

    hidden = {*TABLE, *ENGINE} - set(module.members) if module.modulename == TOP else ()
    for name in (*module.members, *hidden):
        found = getattr(module.obj, name)
        if isinstance(found, Op) or name in hidden:
            shown = Function(module.modulename, name, found, (module.modulename, name))
            shown.decorators, shown.source = [], shown.source if name in ENGINE else ""  # a row has a page of its own
            module.members[name] = shown


def _described(cls: Any) -> list[Any]:
    """The members of a class that stand with it: its own, and those of bases that have no page."""
    found = [own for own in cls.own_members if own.name == "__init__" or not own.name.startswith("_")]
    found = [own for own in found if own.docstring or own.kind == "variable" or own.name == "__init__"]
    for (module, _), members in cls.inherited_members.items():
        if module.startswith(TOP) and module not in MODULES:
            found += [own for own in members if own.docstring and own.name[0] != "_"]
    found = [own for own in found if own.name not in OPERATIONS or not _methods(cls)]  # which are functions, with pages
    return [own for own in found if own.kind != "class" and not own.docstring.startswith("Create new instance of")]


def _methods(cls: Any) -> list[str]:
    """The operations that are methods of a class, whose own they are or a base's, as the engine has it."""
    names = {*dir(cls.obj)}
    return [name for name in TABLE if name in names] if {"exp", "sin"} <= names else []


def _led_to(module: Any) -> list[str]:
    """The names of a room that are those of the package itself, and stand there."""
    names = {*module.members} & {*PUBLIC} if module.modulename != TOP else set()
    return sorted(name for name in names if getattr(module.obj, name, None) is getattr(autograd_lite, name))


def _groups(name: str, module: Any, others: list[str]) -> list[tuple[str, list[Any]]]:
    """The members of a page under their headings, in an order to read."""
    members = {own: each for own, each in module.members.items() if not own.startswith("_") and own not in others}
    if name in RETURNED:
        return [("", [members[own] for own in RETURNED[name]])]
    if name != TOP:
        return [("", list(members.values()))]
    views = [own for own in members if own not in ENGINE and own not in TABLE]
    headings = {"Numbers and derivatives": ENGINE, "Pictures, steps, findings": views, "Operations": [*TABLE]}
    return [(heading, [members[own] for own in names if own in members]) for heading, names in headings.items()]


def _environment() -> Any:
    """The templates of pdoc and its filters, with this room's page in place of its own."""
    from jinja2 import ChoiceLoader, DictLoader
    from pdoc import render

    render.configure(docformat="markdown")
    theirs: Any = render.env.loader
    own = DictLoader({"frame.html.jinja2": SHELL, "api.html": asset("api.html")})
    environment: Any = render.env.overlay(loader=ChoiceLoader([own, theirs]))
    # Dictionaries of its own: the overlay shares those of pdoc.
    environment.globals = dict(environment.globals)
    own_filters = {
        "to_markdown": as_markdown,
        "code": coloured,
        "identifier": identifier,
        "path": path,
        "format_signature": signed,
    }
    environment.filters = {**environment.filters, **own_filters}
    return environment


def signed(signature: Any, colon: bool) -> Any:
    """A signature as HTML: types without the modules that everybody knows, no default that fills a screen."""
    from markupsafe import Markup
    from pdoc.render_helpers import format_signature

    for own in signature.parameters.values():
        if len(repr(own.default)) > LONGEST and own.default is not own.empty:
            own._default = Ellipsis
    return Markup(KNOWN.sub("", str(format_signature(signature, colon))))


def as_markdown(docstring: str) -> str:
    r"""A docstring as Markdown: outside of code, a star is a star.

    >>> print(as_markdown("x*x + y*y, and `x*y`"))
    x\*x + y\*y, and `x*y`
    """
    blocks = []
    for block in docstring.split("\n\n"):
        if block.lstrip().startswith(">>>"):
            blocks.append(block)
        else:
            pieces = SPAN.split(block)
            pieces[::2] = [piece.replace("*", r"\*") for piece in pieces[::2]]
            blocks.append("".join(pieces))
    return "\n\n".join(blocks)


def coloured(code: str) -> Any:
    """Python as HTML, its words marked by classes for colours."""
    from markupsafe import Markup
    from pygments import highlight
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import PythonLexer

    return Markup(highlight(textwrap.dedent(code), PythonLexer(), HtmlFormatter(cssclass="pdoc-code")))
