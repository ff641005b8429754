"""What was missing on which day, of flows, sources or channels."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tams_analytics.queries import daily
from tams_analytics.queries.groups import TAG, as_kind, members
from tams_analytics.reports.report import Parameter, Part, Report, Scope, length, media_elsewhere
from tams_analytics.widgets import timeline
from tams_analytics.widgets.expecting import as_expected

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
    """Lanes for flows or sources, with the figures of ``groups``; for channels their flows."""
    tables, window = scope.tables, scope.window()
    drawn = by if by in PICTURED else "flow"
    rows = daily.by_group(tables, window, by=drawn, min_duration=min_duration, now=scope.now)
    if drawn != by:
        of_groups = members(tables, by)
        rows = rows.semi_join(of_groups, rows.key == of_groups.flow_id)
    told = {row["key"]: row for row in rows.to_pyarrow().to_pylist()}
    shown = timeline.build(
        *(tables.segments, tables.flows, tables.sources, tables.collections),
        by=drawn,
        during=window,
    )
    if by == "source" and daily.NO_SOURCE in told:
        told[None] = told[daily.NO_SOURCE]  # a lane has no name for it
    return as_expected(shown, told)


REPORT = Report(
    name="daily_gaps",
    title="Gaps day by day",
    look=(
        "Expected is the time from the first to the last media; of what is being recorded, all of "
        "the time up to now. The picture is of all of the window, and counts in each lane what is "
        "expected there, as the tables do. A ratio below 100 % with many short gaps is a recorder "
        "that loses segments, one with a single long gap an outage. The checks of integrity tell "
        "of segments that overlap."
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
    hint=media_elsewhere,
)
