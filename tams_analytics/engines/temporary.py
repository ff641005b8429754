"""A folder for what one process has on the disk for a while.

It goes with its context. A process that is killed, or leaves by `os._exit`, leaves it to the next
one that asks for such a folder: each is locked as long as its process lives.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

if sys.platform != "win32":
    import fcntl

LOCK = "in-use"
NEW = "new-"
"""Before the name of a folder that is not locked yet."""


@contextlib.contextmanager
def temporary_folder(prefix: str) -> Iterator[Path]:
    """A new folder below that for temporary files (``$TMPDIR``), whose name begins so."""
    _remove_abandoned(prefix)
    folder = Path(tempfile.mkdtemp(prefix=NEW + prefix))
    lock = os.open(folder / LOCK, os.O_CREAT | os.O_RDWR)
    try:
        _takes(lock)
        folder = folder.rename(folder.with_name(folder.name.removeprefix(NEW)))
        yield folder
    finally:
        os.close(lock)  # where a folder with open files cannot go
        shutil.rmtree(folder)


def _remove_abandoned(prefix: str) -> None:
    """Remove those whose process is gone; what cannot be removed is somebody else's."""
    for folder in Path(tempfile.gettempdir()).glob(f"{prefix}*"):
        with contextlib.suppress(OSError):
            lock = os.open(folder / LOCK, os.O_RDWR)
            try:
                if _takes(lock):
                    shutil.rmtree(folder, ignore_errors=True)
            finally:
                os.close(lock)


def _takes(lock: int) -> bool:
    """Whether the lock is ours now; without locks nobody can tell who is there, so it never is."""
    if sys.platform == "win32":
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
