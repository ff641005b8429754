"""What was planned against what is there: gaps, availability, media that nobody planned (Q38).

A schedule is small and comes from outside (`plans` says what its rows are); the store knows
channels by a tag, or whatever ``channel_is`` of `groups.members` says. A channel has media where
any of its flows has, or any of one ``format``: ``video`` asks for the picture alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from ibis import _

from tams_analytics.errors import BadParameter
from tams_analytics.intervals.islands import uncovered
from tams_analytics.queries.days import PERIOD, few_by_period
from tams_analytics.queries.groups import flows_once, members
from tams_analytics.queries.plans import Plan, Planned, Rows, as_plan
from tams_analytics.queries.united import united
from tams_analytics.span import held, span
from tams_analytics.tables import Tables
from tams_analytics.tables.formats import FORMATS
from tams_analytics.timerange import DurationLike, Period, TimeRangeLike, as_ns

CHANNEL = "tag:channel"


def missing(
    tables: Tables,
    schedule: Plan | Rows,
    *,
    channel_is: str = CHANNEL,
    format: str | None = None,
    min_duration: DurationLike = 0,
    tz: str = "UTC",
    timerange: TimeRangeLike | None = None,
) -> ir.Table:
    """What was scheduled and is not there, the longest first; planned outages are not missing.

    ``channel, start_ns, end_ns, missing_ns``, of at least ``min_duration``, within ``timerange``
    (else the schedule's). Raises `BadParameter`, about a row and column of the schedule too, and
    `BadTimeRange`.
    """
    plan = as_plan(schedule, tz=tz, timerange=timerange)
    found = _missing(tables, plan, channel_is, format)
    found = found.mutate(missing_ns=span.duration).filter(_.missing_ns >= as_ns(min_duration))
    return found.order_by(_.missing_ns.desc(), "channel", "start_ns")


def unscheduled(
    tables: Tables,
    schedule: Plan | Rows,
    *,
    channel_is: str = CHANNEL,
    format: str | None = None,
    tz: str = "UTC",
    timerange: TimeRangeLike | None = None,
) -> ir.Table:
    """Media of scheduled channels that nobody planned, during outages too, the longest first.

    ``channel, start_ns, end_ns, media_ns``, within ``timerange`` (else the schedule's window).
    Raises as `missing`.
    """
    plan = as_plan(schedule, tz=tz, timerange=timerange)
    ends = _table(plan.ends())
    holes = uncovered(united(_recorded(tables, plan, channel_is, format), ends), ["channel"])
    found = uncovered(united(holes, _table(plan.expected()), ends), ["channel"])
    found = found.mutate(media_ns=span.duration)
    return found.order_by(_.media_ns.desc(), "channel", "start_ns")


def by_day(
    tables: Tables,
    schedule: Plan | Rows,
    periods: Sequence[Period],
    *,
    channel_is: str = CHANNEL,
    format: str | None = None,
    tz: str = "UTC",
    timerange: TimeRangeLike | None = None,
) -> ir.Table:
    """How available each channel was on each day on which it was scheduled, in order.

    ``period, channel, expected_ns`` (scheduled and no outage), ``covered_ns, missing_ns,
    available_ratio``. Raises as `missing`.
    """
    plan = as_plan(schedule, tz=tz, timerange=timerange)
    key = [PERIOD, "channel"]
    length = held(span.exact_duration.sum())
    cut = [*plan.expected_by(periods)]
    labels = pa.array([label for label, _stretch in cut], pa.string())
    expected = _table([stretch for _label, stretch in cut], period=labels)
    lost = few_by_period(_missing(tables, plan, channel_is, format), periods)
    found = expected.group_by(key).agg(expected_ns=length)
    found = found.left_join(lost.group_by(key).agg(lost_ns=length), key)
    found = found.select(*key, "expected_ns", missing_ns=found.lost_ns.coalesce(0))
    covered = found.expected_ns - found.missing_ns
    ratio = covered.cast("float64") / found.expected_ns.cast("float64")
    found = found.mutate(covered_ns=covered, available_ratio=ratio)
    found = found.select(*key, "expected_ns", "covered_ns", "missing_ns", "available_ratio")
    return found.order_by(*key)


def unmatched(
    tables: Tables,
    schedule: Plan | Rows,
    *,
    channel_is: str = CHANNEL,
    tz: str = "UTC",
    timerange: TimeRangeLike | None = None,
) -> ir.Table:
    """Channels that only one side knows: ``channel, is_scheduled, is_known, segments``.

    Scheduled ones of which the store has no flow, and those with ``segments`` in the window that
    the schedule does not name. Raises as `missing`.
    """
    plan = as_plan(schedule, tz=tz, timerange=timerange)
    scheduled = _table(plan.ends()).select("channel").distinct()
    known = members(tables, channel_is).select(channel="key")
    lost = scheduled.anti_join(known, "channel")
    lost = lost.mutate(is_scheduled=True, is_known=False, segments=ibis.literal(0, "int64"))
    rows = _rows(tables, plan, channel_is, None).filter(_.channel.notin(plan.channels))
    others = rows.group_by("channel").agg(segments=_.count())
    others = others.mutate(is_scheduled=False, is_known=True)
    found = united(lost, others.select(*lost.columns))
    return found.order_by(_.is_scheduled.desc(), "channel")


def _missing(tables: Tables, plan: Plan, channel_is: str, format: str | None) -> ir.Table:
    """What neither is there, nor free of anything planned: ``channel, start_ns, end_ns``."""
    rows = _recorded(tables, plan, channel_is, format)
    return uncovered(united(rows, _table(plan.free())), ["channel"])


def _recorded(tables: Tables, plan: Plan, channel_is: str, format: str | None) -> ir.Table:
    """The segments of the plan's channels in its window: ``channel, start_ns, end_ns``."""
    return _rows(tables, plan, channel_is, format).filter(_.channel.isin(plan.channels))


def _rows(tables: Tables, plan: Plan, channel_is: str, format: str | None) -> ir.Table:
    """The segments of all channels in the window: ``channel, start_ns, end_ns``."""
    rows = tables.segments.filter(span.overlaps(plan.window))
    rows = rows.select("flow_id", **span.intersection(plan.window).columns())
    channels = members(tables, channel_is).select("flow_id", channel="key")
    if format is not None:
        flows = flows_once(tables).filter(_.format == _urn(format)).select(of="id")
        channels = channels.semi_join(flows, channels.flow_id == flows["of"])
    found = rows.inner_join(channels, "flow_id")
    return found.select("channel", "start_ns", "end_ns")


def _urn(format: str) -> str:
    """The URN of a format, said by that or by its last word. Raises `BadParameter`."""
    known = {urn.rpartition(":")[2]: urn for urn in FORMATS}
    if format not in known and format not in FORMATS:
        raise BadParameter("format", format, "is unknown", f"one of {', '.join(known)}")
    return known.get(format, format)


def _table(planned: Iterable[Planned], **more: Any) -> ir.Table:
    """Windows as a table in memory, with more columns."""
    rows = [*planned]
    columns: dict[str, Any] = {
        **more,
        "channel": pa.array([each.channel for each in rows], pa.string()),
        "start_ns": pa.array([each.start_ns for each in rows], pa.int64()),
        "end_ns": pa.array([each.end_ns for each in rows], pa.int64()),
    }
    return ibis.memtable(pa.table(columns))
