"""The package as a whole: what it exports, what importing it loads, which module may import which, its documentation."""

from __future__ import annotations

import ast
import doctest
import importlib
import inspect
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

import autograd_lite
from autograd_lite import Op
from autograd_lite.engine.table import TABLE

FOLDER = Path(autograd_lite.__file__).parent
PATHS = {
    ".".join(path.relative_to(FOLDER).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted(FOLDER.rglob("*.py"))
}
MODULES = list(PATHS)  # as graph, nn.layers, and nn for what the folder's __init__ exports

# What each room imports besides itself; the last room first, so that every line names only rooms below it.
ROOMS = {
    "__main__": {"engine", "views", "train", "lessons", "site"},
    "site": {"engine", "views", "nn", "optim", "data", "plots", "train", "lessons"},
    "lessons": {"engine", "views", "nn", "optim", "data", "plots", "train"},
    "train": {"engine", "views", "nn", "optim", "data", "plots"},
    "plots": {"engine", "views", "nn"},
    "views": {"engine"},
    "nn": {"engine"},
    "optim": {"engine"},
    "data": {"engine"},
    "engine": set(),
}  # fmt: skip

# Each module of the engine imports only modules that stand before it.
ENGINE = [
    "lazy", "text", "notebook", "rng", "reals", "traits", "words", "chosen", "ops", "signatures", "table", "sequences", "operators", "context", "graph", "ieee", "bare", "ufuncs", "array_functions", "arrays", "floats", "compiled", "micrograd",
    "value", "docs", "lines",
    "program", "symbolic", "trees", "transforms", "differences", "comparisons", "checks", "files",
    "c_text", "c_rules", "c_build",
]  # fmt: skip


# What version 0.1 exported.
FIRST_NAMES = """
abs acos acosh add asin asinh atan atan2 atanh cbrt check_gradients clip compare cos cosh detach diagnose div dot draw elu erf erfc
exceeds exp exp2 expm1 gelu grad gradients hessian hvp hypot identity jacobian jvp leaky_relu log log10 log1p log2 logaddexp logsumexp
maximum mean minimum mul neg numerical_gradient paths pow prod reciprocal record_lines relu scope sech sigmoid sign silu sin sinh
softmax softplus sqrt square step sub sum tan tanh trace value_and_grad vjp where Finding GradientError Op Trace Value __version__
"""


def imports(module: str, *, types: bool = True) -> Iterator[str]:
    """The modules of the package that a module imports, inside of functions too, and for types alone unless told not to."""
    tree = parsed(module)
    only_types = [
        node for node in ast.walk(tree) if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
    ]
    left_out = (
        {inner for block in only_types for part in block.body for inner in ast.walk(part)} if not types else set()
    )
    for node in ast.walk(tree):
        if node in left_out:
            continue
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} imports relatively"
            names = [node.module or ""]
            inner = [f"{node.module}.{alias.name}".removeprefix("autograd_lite.") for alias in node.names]
            if set(inner) & set(MODULES):  # `from autograd_lite import graph`, where others are names of __init__
                names = [f"autograd_lite.{name}" if name in MODULES else names[0] for name in inner]
        else:
            continue
        for name in names:
            if name.split(".")[0] == "autograd_lite":
                yield name.partition(".")[2] or "__init__"


def dotted(module: str) -> str:
    """The name by which a module is imported."""
    return "autograd_lite" if module == "__init__" else f"autograd_lite.{module}"


def run(code: str, *options: str) -> str:
    """What a new Python process prints, warnings being errors."""
    done = subprocess.run(
        [sys.executable, "-W", "error", *options, "-c", code],
        capture_output=True,
        text=True,
        timeout=600,
        cwd=FOLDER.parent,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def parsed(module: str) -> ast.Module:
    """The syntax tree of a module."""
    return ast.parse(PATHS[module].read_text(encoding="utf-8"))


def exported() -> list[tuple[str, Any]]:
    """What the package and its packages export, and the public functions and classes of the modules beside them."""
    found = [
        (name, thing)
        for module in ("__init__", "nn", "optim", "data", "plots", "train", "views")
        for name, thing in all_of(module)
    ]
    for module in ("nn.init", "nn.losses"):
        things = vars(importlib.import_module(dotted(module))).items()
        found += [
            (f"{module}.{name}", thing)
            for name, thing in things
            if not name.startswith("_") and getattr(thing, "__module__", "") == dotted(module)
        ]
    return found


def all_of(module: str) -> list[tuple[str, Any]]:
    """The names of a package's __all__, and what they stand for."""
    package = importlib.import_module(dotted(module))
    return [(name, getattr(package, name)) for name in names_of(module)]


def names_of(module: str) -> list[str]:
    """The names of a package's __all__."""
    names: list[str] = importlib.import_module(dotted(module)).__all__
    return names


@pytest.mark.parametrize("module", ["nn", "optim", "data", "plots", "train"])
def test_all_is_exact_and_sorted(module: str) -> None:
    """__all__ lists every name that __init__ imports from the package or defines, once and sorted."""
    tree = parsed(module)
    ours = [node for node in tree.body if isinstance(node, ast.ImportFrom) and "autograd_lite" in str(node.module)]
    imported = [alias.name for node in ours for alias in node.names]
    defined = [node.name for node in tree.body if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")]
    assert [name for name, _ in all_of(module)] == sorted(imported + defined)


def handed_on(module: str) -> list[str]:
    """The names that an __init__ imports as `name as name`, each once."""
    imported = [alias for node in ast.walk(parsed(module)) if isinstance(node, ast.ImportFrom) for alias in node.names]
    names = [alias.name for alias in imported if alias.asname == alias.name]
    assert len(names) == len(set(names)), module
    return names


def test_names_of_packages_are_those_that_type_checkers_see() -> None:
    """What a package looks up when it is first used is what it declares, and in the engine the rows of the table."""
    table = set(TABLE)
    assert names_of("engine") == sorted({*handed_on("engine"), *table})
    for module in ("views", "lessons"):
        assert names_of(module) == sorted(handed_on(module))
    packages = {"data", "lessons", "nn", "optim", "plots", "train"}
    views = set(handed_on("__init__")) - packages - {"__version__"}
    assert views <= set(names_of("views"))
    assert names_of("__init__") == sorted({*names_of("engine"), *views, "__version__"} - {"abs", "pow", "round", "sum"})
    for module in ("__init__", "engine", "views", "lessons"):
        package = importlib.import_module(dotted(module))
        assert set(names_of(module)) <= set(dir(package))
    assert {*packages, "abs", "pow", "round", "sum", "__version__"} <= set(dir(autograd_lite))


def test_public_paths_of_the_first_version_go_on_working() -> None:
    """Every name that 0.1 exported is there, and is the same thing each time."""
    for name in FIRST_NAMES.split():
        assert getattr(autograd_lite, name) is getattr(autograd_lite, name)
    with pytest.raises(AttributeError, match=r"^module 'autograd_lite.engine' has no attribute 'nothing'$"):
        importlib.import_module("autograd_lite.engine").nothing  # noqa: B018 - that it is not there is the test


def test_a_star_import_leaves_builtins_alone() -> None:
    """`from autograd_lite import *` brings the names of __all__, and Python's sum, abs, pow and round stay what they are."""
    code = "from autograd_lite import *; print(*dir()); print(abs, pow, round, sum)"
    names, builtins = run(code).splitlines()
    assert set(names.split()) >= set(names_of("__init__"))
    assert not set(names_of("__init__")) & set(dir(importlib.import_module("builtins")))
    assert builtins == f"{abs} {pow} {round} {sum}"


def test_importing_is_cheap() -> None:
    """`from autograd_lite import Value, exp` loads the modules that `Value` needs, and few small ones of Python's own."""
    loaded = set(run("import sys; from autograd_lite import Value, exp; print(*sys.modules)", "-S").split())
    before = set(run("import os, sys; print(*sys.modules)", "-S").split())  # as after every start
    pythons = {name for name in loaded - before if not name.startswith(("_", "autograd_lite"))}
    assert pythons <= {"contextvars", "itertools", "keyword", "math", "types"}
    needed = """
    _version engine engine.chosen engine.compiled engine.context engine.floats engine.graph engine.ieee engine.lazy engine.micrograd engine.operators engine.ops
    engine.reals engine.signatures engine.table engine.text engine.traits engine.value engine.words
    """
    ours = {name for name in loaded if name.startswith("autograd_lite")}
    ours -= {"autograd_lite.engine.compiled.operators", "autograd_lite.engine._node"}  # one of them, by the engine
    assert ours == {"autograd_lite", *(f"autograd_lite.{name}" for name in needed.split())}


def test_the_command_starts_without_what_it_may_not_need() -> None:
    """Asking the command for its version loads no library, no lesson, no picture; nothing is lost where one is missing."""
    code = (
        "import sys; sys.modules['graphviz'] = sys.modules['rich'] = sys.modules['numpy'] = None; "
        "from autograd_lite.__main__ import main; import contextlib\n"
        "with contextlib.suppress(SystemExit): main(['--version'])\n"
        "print(*sys.modules)"
    )
    version, loaded = run(code).splitlines()
    assert version == f"autograd-lite {autograd_lite.__version__}"
    ours = {name for name in loaded.split() if name.startswith("autograd_lite.")}
    assert not {name for name in ours if name.startswith(("autograd_lite.lessons.", "autograd_lite.plots"))} - {
        "autograd_lite.lessons.command",
        "autograd_lite.lessons.asking.quiz_command",
    }
    assert not {name for name in ours if name.startswith(("autograd_lite.views.picture", "autograd_lite.views.steps"))}


def test_packages_come_with_the_first_use() -> None:
    """`autograd_lite.nn` and the others are there after `import autograd_lite` alone, and not loaded before."""
    code = (
        "import sys, autograd_lite; print('autograd_lite.nn' in sys.modules, autograd_lite.nn.MLP(1, [1]).describe())"
    )
    assert run(code).strip() == "False MLP(1 → 1)"
    for name in ("data", "lessons", "optim", "plots", "train"):
        run(f"import autograd_lite; autograd_lite.{name}")
    with pytest.raises(AttributeError, match=r"^module 'autograd_lite' has no attribute 'nothing'$"):
        autograd_lite.nothing  # type: ignore[attr-defined]  # noqa: B018 - that it is not there is the test


def test_training_needs_no_library() -> None:
    """Networks and training load neither NumPy nor matplotlib nor rich, where nothing is shown."""
    code = (
        "import sys; from autograd_lite import nn, data; from autograd_lite.train import fit; "
        "fit(nn.MLP(2, [2, 1]), nn.losses.mse, *data.gate('xor'), epochs=2, metrics=[nn.losses.accuracy]); "
        "print([name for name in ('numpy', 'matplotlib', 'rich', 'safetensors', 'torch') if name in sys.modules])"
    )
    assert run(code).strip() == "[]"


def test_computing_needs_no_numpy() -> None:
    """Computing and differentiating plain numbers and lists, to second order, loads NumPy neither."""
    code = (
        "import sys; from autograd_lite import Value, exp, sin, hessian, grad, jvp, softmax; "
        "x = Value(1.5); y = exp(sin(x ** 2)) + softmax([x, 1.0])[0]; y.backward(); "
        "hessian(lambda x: x[0] * x[1])([1.0, 2.0]); jvp(sin, (1.0,), (1.0,)); print('numpy' in sys.modules)"
    )
    assert run(code).strip() == "False"


def test_each_module_can_be_imported_first() -> None:
    """No module depends on another having been imported before it."""
    code = """
    import importlib, sys
    for name in {names!r}:
        for known in [known for known in sys.modules if known.partition(".")[0] == "autograd_lite"]:
            del sys.modules[known]
        try:
            importlib.import_module(name)
        except Exception as error:
            raise ImportError(f"{{name}} cannot be imported first") from error
    """
    run(dedent(code).format(names=[dotted(module) for module in MODULES if module != "__main__"]))


def room(module: str) -> str:
    """The room that a module stands in."""
    return module.split(".")[0]


def test_imports_point_in_one_direction() -> None:
    """Every room imports only rooms below it, and those that its line above names."""
    order = list(ROOMS)
    assert {room(module) for module in MODULES} - {"__init__", "_version"} == set(order)
    for name, below in ROOMS.items():
        used = {room(other) for module in MODULES if room(module) == name for other in imports(module)}
        assert used - {name, "__init__", "_version"} <= below <= set(order[order.index(name) + 1 :]), name


def test_no_room_has_a_circle() -> None:
    """Inside of a room too, no module imports itself by way of others; in the engine the order is fixed.

    A lesson, what it asks and what it has computed know each other's types, and only these.
    """
    below = {module: list(imports(module, types=room(module) != "lessons")) for module in MODULES}
    for module in MODULES:
        seen: set[str] = set()
        waiting = [other for other in below[module] if other != module]
        while waiting:
            other = waiting.pop()
            assert other != module, f"{module} imports itself by way of {sorted(seen)}"
            if other not in seen and room(other) == room(module):
                seen.add(other)
                waiting += below[other]
    for place, name in enumerate(ENGINE):
        used = {other.removeprefix("engine.") for other in imports(f"engine.{name}")}
        assert used <= set(ENGINE[:place]), f"engine/{name}.py imports what stands behind it"
    assert {f"engine.{name}" for name in ENGINE} == {module for module in MODULES if room(module) == "engine"} - {
        "engine"
    }


def test_only_the_modules_that_need_it_import_a_library() -> None:
    """No module imports a library at its top level but those that are made of it, which are imported when they are needed."""
    made_of_one = {"views.picture.digraph", "views.reading.reader"}
    for module in (
        set(MODULES) - made_of_one - {"engine.ufuncs", "engine.array_functions", "engine.arrays", "engine.c_build"}
    ):
        for node in parsed(module).body:
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
                for name in names:
                    assert name.split(".")[0] in {*sys.stdlib_module_names, "autograd_lite"}, f"{module}: {name}"


def test_no_module_bears_the_name_of_a_function() -> None:
    """An exported name is never also a module, so that importing the module cannot replace the function."""
    assert set(MODULES) & set(names_of("__init__")) == set()
    for package in ("engine", "views", "nn", "optim", "data", "plots", "train"):
        inside = {module.removeprefix(f"{package}.") for module in MODULES if module.startswith(f"{package}.")}
        assert inside & set(names_of(package)) <= {"losses"}, package  # `nn.losses` is the module itself


def test_every_export_has_an_example() -> None:
    """Every public function, class and operation has a docstring with an example."""
    for name, thing in exported():
        if isinstance(thing, (Op, type)) or inspect.isfunction(thing):
            assert thing.__doc__, name
            raised = isinstance(thing, type) and issubclass(thing, Exception)
            assert raised or doctest.DocTestParser().get_examples(thing.__doc__), name


def test_every_public_thing_is_documented() -> None:
    """Every public function, class, method and property of every module has a docstring."""
    for module in MODULES:
        if module == "__main__":
            continue
        found = importlib.import_module(dotted(module))
        assert found.__doc__, module
        for name, thing in vars(found).items():
            if name.startswith("_") or getattr(thing, "__module__", None) != found.__name__:
                continue
            if inspect.isfunction(thing) or inspect.isclass(thing):
                assert thing.__doc__, f"{module}.{name}"
            if inspect.isclass(thing):
                for attribute, member in vars(thing).items():
                    if not attribute.startswith("_") and (inspect.isfunction(member) or isinstance(member, property)):
                        assert member.__doc__, f"{module}.{name}.{attribute}"


def test_files_can_be_read_in_one_sitting() -> None:
    """No module is longer than 400 lines."""
    for module in MODULES:
        assert len(PATHS[module].read_text(encoding="utf-8").splitlines()) <= 400, module


def test_the_type_marker_is_there() -> None:
    """The package is typed, and says so."""
    assert (FOLDER / "py.typed").exists()


def test_the_version() -> None:
    """The version is three numbers."""
    assert [part.isdigit() for part in autograd_lite.__version__.split(".")] == [True] * 3
