"""Rows by the day: cut where days, weeks, months or hours of a time zone end.

``timerange.periods`` says which there are; here they become a table, and rows their parts.
"""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from ibis import _

from tams_analytics.errors import BadParameter
from tams_analytics.intervals import join_overlaps
from tams_analytics.span import span
from tams_analytics.timerange import Period, TimeRange

PERIOD = "period"
"""The column that holds the label of a period."""
FEW = 100
"""So many periods are compared with each row."""


def periods_table(periods: Sequence[Period]) -> ir.Table:
    """``period, start_ns, end_ns`` of these periods, as a table in memory."""
    rows = pa.table(
        {
            PERIOD: pa.array([each.label for each in periods], pa.string()),
            "start_ns": pa.array([each.start_ns for each in periods], pa.int64()),
            "end_ns": pa.array([each.end_ns for each in periods], pa.int64()),
        }
    )
    return ibis.memtable(rows)


def by_period(rows: ir.Table, periods: Sequence[Period]) -> ir.Table:
    """``rows`` cut at the bounds of ``periods``: a row in each of them that it shares time with.

    Out: the columns of ``rows``, with ``start_ns, end_ns`` of that part, and ``period``. Rows
    outside of all periods are not read; never-ranges and NULLs take no part. Where it is coverage
    that is asked for, `intervals.merge` first leaves few rows to cut. Raises `BadParameter`.
    """
    if PERIOD in rows.columns:
        raise BadParameter("rows", PERIOD, "is a column that is added", "another name for it")
    rows = rows.filter(span.overlaps(_hull(periods)))
    cut = _cut_by_few if len(periods) <= FEW else _cut_by_many
    return cut(rows, periods_table(periods)).relocate(*rows.columns)


def _cut_by_few(rows: ir.Table, periods: ir.Table) -> ir.Table:
    """By comparing each row with each period: a small question, and half of the time of the other.

    Of 700 periods it would take eight times as long.
    """
    periods = periods.rename(period_start_ns="start_ns", period_end_ns="end_ns")
    rows = rows.filter(rows.start_ns < rows.end_ns)
    met = rows.join(
        periods, [rows.start_ns < periods.period_end_ns, rows.end_ns > periods.period_start_ns]
    )
    cut = met.mutate(
        start_ns=ibis.greatest(met.start_ns, met.period_start_ns),
        end_ns=ibis.least(met.end_ns, met.period_end_ns),
    )
    return cut.drop("period_start_ns", "period_end_ns")


def _cut_by_many(rows: ir.Table, periods: ir.Table) -> ir.Table:
    found = join_overlaps(rows, periods.rename(_label=PERIOD))
    return found.select(
        *(name for name in rows.columns if name not in ("start_ns", "end_ns")),
        start_ns="overlap_start_ns",
        end_ns="overlap_end_ns",
        period="_label_right",
    )


def few_by_period(rows: ir.Table, periods: Sequence[Period]) -> ir.Table:
    """`by_period` of few rows: each is compared with each period, which is a short question."""
    sides = {"_from": "start_ns", "_until": "end_ns"}
    found = rows.cross_join(periods_table(periods).rename(sides))
    found = found.filter(_.start_ns < _._until, _.end_ns > _._from)
    start, end = ibis.greatest(_.start_ns, _._from), ibis.least(_.end_ns, _._until)
    return found.mutate(start_ns=start, end_ns=end).drop(*sides)


def _hull(periods: Sequence[Period]) -> TimeRange:
    """From the first to the last; never, if there are none."""
    if not periods:
        return TimeRange.never()
    starts, ends = ([getattr(each, side) for each in periods] for side in ("start_ns", "end_ns"))
    return TimeRange.from_ns(min(starts), max(ends))
