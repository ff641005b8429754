"""The tables are defined once, in types that every engine can read."""

from __future__ import annotations

import duckdb
import pyarrow as pa
import pytest
import sqlglot

from tams_analytics.tables import (
    BY_NAME,
    TABLES,
    TableDef,
    arrow_schema,
    duckdb_ddl,
    ibis_schema,
    trino_ddl,
)

ALLOWED = {pa.string(), pa.int64(), pa.float64(), pa.bool_(), pa.timestamp("us")}


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_names_are_lower_case_and_every_column_says_what_it_means(table: TableDef) -> None:
    assert table.name == table.name.lower()
    for column in table.columns:
        assert column.name == column.name.lower()
        assert column.meaning


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_types_are_those_that_the_vast_connector_reads(table: TableDef) -> None:
    assert {field.type for field in arrow_schema(table)} <= ALLOWED


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_keys_name_columns(table: TableDef) -> None:
    for columns in [table.sort_key, table.indexes, table.distinct, *table.projections]:
        assert set(columns) <= set(table.names)
    assert len(table.sort_key) <= 4


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_duckdb_takes_the_ddl_twice_and_reports_the_same_schema(table: TableDef) -> None:
    connection = duckdb.connect()
    connection.execute(duckdb_ddl(table))
    connection.execute(duckdb_ddl(table))
    described = connection.execute(f"DESCRIBE {table.name}").fetchall()

    assert [(name, null == "YES") for name, _type, null, *_rest in described] == [
        (column.name, column.nullable) for column in table.columns
    ]


def test_there_are_two_indexes_and_no_key() -> None:
    ddl = "\n".join(map(duckdb_ddl, TABLES))

    assert 2 == ddl.count("INDEX")
    assert "PRIMARY" not in ddl
    assert "UNIQUE" not in ddl


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_trino_ddl_is_trino(table: TableDef) -> None:
    parsed = sqlglot.parse_one(trino_ddl(table), dialect="trino")

    assert len(table.columns) == len(parsed.this.expressions)


def test_ibis_knows_what_is_not_null() -> None:
    schema = ibis_schema(BY_NAME["segments"])

    assert not schema["start_ns"].nullable
    assert schema["ts_offset"].nullable
