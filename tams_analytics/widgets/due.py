"""What is expected of a lane: all of the window, or of what is complete no more than there is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from ibis import _

from tams_analytics.timerange import TimeRange
from tams_analytics.widgets.question import Question


@dataclass(frozen=True)
class Due:
    """``lanes`` are those that should have media, None where nobody says.

    ``ends`` are of those whose flows are ``closed_complete``, from their first to their last media.
    """

    lanes: tuple[str | None, ...] | None = None
    ends: Mapping[Any, TimeRange] = field(default_factory=dict)

    @classmethod
    def of(cls, asked: Question) -> Due:
        """Read once: it takes a look at all segments."""
        expected = asked.expected()
        closed = None if asked.within is None else asked.closed()
        lanes = None if expected is None else [row["lane"] for row in _read(expected)]
        ends = {
            row["lane"]: TimeRange.from_ns(row["first_ns"], row["last_ns"])
            for row in ([] if closed is None else _read(closed))
        }
        found = cls(None, {lane: end for lane, end in ends.items() if not end.is_empty})
        if lanes is None:
            return found
        return cls(tuple(x for x in lanes if not found.time(x, asked.window).is_empty), found.ends)

    def time(self, lane: str | None, window: TimeRange) -> TimeRange:
        """When media of a lane is expected."""
        end = self.ends.get(lane)
        return window if end is None else window.intersection(end)

    def gaps(self, found: ir.Table) -> ir.Table:
        """Those of these gaps, ``lane, start_ns, end_ns``, in which media is expected.

        One at an edge of the window lies in the time of its lane as a whole, or not at all: that
        time begins and ends where a segment does.
        """
        if not self.ends:
            return found
        ends = ibis.memtable(
            pa.table(
                {
                    "closed": pa.array(self.ends, pa.string()),
                    "first_ns": pa.array([end.start_ns for end in self.ends.values()], pa.int64()),
                    "last_ns": pa.array([end.end_ns for end in self.ends.values()], pa.int64()),
                }
            )
        )
        both = found.left_join(ends, found.lane == ends.closed)
        is_due = (_.start_ns >= _.first_ns) & (_.end_ns <= _.last_ns)
        return both.filter(_.closed.isnull() | is_due).select(*found.columns)


def _read(table: ir.Table) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = table.to_pyarrow().to_pylist()
    return rows
