"""Automatic differentiation you can read.

A `Value` is a number that records the computation that made it; `backward()` applies the chain rule.
The operations stand in one table (`autograd_lite.engine.table`), and everything else reads it.

>>> from autograd_lite import Value, exp, sin
>>> x = Value(1.5, label="x")
>>> y = exp(sin(x ** 2))
>>> y.backward()
>>> x.grad
-4.1031164885938205
"""

from typing import TYPE_CHECKING

from autograd_lite._version import __version__ as __version__

# Public names of the rooms; a room is imported when one of its names is first used (PEP 562). All other names are
# the engine's.
PACKAGES = ("data", "lessons", "nn", "optim", "plots", "train")
VIEWS = ("Finding", "LayoutError", "Trace", "compare", "diagnose", "draw", "paths", "trace")
SHADOWING = ("abs", "pow", "sum")  # take every kind of operand; `import *` leaves Python's own alone

if TYPE_CHECKING:
    from autograd_lite import data as data, lessons as lessons, nn as nn, optim as optim, plots as plots, train as train
    from autograd_lite.engine import *
    from autograd_lite.views import (
        Finding as Finding,
        LayoutError as LayoutError,
        Trace as Trace,
        compare as compare,
        diagnose as diagnose,
        draw as draw,
        paths as paths,
        trace as trace,
    )
else:

    def __getattr__(name: str) -> object:
        """A public name, looked up once."""
        from importlib import import_module

        if name in PACKAGES:
            return import_module(f"autograd_lite.{name}")
        room = import_module("autograd_lite.views" if name in VIEWS else "autograd_lite.engine")
        if name == "__all__":
            found = sorted({*room.__all__, *VIEWS, "__version__"} - {*SHADOWING})
        elif name in VIEWS or name in room.__all__:
            found = getattr(room, name)
        else:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        globals()[name] = found
        return found

    def __dir__() -> list[str]:
        """What can be written after the dot, for those who complete names."""
        return sorted({*globals(), *PACKAGES, *SHADOWING, *__getattr__("__all__")})
