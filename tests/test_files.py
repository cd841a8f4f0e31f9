"""Files are whole or not there: `write_whole`."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from autograd_lite.engine.files import write_whole


def test_an_interrupted_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever stops the writing, the old file stays as it was, and no other is left beside it."""
    path = tmp_path / "a.svg"
    path.write_bytes(b"before")

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    for step in ("fsync", "chmod", "replace"):
        with monkeypatch.context() as patch:
            patch.setattr(os, step, interrupted)
            with pytest.raises(KeyboardInterrupt):
                write_whole(str(path), b"after")
        assert path.read_bytes() == b"before"
        assert list(tmp_path.iterdir()) == [path]


@pytest.mark.unix
def test_what_is_no_file_is_written_to(tmp_path: Path) -> None:
    """A pipe gets the content and stays a pipe."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    write_whole(str(pipe), b"all of it")
    reader.join()
    assert read == [b"all of it"]
    assert pipe.is_fifo()


@pytest.mark.unix
def test_a_file_keeps_its_permissions(tmp_path: Path) -> None:
    """A file that is written again is as private as it was."""
    path = tmp_path / "a.svg"
    path.write_bytes(b"before")
    path.chmod(0o600)
    write_whole(str(path), b"after")
    assert path.read_bytes() == b"after"
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_locked_file_is_not_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that may not be written is not got around by renaming another over it."""
    path = tmp_path / "a.svg"
    path.write_bytes(b"before")
    inode = path.stat().st_ino
    monkeypatch.setattr(os, "access", lambda *_: False)  # the tests may run as root, whom no file is closed to
    write_whole(str(path), b"after")
    assert path.stat().st_ino == inode
