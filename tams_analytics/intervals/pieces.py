"""Ranges cut at each other's ends: depth and subtract."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
from ibis import _

from tams_analytics.intervals.cells import meeting, their
from tams_analytics.intervals.islands import islands
from tams_analytics.intervals.keys import grouped
from tams_analytics.intervals.rows import (
    By,
    columns,
    matched,
    refuse_clash,
    spans,
    taking_part,
    whole,
)
from tams_analytics.span import MOST


def depth(table: ir.Table, by: By = None) -> ir.Table:
    """How many rows cover each stretch of time.

    Out: ``by…, start_ns, end_ns, depth``: the longest stretches of one depth, which is at least 1.
    Raises `BadParameter`.
    """
    names = columns(table, by, "by")
    refuse_clash(["depth"], names)
    groups = grouped(spans(table, names), names)
    keys = groups.keys
    begun = groups.rows.select(*keys, start_ns="start_ns", _step=whole(1))
    ended = groups.rows.select(*keys, start_ns="end_ns", _step=whole(-1))
    steps = begun.union(ended).aggregate(by=[*keys, "start_ns"], _step=_._step.sum())
    steps = steps.filter(_._step != 0)
    order = ibis.window(group_by=keys, order_by="start_ns")
    until_here = ibis.window(group_by=keys, order_by="start_ns", preceding=None, following=0)
    found = steps.mutate(
        depth=_._step.sum().over(until_here).cast("int64"), end_ns=_.start_ns.lead().over(order)
    )
    return groups.named(found.filter(_.depth > 0), "start_ns", "end_ns", "depth")


def subtract(a: ir.Table, b: ir.Table, on: By = None) -> ir.Table:
    """What is left of each row of ``a`` where no row of ``b`` covers it.

    Out: the columns of ``a``, with the ``start_ns, end_ns`` of a piece; a row may leave several
    pieces, or none. NULL in ``on`` matches nothing. Raises `BadParameter`.
    """
    a, b, names = matched(a, b, on)
    rows = taking_part(a)
    free = _free(b, names)
    met = meeting(rows, free, names)
    left = met.mutate(
        start_ns=ibis.greatest(_.start_ns, _[their("start_ns")]),
        end_ns=ibis.least(_.end_ns, _[their("end_ns")]),
    )
    left = left.select(*a.columns)
    if not names:
        return left
    return left.union(rows.anti_join(free, names))


def _free(b: ir.Table, names: list[str]) -> ir.Table:
    """The complement of ``b``: what it leaves free of all time, for each group it has."""
    covered = islands(spans(b, names), names).select(*names, "start_ns", "end_ns")
    end = covered.aggregate(by=names, _rows=_.count())
    end = end.select(*names, start_ns=whole(MOST), end_ns=whole(MOST))
    order = ibis.window(group_by=names, order_by="start_ns")
    free = covered.union(end).mutate(
        _from=ibis.coalesce(_.end_ns.lag().over(order), whole(-MOST - 1))
    )
    free = free.select(*names, start_ns="_from", end_ns="start_ns")
    return free.filter(_.start_ns < _.end_ns)
