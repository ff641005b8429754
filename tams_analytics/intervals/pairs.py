"""Pairs of rows that share a nanosecond: overlaps within a table, join_overlaps of two."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import ibis
import ibis.expr.types as ir
from ibis import _

from tams_analytics.errors import BadParameter
from tams_analytics.intervals.cells import meeting, meeting_itself, their
from tams_analytics.intervals.keys import grouped
from tams_analytics.intervals.rows import (
    SPAN,
    THEIR,
    By,
    columns,
    matched,
    refuse_clash,
    taking_part,
    whole,
)

HOW = ("inner", "left", "semi", "anti")
RIGHT = "_right"
SHARED = ("overlap_start_ns", "overlap_end_ns")


def overlaps(table: ir.Table, by: By = None) -> ir.Table:
    """Each pair of rows of one ``by`` that share time, once.

    Out: the columns of the left row (the earlier by ``start_ns``, ``end_ns``, remaining columns),
    the right row's others with the suffix ``_right``, ``overlap_start_ns, overlap_end_ns``. Raises
    `BadParameter`.
    """
    names = columns(table, by, "by")
    right = _right(table, names)
    refuse_clash([*right, *SHARED], table.columns)
    all_rows = taking_part(table)
    rows = _ranked(_involved(all_rows, names), names)
    met = meeting_itself(rows, ["_group"] if names else [], among=all_rows.select(*SPAN))
    met = met.filter(_._rank < _[their("_rank")])
    return _shared(met, table.columns, right)


def _involved(rows: ir.Table, names: Sequence[str]) -> ir.Table:
    """The rows that overlap another one: usually few, so that only these are paired.

    They are looked for by short keys and without the other columns, as sorting costs most.
    """
    groups = grouped(rows.select(*names, *SPAN), names)
    earlier = ibis.window(group_by=groups.keys, order_by=list(SPAN), preceding=(None, 1))
    beside = _crossing(groups.rows, groups.keys).mutate(_until=_.end_ns.max().over(earlier))
    beside = _beside_next(beside, groups.keys)
    involved = beside.filter((_.start_ns < _._until) | (_._next < _.end_ns))
    involved = groups.named(involved.select(*groups.keys, *SPAN).distinct(), *SPAN).rename(
        THEIR + "{name}"
    )
    same = [rows[side] == involved[their(side)] for side in SPAN]
    same += [rows[name].identical_to(involved[their(name)]) for name in names]
    return rows.join(involved, same).select(*rows.columns)


def _crossing(rows: ir.Table, keys: Sequence[str]) -> ir.Table:
    """The rows of the groups in which one begins before the one before it ends.

    No rows overlap in any other group, and a running maximum costs DuckDB five times what looking
    at the next row does. NULL, like any key, is here one with another.
    """
    if not keys:
        return rows
    crossing = _beside_next(rows, keys).filter(_._next < _.end_ns).select(*keys).distinct()
    crossing = crossing.rename(THEIR + "{name}")
    same = [rows[key].coalesce(-1) == crossing[their(key)].coalesce(-1) for key in keys]
    return rows.semi_join(crossing, same)


def _beside_next(rows: ir.Table, keys: Sequence[str]) -> ir.Table:
    following = ibis.window(group_by=keys, order_by=list(SPAN))
    return rows.mutate(_next=_.start_ns.lead().over(following))


def _ranked(rows: ir.Table, names: Sequence[str]) -> ir.Table:
    """``_rank``, the order of left and right, and ``_group``, a number for ``by``, NULL or not."""
    ranked = rows.mutate(_rank=ibis.row_number().over(order_by=ordering(rows)))
    if names:
        ranked = ranked.mutate(_group=ibis.dense_rank().over(order_by=list(names)))
    return ranked


def ordering(rows: ir.Table) -> list[str]:
    """``start_ns``, ``end_ns``, and the remaining columns that every engine can sort."""
    rest = [name for name in rows.columns if name not in ("start_ns", "end_ns")]
    return ["start_ns", "end_ns", *(name for name in rest if not rows[name].type().is_nested())]


def join_overlaps(a: ir.Table, b: ir.Table, on: By = None, *, how: str = "inner") -> ir.Table:
    """The rows of ``a`` with those of ``b`` that share time with them.

    Out: the columns of ``a``, those of ``b`` but ``on`` with the suffix ``_right``,
    ``overlap_start_ns, overlap_end_ns``. ``how``: ``inner``; ``left`` (NULLs where there is no
    partner); ``semi`` and ``anti`` (the rows of ``a`` with and without one, its columns only).
    NULL in ``on`` matches nothing. Raises `BadParameter`.
    """
    a, b, names = matched(a, b, on)
    if how not in HOW:
        raise BadParameter("how", how, "is unknown", f"one of {', '.join(HOW)}")
    if how in ("semi", "anti"):
        return _tested(a, b, names, wanted=how == "semi")
    right = _right(b, names)
    refuse_clash([*right, *SHARED], a.columns)
    met = meeting(taking_part(a), taking_part(b), names)
    pairs = _shared(met, a.columns, right)
    return pairs if how == "inner" else _with_the_lonely(pairs, a, b, names)


def _with_the_lonely(pairs: ir.Table, a: ir.Table, b: ir.Table, names: list[str]) -> ir.Table:
    """``pairs`` and the rows of ``a`` that are in none, with NULLs beside them."""
    lonely = _tested(a, b, names, wanted=False)
    kinds = pairs.schema().items()
    missing = {name: ibis.null(kind) for name, kind in kinds if name not in a.columns}
    return pairs.union(lonely.mutate(**missing))


def _tested(a: ir.Table, b: ir.Table, names: list[str], *, wanted: bool) -> ir.Table:
    """The rows of ``a`` that overlap a row of ``b``, or those that do not, each as often as it is.

    A row does exactly if it starts before the largest end of all rows of ``b`` that start before
    its own end: one running maximum over the rows of both, whatever their lengths.
    """
    ours = taking_part(a).mutate(_point=_.end_ns, _theirs=whole(0), _end=ibis.null("int64"))
    rows = taking_part(b)
    theirs = rows.select(
        **{
            name: rows[name] if name in names else ibis.null(ours[name].type())
            for name in a.columns
        },
        _point="start_ns",
        _theirs=whole(1),
        _end="end_ns",
    )
    for name in names:
        theirs = theirs.filter(theirs[name].notnull())
    earlier = ibis.window(group_by=names, order_by=["_point", "_theirs"], preceding=(None, 1))
    points = ours.union(theirs)
    points = points.mutate(_until=points._end.max().over(earlier)).filter(_._theirs == 0)
    overlaps_one = ibis.coalesce(points._until > points.start_ns, ibis.literal(False))
    found = points.filter(overlaps_one if wanted else ~overlaps_one)
    return found.select(*a.columns)


def _right(table: ir.Table, once: Sequence[str]) -> dict[str, str]:
    """The columns of the right row, and what they are called until then."""
    return {name + RIGHT: their(name) for name in table.columns if name not in once}


def _shared(met: ir.Table, left: Sequence[str], right: Mapping[str, str]) -> ir.Table:
    return met.select(
        *left,
        **right,
        overlap_start_ns=ibis.greatest(met.start_ns, met[their("start_ns")]),
        overlap_end_ns=ibis.least(met.end_ns, met[their("end_ns")]),
    )
