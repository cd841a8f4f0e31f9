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

from autograd_lite._version import __version__ as __version__
from autograd_lite.engine import NAMES as _ENGINE, rows as _rows
from autograd_lite.engine.lazy import lazily as _lazily

# The public names of each room, which is imported when one of them is first used; all others are rows of the table.
_ROOMS = {
    "engine": [name for names in _ENGINE.values() for name in names],
    "views": ["Finding", "LayoutError", "Trace", "compare", "diagnose", "draw", "paths", "trace"],
    "_version": ["__version__"],
    **dict.fromkeys(("data", "lessons", "nn", "optim", "plots", "train"), ()),
}
_SHADOWING = ("abs", "pow", "round", "sum")  # take every kind of operand; `import *` leaves Python's own alone

TYPE_CHECKING = False
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
    __getattr__, __dir__ = _lazily(__name__, _ROOMS, _rows, _SHADOWING)
