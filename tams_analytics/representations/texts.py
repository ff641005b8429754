"""A column of texts of which a few are taken at once."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

Integers = np.ndarray[Any, np.dtype[np.int64]]

TEXT = pa.large_string()
"""Any number of them fits in one array."""


@dataclass(frozen=True, eq=False)
class Texts:
    """An array of `TEXT` without NULL.

    A few are read from its buffers, as Arrow would make a scalar of each first, which takes most
    of the time of a short answer.
    """

    array: pa.Array

    def __len__(self) -> int:
        return len(self.array)

    @property
    def nbytes(self) -> int:
        return int(self.array.nbytes)

    def slice(self, number: int) -> Texts:
        """The first ``number``, without a copy."""
        return Texts(self.array.slice(0, number))

    def at(self, numbers: Integers) -> list[str]:
        """Those with these numbers."""
        if not len(numbers):
            return []
        places, characters = self._buffers
        starts, ends = places[numbers].tolist(), places[numbers + 1].tolist()
        return [str(characters[a:b], "utf-8") for a, b in zip(starts, ends, strict=True)]

    @classmethod
    def joined(cls, parts: Iterable[Texts]) -> Texts:
        """All of these, one after the other."""
        return cls(pa.concat_arrays([each.array for each in parts]))

    @functools.cached_property
    def _buffers(self) -> tuple[Integers, memoryview]:
        """Where each text begins, and the last one ends, among the bytes of all."""
        _valid, places, characters = self.array.buffers()
        first = self.array.offset
        numbers = np.frombuffer(places, np.int64)[first : first + len(self.array) + 1]
        return numbers, memoryview(characters or b"")
