"""The nearest row of another table: closest.

Of the rows of ``b`` only the end matters at first. Sorted by it, a row of ``a`` that starts at s
lies between those that end before s and those that do not. Nearest is one of two: ``_before``, the
last of the former, or ``_after``, the earliest to start of the latter (if that one starts after the
row of ``a``, all do). An end names the row meant, so that all sorting is of whole numbers, and the
other columns are fetched once, at the end.
"""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir
from ibis import _

from tams_analytics.intervals.cells import their
from tams_analytics.intervals.keys import matched_groups
from tams_analytics.intervals.pairs import RIGHT, ordering
from tams_analytics.intervals.rows import By, matched, refuse_clash, taking_part, whole
from tams_analytics.span import MOST, WIDE, Bounds, held


def closest(a: ir.Table, b: ir.Table, on: By = None) -> ir.Table:
    """Each row of ``a`` with the row of ``b`` that is nearest in time.

    Out: the columns of ``a``, those of ``b`` with the suffix ``_right``, ``distance_ns`` (0 when
    they overlap or touch). Of several the earlier one by ``start_ns``, ``end_ns``, remaining
    columns; NULLs where there is none. NULL in ``on`` matches nothing. A distance beyond int64
    (292 years) is the largest int64. Raises `BadParameter`.
    """
    a, b, names = matched(a, b, on)
    right = {name + RIGHT: name for name in b.columns}
    refuse_clash([*right, "distance_ns"], a.columns)
    ours, theirs, keys = matched_groups(taking_part(a), taking_part(b), names)
    near = _chosen(_beside(ours, _neighbours(ours, _ends(theirs, keys), keys), keys))
    other = _first_of_each_end(theirs, keys).select(
        **right, **{their(name): name for name in [*keys, "end_ns"]}
    )
    same = [near[key] == other[their(key)] for key in keys]
    met = near.left_join(other, [*same, near._choice == other[their("end_ns")]])
    return met.select(*a.columns, *right, "distance_ns")


def _ends(theirs: ir.Table, keys: Sequence[str]) -> ir.Table:
    """Each ``end_ns``, the ``start_ns`` of the first row that has it, and what comes after it.

    Of the rows that end later, ``_next`` is the smallest start, and ``_next_end`` the end of the
    first row that has it. Such a row is a ``_front``: none that ends later starts before it.
    """
    ends = theirs.aggregate(by=[*keys, "end_ns"], start_ns=theirs.start_ns.min())
    # larger ends first: a frame that shrinks instead of growing is quadratic on Trino
    later = ibis.window(group_by=keys, order_by=ibis.desc("end_ns"), preceding=(None, 1))
    ends = ends.mutate(_next=ends.start_ns.min().over(later))
    is_front = ends._next.isnull() | (ends.start_ns <= ends._next)
    ends = ends.mutate(_front=ibis.cases((is_front, ends.end_ns)))
    return ends.mutate(_next_end=ends._front.min().over(later))


def _neighbours(ours: ir.Table, ends: ir.Table, keys: Sequence[str]) -> ir.Table:
    """For each start of ours: ``_before_end``, ``_after`` (a start) and ``_after_end``."""
    nothing = ibis.null("int64")
    fetched = ("start_ns", "_front", "_end", "_next", "_next_end")
    starts = ours.select(*keys, _point="start_ns").distinct()
    starts = starts.mutate(_theirs=whole(0), **dict.fromkeys(fetched, nothing))
    points = starts.union(
        ends.select(
            *keys,
            "start_ns",
            "_front",
            "_next_end",
            _point="end_ns",
            _theirs=whole(1),
            _end="end_ns",
            # after the last end comes none: not what came after the one before
            _next=ibis.coalesce(_._next, whole(MOST)),
        ).select(*starts.columns)
    )
    until, group = (
        ibis.window(group_by=keys, order_by=["_point", "_theirs"], preceding=None, following=0),
        ibis.window(group_by=keys),
    )
    points = points.mutate(
        _before_end=points._end.max().over(until),
        _next=ibis.coalesce(points._next.max().over(until), points.start_ns.min().over(group)),
        _next_end=ibis.coalesce(
            points._next_end.max().over(until), points._front.min().over(group)
        ),
    )
    return points.filter(_._theirs == 0).select(
        *keys, "_point", "_before_end", _after=_._next.nullif(whole(MOST)), _after_end="_next_end"
    )


def _beside(ours: ir.Table, neighbours: ir.Table, keys: Sequence[str]) -> ir.Table:
    """The rows of ``a`` with their `_neighbours`."""
    found = neighbours.rename({their(key): key for key in keys})
    same = [ours[key] == found[their(key)] for key in keys]
    met = ours.left_join(found, [*same, ours.start_ns == found._point])
    return met.select(*ours.columns, "_before_end", "_after", "_after_end")


def _chosen(near: ir.Table) -> ir.Table:
    """The end of the nearer of the two as ``_choice``, ``distance_ns``; the earlier at a tie."""
    back = Bounds(near._before_end, near.start_ns).exact_duration
    ahead = ibis.cases(
        (near._after > near.end_ns, Bounds(near.end_ns, near._after).exact_duration),
        (near._after <= near.end_ns, ibis.literal(0, WIDE)),
    )
    takes_before = near._after.isnull() | (back <= ahead)
    takes_before &= near._before_end.notnull()
    return near.mutate(
        _choice=ibis.cases(
            (takes_before, near._before_end), (near._after.notnull(), near._after_end)
        ),
        distance_ns=held(takes_before.ifelse(back, ahead)),
    )


def _first_of_each_end(theirs: ir.Table, keys: Sequence[str]) -> ir.Table:
    order = [name for name in ordering(theirs) if name not in ("end_ns", *keys)]
    one_end = ibis.window(group_by=[*keys, "end_ns"], order_by=order)
    return theirs.mutate(_number=ibis.row_number().over(one_end)).filter(_._number == 0)
