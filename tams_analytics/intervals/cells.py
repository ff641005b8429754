"""Which rows of two tables overlap, as one hash join on cells of time.

Time is divided into cells of 2**k nanoseconds, for several k. A row lies in one or two cells of the
smallest size that is as long as itself, so a year among seconds costs two cells, not millions. Two
rows meet in cells of the larger of their sizes: the shorter one is put there too, if the other
table has rows of that size at all. A cell is named by its middle, which no two cells share.

All of it is comparing and bitwise AND: nothing divides nanoseconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ibis
import ibis.expr.types as ir
from ibis import _

from tams_analytics.intervals.rows import whole

HALVES = tuple(2**k for k in (*range(9, 62, 4), 62))
"""Half a cell, for each size: 1 µs, 16 µs, … 17 s, 4.6 min, 73 min, … all of time in two."""

SAFE = 2**62
RIGHT = "_right"


def meeting(left: ir.Table, right: ir.Table, on: Sequence[str]) -> ir.Table:
    """The pairs of rows that overlap: the columns of ``left``, those of ``right`` + ``_right``."""
    ours = _placed(left, _sizes(right), meets_larger=True)
    theirs = _placed(right, _sizes(left), meets_larger=False).rename("{name}_right")
    return ours.join(
        theirs,
        [
            *(ours[name] == theirs[name + RIGHT] for name in on),
            ours._cell == theirs._cell_right,
            ours.start_ns < theirs.end_ns_right,
            ours.end_ns > theirs.start_ns_right,
            # a pair that shares both its cells is kept in the first
            ~(ours._second & theirs._second_right),
        ],
    ).select(*left.columns, *(name + RIGHT for name in right.columns))


def _placed(rows: ir.Table, sizes: ir.Table, *, meets_larger: bool) -> ir.Table:
    """``rows`` in their cells: ``_cell``, and whether it is the ``_second`` one."""
    plan = _plan(sizes, meets_larger)
    sized = rows.mutate(_size=_size(rows))
    sized = sized.join(plan, sized._size == plan._of)
    mask = -sized._half - sized._half
    placed = sized.select(
        *rows.columns,
        _first=sized.start_ns & mask,
        _last=(sized.end_ns - 1) & mask,
        _name=sized._half | sized._turn,
    )
    first = placed.select(*rows.columns, _cell=_._first | _._name, _second=ibis.literal(False))
    second = placed.filter(_._first != _._last)
    second = second.select(*rows.columns, _cell=_._last | _._name, _second=ibis.literal(True))
    return first.union(second)


def _plan(sizes: ir.Table, meets_larger: bool) -> ir.Table:
    """In cells of which ``_half`` a row of size ``_of`` meets rows of ``sizes``.

    ``_turn`` keeps apart the pairs whose left row is the larger one from all others.
    """
    met = sizes.mutate(_of=ibis.array(list(HALVES)).cast("array<int64>").unnest())
    left_is_larger = met._size < met._of if meets_larger else met._size > met._of
    return met.select(
        "_of",
        _half=ibis.greatest(met._size, met._of),
        _turn=left_is_larger.ifelse(whole(1), whole(0)),
    ).distinct()


def _sizes(rows: ir.Table) -> ir.Table:
    """The sizes of cells that ``rows`` need."""
    return rows.select(_size=_size(rows)).distinct()


def _size(rows: ir.Table) -> Any:
    """Half of the smallest cell that is as long as the row."""
    length = rows.end_ns - rows.start_ns
    fits = [(length <= whole(2 * half), whole(half)) for half in HALVES[:-1]]
    # only a range across 0 can be longer than int64 holds
    safe = (rows.start_ns >= 0) | (rows.end_ns < 0)
    safe |= (rows.start_ns > -SAFE) & (rows.end_ns < SAFE)
    return ibis.cases((~safe, whole(HALVES[-1])), *fits, else_=whole(HALVES[-1]))
