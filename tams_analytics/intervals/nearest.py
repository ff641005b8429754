"""The nearest row of another table: closest."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
from ibis import _

from tams_analytics.intervals.cells import their
from tams_analytics.intervals.pairs import RIGHT, ordering
from tams_analytics.intervals.rows import (
    WIDE,
    By,
    held,
    matched,
    refuse_clash,
    taking_part,
    whole,
)


def closest(a: ir.Table, b: ir.Table, on: By = None) -> ir.Table:
    """Each row of ``a`` with the row of ``b`` that is nearest in time.

    Out: the columns of ``a``, those of ``b`` with the suffix ``_right``, ``distance_ns`` (0 when
    they overlap or touch). Of several the earlier one by ``start_ns``, ``end_ns``, remaining
    columns; NULLs where there is none. NULL in ``on`` matches nothing. A distance beyond int64
    (292 years) is the largest int64. Raises `BadParameter`.
    """
    a, b, names = matched(a, b, on)
    theirs = _numbered(b, names)
    right = {name + RIGHT: name for name in b.columns}
    refuse_clash([*right, "distance_ns"], a.columns)
    found = _neighbours(a, theirs, names)
    found = _chosen(found, theirs)
    other = theirs.select(**right, **{their("_number"): "_number"})
    met = found.left_join(other, found._choice == other[their("_number")])
    return met.select(*a.columns, *right, "distance_ns")


def _numbered(b: ir.Table, names: list[str]) -> ir.Table:
    """The rows of ``b`` that can be near anything: ``_number`` them by start, ``_turn`` by end."""
    rows = taking_part(b)
    for name in names:
        rows = rows.filter(rows[name].notnull())
    rows = rows.mutate(_number=ibis.row_number().over(order_by=ordering(rows)))
    by_end = [rows.end_ns, rows._number.desc()]
    return rows.mutate(_turn=ibis.row_number().over(order_by=by_end))


def _neighbours(a: ir.Table, theirs: ir.Table, names: list[str]) -> ir.Table:
    """The rows of ``a``, and the two rows that can be nearest.

    ``_after`` is the first that does not end before the row starts (if that one starts after it,
    all do), ``_before`` the last of those that do.
    """
    ours = taking_part(a).mutate(
        _point=_.start_ns,
        _theirs=whole(0),
        _number=ibis.null("int64"),
        _turn=ibis.null("int64"),
        _begin=ibis.null("int64"),
    )
    others = theirs.select(
        **{
            name: theirs[name] if name in names else ibis.null(ours[name].type())
            for name in a.columns
        },
        _point="end_ns",
        _theirs=whole(1),
        _number="_number",
        _turn="_turn",
        _begin="start_ns",
    )
    points = ours.union(others)
    up = ibis.window(group_by=names, order_by=["_point", "_theirs"], preceding=None, following=0)
    down = ibis.window(
        group_by=names,
        order_by=[ibis.desc("_point"), ibis.desc("_theirs")],
        preceding=None,
        following=0,
    )
    is_theirs = points._theirs == 1
    points = points.mutate(
        _before=points._turn.max().over(up),
        _before_end=ibis.cases((is_theirs, points._point)).max().over(up),
        _after=points._number.min().over(down),
        _after_start=points._begin.min().over(down),
    )
    return points.filter(_._theirs == 0)


def _chosen(found: ir.Table, theirs: ir.Table) -> ir.Table:
    """The nearer of the two as ``_choice``, with its ``distance_ns``; the earlier one at a tie."""
    turns = theirs.select(_turn_of="_turn", _number_of="_number")
    found = found.left_join(turns, found._before == turns._turn_of)
    back = found.start_ns.cast(WIDE) - found._before_end.cast(WIDE)
    ahead = ibis.cases(
        (
            found._after_start > found.end_ns,
            found._after_start.cast(WIDE) - found.end_ns.cast(WIDE),
        ),
        (found._after_start <= found.end_ns, ibis.literal(0, WIDE)),
    )
    takes_earlier = found._after.isnull() | (back <= ahead)
    takes_earlier &= found._before.notnull()
    return found.mutate(
        _choice=takes_earlier.ifelse(found._number_of, found._after),
        distance_ns=held(takes_earlier.ifelse(back, ahead)),
    )
