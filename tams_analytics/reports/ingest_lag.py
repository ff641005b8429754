"""How late segments are registered, and which flows have stopped to come."""

from __future__ import annotations

from collections.abc import Iterator

from tams_analytics.queries import lag
from tams_analytics.reports.report import Parameter, Part, Report, Scope, length, number, text, unit
from tams_analytics.tables.formats import INGESTING
from tams_analytics.timerange.days import Unit


def parts(scope: Scope, flows: str, late: int, k: float, per: Unit) -> Iterator[Part]:
    """The tables."""
    tables, window = scope.tables, scope.window()
    each = scope.periods(window, per)
    yield Part(
        "flows",
        "a flow, and how long after their end its segments are registered",
        lag.by_flow(tables, flows=flows, late=late, timerange=window),
    )
    yield Part(
        "stalls",
        f"a flow of which nothing comes for {k:g} segments or longer",
        lag.stalls(tables, scope.now, flows=flows, targets=k),
    )
    yield Part(
        "periods",
        f"a flow in one {per}, in which its segments end",
        lag.over_time(tables, each, flows=flows, late=late),
    )
    yield Part(
        "late",
        "a segment that came too late, the latest first",
        lag.late(tables, flows=flows, late=late, timerange=window),
    )


REPORT = Report(
    name="ingest_lag",
    title="Ingest lag and stalls",
    look=(
        "Lag is the time from a segment's end, by the clock on the wall, to its registration, of "
        "flows with status ingesting, as files that are uploaded later are not late. A median "
        "that grows is an ingest that does not keep up; a high p95 beside a low median a network "
        "that stutters; less than nothing a clock that is wrong. A stalled flow is to be started "
        "again, or its status set to closed_complete."
    ),
    source="Q25, Q26",
    parts=parts,
    parameters=(
        Parameter("flows", "a status, all, tag:NAME or tag:NAME=VALUE", INGESTING, text),
        Parameter("late", "a lag above it is late", lag.LATE, length),
        Parameter("k", "so many lengths of a segment without one are a stall", 5, number),
        Parameter("per", "hour, day, week or month", "hour", unit),
    ),
    takes=frozenset({"during", "tz", "now"}),
    usual="24h",
)
