"""What is covered and what is not: merge, gaps, coverage. One running maximum each.

In the order of ``start_ns`` a row begins a new stretch exactly if it starts after the largest
``end_ns`` of all rows before it. (The row before it is not enough: ranges may nest.)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ibis
import ibis.expr.types as ir
from ibis import _

from tams_analytics.errors import BadParameter
from tams_analytics.intervals.keys import grouped
from tams_analytics.intervals.rows import (
    By,
    columns,
    duration,
    loose,
    of_one_type,
    refuse_clash,
    spans,
    whole,
)
from tams_analytics.span import WIDE, Bounds, held
from tams_analytics.timerange import DurationLike, TimeRange, TimeRangeLike, as_timerange


def merge(table: ir.Table, by: By = None, *, max_gap: DurationLike = 0) -> ir.Table:
    """The stretches that rows cover, each with the number of rows in it.

    Out: ``by…, start_ns, end_ns, pieces``. Rows that touch are one stretch, and so are rows at most
    ``max_gap`` apart (nanoseconds, or a timestamp). Raises `BadParameter`, `BadTimeRange`.
    """
    names = columns(table, by, "by")
    refuse_clash(["pieces"], names)
    groups = grouped(spans(table, names), names)
    found = islands(groups.rows, groups.keys, duration(max_gap, "max_gap"))
    return groups.named(found.rename(pieces="_pieces"), "start_ns", "end_ns", "pieces")


def islands(rows: ir.Table, keys: Sequence[str], max_gap: int = 0) -> ir.Table:
    """``keys…, start_ns, end_ns, _pieces`` of the stretches of ``rows``."""
    earlier, group = _earlier(keys), ibis.window(group_by=keys)
    rows = rows.mutate(
        _until=rows.end_ns.max().over(earlier),
        _before=rows.count().over(earlier),
        _last=rows.end_ns.max().over(group),
        _rows=rows.count().over(group),
    )
    first = rows.filter(_._until.isnull() | _apart(max_gap + 1))
    following = ibis.window(group_by=keys, order_by="start_ns")
    return first.select(
        *keys,
        "start_ns",
        end_ns=ibis.coalesce(_._until.lead().over(following), _._last),
        _pieces=ibis.coalesce(_._before.lead().over(following), _._rows) - _._before,
    )


def gaps(
    table: ir.Table,
    by: By = None,
    *,
    within: TimeRangeLike | None = None,
    min_duration: DurationLike = 0,
    groups: ir.Table | None = None,
) -> ir.Table:
    """The stretches of each ``by`` that no row covers, between its first and its last row.

    Out: ``by…, start_ns, end_ns``, one row for each gap of at least ``min_duration`` (nanoseconds,
    or a timestamp such as ``0:200000000``). ``within`` adds what is missing at its bounded edges
    and reads no row outside it. A group without a row there has no gap, unless it is in
    ``groups``: then all of ``within`` is one. Raises `BadParameter`, `BadTimeRange`. Source:
    AppNote 0012 (tolerance).
    """
    names = columns(table, by, "by")
    window = as_timerange("_" if within is None else within)
    if groups is not None:
        _refuse_groups(groups, names, window)
        table, groups = of_one_type(table, groups, names)
    rows = _edged(spans(table, names, window), names, window, groups)
    found = grouped(rows, names)
    rest = uncovered(found.rows, found.keys, duration(min_duration, "min_duration"))
    return found.named(rest, "start_ns", "end_ns")


def uncovered(rows: ir.Table, keys: Sequence[str], min_duration: int = 0) -> ir.Table:
    """``keys…, start_ns, end_ns`` of the gaps between ``rows``."""
    rows = rows.mutate(_until=_.end_ns.max().over(_earlier(keys))).filter(_apart(min_duration))
    return rows.select(*keys, start_ns="_until", end_ns="start_ns")


def coverage(table: ir.Table, by: By = None, *, within: TimeRangeLike | None = None) -> ir.Table:
    """How much of its time each ``by`` covers.

    Out: ``by…, covered_ns, pieces`` (covered stretches), ``first_ns`` (smallest start), ``last_ns``
    (largest end, exclusive), ``ratio`` (of ``within`` if that is bounded, else of first to last).
    Rows are cut to ``within``; a group without a row there has none here. ``covered_ns`` beyond
    int64 (292 years) is the largest int64. Raises `BadParameter`, `BadTimeRange`.
    """
    names = columns(table, by, "by")
    refuse_clash(["covered_ns", "pieces", "first_ns", "last_ns", "ratio"], names)
    window = as_timerange("_" if within is None else within)
    groups = grouped(spans(table, names, window), names)
    totals = _totals(groups.rows, groups.keys)
    covered = totals._length - totals._missing
    found = totals.mutate(
        covered_ns=held(covered),
        ratio=covered.cast("float64") / _length(totals, window).cast("float64"),
    )
    return groups.named(found, "covered_ns", "pieces", "first_ns", "last_ns", "ratio")


def _totals(rows: ir.Table, keys: Sequence[str]) -> ir.Table:
    """First, last, how long between and how much of that is missing; only groups with a row."""
    rows = rows.mutate(_until=_.end_ns.max().over(_earlier(keys)))
    is_gap = rows.start_ns > rows._until
    missing = Bounds(rows._until, rows.start_ns).exact_duration.sum(where=is_gap)
    totals = rows.aggregate(
        by=keys,
        pieces=is_gap.sum().cast("int64"),
        first_ns=rows.start_ns.min(),
        last_ns=rows.end_ns.max(),
        _missing=missing,
    ).filter(_.first_ns.notnull())
    return totals.mutate(
        pieces=ibis.coalesce(_.pieces, 0) + 1,
        _missing=ibis.coalesce(_._missing, ibis.literal(0, WIDE)),
        _length=Bounds(_.first_ns, _.last_ns).exact_duration,
    )


def _length(totals: ir.Table, window: TimeRange) -> Any:
    if window.start_ns is None or window.end_ns is None or window.is_empty:
        return totals._length
    return ibis.literal(window.end_ns - window.start_ns, WIDE)


def _earlier(keys: Sequence[str]) -> Any:
    """All rows before this one. Rows of one start may come in any order: none of them is apart."""
    return ibis.window(group_by=keys, order_by="start_ns", preceding=(None, 1))


def _apart(least: int) -> Any:
    """A row that starts at least ``least`` after all before it have ended.

    Compared before they are subtracted: the difference of legal times may leave int64.
    """
    later = _.start_ns > _._until
    if least <= 1:
        return later
    return later & (Bounds(_._until, _.start_ns).exact_duration >= ibis.literal(least, WIDE))


def _refuse_groups(groups: ir.Table, names: list[str], window: TimeRange) -> None:
    """Raises `BadParameter` if it cannot be told what is missing of ``groups``."""
    if not names:
        raise BadParameter("by", None, "is not given beside groups", "columns that name a group")
    if window.start_ns is None or window.end_ns is None:
        raise BadParameter("within", str(window), "is unbounded", "both ends, to go with groups")
    columns(groups, names, "groups")


def _edged(
    rows: ir.Table, names: list[str], window: TimeRange, wanted: ir.Table | None
) -> ir.Table:
    """``rows`` and, for each group, an empty range at each bounded edge of ``window``."""
    edges = [] if window.is_empty else [window.start_ns, window.end_ns]
    members = _members(rows, names, wanted)
    for edge in edges:
        if edge is not None:
            ends = members.select(*names, start_ns=whole(edge), end_ns=whole(edge))
            rows = rows.union(ends)
    return rows


def _members(rows: ir.Table, names: list[str], wanted: ir.Table | None) -> ir.Table:
    """Each group once; of one group without a name, one row if it has any."""
    if not names:
        return rows.aggregate(_rows=rows.count()).filter(_._rows > 0)
    members = rows.select(*names)
    if wanted is not None:
        members = members.union(loose(wanted.select(*names)))
    return members.distinct()
