"""The bars that a page may speak of by an index: those of a whole timeline, and of closer looks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from tams_analytics.errors import NotFound
from tams_analytics.queries.names import LONGEST_LABEL, labels_like
from tams_analytics.timerange import TimeRange
from tams_analytics.widgets.bars import KINDS, Bar, bar_of, index_of
from tams_analytics.widgets.closer import Closer
from tams_analytics.widgets.timeline import Timeline

KEPT = 3
"""So many closer looks are remembered: a click may be on its way while the next one is made."""


@dataclass(frozen=True)
class Look:
    """A closer look, and the index of its first bar; no two looks share an index."""

    closer: Closer
    first: int


@dataclass
class Looks:
    """A timeline and the last closer looks at it."""

    whole: Timeline
    kept: list[Look] = field(default_factory=list)
    drawn: Look | None = None
    """What stands beside the whole now, if anything does."""

    def add(self, found: Closer) -> Look:
        """Remember a look, from now on the last one."""
        last = self.kept[-1] if self.kept else None
        first = len(self.whole.bars) if last is None else last.first + len(last.closer.bars)
        self.drawn = Look(found, first)
        self.kept = [*self.kept[1 - KEPT :], self.drawn]
        return self.drawn

    def leave(self) -> None:
        """Only the whole is drawn now; a click on the last look may still be on its way."""
        self.drawn = None

    def bar(self, index: int) -> Bar | None:
        """The bar with this index, or None where none has it any more."""
        for bars, first in self._parts(reversed(self.kept)):
            if first <= index < first + len(bars):
                return bar_of(bars, self.whole.lanes, index - first)
        return None

    def index(self, bar: Bar, *, drawn: bool = False) -> int:
        """The index of a bar, of those that are ``drawn`` alone, or -1."""
        looks = self._drawn() if drawn else reversed(self.kept)
        for bars, first in self._parts(looks):
            found = index_of(bars, self.whole.lanes, bar)
            if found >= 0:
                return first + found
        return -1

    def lane(self, key: str | None) -> int:
        """The number of the lane with this id, or else this label.

        Raises `NotFound`, which names labels that are like it.
        """
        for name in ("key", "label"):
            for number, lane in enumerate(self.whole.lanes):
                if getattr(lane, name) == key:
                    return number
        raise NotFound(self.whole.by, key, self._like(key))

    def _like(self, key: str | None) -> str:
        """Labels like one that no lane has, if it can be one."""
        if not isinstance(key, str) or len(key) > LONGEST_LABEL:
            return ""
        short = (lane.label for lane in self.whole.lanes if len(lane.label) <= LONGEST_LABEL)
        return labels_like(key, short)

    def best(self, at: TimeRange, lane: int) -> Bar | None:
        """Of the bars of this lane that share time with ``at`` the one that tells most.

        That is the one with this very timerange, then an overlap, a gap, and what is covered; of
        the look that is drawn, where it has any.
        """
        for bars, _first in self._parts(self._drawn()):
            found = [bar_of(bars, self.whole.lanes, n) for n in _sharing(bars, at, lane)]
            if found:
                return max(found, key=lambda bar: (bar.timerange == at, KINDS.index(bar.kind)))
        return None

    def _drawn(self) -> list[Look]:
        return [] if self.drawn is None else [self.drawn]

    def _parts(self, looks: Iterable[Look]) -> Iterator[tuple[pa.Table, int]]:
        """Bars and the index of their first: those of looks, then those of the whole."""
        yield from ((look.closer.bars, look.first) for look in looks)
        yield self.whole.bars, 0


def _sharing(bars: pa.Table, at: TimeRange, lane: int) -> Any:
    """The rows of bars of a lane that share time with ``at``."""
    start, end, number = (bars[name].to_numpy() for name in ("start_ns", "end_ns", "lane"))
    before = True if at.end_ns is None else start < at.end_ns
    after = True if at.start_ns is None else end > at.start_ns
    return np.flatnonzero((number == lane) & before & after)
