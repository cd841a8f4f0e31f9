"""What is loaded when it is first used: names of a package's modules (PEP 562), and other people's packages.

What `import autograd_lite` loads does without those of Python's modules that would take most of the time: `typing`,
`re`, `collections`, `functools` and what these load. So names of types are imported where `TYPE_CHECKING = False` says
so, which type checkers take for true, and a function imports what only it needs. A test holds the list.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping


def lazily(
    package: str,
    modules: Mapping[str, Collection[str]],
    others: Callable[[], Mapping[str, object]] = dict,
    shadowing: Collection[str] = (),
) -> tuple[Callable[[str], object], Callable[[], list[str]]]:
    """The functions `__getattr__` and `__dir__` of a package: its modules, and the public names of each.

    `others` gives further names, those of the table's rows; `shadowing` are names that `import *` leaves out.

    >>> look_up, names = lazily("json", {"decoder": ["JSONDecoder"]})
    >>> look_up("JSONDecoder"), "JSONDecoder" in names()
    (<class 'json.decoder.JSONDecoder'>, True)
    """
    module_of = {name: module for module, names in modules.items() for name in names}

    def look_up(name: str) -> object:
        found: object
        if name in modules:
            return imported(f"{package}.{name}")
        if name == "__all__":
            found = sorted({*module_of, *others()} - {*shadowing})
        elif name in module_of:
            found = getattr(imported(f"{package}.{module_of[name]}"), name)
        elif name.startswith("__") or name not in others():
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        else:
            found = others()[name]
        setattr(sys.modules[package], name, found)  # once
        return found

    return look_up, lambda: sorted({*vars(sys.modules[package]), *modules, *module_of, *others()})


def imported(name: str) -> object:
    """The module of a name.

    >>> imported("json.decoder").__name__
    'json.decoder'
    """
    __import__(name)  # what `importlib.import_module` does, and needs a package for
    return sys.modules[name]


def require(module: str, what: str, package: str = "") -> None:
    """Raise ImportError, with the cure, where a package that something needs is not installed.

    >>> require("json", "reading")
    >>> require("abacus", "counting", "abacus-beads")
    Traceback (most recent call last):
    ImportError: counting needs abacus-beads, which is not installed: pip install abacus-beads
    """
    from contextlib import suppress
    from importlib.util import find_spec

    with suppress(ImportError):  # by which a package that is blocked on purpose says so
        if find_spec(module) is not None:
            return
    package = package or module
    raise ImportError(f"{what} needs {package}, which is not installed: pip install {package}")
