"""The rows that a verb works on: which take part, cut to a window, and what names it may use."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from operator import or_
from typing import Any

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir
from ibis import _
from ibis.common.exceptions import IbisTypeError

from tams_analytics.errors import BadParameter
from tams_analytics.span import overlapping
from tams_analytics.timerange import DurationLike, TimeRange, as_ns

By = str | Sequence[str] | None
"""A column name, several, or None for one group of all rows."""

SPAN = ("start_ns", "end_ns")

# fmt: off
HELPERS = frozenset({
    "_after", "_after_end", "_before", "_before_end", "_cell", "_choice", "_end", "_first",
    "_from", "_front", "_group", "_half", "_last", "_length", "_met", "_missing", "_next",
    "_next_end", "_number", "_of", "_pieces", "_point", "_rank", "_rows", "_second", "_size",
    "_sizes", "_step", "_theirs", "_turn", "_until",
})
# fmt: on
"""What the verbs call their own columns; a table that has one of them is refused."""

KEY, THEIR = "_key_", "_their_"
"""How the names of more such columns begin: short keys, and the columns of the other table."""


def columns(table: ir.Table, by: By, parameter: str) -> list[str]:
    """``by`` as a list of columns that ``table`` has. Raises `BadParameter`."""
    _refuse_other_than_table(table, "groups" if parameter == "groups" else "table")
    if not isinstance(by, str | Sequence | None):
        raise BadParameter(parameter, by, "is no column name", "a column, a list of them or None")
    names = [by] if isinstance(by, str) else list(by or ())
    seen = {side.casefold() for side in SPAN}
    for name in names:
        if not isinstance(name, str) or name not in table.columns:
            raise BadParameter(parameter, name, "is not a column", _one_of(table.columns))
        if name.casefold() in seen:
            raise BadParameter(parameter, name, "cannot be used here", "each column once, no time")
        seen.add(name.casefold())
    return names


def matched(a: ir.Table, b: ir.Table, on: By) -> tuple[ir.Table, ir.Table, list[str]]:
    """Both tables with the columns ``on`` in one type, and their names. Raises `BadParameter`."""
    _refuse_other_than_table(b, "table")
    names = columns(a, on, "on")
    columns(b, names, "on")
    return (*of_one_type(a, b, names), names)


def of_one_type(a: ir.Table, b: ir.Table, names: Sequence[str]) -> tuple[ir.Table, ir.Table]:
    """Both with the wider type of each of ``names``. Raises `BadParameter` where there is none."""
    wider = {name: _wider(name, a[name].type(), b[name].type()) for name in names}
    return _cast(a, wider), _cast(b, wider)


def _wider(name: str, one: dt.DataType, other: dt.DataType) -> dt.DataType:
    one, other = one.copy(nullable=True), other.copy(nullable=True)
    if one == other:
        return one
    if type(one) is type(other) or (one.is_integer() and other.is_integer()):
        try:
            return dt.highest_precedence((one, other))
        except IbisTypeError:
            pass
    raise BadParameter(name, f"{one} and {other}", "cannot be matched", "one type in both tables")


def taking_part(table: ir.Table) -> ir.Table:
    """The rows with a time range that is not never, as nullable columns; the two as int64.

    Nullable, because ibis 10.8 refuses to unite a column with one that is NOT NULL. Raises
    `BadParameter` without the two columns, or with one that a verb needs for itself.
    """
    _refuse_other_than_times(table)
    refuse_clash(filter(_is_helper, table.columns), table.columns)
    rows = table.filter(_.start_ns < _.end_ns)
    return loose(_cast(rows, dict.fromkeys(SPAN, dt.int64)))


def among(rows: ir.Table, odd: ir.Table) -> ir.Table:
    """The rows whose columns are those of a row of ``odd``, and all with a NULL in one of them.

    What is looked for is found by few columns, so that the others are read of few rows only.
    """
    theirs = odd.rename(THEIR + "{name}")
    same = [rows[name] == theirs[THEIR + name] for name in odd.columns]
    unknown = reduce(or_, (rows[name].isnull() for name in odd.columns))
    return loose(rows.semi_join(theirs, same)).union(loose(rows.filter(unknown)))


def loose(table: ir.Table) -> ir.Table:
    """``table`` with columns that may be NULL."""
    return _cast(table, {n: kind.copy(nullable=True) for n, kind in table.schema().items()})


def _cast(table: ir.Table, kinds: Mapping[str, dt.DataType]) -> ir.Table:
    """``table`` with ``kinds``, and nothing done to a column that is of its kind already."""
    changed = {name: kind for name, kind in kinds.items() if table[name].type() != kind}
    return table.cast(changed) if changed else table


def _refuse_other_than_table(table: Any, parameter: str) -> None:
    if not isinstance(table, ir.Table):
        problem = "is not an ibis table"
        raise BadParameter(parameter, type(table).__name__, problem, "for example ibis.memtable(…)")


def _refuse_other_than_times(table: ir.Table) -> None:
    for name in SPAN:
        if name not in table.columns:
            raise BadParameter("table", name, "is missing", "columns start_ns and end_ns")
        kind = table[name].type()
        if not kind.is_integer() or kind.is_uint64():
            raise BadParameter(name, str(kind), "does not hold nanoseconds", "int64")


def _is_helper(name: str) -> bool:
    name = name.casefold()
    return name in HELPERS or name.startswith((KEY, THEIR))


def spans(table: ir.Table, by: Sequence[str], window: TimeRange | None = None) -> ir.Table:
    """``by…, start_ns, end_ns`` of the rows that take part, cut to ``window``.

    Rows outside it are left out first, by bounds on the bare columns, so that they are not read.
    """
    _refuse_other_than_times(table)
    if window is not None:
        table = _within(table, window)
    rows = taking_part(table.select(*by, *SPAN))
    return rows.mutate(**_cut(rows, window))


def _within(table: ir.Table, window: TimeRange) -> ir.Table:
    if window.is_empty:
        return table.filter(ibis.literal(False))
    if window.start_ns is None and window.end_ns is None:
        return table
    return table.filter(overlapping(window.start_ns, window.end_ns))


def _cut(rows: ir.Table, window: TimeRange | None) -> dict[str, ir.Value]:
    start_ns, end_ns = rows.start_ns, rows.end_ns
    if window is not None and window.start_ns is not None:
        start_ns = ibis.greatest(start_ns, whole(window.start_ns))
    if window is not None and window.end_ns is not None:
        end_ns = ibis.least(end_ns, whole(window.end_ns))
    return {"start_ns": start_ns, "end_ns": end_ns}


def duration(value: DurationLike, parameter: str) -> int:
    """``value`` in nanoseconds. Raises `BadTimeRange`, and `BadParameter` when negative."""
    length = as_ns(value)
    if length < 0:
        raise BadParameter(parameter, value, "is negative", "0 or more")
    return length


def refuse_clash(names: Iterable[str], taken: Iterable[str]) -> None:
    """Raises `BadParameter` when a column that a verb adds is there already, in any case."""
    known = {name.casefold() for name in taken}
    for name in names:
        if name.casefold() in known:
            problem = "is a column that this verb adds"
            raise BadParameter("table", name, problem, "another name for it")


def whole(number: int) -> ir.IntegerScalar:
    return ibis.literal(number, dt.int64)


def _one_of(names: Iterable[str]) -> str:
    return f"one of {', '.join(names)}"
