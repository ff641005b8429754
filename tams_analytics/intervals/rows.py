"""The rows that a verb works on: which take part, cut to a window, and what names it may use."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir
from ibis import _

from tams_analytics.errors import BadParameter
from tams_analytics.span import overlapping
from tams_analytics.timerange import DurationLike, TimeRange, as_ns

By = str | Sequence[str] | None
"""A column name, several, or None for one group of all rows."""

WIDE = dt.Decimal(38, 0)
"""Holds every difference of two int64; on every engine."""

SPAN = ("start_ns", "end_ns")
MOST = 2**63 - 1

# fmt: off
HELPERS = frozenset({
    "_after", "_after_start", "_before", "_before_end", "_begin", "_cell", "_choice", "_end",
    "_first", "_from", "_group", "_half", "_last", "_length", "_met", "_missing", "_next",
    "_number", "_number_of", "_of", "_point", "_rank", "_rows", "_second", "_size", "_sizes",
    "_step", "_theirs", "_turn", "_turn_of", "_until",
})
# fmt: on
"""What the verbs call their own columns; a table that has one of them is refused."""


def columns(table: ir.Table, by: By, parameter: str) -> list[str]:
    """``by`` as a list of columns that ``table`` has. Raises `BadParameter`."""
    names = [by] if isinstance(by, str) else list(by or ())
    for name in names:
        if name not in table.columns:
            raise BadParameter(parameter, name, "is not a column", _one_of(table.columns))
        if name in SPAN or names.count(name) > 1:
            raise BadParameter(parameter, name, "cannot be used here", "each column once, no time")
    return names


def taking_part(table: ir.Table) -> ir.Table:
    """The rows with a time range that is not never. Raises `BadParameter` without the columns."""
    for name in SPAN:
        if name not in table.columns:
            raise BadParameter("table", name, "is missing", "columns start_ns and end_ns")
        if not table[name].type().is_integer():
            raise BadParameter(name, str(table[name].type()), "is no whole number", "int64")
    refuse_clash(HELPERS, table.columns)
    return table.filter(_.start_ns < _.end_ns)


def spans(table: ir.Table, by: Sequence[str], window: TimeRange | None = None) -> ir.Table:
    """``by…, start_ns, end_ns`` of the rows that take part, cut to ``window``.

    Rows outside it are left out first, by bounds on the bare columns, so that they are not read.
    """
    if window is not None:
        table = _within(table, window)
    rows = taking_part(table)
    return rows.select(*by, **_cut(rows, window))


def _within(table: ir.Table, window: TimeRange) -> ir.Table:
    if window.is_empty:
        return table.filter(ibis.literal(False))
    if window.start_ns is None and window.end_ns is None:
        return table
    return table.filter(overlapping(window.start_ns, window.end_ns))


def _cut(rows: ir.Table, window: TimeRange | None) -> dict[str, ir.Value]:
    start_ns, end_ns = nullable(rows.start_ns), nullable(rows.end_ns)
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
    """Raises `BadParameter` when a column that a verb adds is there already."""
    for name in set(names) & set(taken):
        raise BadParameter("table", name, "is a column that this verb adds", "another name for it")


def shaped(rows: ir.Table, like: ir.Table) -> ir.Table:
    """The columns of ``like``, with its types: a join makes every column nullable."""
    return rows.select(*like.columns).cast(dict(like.schema().items()))


def whole(number: int) -> ir.IntegerScalar:
    return ibis.literal(number, dt.int64)


def nullable(column: Any) -> Any:
    """``column`` as nullable int64: ibis 10.8 refuses to unite int64 with NOT NULL int64."""
    return column if column.type() == dt.int64 else column.cast(dt.int64)


def held(length: Any) -> Any:
    """A wide length as int64; one that int64 cannot hold (292 years) is the largest int64."""
    return ibis.cases((length <= whole(MOST), length), (length.notnull(), whole(MOST))).cast(
        dt.int64
    )


def _one_of(names: Iterable[str]) -> str:
    return f"one of {', '.join(names)}"
