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
    passes that moment, also where segments lie inside each other.
    """

    columns: SegmentColumns
    reach: Integers

    @classmethod
    def of(cls, columns: SegmentColumns) -> Timeline:
        return cls(columns, np.maximum.accumulate(columns.end_ns))

    @property
    def size_bytes(self) -> int:
        return self.columns.size_bytes + self.reach.nbytes

    def page(self, asked: AskedSegments) -> SegmentPage:
        """What `queries.segments.shown` would answer."""
        return SegmentPage.of(self.columns, self.find(asked), asked.limit)

    def find(self, asked: AskedSegments) -> Integers:
        """The numbers of the segments that are asked for, one more than a page has."""
        low, high = self._between(asked)
        found: list[Integers] = []
        missing = asked.limit + 1
        while missing > 0 and low < high:
            step = max(STEP, missing)
            if asked.reverse:
                numbers = np.arange(high - 1, max(high - 1 - step, low - 1), -1)
                high -= len(numbers)
            else:
                numbers = np.arange(low, min(low + step, high))
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
            high = int(np.searchsorted(start, window.end_ns, "left"))
        if window.start_ns is not None:
            low = int(np.searchsorted(self.reach, window.start_ns, "right"))
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
