"""Where an answer goes: stdout, a file that is there when it is whole, or a device as it is."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from tams_analytics.errors import BadParameter

STORES = (".duckdb", ".ddb", ".db", ".wal")
"""Files that rows never replace."""
OPEN_FILES = ("/dev/stdout", "/dev/stderr", "/dev/fd/", "/proc/")
"""Names of what this process has open: another file under their name would reach nobody."""


@contextmanager
def destination(path: str | None) -> Iterator[IO[bytes]]:
    """Where bytes go; ``None`` or ``-`` is stdout. Raises `BadParameter`."""
    if path is None or path == "-":
        stream = open_stdout()
        yield stream
        stream.flush()
    elif is_in_place(path):
        with open(path, "ab") as stream:
            yield stream
    else:
        with _replacing(writable(path)) as stream:
            yield stream


def open_stdout() -> IO[bytes]:
    """Raises `BadParameter` where the process was started without one."""
    if sys.stdout is None:
        raise BadParameter("output", "-", "cannot be written, stdout is closed", "-o FILE")
    return sys.stdout.buffer


def refuse_store(path: str | None, store: str) -> None:
    """Raises `BadParameter` for an output that is the store (a path) which is read, or no file."""
    if path is None or path == "-":
        open_stdout()
    elif not is_in_place(path):
        final = writable(path)
        if any(_is_same(final, Path(f"{store}{suffix}")) for suffix in ("", ".wal")):
            raise BadParameter("output", path, "is the store that is read", "another file")


def is_in_place(path: str) -> bool:
    """Is it a device, a pipe or an open file, which is written to and never replaced?"""
    if path.startswith(OPEN_FILES):
        return True
    try:
        mode = os.stat(path).st_mode
    except FileNotFoundError:
        return False
    return not stat.S_ISREG(mode) and not stat.S_ISDIR(mode)


def writable(path: str) -> Path:
    """The file that ``path`` names, links followed. Raises `BadParameter` for what is none."""
    if not path:
        raise BadParameter("output", path, "names no file", "a file, or - for stdout")
    final = Path(os.path.realpath(path))
    if final.is_dir() or path.endswith("/"):
        raise BadParameter("output", path, "is a folder", "a file in it")
    if not final.parent.is_dir():
        raise BadParameter("output", path, "is in a folder that does not exist", "another file")
    if {Path(path).suffix.lower(), final.suffix.lower()} & set(STORES):
        raise BadParameter("output", path, "is the name of a store", "another file")
    return final


@contextmanager
def _replacing(final: Path) -> Iterator[IO[bytes]]:
    """A file that has another name until it is whole."""
    part = final.with_name(f".{final.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            yield file
        part.replace(final)
    finally:
        part.unlink(missing_ok=True)


def _is_same(one: Path, other: Path) -> bool:
    return one.exists() and other.exists() and one.samefile(other)
