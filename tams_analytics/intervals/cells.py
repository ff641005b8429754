"""Which rows of two tables overlap, as one hash join on cells of time.

Time is divided into cells of 2**k nanoseconds, for several k. A row lies in one or two cells of the
smallest size that is as long as itself, so a year among seconds costs two cells, not millions. Two
rows meet in cells of the larger of their sizes: the shorter one is put there too, if the other
table has rows of that size at all. A cell is named by its middle, which no two cells share.

Within a cell every short row is compared with every long one. Rows of media meet about as many as
they overlap; a million points in one second do not, if among months that miss that second.

All of it is comparing and bitwise AND: nothing divides nanoseconds.
"""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir
from ibis import _

from tams_analytics.intervals.rows import THEIR, whole

HALVES = tuple(2**k for k in (*range(9, 62, 4), 62))
"""Half a cell, for each size: 1 µs, 16 µs, … 17 s, 4.6 min, 73 min, … all of time in two."""

SAFE = 2**62


def meeting(left: ir.Table, right: ir.Table, on: Sequence[str]) -> ir.Table:
    """The pairs of rows that overlap: ``left``, and the columns of ``right`` as `their` ones."""
    return _met(_sized(left), _sized(right), on).select(*left.columns, *map(their, right.columns))


def meeting_itself(rows: ir.Table, on: Sequence[str], among: ir.Table) -> ir.Table:
    """`meeting` of ``rows`` with themselves, where none is twice; then DISTINCT changes nothing.

    It makes DuckDB 1.3 compute the rows once: of what a query uses several times it keeps what ends
    in DISTINCT or GROUP BY, and computes anything else again each time. Trino always does, so which
    sizes there are is asked of ``among``, which ``rows`` are some of and which costs nothing.
    """
    sized, sizes = _sized(rows).distinct(), _sized(among).select("_size").distinct()
    ours_in_cells = _placed(sized, _meetings(sizes, is_ours=True))
    again = sized.view()  # two joins of the very same table ibis would write out twice
    theirs_in_cells = _placed(again, _meetings(sizes, is_ours=False)).rename(THEIR + "{name}")
    met = _pairs(ours_in_cells, theirs_in_cells, on)
    return met.select(*rows.columns, *map(their, rows.columns))


def _met(ours: ir.Table, theirs: ir.Table, on: Sequence[str]) -> ir.Table:
    ours_in_cells = _placed(ours, _meetings(theirs, is_ours=True))
    theirs_in_cells = _placed(theirs, _meetings(ours, is_ours=False)).rename(THEIR + "{name}")
    return _pairs(ours_in_cells, theirs_in_cells, on)


def their(name: str) -> str:
    """What a column of the other table is called beside ours, whatever ours are called."""
    return THEIR + name


def _pairs(ours: ir.Table, theirs: ir.Table, on: Sequence[str]) -> ir.Table:
    return ours.join(
        theirs,
        [
            *(ours[name] == theirs[their(name)] for name in on),
            ours._cell == theirs[their("_cell")],
            ours.start_ns < theirs[their("end_ns")],
            ours.end_ns > theirs[their("start_ns")],
            # a pair that shares both its cells is kept in the first
            ~(ours._second & theirs[their("_second")]),
        ],
    )


def _placed(rows: ir.Table, meetings: ir.Table) -> ir.Table:
    """``rows`` in their cells: ``_cell``, and whether it is a row's ``_second`` one."""
    rows = rows.join(meetings, rows._size == meetings._of)
    mask = -rows._half - rows._half
    name = rows._half | rows._turn
    rows = rows.mutate(_first=rows.start_ns & mask | name, _last=(rows.end_ns - 1) & mask | name)
    rows = rows.mutate(_cell=ibis.array([rows._first, rows._last.nullif(rows._first)]).unnest())
    rows = rows.filter(_._cell.notnull())
    return rows.mutate(_second=_._cell != _._first)


def _meetings(others: ir.Table, *, is_ours: bool) -> ir.Table:
    """In cells of which ``_half`` a row of size ``_of`` meets the sizes that ``others`` have.

    Always those of the larger one. Where our row is the larger one they meet in ``_turn`` 1, so
    that in no cell rows come together that are both smaller than it.
    """
    sizes = others.select("_size").distinct().aggregate(_sizes=_._size.sum().cast("int64"))
    met = sizes.mutate(_met=_every_size()).filter(_._sizes & _._met != 0)
    met = met.mutate(_of=_every_size())
    ours_is_larger = met._met < met._of if is_ours else met._met > met._of
    return met.select(
        "_of",
        _half=ibis.greatest(met._met, met._of),
        _turn=ours_is_larger.ifelse(whole(1), whole(0)),
    ).distinct()


def _every_size() -> ir.IntegerColumn:
    return ibis.array([whole(half) for half in HALVES]).unnest()


def _sized(rows: ir.Table) -> ir.Table:
    """``rows`` with half of the smallest cell that is as long as the row, as ``_size``."""
    length = rows.end_ns - rows.start_ns
    fits = [(length <= whole(2 * half), whole(half)) for half in HALVES[:-1]]
    # only a range across 0 can be longer than int64 holds
    safe = (rows.start_ns >= 0) | (rows.end_ns < 0)
    safe |= (rows.start_ns > -SAFE) & (rows.end_ns < SAFE)
    size = ibis.cases((~safe, whole(HALVES[-1])), *fits, else_=whole(HALVES[-1]))
    return rows.mutate(_size=size)
