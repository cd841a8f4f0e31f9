"""`autograd-lite site`: the playground, the course and the reference as a folder for a web server."""

from __future__ import annotations

import argparse
import shlex
from typing import Any

from autograd_lite.views.console import console, tell


def add_commands(commands: Any) -> None:
    """Add the command to the parser of the command line."""
    one = commands.add_parser("site", help="write the site: a playground, the course, trainings and the reference")
    one.add_argument("folder", metavar="DIR", help="the folder, which any web server shows as it is")
    one.add_argument("--repository", metavar="OWNER/NAME", default="", help="on GitHub: adds links that open in Colab")
    one.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    """Write the site; on a terminal, a line says how far it is."""
    from autograd_lite.site.build import save_site

    with console(stderr=True).status("writing the site") as status:
        lacking = save_site(options.folder, repository=options.repository, done=status.update)
    for lack in lacking:
        tell(console(), lack)
    tell(console(), f"the site is in {options.folder}: python -m http.server -d {shlex.quote(options.folder)} shows it")
    return 0
