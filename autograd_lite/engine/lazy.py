"""Names that a package looks up in its modules when they are first used (PEP 562), so that importing is cheap."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Mapping
from importlib import import_module


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
            return import_module(f"{package}.{name}")
        if name == "__all__":
            found = sorted({*module_of, *others()} - {*shadowing})
        elif name in module_of:
            found = getattr(import_module(f"{package}.{module_of[name]}"), name)
        elif name.startswith("__") or name not in others():
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        else:
            found = others()[name]
        setattr(sys.modules[package], name, found)  # once
        return found

    return look_up, lambda: sorted({*vars(sys.modules[package]), *modules, *module_of, *others()})
