"""Files that are whole or not there, and hold what their names say."""

from __future__ import annotations

import os
import re
import stat
import sys
from collections.abc import Iterable
from contextlib import suppress

# What the names of files end in; "txt" is any text.
ENDINGS = {
    "svg": ("svg",),
    "png": ("png",),
    "pdf": ("pdf",),
    "gif": ("gif",),
    "apng": ("png", "apng"),
    "dot": ("dot", "gv", "txt"),
    "html": ("html", "htm"),
    "markdown": ("md", "markdown", "txt"),
    "latex": ("tex", "latex", "txt"),
    "safetensors": ("safetensors", "st"),
}
ENDING = re.compile(
    r"\.([^\W\d_]\w{0,7}|markdown|safetensors)$", re.IGNORECASE
)  # a longer one, as of mktemp, says nothing
MOST_LINKS = 40  # as in Linux


def kind_of(path: str | os.PathLike[str], *kinds: str) -> str:
    """Which of the kinds a file's name asks for, the first where it has no ending; ValueError for another kind.

    >>> kind_of("a.svg", "svg", "png"), kind_of("a.PNG", "svg", "png"), kind_of("/dev/stdout", "svg", "png")
    ('svg', 'png', 'svg')
    >>> kind_of("a.docx", "svg", "png")
    Traceback (most recent call last):
    ValueError: cannot write 'a.docx': the name of what is written here ends in .svg or .png
    """
    ending = ENDING.search(os.path.basename(os.fspath(path)))
    if ending is None:
        return kinds[0]
    for kind in kinds:
        if ending[1].lower() in ENDINGS[kind]:
            return kind
    known = " or ".join(f".{ENDINGS[kind][0]}" for kind in kinds)
    raise ValueError(f"cannot write {os.fspath(path)!r}: the name of what is written here ends in {known}")


def check_writable(paths: Iterable[str | None], read: Iterable[str] = ()) -> None:
    """Raise ValueError for a file that cannot be written, or is named twice: before the work, not after it.

    None stands for no file; `read` are those that are read from.

    >>> check_writable(["a.svg", None, "./a.svg"])
    Traceback (most recent call last):
    ValueError: cannot write the file './a.svg': it is the data, or is named twice
    """
    taken = list(read)
    for path in paths:
        if path is None:
            continue
        folder = os.path.dirname(os.path.realpath(path))
        if not path or os.path.isdir(path) or not os.path.isdir(folder):
            raise ValueError(f"cannot write the file {path!r}: no such folder, or it is a folder itself")
        if not os.access(path if os.path.exists(path) else folder, os.W_OK):
            raise ValueError(f"cannot write the file {path!r}: permission denied")
        if any(_same(path, other) for other in taken):
            raise ValueError(f"cannot write the file {path!r}: it is the data, or is named twice")
        taken.append(path)


def check_folder(folder: str | os.PathLike[str], what: str) -> None:
    """Raise ValueError where a folder is to be, and is a file, or has no name."""
    if not os.fspath(folder):
        raise ValueError(f"cannot write {what}: the folder has no name")
    if os.path.exists(folder) and not os.path.isdir(folder):
        raise ValueError(f"cannot write {what} into {os.fspath(folder)!r}: it is no folder")


def write_whole(path: str | os.PathLike[str], content: bytes) -> None:
    """Write a file so that a reader sees all of it or nothing, whatever happens in between.

    What is open already, such as /dev/stdout, and what is a device or a pipe, is written to where it stands.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     write_whole(os.path.join(folder, "a.txt"), b"all")
    ...     os.listdir(folder)
    ['a.txt']
    """
    target = os.path.realpath(path)  # a link stays a link
    temporary = os.path.join(os.path.dirname(target), f".{os.urandom(8).hex()}.tmp")
    try:
        descriptor = _descriptor(os.fspath(path))
        if descriptor is not None:
            _write_on(descriptor, content)
            return
        before = os.stat(path) if os.path.exists(path) else None
        if before is not None and not (stat.S_ISREG(before.st_mode) and os.access(path, os.W_OK)):
            with open(path, "wb") as device:  # a terminal or a pipe takes what comes; a folder or a locked file refuses
                device.write(content)
            return
        with open(temporary, "xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())  # on the disk before the old file goes: a power cut leaves one of the two
        if before is not None:
            _keep_owner(temporary, before)
            os.chmod(temporary, stat.S_IMODE(before.st_mode))
        os.replace(temporary, target)
    except BaseException as error:
        with suppress(OSError):
            os.remove(temporary)
        if isinstance(error, OSError) and not isinstance(error, BrokenPipeError):  # whose reader has seen enough
            raise OSError(error.errno, f"cannot write the file ({error.strerror})", path) from None
        raise


def _descriptor(path: str) -> int | None:
    """The number of the open file that a name stands for: /dev/stdout, a link to it, or the file of `>> log`.

    Opened once more by its name, such a file would be written from its beginning.
    """
    name = path
    for _ in range(MOST_LINKS):
        folder, last = os.path.split(os.path.abspath(name))
        name = os.path.join(os.path.realpath(folder), last)
        if found := re.fullmatch(rf"/(?:dev|proc/{os.getpid()})/fd/(\d+)", name):
            return int(found[1])
        if not os.path.islink(name):
            break
        name = os.path.join(os.path.dirname(name), os.readlink(name))
    for standard in (1, 2):
        with suppress(OSError):
            if os.path.samestat(os.stat(path), os.fstat(standard)):
                return standard
    return None


def _write_on(descriptor: int, content: bytes) -> None:
    """Write to an open file, behind what was printed to it."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()
    with open(descriptor, "wb", closefd=False) as file:
        file.write(content)


def _same(path: str, other: str) -> bool:
    """Whether two names are of one file, of which the second content would replace the first."""
    if os.path.realpath(path) == os.path.realpath(other):
        return not os.path.exists(path) or os.path.isfile(path)  # a device takes both
    return os.path.isfile(path) and os.path.exists(other) and os.path.samefile(path, other)


def _keep_owner(path: str, before: os.stat_result) -> None:
    """Give a new file the owner of the one whose place it takes, where that is allowed."""
    now = os.stat(path)
    if (now.st_uid, now.st_gid) != (before.st_uid, before.st_gid):
        with suppress(OSError):
            os.chown(path, before.st_uid, before.st_gid)
