"""Coverage and gaps of a window, day by day: of flows, sources, or channels (Q1, Q2, Q5).

What is expected of a group of flows is the time from its first to its last media in the window.
Where a flow of it is being recorded (status ``ingesting``), all of the window is expected, so that
one that has stopped, or never came, is seen; not what is after ``now``, and of a flow that was made
within the window not what is before its first media.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import ibis
import ibis.expr.types as ir
from ibis import _

from tams_analytics.display.text import FIRST_WALL_CLOCK_NS, is_wall_clock
from tams_analytics.intervals.islands import uncovered
from tams_analytics.intervals.keys import grouped
from tams_analytics.intervals.rows import loose
from tams_analytics.queries.clocks import moment_ns, stored_ns
from tams_analytics.queries.days import PERIOD, few_by_period
from tams_analytics.queries.flows import expected_among
from tams_analytics.queries.groups import LIVE, as_kind, flows_once, members
from tams_analytics.span import held, span
from tams_analytics.tables import Tables
from tams_analytics.timerange import DurationLike, Period, TimeRange, as_ns

NO_SOURCE = "?"
"""The ``key`` of media whose flow is not there, by source."""


def by_group(
    tables: Tables,
    window: TimeRange,
    *,
    by: str = "flow",
    min_duration: DurationLike = 0,
    now: datetime | None = None,
) -> ir.Table:
    """How much of its time in ``window``, which is bounded, each group covers, the least first.

    ``by`` is as of `groups.members`, ``now`` is in UTC. ``key, label, expected_ns, covered_ns,
    covered_ratio, gaps`` (of at least ``min_duration``), ``longest_ns``, ``first_ns, last_ns`` (of
    what is expected; the last is exclusive). Raises `BadParameter`, `BadTimeRange`.
    """
    rows = _rows(tables, window, by)
    expected = _expected(tables, rows, window, by, now)
    found = _figures(expected, _missing(rows, expected), ["key"], min_duration)
    ends = expected.select("key", first_ns="start_ns", last_ns="end_ns")
    found = found.inner_join(ends, "key")
    return found.order_by("covered_ratio", _.longest_ns.desc(), "label", "key")


def by_day(
    tables: Tables,
    window: TimeRange,
    periods: Sequence[Period],
    *,
    by: str = "flow",
    min_duration: DurationLike = 0,
    now: datetime | None = None,
) -> ir.Table:
    """The same for each day, or whatever ``periods`` are: `by_group` with ``period``, in order.

    A gap is cut where a day ends, and counts in each day in which ``min_duration`` of it lies.
    Without ``first_ns, last_ns``. Raises `BadParameter`, `BadTimeRange`.
    """
    rows = _rows(tables, window, by)
    expected = few_by_period(_expected(tables, rows, window, by, now), periods)
    missing = few_by_period(_missing(rows, expected), periods)
    found = _figures(expected, missing, [PERIOD, "key"], min_duration)
    return found.order_by(PERIOD, "label", "key")


def gaps(
    tables: Tables,
    window: TimeRange,
    *,
    by: str = "flow",
    min_duration: DurationLike = 0,
    now: datetime | None = None,
) -> ir.Table:
    """The gaps of each group in ``window``, the longest first: ``key, label, start_ns, end_ns``.

    And ``gap_ns``, at least ``min_duration``. Raises `BadParameter`, `BadTimeRange`.
    """
    rows = _rows(tables, window, by)
    expected = _expected(tables, rows, window, by, now)
    found = _missing(rows, expected).mutate(gap_ns=span.duration)
    found = found.filter(_.gap_ns >= as_ns(min_duration))
    found = _with(found, expected.select("key", "label"), ["key"])
    found = found.select("key", "label", "start_ns", "end_ns", "gap_ns")
    return found.order_by(_.gap_ns.desc(), "label", "key", "start_ns")


def _rows(tables: Tables, window: TimeRange, by: str) -> ir.Table:
    """The segments in the window, cut to it: ``flow_id, key, label, start_ns, end_ns``."""
    rows = tables.segments.filter(span.overlaps(window))
    rows = rows.select("flow_id", **span.intersection(window).columns())
    groups = members(tables, by)
    how = "left" if as_kind(by) in ("flow", "source") else "inner"
    found = rows.join(groups, "flow_id", how=how)
    lost = rows.flow_id if by == "flow" else ibis.literal(NO_SOURCE)
    return found.select("flow_id", "label", "start_ns", "end_ns", key=found.key.coalesce(lost))


def _expected(
    tables: Tables, rows: ir.Table, window: TimeRange, by: str, now: datetime | None
) -> ir.Table:
    """From when to when each group should have media: ``key, label, start_ns, end_ns``."""
    ends = {"label": _.label.max(), "start_ns": _.start_ns.min(), "end_ns": _.end_ns.max()}
    media = rows.group_by("key", "flow_id").agg(**ends)
    both = media.drop("flow_id").union(_live(tables, media, window, by, now))
    return both.group_by("key").agg(**ends)


def _live(
    tables: Tables, media: ir.Table, window: TimeRange, by: str, now: datetime | None
) -> ir.Table:
    """When flows that are being recorded should have media in the window."""
    flows = flows_once(tables).filter(_.status == LIVE)
    if is_wall_clock(window.start_ns or 0):  # what has a clock of its own is never there
        own = tables.segments.filter(_.start_ns < FIRST_WALL_CLOCK_NS).select("flow_id")
        flows = flows.anti_join(own, flows.id == own.flow_id)
    expected = expected_among(flows, media, tables.collections)
    rows = expected.inner_join(flows.select(flow_id="id", made=stored_ns(flows.created)), "flow_id")
    having = media.select(has="flow_id").distinct()
    rows = rows.left_join(having, rows.flow_id == having.has)
    rows = rows.inner_join(members(tables, by), "flow_id")
    until = window if now is None else window.intersection(TimeRange.from_ns(None, moment_ns(now)))
    start, end = (ibis.literal(side, "int64") for side in (until.start_ns, until.end_ns))
    since = ibis.cases((rows.made <= start, start), (rows.has.notnull(), end - 1), else_=rows.made)
    rows = rows.filter(rows.made < end).select("key", "label", start_ns=since, end_ns=end)
    return rows.filter(_.start_ns < _.end_ns)


def _missing(rows: ir.Table, expected: ir.Table) -> ir.Table:
    """The gaps in ``expected``, each within one row of it: ``key, start_ns, end_ns``.

    An empty range at each end of it cuts them there, as the verb `gaps` does at its window.
    """
    ends = (
        expected.select("key", start_ns=expected[side], end_ns=expected[side])
        for side in ("start_ns", "end_ns")
    )
    points = loose(rows.select("key", "start_ns", "end_ns"))
    for end in ends:
        points = points.union(loose(end))
    groups = grouped(points, ["key"])
    return groups.named(uncovered(groups.rows, groups.keys), "start_ns", "end_ns")


def _figures(
    expected: ir.Table, missing: ir.Table, by: list[str], min_duration: DurationLike
) -> ir.Table:
    """How much there is of what is expected: ``by…, label, expected_ns, covered_ns``, its ratio.

    And ``gaps, longest_ns`` of those that are long enough.
    """
    missing = missing.mutate(length=span.exact_duration)
    is_long = _.length >= as_ns(min_duration)
    found = expected.group_by(by).agg(
        label=_.label.max(), expected_ns=held(span.exact_duration.sum())
    )
    lost = missing.group_by(by).agg(
        lost_ns=held(_.length.sum()),
        gaps=is_long.sum().cast("int64"),
        longest_ns=held(_.length.max(where=is_long)),
    )
    found = _with(found, lost, by)
    none = ibis.literal(0, "int64")
    found = found.select(
        *(*by, "label", "expected_ns"),
        covered_ns=found.expected_ns - found.lost_ns.coalesce(none),
        gaps=found.gaps.coalesce(none),
        longest_ns=found.longest_ns.coalesce(none),
    )
    ratio = found.covered_ns.cast("float64") / found.expected_ns.cast("float64")
    return found.mutate(covered_ratio=ratio).relocate("covered_ratio", after="covered_ns")


def _with(rows: ir.Table, more: ir.Table, on: list[str]) -> ir.Table:
    """``rows`` with what is known of them besides."""
    return rows.left_join(more, on).drop(*(f"{name}_right" for name in on))
