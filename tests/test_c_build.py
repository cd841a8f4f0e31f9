"""Building the package with and without its engine in C: what gets into wheels, and what is said."""

import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path
from zipfile import ZipFile

import pytest

from autograd_lite.engine.c_build import unwanted

pytestmark = pytest.mark.unix  # CC names the compiler there
ROOT = Path(__file__).parents[1]
PURE = "autograd_lite-*-py3-none-any.whl"


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """A copy of what the package is built from."""
    left = shutil.ignore_patterns("__pycache__", "*.so", "*.pyd", "_rules.h")
    shutil.copytree(ROOT / "autograd_lite", tmp_path / "autograd_lite", ignore=left)
    for name in ("pyproject.toml", "README.md", "LICENSE", "MANIFEST.in", "CHANGELOG.md"):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


def build(sources: Path, command: str, environment: dict[str, str]) -> str:
    """What a command of setuptools prints."""
    shutil.rmtree(sources / "dist", ignore_errors=True)
    known = dict(os.environ)
    for name in ("AUTOGRAD_LITE_PURE", "PYTHONPATH"):
        known.pop(name, None)
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", "import setuptools; setuptools.setup()", command],
        cwd=sources, env=known | environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    return done.stdout


def engine(sources: Path, pattern: str) -> list[str]:
    """What of the engine in C is in the one wheel that has been built, and must have a name of this pattern."""
    (wheel,) = (sources / "dist").iterdir()
    assert wheel.match(pattern), wheel.name
    names = ZipFile(wheel).namelist()
    assert "autograd_lite/engine/c_rules.py" in names
    return [name for name in names if "_node" in name or name.endswith((".c", ".h"))]


def said(output: str) -> list[str]:
    return [line for line in output.splitlines() if "is built without its engine in C" in line]


@pytest.mark.parametrize("environment", [{"AUTOGRAD_LITE_PURE": "1"}, {"CC": "/no/such/compiler"}, {"CC": "false"}])
def test_without_the_engine_the_wheel_is_for_every_platform(sources: Path, environment: dict[str, str]) -> None:
    """It is built, and one line tells why."""
    output = build(sources, "bdist_wheel", environment)
    assert [name for name in engine(sources, PURE) if not name.endswith(".pyi")] == []
    (line,) = said(output)
    assert next(iter(environment)) == "CC" or "AUTOGRAD_LITE_PURE is set" in line
    assert "CC" not in environment or environment["CC"] in line or unwanted()
    assert len(line) < 400


@pytest.mark.skipif(bool(unwanted()), reason=f"no engine in C: {unwanted()}")
def test_the_engine_is_in_the_wheel(sources: Path) -> None:
    """Compiled, of this version of Python; and no older one is left where the compiler fails at the next."""
    (sources / "autograd_lite/engine/_rules.h").write_text("#error of another table\n", encoding="utf-8")
    assert said(build(sources, "bdist_wheel", {"AUTOGRAD_LITE_PURE": "0"})) == []
    (name,) = [name for name in engine(sources, "autograd_lite-*-cp*-cp*-*_*.whl") if not name.endswith(".pyi")]
    assert name.endswith((".so", ".pyd"))
    with (sources / "autograd_lite/engine/_node.c").open("a", encoding="utf-8") as file:
        file.write("#error broken\n")
    assert len(said(build(sources, "bdist_wheel", {}))) == 1
    assert [name for name in engine(sources, PURE) if not name.endswith(".pyi")] == []


def test_the_sources_have_what_the_engine_is_built_from(sources: Path) -> None:
    (sources / "autograd_lite/engine/_rules.h").write_text("left by hand", encoding="utf-8")
    build(sources, "sdist", {})
    (archive,) = (sources / "dist").iterdir()
    with tarfile.open(archive) as opened:
        names = {name.partition("/")[2] for name in opened.getnames()}
    assert {"autograd_lite/engine/_node.c", "autograd_lite/engine/c_build.py"} <= names
    assert not [name for name in names if name.endswith((".so", ".pyd", "_rules.h"))]
