"""Which segments of a batch overlap another one of their flow: by sorting, never pairwise.

Sorted by start, segments that do not overlap are exactly those of which none ends after the next
one starts. Only flows where a pair of neighbours overlaps are looked at more closely.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

Integers = np.ndarray[tuple[int], np.dtype[np.int64]]
Booleans = np.ndarray[tuple[int], np.dtype[np.bool_]]


class Ranges(NamedTuple):
    """Half-open ranges, each in the group that its code numbers."""

    code: Integers
    start: Integers
    end: Integers


class Clash(NamedTuple):
    """The first new range that overlaps another one, that other one, and how many new ones do."""

    row: int
    other_start: int
    other_end: int
    failures: int


def first_clash(new: Ranges, stored: Ranges) -> Clash | None:
    """The first of ``new`` that overlaps another new range or a stored one of its group.

    Stored ranges that overlap each other are no matter here.
    """
    both = Ranges(*(np.concatenate(pair) for pair in zip(new, stored, strict=True)))
    both, order = _sorted(both)
    suspects = _groups_with_overlaps(both)
    if not len(suspects):
        return None
    is_failed = _overlapping(both, suspects) & (order < len(new.start))
    if not is_failed.any():
        return None
    row = int(order[is_failed].min())
    other = _partner(both, int(np.flatnonzero(order == row)[0]))
    return Clash(row, int(both.start[other]), int(both.end[other]), int(is_failed.sum()))


def _sorted(ranges: Ranges) -> tuple[Ranges, Integers]:
    """The ranges by group and start, and where each one was; nothing is moved without need."""
    code, start, _ = ranges
    same = code[1:] == code[:-1]
    if bool(((code[1:] > code[:-1]) | (same & (start[1:] >= start[:-1]))).all()):
        return ranges, np.arange(len(code))
    order = np.lexsort((start, code))
    return Ranges(*(column[order] for column in ranges)), order


def _groups_with_overlaps(ranges: Ranges) -> Integers:
    code, start, end = ranges
    clashes = (code[1:] == code[:-1]) & (end[:-1] > start[1:])
    return np.unique(code[1:][clashes])


def _overlapping(ranges: Ranges, suspects: Integers) -> Booleans:
    """Which ranges of the suspected groups overlap another one of their group."""
    found = np.zeros(len(ranges.code), dtype=bool)
    lows = np.searchsorted(ranges.code, suspects, "left")
    highs = np.searchsorted(ranges.code, suspects, "right")
    for low, high in zip(lows, highs, strict=True):
        start, end = ranges.start[low:high], ranges.end[low:high]
        covered_until = np.maximum.accumulate(end)[:-1]
        found[low + 1 : high] |= covered_until > start[1:]
        found[low : high - 1] |= end[:-1] > start[1:]
    return found


def _partner(ranges: Ranges, row: int) -> int:
    code, start, end = ranges
    shares = (code == code[row]) & (start < end[row]) & (end > start[row])
    shares[row] = False
    return int(np.flatnonzero(shares)[0])


class Timeline:
    """The ranges of one flow that do not overlap, kept sorted while more are added."""

    def __init__(self, starts: Iterable[int] = (), ends: Iterable[int] = ()) -> None:
        self._starts = [*starts]
        self._ends = [*ends]

    def overlapped(self, start: int, end: int) -> tuple[int, int] | None:
        """A range that overlaps this one; of several the one that begins last."""
        at = bisect.bisect_left(self._starts, end) - 1
        if at >= 0 and self._ends[at] > start:
            return self._starts[at], self._ends[at]
        return None

    def add(self, start: int, end: int) -> None:
        """Take up a range; where it overlaps others (a defect in the store) they become one."""
        low = bisect.bisect_right(self._ends, start)
        high = bisect.bisect_left(self._starts, end)
        if low < high:
            start, end = min(start, self._starts[low]), max(end, self._ends[high - 1])
        self._starts[low:high] = [start]
        self._ends[low:high] = [end]
