"""Pages of a flow's segments: what is asked for, and what of the answer is shown (§21, §139)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from tams_analytics.representations.columns import SegmentColumns
from tams_analytics.representations.texts import Integers
from tams_analytics.span import Window
from tams_analytics.timerange.grammar import format_bounds

LONGEST = 64
"""So many characters of an object's id go with a place."""
LAST_CHARACTER = "\U0010ffff"


class Place(NamedTuple):
    """Where a segment stands in a listing; a page begins after it."""

    start_ns: int
    end_ns: int
    object_id: str

    def short(self, *, reverse: bool) -> Place:
        """The same with a short id, as page keys stand in headers (§36).

        It stands beyond all ids that begin alike; a flow has one segment at a time, so that ids
        decide nothing but in a damaged store.
        """
        if len(self.object_id) <= LONGEST:
            return self
        beyond = "" if reverse else LAST_CHARACTER
        return self._replace(object_id=self.object_id[:LONGEST] + beyond)


@dataclass(frozen=True)
class AskedSegments:
    """What a GET asks of a flow's segments."""

    flow_id: str
    window: Window
    limit: int
    object_id: str | None = None
    reverse: bool = False
    after: Place | None = None

    @classmethod
    def whole(cls, flow_id: str, limit: int) -> AskedSegments:
        """All segments of a flow, in pages of ``limit``."""
        return cls(flow_id, Window(), limit)

    @property
    def arguments(self) -> dict[str, Any]:
        """Those of `queries.segments.shown`: one segment more than are shown tells of a page."""
        after = self.after._asdict() if self.after else {}
        return {
            "flow_id": self.flow_id,
            "timerange": self.window,
            "limit": self.limit + 1,
            "object_id": self.object_id,
            "reverse": self.reverse,
            **{f"after_{name}": value for name, value in after.items()},
        }


@dataclass(frozen=True)
class SegmentPage:
    """Those of ``columns`` that a page shows, by their numbers, and whether more follow."""

    columns: SegmentColumns
    numbers: Integers
    has_more: bool

    @classmethod
    def of(cls, columns: SegmentColumns, found: Integers, limit: int) -> SegmentPage:
        """The first ``limit`` of ``found``."""
        return cls(columns, found[:limit], len(found) > limit)

    @classmethod
    def of_all(cls, columns: SegmentColumns, limit: int) -> SegmentPage:
        """Of what a question with `AskedSegments.arguments` answered."""
        return cls.of(columns, np.arange(len(columns)), limit)

    def __len__(self) -> int:
        return len(self.numbers)

    @property
    def next(self) -> Place | None:
        """The place that the next page begins after; ``None`` where there is none."""
        if not self.has_more:
            return None
        last = int(self.numbers[-1])
        start, end = self.columns.start_ns[last], self.columns.end_ns[last]
        return Place(int(start), int(end), self.columns.object_id(last))

    @property
    def timerange(self) -> str:
        """From the earliest start to the latest end, as written; ``()`` of none (§139)."""
        if not len(self):
            return "()"
        start, end = self.columns.start_ns[self.numbers], self.columns.end_ns[self.numbers]
        at, to = start.argmin(), end.argmax()
        first, last = (each["timerange"] for each in self.columns.shown(self.numbers[[at, to]]))
        marks = ("(" if first.startswith("(") else "[") + (")" if last.endswith(")") else "]")
        return format_bounds(int(start[at]), int(end[to]), marks)
