"""What each engine is told of the tables: DDL, Arrow schemas, ibis schemas."""

from __future__ import annotations

import functools

import ibis
import ibis.expr.datatypes as dt
import pyarrow as pa

from tams_analytics.tables.columns import NOW, Column, TableDef

ARROW: dict[str, pa.DataType] = {
    "string": pa.string(),
    "int64": pa.int64(),
    "boolean": pa.bool_(),
    "timestamp": pa.timestamp("us"),
    "float64": pa.float64(),
}
DUCKDB = {
    "string": "VARCHAR",
    "int64": "BIGINT",
    "boolean": "BOOLEAN",
    "timestamp": "TIMESTAMP",
    "float64": "DOUBLE",
}
TRINO = {
    "string": "varchar",
    "int64": "bigint",
    "boolean": "boolean",
    "timestamp": "timestamp(6)",
    "float64": "double",
}
IBIS: dict[str, dt.DataType] = {
    "string": dt.string,
    "int64": dt.int64,
    "boolean": dt.boolean,
    "timestamp": dt.Timestamp(scale=6),
    "float64": dt.float64,
}


@functools.lru_cache(maxsize=64)
def ibis_schema(table: TableDef) -> ibis.Schema:
    """The schema that an engine's ibis table has."""
    return ibis.schema(
        {column.name: IBIS[column.type](nullable=column.nullable) for column in table.columns}
    )


@functools.lru_cache(maxsize=64)
def arrow_schema(table: TableDef) -> pa.Schema:
    """The schema that VAST is given, and that rows have on their way into any engine."""
    return pa.schema(
        [pa.field(column.name, ARROW[column.type], column.nullable) for column in table.columns]
    )


def duckdb_ddl(table: TableDef) -> str:
    """``CREATE TABLE IF NOT EXISTS``, and the indexes, for DuckDB."""
    columns = [
        duckdb_column(column, distinct=column.name in table.distinct) for column in table.columns
    ]
    statements = [_create("CREATE TABLE IF NOT EXISTS " + table.name, columns)]
    return "\n".join([*statements, *duckdb_indexes(table)]) + "\n"


def duckdb_indexes(table: TableDef) -> list[str]:
    """``CREATE INDEX IF NOT EXISTS``, a statement each."""
    return [
        f"CREATE INDEX IF NOT EXISTS {table.name}_{name} ON {table.name} ({name});"
        for name in table.indexes
    ]


def trino_ddl(table: TableDef) -> str:
    """``CREATE TABLE IF NOT EXISTS`` for Trino, in the session's catalog and schema."""
    columns = [
        f"{column.name} {TRINO[column.type]}{'' if column.nullable else ' NOT NULL'}"
        for column in table.columns
    ]
    return _create("CREATE TABLE IF NOT EXISTS " + table.name, columns) + "\n"


def _create(head: str, columns: list[str]) -> str:
    return head + " (\n  " + ",\n  ".join(columns) + "\n);"


def duckdb_column(column: Column, *, constrained: bool = True, distinct: bool = False) -> str:
    """A column as DuckDB's DDL has it; ``constrained``: with its NOT NULL.

    For ``distinct`` texts DuckDB need not try, a sixth of an insert, if a dictionary is smaller.
    """
    parts = [column.name, DUCKDB[column.type]]
    if distinct:
        parts.append("USING COMPRESSION fsst")
    if constrained and not column.nullable:
        parts.append("NOT NULL")
    if column.default is not None:
        parts.append(f"DEFAULT {_duckdb_literal(column.default)}")
    return " ".join(parts)


def _duckdb_literal(default: str | int | bool) -> str:
    if default == NOW:
        return "(current_timestamp AT TIME ZONE 'UTC')"
    if isinstance(default, str):
        return "'" + default.replace("'", "''") + "'"
    return str(default).upper()
