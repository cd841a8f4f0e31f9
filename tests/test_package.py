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
from types import ModuleType
from typing import Any

import pytest

import autograd_lite

FOLDER = Path(autograd_lite.__file__).parent
PATHS = {
    ".".join(path.relative_to(FOLDER).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted(FOLDER.rglob("*.py"))
}
MODULES = list(PATHS)  # as graph, nn.layers, and nn for what the folder's __init__ exports

# Each module imports only modules that stand before it.
LAYERS = [
    "_version", "ops", "scopes", "table", "sequences", "operators", "compiled", "extended", "graph", "arrays", "value",
    "symbolic", "structure", "transforms", "checks", "files", "layout", "picture", "expressions", "__init__",
    "nn.activations", "nn.initial", "nn.convert", "nn.modules", "nn.layers", "nn.threshold", "nn.losses", "nn.storage", "nn",
    "optim.optimizers", "optim.schedules", "optim.naive", "optim", "__main__",
]  # fmt: skip


def imports(module: str) -> Iterator[str]:
    """The modules of the package that a module imports, inside of functions too."""
    for node in ast.walk(parsed(module)):
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


def run(code: str) -> str:
    """What a new Python process prints, warnings being errors."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, timeout=60, cwd=FOLDER.parent
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def parsed(module: str) -> ast.Module:
    """The syntax tree of a module."""
    return ast.parse(PATHS[module].read_text(encoding="utf-8"))


def exported() -> list[tuple[str, Any]]:
    return [(name, getattr(autograd_lite, name)) for name in autograd_lite.__all__]


def test_all_is_exact_and_sorted() -> None:
    """__all__ lists every name that __init__ exports, as `name as name` or as a function of its own, once and sorted."""
    tree = parsed("__init__")
    imported = [alias for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names]
    defined = [node.name for node in tree.body if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")]
    names = [alias.name for alias in imported if alias.asname == alias.name] + defined
    assert len(names) == len(set(names))
    assert autograd_lite.__all__ == sorted(names)
    assert [name for name in autograd_lite.__all__ if name.startswith("_")] == ["__version__"]


def test_a_star_import_works() -> None:
    """`from autograd_lite import *` brings the names of __all__."""
    names = run("from autograd_lite import *; print(*sorted(set(dir()) - set(__builtins__.__dict__)))").split()
    assert set(names) >= {name for name in autograd_lite.__all__ if name not in ("abs", "pow", "sum", "__version__")}


def test_importing_is_cheap() -> None:
    """Importing the package loads neither NumPy nor graphviz nor rich, nor other large modules of Python's own."""
    heavy = {
        "numpy",
        "graphviz",
        "rich",
        "llvmlite",
        "pytest",
        "asyncio",
        "subprocess",
        "inspect",
        "dataclasses",
        "decimal",
    }
    loaded = set(run("import sys, autograd_lite; print(*sys.modules)").split())
    assert "autograd_lite.value" in loaded
    assert loaded & heavy == set()


def test_computing_needs_no_numpy() -> None:
    """Computing and differentiating plain numbers and lists, to second order, loads NumPy neither."""
    code = (
        "import sys; from autograd_lite import Value, exp, sin, hessian, grad, jvp, softmax; "
        "x = Value(1.5); y = exp(sin(x ** 2)) + softmax([x, 1.0])[0]; y.backward(); "
        "hessian(lambda x: x[0] * x[1])([1.0, 2.0]); jvp(sin, (1.0,), (1.0,)); print('numpy' in sys.modules)"
    )
    assert run(code).strip() == "False"


@pytest.mark.parametrize("module", MODULES)
def test_each_module_can_be_imported_first(module: str) -> None:
    """No module depends on another having been imported before it."""
    run(f"import {dotted(module)}")


def test_imports_point_in_one_direction() -> None:
    """Every module has its place in the order of layers, and imports only modules that stand before it."""
    assert set(LAYERS) == set(MODULES)
    for place, module in enumerate(LAYERS):
        wrong = set(imports(module)) - set(LAYERS[:place])
        assert not wrong, f"{module} imports {', '.join(sorted(wrong))}, which does not stand before it"


def test_only_the_modules_that_need_it_import_a_library() -> None:
    """The engine imports nothing at its top level but Python's own modules and the package; pictures and the command may."""
    for module in set(MODULES) - {"layout", "picture", "__main__"}:
        for node in parsed(module).body:
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
                for name in names:
                    assert name.split(".")[0] in {*sys.stdlib_module_names, "autograd_lite"}, f"{module}: {name}"


def test_no_module_bears_the_name_of_a_function() -> None:
    """An exported name is never also a module, so that importing the module cannot replace the function."""
    assert set(MODULES) & set(autograd_lite.__all__) == set()
    for name, thing in exported():
        assert not isinstance(thing, ModuleType), name


def test_every_export_has_an_example() -> None:
    """Every public function, class and operation has a docstring with an example."""
    for name, thing in exported():
        if name != "__version__":
            assert thing.__doc__, name
            assert doctest.DocTestParser().get_examples(thing.__doc__) or issubclass(thing, Exception), name


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


def test_methods_are_declared_for_type_checkers() -> None:
    """The methods that type checkers are told of are those that the table gives: one for each row but `where`."""
    from autograd_lite.operators import Arithmetic
    from autograd_lite.table import TABLE

    (declared,) = [
        node for node in ast.walk(parsed("operators")) if isinstance(node, ast.ClassDef) and node.name == "Arithmetic"
    ]
    names = {n.target.id for n in ast.walk(declared) if isinstance(n, ast.AnnAssign) and isinstance(n.target, ast.Name)}
    assert names == set(TABLE) - {"where"}
    assert all(callable(getattr(Arithmetic, name)) for name in names)
