"""Files read from first byte to last: the SHA-256 of what they hold, and how far it is."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from tams_analytics.errors import BadParameter

CHUNK_BYTES = 1 << 20

Advance = Callable[[int], object]
"""Told of bytes that were read, for a progress bar."""


def digest(path: Path, advance: Advance) -> str:
    """The SHA-256 of the file at ``path``, in hexadecimal digits."""
    found = hashlib.sha256()
    with opened(path) as file:
        while chunk := file.read(CHUNK_BYTES):
            found.update(chunk)
            advance(len(chunk))
    return found.hexdigest()


def opened(path: Path) -> BinaryIO:
    """The file at ``path``, to be read. Raises `BadParameter` where there is none."""
    try:
        return path.open("rb")
    except OSError as error:
        raise BadParameter("file", str(path), f"cannot be read: {error.strerror}") from error


class Watched(io.RawIOBase):
    """A file on its way into a storage: tells of its progress and knows what went by."""

    def __init__(self, file: BinaryIO, advance: Advance) -> None:
        super().__init__()
        self._file = file
        self._advance = advance
        self._digest = hashlib.sha256()

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1) -> bytes:
        found = self._file.read(-1 if size is None else size)
        self._digest.update(found)
        self._advance(len(found))
        return found
