"""Files that are whole or not there."""

from __future__ import annotations

import os
import stat
from contextlib import suppress


def write_whole(path: str, content: bytes) -> None:
    """Write a file so that a reader sees all of it or nothing, whatever happens in between.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     write_whole(os.path.join(folder, "a.txt"), b"all")
    ...     os.listdir(folder)
    ['a.txt']
    """
    target = os.path.realpath(path)  # a link stays a link
    temporary = os.path.join(os.path.dirname(target), f".{os.urandom(8).hex()}.tmp")
    try:
        mode = os.stat(path).st_mode if os.path.exists(path) else None
        if mode is not None and not (stat.S_ISREG(mode) and os.access(path, os.W_OK)):
            with open(path, "wb") as device:  # a terminal or a pipe takes what comes; a folder or a locked file refuses
                device.write(content)
            return
        with open(temporary, "xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())  # on the disk before the old file goes: a power cut leaves one of the two
        if mode is not None:
            os.chmod(temporary, stat.S_IMODE(mode))
        os.replace(temporary, target)
    except BaseException as error:
        with suppress(OSError):
            os.remove(temporary)
        if isinstance(error, OSError):
            raise OSError(error.errno, f"cannot write the file ({error.strerror})", path) from None
        raise
