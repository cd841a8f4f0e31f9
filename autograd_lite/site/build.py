"""The whole site as a folder: its parts one after the other, each a function that writes its pages."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from autograd_lite.engine.files import check_folder, write_whole
from autograd_lite.site import course, notebooks, playground, reference, search, teach, watch
from autograd_lite.site.packages import HERE, from_npm, python_archive
from autograd_lite.site.shell import Site

PARTS = {  # in the order of the navigation; each takes the folder and the Site, and tells of its steps
    "the playground": playground.write,
    "the course": course.write,
    "the trainings": watch.write,
    "the notebooks": notebooks.write,
    "the teacher's corner": teach.write,
    "the reference": reference.write,
    "the search": search.write,  # last: it reads the pages
}
REPOSITORY = re.compile(r"[\w.-]+/[\w.-]+")
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
    is returned in words. FetchError where npm or PyPI does not bring what the pages load.
    """
    if repository and not REPOSITORY.fullmatch(repository):
        raise ValueError(f"a repository is OWNER/NAME, got {repository!r}")
    check_folder(folder, "the site")
    target = Path(folder)
    assets = target / "assets"
    (assets / "script").mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as work:
        done("fetching Python for the browser")
        loaded = from_npm(Path(work), assets)
        done("packing autograd_lite")
        archive = python_archive(Path(work), assets)
    for script in sorted((HERE / "script").glob("*.js")):
        write_whole(assets / "script" / script.name, script.read_bytes())
    for name in ("stage.html", "icon.svg"):
        write_whole(assets / name, (HERE / name).read_bytes())
    loads = {path.relative_to(assets).as_posix(): path.stat().st_size for path in (*loaded, archive) if _counted(path)}
    site = Site(archive.name, loads, repository)
    lacking: list[str] = []
    for name, write in PARTS.items():
        done(f"writing {name}")
        lacking += write(target, site, partial(_of_part, done, name))
    return lacking


def _of_part(done: Tell, name: str, words: str) -> None:
    done(f"writing {name}: {words}")


def _counted(path: Path) -> bool:
    """Whether a file is fetched by Python's start, and not imported as a module."""
    return path.suffix in (".wasm", ".zip")
