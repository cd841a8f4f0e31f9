"""The whole site as a folder: its parts one after the other, each a function that writes its pages.

They are written elsewhere and copied when all are there, so that what is interrupted leaves an older site as it was,
and the search knows no page but these. A list of what was written tells the next build what it may take away.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from autograd_lite.engine.files import check_folder, write_whole
from autograd_lite.site import course, notebooks, playground, reference, search, teach, watch
from autograd_lite.site.packages import HERE, from_npm, python_archive
from autograd_lite.site.shell import Site, asset
from autograd_lite.views.steps.page.page import whole

PARTS = {  # in the order of the navigation; each takes the folder and the Site, and tells of its steps
    "the playground": playground.write,
    "the course": course.write,
    "the trainings": watch.write,
    "the notebooks": notebooks.write,
    "the teacher's corner": teach.write,
    "the reference": reference.write,
    "the search": search.write,  # last: it reads the pages
}
WRITTEN = "assets/written.json"  # the list
REPOSITORY = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*/(?!\.{1,2}$)[A-Za-z0-9_.-]+")
STAGE = (  # the policy of the frame for what Python makes, which has one of its own besides
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
    "form-action 'none'"
)
Tell = Callable[[str], object]


def save_site(
    folder: str | os.PathLike[str],
    *,
    repository: str = "",
    done: Tell = lambda words: None,  # noqa: ARG005 - nobody is told
) -> list[str]:
    """Write the site into a folder, which is made if need be; any web server shows it as it is.

    `repository` is OWNER/NAME on GitHub, to which the notebooks' links to Colab lead; without it there are none.
    `done(words)` is called before each piece of work. What the site lacks, because something is not installed here,
    is returned in words. FetchError where npm or PyPI does not bring what the pages load. Files of others stay.
    """
    check_folder(folder, "the site")
    if repository and not REPOSITORY.fullmatch(repository):
        raise ValueError(f"a repository on GitHub is named OWNER/NAME, got {repository!r}")
    with tempfile.TemporaryDirectory() as work, tempfile.TemporaryDirectory() as made:
        done("fetching Python for the browser")
        (assets := Path(made, "assets")).mkdir()
        loaded = from_npm(Path(work), assets)  # first, as it says at once what is lacking
        Path(folder).mkdir(parents=True, exist_ok=True)
        done("packing autograd_lite")
        archive = python_archive(Path(work), assets)
        counted = filter(_counted, (*loaded, archive))
        loads = {path.relative_to(assets).as_posix(): path.stat().st_size for path in counted}
        lacking = _write(Path(made), Site(archive.name, loads, repository), done)
        done("copying it")
        _copy(Path(made), Path(folder))
    return lacking


def _write(target: Path, site: Site, done: Tell) -> list[str]:
    """Write all parts, and what they load of our own; what they lack, in words."""
    assets = target / "assets"
    (assets / "script").mkdir()
    for script in sorted((HERE / "script").glob("*.js")):
        write_whole(assets / "script" / script.name, script.read_bytes())
    write_whole(assets / "icon.svg", (HERE / "icon.svg").read_bytes())
    style = ":root { color-scheme: light dark; }"
    stage = whole(STAGE, "A page that Python has made", style, asset("stage.html"))
    write_whole(assets / "stage.html", stage.encode())
    lacking: list[str] = []
    for name, write in PARTS.items():
        done(f"writing {name}")
        lacking += write(target, site, partial(_of_part, done, name))
    return lacking


def _copy(made: Path, target: Path) -> None:
    """Copy a site over an older one, the assets first; then take away what only the older one had."""
    names = sorted(path.relative_to(made).as_posix() for path in made.rglob("*") if path.is_file())
    try:
        listed = json.loads((target / WRITTEN).read_bytes())
    except (OSError, ValueError):  # there is none
        listed = []
    older = {name for name in listed if isinstance(name, str)} if isinstance(listed, list) else set[str]()
    for name in names:
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        write_whole(target / name, (made / name).read_bytes())
    write_whole(target / WRITTEN, json.dumps(names, indent=0).encode())
    for name in older - {*names}:
        path = target / name
        if path.is_file() and path.resolve().is_relative_to(target.resolve()):
            path.unlink()


def _of_part(done: Tell, name: str, words: str) -> None:
    done(f"writing {name}: {words}")


def _counted(path: Path) -> bool:
    """Whether a file is fetched by Python's start, and not imported as a module."""
    return path.suffix in (".wasm", ".zip")
