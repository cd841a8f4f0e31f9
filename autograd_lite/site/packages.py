"""What the site is made of besides our own files: packages from npm and PyPI, as the lock files beside this name them.

They are fetched when the site is built and copied into its folder, so that a page asks no other host for anything.
"""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import autograd_lite
from autograd_lite.engine.files import write_whole

HERE = Path(__file__).parent
COPIED = {  # from a package of npm into a folder of the site
    "pyodide": ("pyodide/pyodide.mjs", "pyodide/pyodide.asm.mjs", "pyodide/pyodide.asm.wasm",
                "pyodide/python_stdlib.zip", "pyodide/pyodide-lock.json"),
    "viz": ("@viz-js/viz/dist/viz.js",),
    "minisearch": ("minisearch/dist/es/index.js",),
}  # fmt: skip
LEFT_OUT = {"__pycache__"}
COMPILED = (".c", ".h", ".so", ".pyd", ".pyc", ".pyi")  # which the browser's Python cannot use
FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # of a zip file's time: the same files give the same bytes


class FetchError(RuntimeError):
    """npm or pip is not here, or did not bring a package."""


def from_npm(work: Path, assets: Path) -> list[Path]:
    """Fetch the packages of package-lock.json, and copy what the pages load into the folder of assets."""
    npm = shutil.which("npm")
    if npm is None:
        raise FetchError("the site needs npm, which brings Python for the browser: install Node.js")
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, work / name)
    _run([npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], work)
    written = []
    for folder, paths in COPIED.items():
        (assets / folder).mkdir(parents=True, exist_ok=True)
        for path in paths:
            target = assets / folder / os.path.basename(path)
            write_whole(target, (work / "node_modules" / path).read_bytes())
            written.append(target)
    return written


def python_archive(work: Path, assets: Path) -> Path:
    """Write autograd_lite and what it needs as one archive, whose name changes with its content."""
    wheels = work / "wheels"
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    command += ["--only-binary=:all:", "--require-hashes", "--dest", str(wheels), "-r", str(HERE / "requirements.txt")]
    _run(command, work)
    files = dict(_own())
    for wheel in sorted(wheels.glob("*.whl")):
        with zipfile.ZipFile(wheel) as opened:
            files |= {name: opened.read(name) for name in opened.namelist() if not name.endswith("/")}
    content = archive(files)
    path = assets / f"packages-{hashlib.sha256(content).hexdigest()[:12]}.zip"
    write_whole(path, content)
    return path


def archive(files: dict[str, bytes]) -> bytes:
    """A zip file, the same bytes for the same files.

    >>> archive({"b": b"1", "a": b"2"}) == archive({"a": b"2", "b": b"1"})
    True
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as opened:
        for name in sorted(files):
            opened.writestr(zipfile.ZipInfo(name, FIRST_DAY), files[name], zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _own() -> Iterator[tuple[str, bytes]]:
    """The files of this package, without what is compiled or built for it."""
    root = Path(autograd_lite.__file__).parent
    for path in sorted(root.rglob("*")):
        inner = path.relative_to(root)
        if path.is_file() and not LEFT_OUT & set(inner.parts) and path.suffix not in COMPILED:
            yield f"autograd_lite/{inner.as_posix()}", path.read_bytes()


def _run(command: list[str], folder: Path) -> None:
    """Run a program; FetchError has the end of what it said."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        said = " ".join((done.stderr or done.stdout).split())[-300:]
        name = "pip" if "pip" in command else os.path.basename(command[0])
        raise FetchError(f"{name} did not bring what the site needs: {said}")
