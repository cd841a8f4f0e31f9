"""How the engine in C is built: a command of setuptools, which pyproject.toml names.

It writes the table's rules into a header and compiles `_node.c` with it. Where that cannot be done, or is not wanted
(`AUTOGRAD_LITE_PURE=1`), the package is built without, and says so: the engine in Python does the same.
"""

from __future__ import annotations

import os
import sys
import sysconfig
from pathlib import Path

from setuptools import Extension
from setuptools.command.build_ext import build_ext
from setuptools.errors import BaseError, CCompilerError

ROOT = Path(__file__).parents[2]
LONG = 160
EXACT = ["-ffp-contract=off"]  # x * y + z is rounded twice, as Python's floats are


class BuildEngine(build_ext):
    """`build_ext` for an engine that the package can do without."""

    def run(self) -> None:
        """Build the engine, or take it out of what is built."""
        reason = unwanted()
        if not reason:
            try:
                super().run()
            except (BaseError, CCompilerError, OSError) as error:  # the first two have nothing in common
                said = " ".join(str(error).split())
                reason = said if len(said) < LONG else f"{said[: LONG // 2]} ... {said[-LONG // 2 :]}"
        if reason:
            self.leave_out()
            self.warn(f"autograd_lite is built without its engine in C ({reason}): the one in Python does the same")

    def build_extensions(self) -> None:
        """Write the header, and compile so that every number is rounded as Python rounds it."""
        text, library = rules()
        folder = Path(self.build_temp)
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / "_rules.h"
        if not path.exists() or path.read_text("utf-8") != text:  # so that nothing is compiled twice
            path.write_text(text, "utf-8")
        microsoft = self.compiler.compiler_type == "msvc"
        called = [f"-fno-builtin-{name}" for name in library]  # no compiler knows better than the library at run time
        flags = ["/O2", "/fp:precise"] if microsoft else ["-O3", *EXACT, *called]
        for extension in self.extensions:
            extension.libraries += [] if microsoft else ["m"]
            extension.include_dirs.append(str(folder))
            extension.depends.append(str(path))
            extension.extra_compile_args += flags
        super().build_extensions()

    def leave_out(self) -> None:
        """Go on as a package of Python alone, whose wheel is for every platform; no older engine may get into it."""
        for extension in self.extensions:
            name = self.get_ext_filename(self.get_ext_fullname(extension.name))
            for folder in [self.build_lib, *([str(ROOT)] if self.inplace else [])]:
                Path(folder, name).unlink(missing_ok=True)
        self.extensions: list[Extension] = []
        self.distribution.ext_modules = self.extensions
        wheel = self.distribution.command_obj.get("bdist_wheel")
        if wheel is not None:
            wheel.root_is_pure = True


def unwanted() -> str:
    """Why no engine in C is to be built, if there is a reason.

    >>> unwanted() == "" or isinstance(unwanted(), str)
    True
    """
    if os.environ.get("AUTOGRAD_LITE_PURE", "0") not in ("", "0"):
        return "AUTOGRAD_LITE_PURE is set"
    if sysconfig.get_config_var("Py_GIL_DISABLED"):
        return "a module in C would bring the GIL back"
    if sys.implementation.name != "cpython":
        return f"it is for CPython, not for {sys.implementation.name}"
    return ""


def rules() -> tuple[str, list[str]]:
    """The header's text, and the functions of the C library that it calls, of the sources that are built."""
    known = os.environ.get("AUTOGRAD_LITE_ENGINE")
    os.environ["AUTOGRAD_LITE_ENGINE"] = "python"  # an older one in C may not even load
    sys.path.insert(0, str(ROOT))
    try:
        from autograd_lite.engine.c_rules import header
        from autograd_lite.engine.c_text import LIBRARY

        return header(), [*LIBRARY, "pow"]
    finally:
        sys.path.remove(str(ROOT))
        del os.environ["AUTOGRAD_LITE_ENGINE"]
        if known is not None:
            os.environ["AUTOGRAD_LITE_ENGINE"] = known
