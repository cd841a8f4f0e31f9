"""Packages from npm, and Node.js to run them: for the long tests, which check what other programs make of ours."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

KATEX = "0.16.22"
RENDER = """
import { readFileSync } from "node:fs";
import katex from "katex";
for (const formula of JSON.parse(readFileSync("formulas.json", "utf8"))) {
  try { katex.renderToString(formula, { displayMode: true, strict: "error", throwOnError: true }); }
  catch (error) { console.error(formula, error.message); process.exitCode = 1; }
}
"""


def installed(folder: Path, *packages: str) -> str:
    """Fetch packages into a folder; the program that runs them."""
    npm, node = shutil.which("npm"), shutil.which("node")
    assert npm, f"this test fetches {', '.join(packages)} with npm: install Node.js"
    assert node, f"this test runs {', '.join(packages)} under node: install Node.js"
    run(folder, npm, "install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(folder), *packages)
    return node


def run(folder: Path, *command: str) -> str:
    """What a program prints; what it says where it fails."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=900, check=False)
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-3000:]
    return done.stdout


def assert_katex_takes(formulas: Sequence[str], folder: Path) -> None:
    """KaTeX at its strictest renders every formula."""
    node = installed(folder, f"katex@{KATEX}")
    (folder / "formulas.json").write_text(json.dumps(formulas), encoding="utf-8")
    (folder / "render.mjs").write_text(RENDER, encoding="utf-8")
    run(folder, node, "render.mjs")
