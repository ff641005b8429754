"""Coverage and gaps of a window, day by day: of flows, sources, or channels (Q1, Q2, Q5).

What is expected of a group of flows is the time from its first to its last media in the window.
Where a flow of it is being recorded (status ``ingesting``), all of the window is expected, so that
one that has stopped, or never came, is seen; but not what is after ``now``, nor what is before the
first media where no such flow is older than the window. Multi flows, and parts of a flow that has
media itself, are not expected to have any.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import ibis
import ibis.expr.types as ir
from ibis import _

from tams_analytics.display.text import is_wall_clock
from tams_analytics.intervals.islands import uncovered
from tams_analytics.queries.clocks import moment_ns, stored_ns
from tams_analytics.queries.days import PERIOD, few_by_period
from tams_analytics.queries.groups import as_kind, flows_once, members
from tams_analytics.queries.united import united
from tams_analytics.span import held, span
from tams_analytics.tables import Tables
from tams_analytics.tables.formats import INGESTING, MULTI
from tams_analytics.timerange import DurationLike, Period, TimeRange, as_ns
from tams_analytics.timerange.clocks import FIRST_WALL_CLOCK_NS

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
    Raises `BadParameter`, `BadTimeRange`.
    """
    rows = _rows(tables, window, by)
    expected = _expected(tables, rows, window, by, now)
    missing = few_by_period(_missing(rows, expected), periods)
    found = _figures(few_by_period(expected, periods), missing, [PERIOD, "key"], min_duration)
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
    return found.order_by(_.gap_ns.desc(), "label", "key", "start_ns")


def _rows(tables: Tables, window: TimeRange, by: str) -> ir.Table:
    """The segments in the window, cut to it: ``key, label, start_ns, end_ns``."""
    rows = tables.segments.filter(span.overlaps(window))
    rows = rows.select("flow_id", **span.intersection(window).columns())
    groups = members(tables, by)
    how = "left" if as_kind(by) in ("flow", "source") else "inner"
    found = rows.join(groups, "flow_id", how=how)
    lost = rows.flow_id if by == "flow" else ibis.literal(NO_SOURCE)
    return found.select("label", "start_ns", "end_ns", key=found.key.coalesce(lost))


def _expected(
    tables: Tables, rows: ir.Table, window: TimeRange, by: str, now: datetime | None
) -> ir.Table:
    """From when to when each group should have media: ``key, label, start_ns, end_ns``.

    In one pass over ``rows`` and flows that are recorded: Trino asks anew for each mention.
    """
    start, end = (ibis.literal(side, "int64") for side in (window.start_ns, window.end_ns))
    live = _live(tables, window, by, now)
    both = united(rows.mutate(is_media=True, needs_media=False), live)
    ends = {"start_ns": _.start_ns.min(where=_.is_media), "end_ns": _.end_ns.max(where=_.is_media)}
    found = both.group_by("key").agg(
        **ends,
        label=_.label.max(),
        made=_.start_ns.min(where=~_.is_media),
        made_alone=_.start_ns.min(where=~_.is_media & ~_.needs_media),
        until=_.end_ns.max(where=~_.is_media),
    )
    has_media = found.start_ns.notnull()
    found = found.filter(has_media | found.made_alone.notnull())
    since = ibis.cases(
        (found.made <= start, start), (has_media, found.start_ns), else_=found.made_alone
    )
    last = ibis.greatest(found.end_ns.coalesce(start), found.until.coalesce(start))
    found = found.select("key", "label", start_ns=since, end_ns=ibis.least(last, end))
    return found.filter(_.start_ns < _.end_ns)


def _live(tables: Tables, window: TimeRange, by: str, now: datetime | None) -> ir.Table:
    """From when on flows that are recorded should have media, up to now or the window's end.

    ``needs_media``: only where their group has some, as of `flows.expected`.
    """
    until = window if now is None else window.intersection(TimeRange.from_ns(None, moment_ns(now)))
    flows = flows_once(tables).filter(_.status == INGESTING)
    if is_wall_clock(window.start_ns or 0):  # what has a clock of its own is never there
        own = tables.segments.filter(_.start_ns < FIRST_WALL_CLOCK_NS).select("flow_id")
        flows = flows.anti_join(own, flows.id == own.flow_id)
    there = tables.segments.filter(span.overlaps(window)).select("flow_id")
    held = tables.collections.semi_join(there, "flow_id").select(held="member_id").distinct()
    rows = flows.left_join(held, flows.id == held.held)
    rows = rows.select(
        flow_id="id",
        start_ns=stored_ns(rows.created),
        needs_media=(rows.format == MULTI) | rows.held.notnull(),
    )
    rows = rows.inner_join(members(tables, by), "flow_id")
    end = ibis.literal(until.end_ns, "int64")
    rows = rows.select(
        *("label", "start_ns"), end_ns=end, key="key", is_media=False, needs_media="needs_media"
    )
    return rows.filter(_.start_ns < end)


def _missing(rows: ir.Table, expected: ir.Table) -> ir.Table:
    """The gaps in what is expected: ``key, label, start_ns, end_ns``.

    An empty range at each end of that makes a gap there, as in the verb `gaps`.
    """
    ends = expected.mutate(at=ibis.array([_.start_ns, _.end_ns]).unnest())
    ends = ends.select("label", start_ns="at", end_ns="at", key="key")
    return uncovered(united(rows, ends), ["key", "label"])


def _figures(
    expected: ir.Table, missing: ir.Table, by: list[str], min_duration: DurationLike
) -> ir.Table:
    """How much there is of what is expected: ``by…, label, expected_ns, covered_ns``, its ratio.

    And ``gaps, longest_ns`` of those that are long enough, ``first_ns, last_ns``.
    """
    length = span.exact_duration
    found = expected.group_by(by).agg(
        label=_.label.max(),
        expected_ns=held(length.sum()),
        first_ns=_.start_ns.min(),
        last_ns=_.end_ns.max(),
    )
    missing = missing.mutate(length=length)
    is_long = _.length >= as_ns(min_duration)
    lost = missing.group_by(by).agg(
        lost_ns=held(_.length.sum()),
        gaps=is_long.sum().cast("int64"),
        longest_ns=held(_.length.max(where=is_long)),
    )
    found = found.left_join(lost, by)
    none = ibis.literal(0, "int64")
    covered = found.expected_ns - found.lost_ns.coalesce(none)
    return found.select(
        *(*by, "label", "expected_ns"),
        covered_ns=covered,
        covered_ratio=covered.cast("float64") / found.expected_ns.cast("float64"),
        gaps=found.gaps.coalesce(none),
        longest_ns=found.longest_ns.coalesce(none),
        first_ns="first_ns",
        last_ns="last_ns",
    )
