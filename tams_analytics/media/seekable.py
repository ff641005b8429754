"""What a raw file that can be read anywhere has in common, wherever its bytes lie."""

from __future__ import annotations

import io
from abc import abstractmethod


class Seekable(io.RawIOBase):
    """A binary file to be read, at a place that ``seek`` moves; ``size`` is all of its bytes."""

    def __init__(self) -> None:
        super().__init__()
        self._position = 0

    @property
    @abstractmethod
    def size(self) -> int:
        """All bytes that there are."""

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        origin = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self.size}
        place = origin[whence] + offset
        if place < 0:
            raise ValueError(f"{place} lies before the first byte")
        self._position = place
        return place
