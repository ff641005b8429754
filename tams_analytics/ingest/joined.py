"""Files read as one, without copying them: an initialisation segment and what it initialises."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

from tams_analytics.media.seekable import Seekable


class Joined(Seekable):
    """The bytes of ``paths`` in their order, readable and seekable. Close it."""

    def __init__(self, paths: Sequence[Path]) -> None:
        super().__init__()
        self._files: list[io.BufferedReader] = []
        self._ends: list[int] = []
        for path in paths:
            self._files.append(path.open("rb"))
            self._ends.append((self._ends or [0])[-1] + path.stat().st_size)

    @property
    def size(self) -> int:
        return self._ends[-1]

    def read(self, size: int | None = -1) -> bytes:
        """At most ``size`` bytes, and none that lie in the next file: a short read is no end."""
        start = 0
        for file, end in zip(self._files, self._ends, strict=True):
            if self._position < end:
                file.seek(self._position - start)
                found = file.read(end - self._position if size in (None, -1) else size)
                self._position += len(found)
                return found
            start = end
        return b""

    def close(self) -> None:
        for file in self._files:
            file.close()
        super().close()
