"""All segments of a flow, of which any page is found by binary search."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tams_analytics.representations.columns import SegmentColumns
from tams_analytics.representations.pages import AskedSegments, Place, SegmentPage
from tams_analytics.representations.texts import Integers

STEP = 1024
"""So many segments are looked at together."""


@dataclass(frozen=True)
class Timeline:
    """The segments of a flow in the order of its listing.

    ``reach[n]`` is the latest end of segments 0 to n: those that end after a moment begin where it
    passes that moment, also where segments lie inside each other. Where none lies inside another,
    as in a flow that keeps the rules, it is ``end_ns`` itself.
    """

    columns: SegmentColumns
    reach: Integers

    @classmethod
    def of(cls, columns: SegmentColumns) -> Timeline:
        reach = np.maximum.accumulate(columns.end_ns)
        return cls(columns, columns.end_ns if np.array_equal(reach, columns.end_ns) else reach)

    @property
    def size_bytes(self) -> int:
        return self.columns.size_bytes + (0 if self._is_flat else self.reach.nbytes)

    @property
    def _is_flat(self) -> bool:
        """Every segment after the first that ends after a moment does so too."""
        return self.reach is self.columns.end_ns

    def page(self, asked: AskedSegments) -> SegmentPage:
        """What `queries.segments.shown` would answer."""
        return SegmentPage.of(self.columns, self.find(asked), asked.limit)

    def find(self, asked: AskedSegments) -> Integers:
        """The numbers of the segments that are asked for, one more than a page has."""
        low, high = self._between(asked)
        missing = asked.limit + 1
        if self._is_flat and asked.object_id is None:
            return _first(low, high, missing, reverse=asked.reverse)
        found: list[Integers] = []
        while missing > 0 and low < high:
            numbers = _first(low, high, max(STEP, missing), reverse=asked.reverse)
            if asked.reverse:
                high -= len(numbers)
            else:
                low += len(numbers)
            found.append(self._chosen(asked, numbers)[:missing])
            missing -= len(found[-1])
        return np.concatenate(found) if found else np.arange(0)

    def _between(self, asked: AskedSegments) -> tuple[int, int]:
        """Outside of these nothing is asked for."""
        window, start = asked.window, self.columns.start_ns
        if window.never:
            return 0, 0
        low, high = 0, len(start)
        if window.end_ns is not None:
            high = int(start.searchsorted(window.end_ns, "left"))
        if window.start_ns is not None:
            low = int(self.reach.searchsorted(window.start_ns, "right"))
        if asked.after is not None and asked.reverse:
            high = min(high, self._rank(asked.after, including=False))
        elif asked.after is not None:
            low = max(low, self._rank(asked.after, including=True))
        return low, high

    def _chosen(self, asked: AskedSegments, numbers: Integers) -> Integers:
        if asked.window.start_ns is not None:
            numbers = numbers[self.columns.end_ns[numbers] > asked.window.start_ns]
        if asked.object_id is not None:
            numbers = numbers[self.columns.is_of(asked.object_id, numbers)]
        return numbers

    def _rank(self, place: Place, *, including: bool) -> int:
        """How many segments stand before a place, or up to it; ids compare as UTF-8 does."""
        start, end = self.columns.start_ns, self.columns.end_ns
        low = int(np.searchsorted(start, place.start_ns, "left"))
        high = int(np.searchsorted(start, place.start_ns, "right"))
        first = low + int(np.searchsorted(end[low:high], place.end_ns, "left"))
        last = low + int(np.searchsorted(end[low:high], place.end_ns, "right"))
        id = place.object_id.encode()
        for number in range(first, last):
            other = self.columns.object_id(number).encode()
            if other > id or (other == id and not including):
                return number
        return last


def _first(low: int, high: int, most: int, *, reverse: bool) -> Integers:
    """The first of the numbers from ``low`` to before ``high``; or backwards, the last."""
    if reverse:
        return np.arange(high - 1, max(high - 1 - most, low - 1), -1)
    return np.arange(low, min(low + most, high))
