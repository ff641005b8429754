"""Rows on their way into a table: every column there, in its order and type."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa

from tams_analytics.errors import BadParameter
from tams_analytics.tables import NOW, Column, TableDef, arrow_schema

PYTHON: dict[str, type] = {
    "string": str,
    "int64": int,
    "boolean": bool,
    "timestamp": dt.datetime,
    "float64": float,
}
"""What a value of each type of column is in Python."""


def now() -> dt.datetime:
    """The time of writing: UTC without a zone, as the wall-clock columns have it."""
    return dt.datetime.now(dt.timezone.utc).replace(tzinfo=None)


def completed(table: TableDef, rows: pa.Table) -> pa.Table:
    """``rows`` with every column of ``table``; missing ones take their default.

    Raises `BadParameter` for an unknown column, a missing one without a default, a NULL where
    none may be, and a value that its column cannot hold.
    """
    _refuse_unknown(table, rows.column_names)
    columns = [_column(table, column, rows) for column in table.columns]
    return pa.table(columns, schema=arrow_schema(table))


def completed_values(table: TableDef, rows: Sequence[Mapping[str, Any]]) -> list[Any]:
    """The values of every column of ``table`` for one row after the other.

    The same as `completed`, for few rows, which an Arrow table would make slow.
    """
    moment = now()
    values: list[Any] = []
    for row in rows:
        _refuse_unknown(table, row)
        values += [_value(table, column, row, moment) for column in table.columns]
    return values


def as_table(table: TableDef, rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """Rows that all have the same columns, in the types of ``table``.

    Raises `BadParameter` for an unknown column, and a value that its column cannot hold.
    """
    _refuse_unknown(table, rows[0])
    return pa.table({name: _array(table, name, [row[name] for row in rows]) for name in rows[0]})


def _array(table: TableDef, name: str, values: list[Any]) -> pa.Array:
    kind = arrow_schema(table).field(name).type
    try:
        return pa.array(values, kind)
    except pa.ArrowException as error:
        problem = f"cannot be {kind}: {error}"
        raise BadParameter(f"{table.name}.{name}", len(values), problem) from error


def _refuse_unknown(table: TableDef, names: Iterable[str]) -> None:
    known = table.names
    unknown = [name for name in names if name not in known]
    if unknown:
        expected = "one of " + ", ".join(known)
        raise BadParameter(table.name, unknown[0], "is not a column of it", expected)


def _value(table: TableDef, column: Column, row: Mapping[str, Any], moment: dt.datetime) -> Any:
    if column.name not in row:
        _refuse_missing(table, column)
        return moment if column.default == NOW else column.default
    value = row[column.name]
    if value is None and not column.nullable:
        raise BadParameter(f"{table.name}.{column.name}", None, "may not be NULL")
    if value is not None and not isinstance(value, PYTHON[column.type]):
        raise BadParameter(f"{table.name}.{column.name}", value, f"cannot be {column.type}")
    return value


def _column(table: TableDef, column: Column, rows: pa.Table) -> pa.ChunkedArray:
    if column.name not in rows.column_names:
        return _default(table, column, rows.num_rows)
    try:
        values = rows.column(column.name).cast(arrow_schema(table).field(column.name).type)
    except pa.ArrowException as error:
        problem = f"cannot be {column.type}: {error}"
        raise BadParameter(f"{table.name}.{column.name}", rows.num_rows, problem) from error
    if not column.nullable and values.null_count:
        raise BadParameter(f"{table.name}.{column.name}", None, "may not be NULL")
    return values


def _default(table: TableDef, column: Column, count: int) -> pa.ChunkedArray:
    _refuse_missing(table, column)
    value = now() if column.default == NOW else column.default
    type_ = arrow_schema(table).field(column.name).type
    return pa.chunked_array([pa.repeat(pa.scalar(value, type_), count)])


def _refuse_missing(table: TableDef, column: Column) -> None:
    if column.default is None and not column.nullable:
        raise BadParameter(f"{table.name}.{column.name}", None, "is missing and has no default")
