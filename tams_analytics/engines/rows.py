"""Rows on their way into a table: every column there, in its order and type."""

from __future__ import annotations

import datetime as dt

import pyarrow as pa

from tams_analytics.errors import BadParameter
from tams_analytics.tables import NOW, Column, TableDef, arrow_schema


def now() -> dt.datetime:
    """The time of writing: UTC without a zone, as the wall-clock columns have it."""
    return dt.datetime.now(dt.timezone.utc).replace(tzinfo=None)


def completed(table: TableDef, rows: pa.Table) -> pa.Table:
    """``rows`` with every column of ``table``; missing ones take their default.

    Raises `BadParameter` for an unknown column, a missing one without a default, a NULL where
    none may be, and a value that its column cannot hold.
    """
    unknown = [name for name in rows.column_names if name not in table.names]
    if unknown:
        expected = "one of " + ", ".join(table.names)
        raise BadParameter(table.name, unknown[0], "is not a column of it", expected)
    columns = [_column(table, column, rows) for column in table.columns]
    return pa.table(columns, schema=arrow_schema(table))


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
    if column.default is None and not column.nullable:
        raise BadParameter(f"{table.name}.{column.name}", None, "is missing and has no default")
    value = now() if column.default == NOW else column.default
    type_ = arrow_schema(table).field(column.name).type
    return pa.chunked_array([pa.repeat(pa.scalar(value, type_), count)])
