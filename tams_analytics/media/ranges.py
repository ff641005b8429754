"""Bytes that lie elsewhere as a file: only what is asked for is fetched, by ranges."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tams_analytics.errors import EngineFailed
from tams_analytics.media.seekable import Seekable

LEAST_BYTES, MOST_BYTES = 64 << 10, 1 << 20
"""So much is fetched at once: the least after a jump, twice as much for each read that goes on."""
KEPT = 8
"""So many of the last ranges are kept: a demuxer goes back and forth between index and samples."""


@dataclass(frozen=True)
class Part:
    """Bytes behind the seam: how many there are, and what reads those from a place to another."""

    size: int
    read: Callable[[int, int], bytes]


class ObjectReader(Seekable):
    """A media object as a binary file, readable and seekable; ``av.open`` takes it.

    ``requests`` and ``bytes_read`` count what was fetched. Several parts are read as one file.
    """

    def __init__(self, parts: Sequence[Part]) -> None:
        super().__init__()
        self._parts = tuple(parts)
        self._kept: OrderedDict[int, bytes] = OrderedDict()
        self._reached = -1
        self._ahead = LEAST_BYTES
        self.requests = self.bytes_read = 0

    @property
    def size(self) -> int:
        """All bytes that there are."""
        return sum(part.size for part in self._parts)

    def read(self, size: int | None = -1) -> bytes:
        """At most ``size`` bytes; fewer are no end, as in any raw file. Raises `EngineFailed`."""
        if size is None or size < 0:
            return self.readall()
        if size == 0 or self._position >= self.size:
            return b""
        found = self._found(self._position, size)
        self._position += len(found)
        return found

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        found = self.read(len(buffer))
        buffer[: len(found)] = found
        return len(found)

    def _found(self, place: int, size: int) -> bytes:
        start = next((at for at, kept in self._kept.items() if 0 <= place - at < len(kept)), None)
        if start is None:
            start = place
            self._kept[place] = self._fetched(place, size)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(start)
        return self._kept[start][place - start : place - start + size]

    def _fetched(self, place: int, size: int) -> bytes:
        goes_on = place == self._reached
        self._ahead = min(self._ahead * 2, MOST_BYTES) if goes_on else LEAST_BYTES
        start, part = self._part_at(place)
        stop = min(place - start + max(size, self._ahead), part.size)
        found = part.read(place - start, stop)
        self.requests += 1
        self.bytes_read += len(found)
        if not found:
            problem = f"byte {place} of {self.size} is not there: it has changed"
            raise EngineFailed("the storage", "reading an object", problem)
        self._reached = place + len(found)
        return found

    def _part_at(self, place: int) -> tuple[int, Part]:
        start = 0
        for part in self._parts:
            if place < start + part.size:
                return start, part
            start += part.size
        raise ValueError(f"{place} lies behind the last byte")
