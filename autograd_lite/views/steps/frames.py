"""A folder with one picture for each step of a trace, as SVG and as PNG, and the slides that show them."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor

from autograd_lite.engine.files import check_folder, write_whole
from autograd_lite.views.picture import layout
from autograd_lite.views.picture.digraph import Picture, dressed
from autograd_lite.views.picture.folds import fold
from autograd_lite.views.picture.layout import LayoutError
from autograd_lite.views.steps.passes import Passes
from autograd_lite.views.steps.scenes import Scene
from autograd_lite.views.steps.slides import MARK, slides
from autograd_lite.views.steps.stills import Still, stills

LIMIT = 400  # nodes; of a larger graph, a step is a neuron or a layer, as on the page
MOST = 1000  # pictures
DOTS = 144  # of a PNG to an inch: 1,920 of them across
ALONE = sys.platform == "emscripten"  # in a browser, where there are neither programs nor threads
TOGETHER = 1 if ALONE else 8  # pictures that one run of the layout program draws
SLIDES = "slides.tex"
SIGNATURE = b"\x89PNG\r\n\x1a\n"


def write_frames(
    trace: Passes,
    folder: str | os.PathLike[str],
    *,
    group: str | None = None,
    expand: Iterable[str] = (),
    depth: int | None = None,
    done: Callable[[int, int], object] = lambda count, total: None,  # noqa: ARG005 - nobody is told
) -> list[str]:
    """Write the pictures and the slides; see `Trace.frames`. `done` is told how many pictures of how many are drawn."""
    folder, expand = os.fspath(folder), list(expand)
    chosen = group is not None or depth is not None or expand
    group = group if chosen or len(trace.nodes) > LIMIT else "none"
    folding = fold(trace.root, group=group, expand=expand, depth=depth)
    found = stills(trace, folding)
    if len(found) > MOST:
        raise ValueError(
            f"frames: there would be {len(found):,} pictures, more than {MOST:,}: fold the graph with group='neuron' "
            "or group='layer', or look at a part of it"
        )
    old = written_before(folder)
    names = [f"{still.name}.{kind}" for still in found for kind in ("svg", "png")]
    check_own(folder, [SLIDES, *names], old)
    scene = Scene(folding, found)
    files = drawn_files(scene, found, done)
    os.makedirs(folder, exist_ok=True)
    for name in old - files.keys():
        os.remove(os.path.join(folder, name))
    # First the list of what is its own, so that a run that was interrupted can be followed by another.
    write_whole(os.path.join(folder, SLIDES), slides(trace, found, scene.used, files).encode())
    for name, content in files.items():
        write_whole(os.path.join(folder, name), content)
    return [os.path.join(folder, f"{still.name}.svg") for still in found]


def written_before(folder: str) -> set[str]:
    """The pictures in a folder that were written here: those that its slides list, unless somebody has edited the list.

    >>> written_before("no such folder")
    set()
    """
    try:
        with open(os.path.join(folder, SLIDES), encoding="utf-8") as file:
            first, second = file.readline(), file.readline()
    except (OSError, UnicodeDecodeError):
        return set()
    names = re.findall(r"[\w-]+\.(?:svg|png)", second) if first.startswith(MARK) else []
    return {name for name in names if os.path.isfile(os.path.join(folder, name))}


def check_own(folder: str, names: Iterable[str], own: set[str]) -> None:
    """Raise ValueError where one of the files is there and not of an earlier run, or the folder is a file."""
    check_folder(folder, "frames")
    for name in names:
        path = os.path.join(folder, name)
        if os.path.lexists(path) and name not in own and not (name == SLIDES and _is_ours(path)):
            raise ValueError(
                f"cannot write {path!r}: it is there, and not a picture of an earlier run: choose a new folder"
            )


def _is_ours(path: str) -> bool:
    with open(path, "rb") as file:
        return file.readline().startswith(MARK.encode())


def drawn_files(scene: Scene, found: list[Still], done: Callable[[int, int], object]) -> dict[str, bytes]:
    """The pictures by their files' names; without PNG where the layout program cannot write it."""
    pages = [scene.page(still, number) for number, still in enumerate(found, start=1)]
    kinds = ("svg",) if ALONE else ("svg", "png")
    batches = [(kind, at) for kind in kinds for at in range(0, len(pages), TOGETHER)]
    files: dict[str, bytes] = {}

    def batch(task: tuple[str, int]) -> list[bytes]:
        kind, at = task
        try:
            return list(_laid_out(pages[at : at + TOGETHER], kind))
        except LayoutError as error:
            if kind == "svg" or "cannot write" not in str(error):
                raise
            return []

    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:  # each waits for a program
        drawn = map(batch, batches) if ALONE else pool.map(batch, batches)
        for number, ((kind, at), pictures) in enumerate(zip(batches, drawn, strict=True), start=1):
            for still, picture in zip(found[at:], pictures, strict=False):
                files[f"{still.name}.{kind}"] = picture
            done(number * len(found) // len(batches), len(found))
    return files


def _laid_out(pages: list[Picture], kind: str) -> Iterator[bytes]:
    """Pictures of pages that have all places, by one run of the layout program."""
    source = "\n".join(page.source for page in pages).encode()
    options = ["-n2", f"-Gdpi={DOTS}"] if kind == "png" else ["-n2"]
    try:
        content = layout.layout(source, kind, "neato", options, pages[0].time_limit)
    except TimeoutError as error:
        raise LayoutError(f"{error} took longer than {pages[0].time_limit:g} s to draw {len(pages)} pictures") from None
    if kind == "png":
        yield from (SIGNATURE + picture for picture in content.split(SIGNATURE)[1:])
        return
    for page, svg in zip(pages, re.split(r"(?=<\?xml )", content.decode())[1:], strict=True):
        yield dressed(svg, page.name or "", page.comment or "", {}).encode()
