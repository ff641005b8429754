"""What was missing on which day, of flows, sources or channels."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tams_analytics.queries import daily
from tams_analytics.queries.groups import TAG, as_kind
from tams_analytics.reports.report import Parameter, Part, Report, Scope, length
from tams_analytics.widgets import timeline

PICTURED = ("flow", "source")


def parts(scope: Scope, by: str, min_duration: int) -> Iterator[Part]:
    """The tables."""
    window = scope.window()
    days = scope.periods(window)
    asked: dict[str, Any] = {"by": by, "min_duration": min_duration, "now": scope.now}
    group, tables = by.removeprefix(TAG), scope.tables
    rows = daily.by_day(tables, window, days, **asked)
    yield Part("days", f"a {group} on a day: what of it is there", rows)
    rows = daily.by_group(tables, window, **asked)
    yield Part("groups", f"a {group}: what of all its time is there", rows)
    yield Part("gaps", "a gap, the longest first", daily.gaps(tables, window, **asked))


def picture(scope: Scope, by: str, min_duration: int) -> timeline.Timeline:
    """Lanes for flows or sources; for channels their flows."""
    tables = scope.tables
    return timeline.build(
        *(tables.segments, tables.flows, tables.sources, tables.collections),
        by=by if by in PICTURED else "flow",
        during=scope.window(),
    )


REPORT = Report(
    name="daily_gaps",
    title="Gaps day by day",
    look=(
        "Expected is the time from the first to the last media; of what is being recorded, all of "
        "the time up to now. A ratio below 100 % with many short gaps is a recorder that loses "
        "segments, one with a single long gap an outage. The checks of integrity tell of segments "
        "that overlap."
    ),
    source="Q1, Q2, Q5",
    parts=parts,
    parameters=(
        Parameter("by", "flow, source, label or tag:NAME", "flow", as_kind),
        Parameter("min_duration", "gaps at least so long, as 0:200000000", 0, length),
    ),
    takes=frozenset({"during", "tz", "now"}),
    picture=picture,
    usual="7d",
)
