"""The page's scripts as TypeScript's checker and ESLint see them; both come from npm."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

import pytest
from nodejs import installed, run

import autograd_lite
from autograd_lite.train.watch.page import SHARED
from autograd_lite.views.steps.page.answers import answer_functions, mistake_rows

ROOT = Path(autograd_lite.__file__).parent
SCRIPTS = sorted((ROOT / "views" / "steps" / "page" / "script").glob("*.js"))
WATCHED = [path for path in SCRIPTS if path.stem in SHARED] + sorted((ROOT / "train" / "watch" / "script").glob("*.js"))
OF_SITE = sorted((ROOT / "site" / "script").glob("*.js"))
FOREIGN = {  # what the modules of the site import of packages, which stand beside them there
    "pyodide/pyodide.d.mts": "export const loadPyodide: any;",
    "viz/viz.d.ts": "export const instance: any;",
    "minisearch/index.d.ts": "declare const MiniSearch: any; export default MiniSearch;",
}
GENERATED = {
    "RULES": "any[]",
    "OPERATIONS": "any[]",
    "FUNCTIONS": "Map<string, any>",
    "MISTAKES": "any[]",
}  # what Python writes for each page
PROGRAMS = {
    "FORWARD": "(p: ArrayLike<number>, x: number[]) => number[]",
    "MODEL": "(p: ArrayLike<number>, x: number[], s: number[]) => [number[], number[]]",
    "LOSSES": "((o: number[], p: ArrayLike<number>, y: number | number[]) => [number, number[], number[] | null])[]",
}  # and for each page of a training
TOOLS = ("typescript@5.9.3", "eslint@9.39.5", "@eslint/js@9.39.5", "globals@17.14.0")

# Declared in one file and used in another, as scripts of one page do: so the files are linted joined.
ESLINT = """
import js from "@eslint/js";
import globals from "globals";
export default [{
  ...js.configs.recommended,
  files: ["**/*.js"],
  languageOptions: { sourceType: "KIND", ecmaVersion: 2022, globals: { ...globals.browser, NAMES } },
  rules: { ...js.configs.recommended.rules, "no-unused-vars": ["error", { vars: "local", argsIgnorePattern: "^_" }] },
}];
"""
OPTIONS = ["--noEmit", "--allowJs", "--checkJs", "--target", "es2023", "--lib", "es2023,dom,dom.iterable"]


def eslint(kind: str, names: Iterable[str]) -> str:
    """The settings for scripts or modules that find some names in their page."""
    known = ", ".join(f'{name}: "readonly"' for name in names)
    return ESLINT.replace("KIND", kind).replace("NAMES", known)


@pytest.mark.long
@pytest.mark.unix
@pytest.mark.parametrize(
    ("scripts", "generated", "strict"),
    [(SCRIPTS, GENERATED, []), (WATCHED, PROGRAMS, ["--strict"])],
    ids=["steps", "watch"],
)
def test_types_and_lint(tmp_path: Path, scripts: list[Path], generated: dict[str, str], strict: list[str]) -> None:
    """All files pass `tsc --checkJs` and ESLint's recommended rules."""
    node = installed(tmp_path, *TOOLS)
    declared = "".join(f"declare const {name}: {kind};\n" for name, kind in generated.items())
    (tmp_path / "generated.d.ts").write_text(declared, encoding="utf-8")
    for path in scripts:
        shutil.copy(path, tmp_path)
    names = ["generated.d.ts", *(path.name for path in scripts)]
    run(tmp_path, node, "node_modules/typescript/bin/tsc", *OPTIONS, *strict, *names)
    (tmp_path / "joined").mkdir()
    (tmp_path / "eslint.config.mjs").write_text(eslint("script", generated), encoding="utf-8")
    joined = "\n".join(path.read_text(encoding="utf-8") for path in scripts)
    (tmp_path / "joined" / "page.js").write_text(joined, encoding="utf-8")
    run(tmp_path, node, "node_modules/eslint/bin/eslint.js", "joined/page.js")


@pytest.mark.long
@pytest.mark.unix
def test_types_and_lint_of_the_site(tmp_path: Path) -> None:
    """So do the modules of the site, each by itself; `marking` is a script of their pages."""
    node = installed(tmp_path, *TOOLS)
    (tmp_path / "generated.d.ts").write_text("declare const marking: any;\n", encoding="utf-8")
    for name, declared in FOREIGN.items():
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(declared, encoding="utf-8")
    shutil.copytree(ROOT / "site" / "script", tmp_path / "script")
    names = [f"script/{path.name}" for path in OF_SITE]
    modules = ["--module", "esnext", "--moduleResolution", "bundler"]
    run(tmp_path, node, "node_modules/typescript/bin/tsc", *OPTIONS, *modules, "generated.d.ts", *names)
    (tmp_path / "eslint.config.mjs").write_text(eslint("module", ["marking"]), encoding="utf-8")
    run(tmp_path, node, "node_modules/eslint/bin/eslint.js", *names)


def test_no_text_is_run() -> None:
    """No script makes code of text."""
    for text in [
        *(path.read_text(encoding="utf-8") for path in (*SCRIPTS, *WATCHED, *OF_SITE)),
        answer_functions(),
        mistake_rows(),
    ]:
        assert "eval(" not in text
        assert "Function(" not in text
