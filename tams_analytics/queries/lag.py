"""How soon segments are registered, and which flows have stopped to come (Q25, Q26).

The lag of a segment is the time from its end, on the clock on the wall, to its registration. It
says something of media on that clock that is recorded as it happens: a file that is uploaded years
after is not late. So ``flows`` are those of status ``ingesting``, unless other words are given
(`groups.narrowed`), and of them what starts in 1973 or later.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import ibis
import ibis.expr.types as ir
from ibis import _

from tams_analytics.queries.clocks import moment_ns, stored_ns
from tams_analytics.queries.days import PERIOD, by_period
from tams_analytics.queries.flows import expected_among
from tams_analytics.queries.groups import narrowed
from tams_analytics.span import span
from tams_analytics.tables import Tables
from tams_analytics.tables.formats import INGESTING
from tams_analytics.timerange import (
    SECOND,
    DurationLike,
    Period,
    TimeRange,
    TimeRangeLike,
    as_ns,
)
from tams_analytics.timerange.clocks import FIRST_WALL_CLOCK_NS

LATE = "30:0"
USUAL_TARGET_NS = 10 * SECOND
"""What is taken for the length of segments of a flow that neither says it nor has any."""


def late(
    tables: Tables,
    *,
    flows: str = INGESTING,
    late: DurationLike = LATE,
    timerange: TimeRangeLike | None = None,
) -> ir.Table:
    """Segments that were registered more than ``late`` after their end, the latest first.

    ``flow_id, label, object_id, start_ns, end_ns, created, lag_ns``. Raises `BadParameter`,
    `BadTimeRange`.
    """
    found = _lags(tables, flows, timerange).filter(_.lag_ns > as_ns(late))
    return found.order_by(_.lag_ns.desc(), "flow_id", "start_ns", "end_ns", "object_id")


def by_flow(
    tables: Tables,
    *,
    flows: str = INGESTING,
    late: DurationLike = LATE,
    timerange: TimeRangeLike | None = None,
) -> ir.Table:
    """How late the segments of each flow are, the worst first.

    ``flow_id, label, segments, late`` (registered more than ``late`` after their end),
    ``late_ratio, median_ns, p95_ns`` (the least lag that so many do not exceed, exactly),
    ``max_ns, min_ns`` (below 0: registered before its end, so clocks disagree).
    """
    found = _figures(_lags(tables, flows, timerange), ["flow_id", "label"], late)
    return found.order_by(_.late_ratio.desc(), _.p95_ns.desc(), "flow_id")


def over_time(
    tables: Tables,
    periods: Sequence[Period],
    *,
    flows: str = INGESTING,
    late: DurationLike = LATE,
) -> ir.Table:
    """The same by the hour or day in which segments end: `by_flow` with ``period``, in order.

    ``periods`` are in order, as `timerange.periods` gives them.
    """
    ends = (periods[0].start_ns, periods[-1].end_ns) if periods else (0, 0)
    rows = _lags(tables, flows, TimeRange.from_ns(*ends))
    rows = rows.mutate(start_ns=_.end_ns - 1)  # where it ends, a segment is of one period
    rows = by_period(rows, periods)
    found = _figures(rows, [PERIOD, "flow_id", "label"], late)
    return found.order_by(PERIOD, "label", "flow_id")


def stalls(
    tables: Tables,
    now: dt.datetime,
    *,
    flows: str = INGESTING,
    targets: float = 5,
) -> ir.Table:
    """Flows of which nothing came for more than ``targets`` times the length of their segments.

    ``flow_id, label, last_ns`` (where the last segment ends), ``last_created, target_ns,
    silent_ns``, the longest silent first. ``target_ns`` is the flow's segment_duration, else its
    longest segment, else 10 s. A flow is silent from the end of its last segment on; one that is
    not on the wall clock since its last registration; one without a segment since it was made.
    ``now`` is in UTC. Flows that need no segments are left out, as by `flows.expected`.
    """
    chosen = narrowed(tables, flows)
    segments = tables.segments.select("flow_id", "start_ns", "end_ns", "created")
    segments = segments.semi_join(chosen, segments.flow_id == chosen.id)
    expected = expected_among(chosen, segments, tables.collections)
    last = segments.group_by("flow_id").agg(
        last_ns=_.end_ns.max(), last_created=_.created.max(), longest_ns=span.duration.max()
    )
    rows = chosen.semi_join(expected, chosen.id == expected.flow_id)
    rows = rows.left_join(last, rows.id == last.flow_id).mutate(target_ns=_target_ns())
    rows = rows.mutate(seen=rows.last_created.coalesce(rows.created))
    since = ibis.cases(
        (rows.last_ns >= FIRST_WALL_CLOCK_NS, rows.last_ns), else_=stored_ns(rows.seen)
    )
    found = rows.mutate(silent_ns=ibis.literal(moment_ns(now), "int64") - since)
    found = found.select("id", "label", "last_ns", "last_created", "target_ns", "silent_ns")
    longest = found.target_ns.cast("float64") * targets
    found = found.filter(found.silent_ns.cast("float64") > longest).rename(flow_id="id")
    return found.order_by(_.silent_ns.desc(), "flow_id")


def _target_ns() -> Any:
    said = _.segment_duration_num.cast("float64") * SECOND / _.segment_duration_den
    usual = ibis.literal(USUAL_TARGET_NS, "int64")
    return said.round().cast("int64").coalesce(_.longest_ns, usual)


def _lags(tables: Tables, flows: str, timerange: TimeRangeLike | None) -> ir.Table:
    """The segments of these flows on the wall clock, with ``label`` and ``lag_ns``."""
    chosen = narrowed(tables, flows).select("id", "label")
    rows = tables.segments.filter(_.start_ns >= FIRST_WALL_CLOCK_NS)
    if timerange is not None:
        rows = rows.filter(span.overlaps(timerange))
    rows = rows.select("flow_id", "object_id", "start_ns", "end_ns", "created")
    found = rows.inner_join(chosen, rows.flow_id == chosen.id)
    found = found.mutate(lag_ns=stored_ns(_.created) - _.end_ns)
    return found.select("flow_id", "label", "object_id", "start_ns", "end_ns", "created", "lag_ns")


def _figures(rows: ir.Table, by: list[str], late: DurationLike) -> ir.Table:
    """The figures of each group; of a rank in order of lag, which every engine knows exactly."""
    ranked = rows.mutate(
        _place=ibis.row_number().over(ibis.window(group_by=by, order_by="lag_ns")),
        _of=_.count().over(ibis.window(group_by=by)),
    )
    found = ranked.group_by(by).agg(
        segments=_.count(),
        late=(_.lag_ns > as_ns(late)).sum().cast("int64"),
        median_ns=_.lag_ns.max(where=_._place * 2 < _._of),
        p95_ns=_.lag_ns.max(where=_._place * 100 < _._of * 95),
        max_ns=_.lag_ns.max(),
        min_ns=_.lag_ns.min(),
    )
    ratio = _.late.cast("float64") / _.segments.cast("float64")
    return found.mutate(late_ratio=ratio).relocate("late_ratio", after="late")
