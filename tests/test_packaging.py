"""What gets into wheels and sources besides modules, and what the site is locked to."""

from __future__ import annotations

import base64
import json
import re
import tomllib
from fnmatch import fnmatch
from pathlib import Path

import autograd_lite

ROOT = Path(__file__).parents[1]
PACKAGE = Path(autograd_lite.__file__).parent
SITE = PACKAGE / "site"
BUILT = ("*.py[cod]", "*.so", "_rules.h", "*.c", "*.h")  # from the sources, or sources of the engine in C
EXACT = re.compile(r"[0-9]+(\.[0-9]+)*")


def settings() -> dict[str, dict[str, list[str]]]:
    """What pyproject.toml tells setuptools."""
    told: dict[str, dict[str, list[str]]] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    return told["setuptools"]  # type: ignore[return-value]


def test_every_file_of_the_package_is_in_the_wheel() -> None:
    """What is no module is package data by a pattern of pyproject.toml, and every pattern finds a file."""
    patterns = [
        f"{package.replace('.', '/')}/{pattern}"
        for package, each in settings()["package-data"].items()
        for pattern in each
    ]
    paths = [path for path in PACKAGE.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    paths = [path for path in paths if not any(fnmatch(path.name, kind) for kind in ("*.py", *BUILT))]
    used = set()
    for path in paths:
        inner = f"autograd_lite/{path.relative_to(PACKAGE).as_posix()}"
        found = [pattern for pattern in patterns if fnmatch(inner, pattern) and inner.count("/") == pattern.count("/")]
        assert found or path.suffix == ".pyi", inner
        used |= set(found)
    assert used == set(patterns)


def test_every_file_beside_the_package_is_in_the_sources() -> None:
    """MANIFEST.in names each kind of file of the tests, the benchmarks and the notebooks: a release is tested from them."""
    lines = [line.split() for line in (ROOT / "MANIFEST.in").read_text(encoding="utf-8").splitlines()]
    named = {line[1]: line[2:] for line in lines if line[0] == "recursive-include"}
    assert set(named) == {"tests", "benchmarks", "notebooks"}
    for folder, patterns in named.items():
        for path in (ROOT / folder).rglob("*"):
            hidden = [part for part in path.relative_to(ROOT).parts if part.startswith((".", "__pycache__"))]
            if path.is_file() and not hidden:
                assert any(fnmatch(path.name, pattern) for pattern in patterns), path


def test_npm_is_locked() -> None:
    """Each package of npm has one exact version and a digest of 512 bits; what is asked for is what is locked, from no named host."""
    text = (SITE / "package-lock.json").read_text(encoding="utf-8")
    locked, asked = json.loads(text), json.loads((SITE / "package.json").read_text(encoding="utf-8"))
    assert "://" not in text
    assert locked["lockfileVersion"] == 3
    assert locked["packages"][""]["dependencies"] == asked["dependencies"]
    for name, version in asked["dependencies"].items():
        assert locked["packages"][f"node_modules/{name}"]["version"] == version
    for name, package in locked["packages"].items():
        if name:
            assert EXACT.fullmatch(package["version"]), name
            kind, _, digest = package["integrity"].partition("-")
            assert (kind, len(base64.b64decode(digest, validate=True))) == ("sha512", 64), name
            assert "hasInstallScript" not in package, name


def test_wheels_are_locked() -> None:
    """Each wheel for the browser has one exact version and a digest of 256 bits, and no index is named."""
    text = (SITE / "requirements.txt").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    assert all(re.fullmatch(r"[a-z0-9-]+==[0-9.]+ --hash=sha256:[0-9a-f]{64}", line) for line in lines)
    names = {line.partition("=")[0] for line in lines}
    needed = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    everywhere = {re.split(r"[>=;]", need)[0] for need in needed if ";" not in need}
    assert everywhere <= names
    assert len(names) == len(lines)
    assert "://" not in text
