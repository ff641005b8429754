"""The tables of a DuckDB store: made when it is new, brought forward when it is old."""

from __future__ import annotations

import duckdb

from tams_analytics.engines.migrations import VERSION, AddColumn, CreateTable, plan
from tams_analytics.errors import Refused
from tams_analytics.tables import READABLE_FROM, SCHEMA_VERSION, TABLES, duckdb_ddl
from tams_analytics.tables.generated import DUCKDB, duckdb_column, duckdb_indexes

COLUMNS = """
    SELECT table_name, column_name, data_type FROM information_schema.columns
    WHERE table_catalog = current_database() AND table_schema = 'main'
"""
OUR_WORDS = {theirs: ours for ours, theirs in DUCKDB.items()}


def prepare(cursor: duckdb.DuckDBPyConnection, *, is_new: bool, read_only: bool) -> None:
    """Bring the tables to this library's version, all steps or none.

    Of a store that ``is_new`` nobody asks what it has: for an answer DuckDB first makes all views
    of its own, which takes longer than making our tables. Raises `Refused` for a store of a later
    version, for a change of type, and for a store that needs a change but is open read-only: from
    `READABLE_FROM` on it needs none to be read.
    """
    if is_new:
        apply(cursor, is_new=True)
        return
    version = stored_version(cursor)
    if version == SCHEMA_VERSION:
        if not read_only:
            _make_indexes(cursor)
        return
    if version is not None and version > SCHEMA_VERSION:
        raise Refused(
            "opening the store",
            f"it has version {version} of the tables, this library knows {SCHEMA_VERSION}",
            "use a later tams-analytics",
        )
    if read_only and version is not None and version >= READABLE_FROM:
        return
    if read_only:
        found = (
            "holds no TAMS tables" if version is None else f"has version {version} of the tables"
        )
        raise Refused(
            "opening the store read-only",
            f"it {found}",
            "open it once for writing, or name another",
        )
    apply(cursor)


def stored_version(cursor: duckdb.DuckDBPyConnection) -> int | None:
    """The version that the store was made by; ``None`` where there is none."""
    try:
        asked = cursor.execute("SELECT value FROM store_metadata WHERE name = ?", [VERSION])
    except duckdb.CatalogException:  # there is no such table
        return None
    found = asked.fetchone()
    return int(found[0]) if found else None


def actual(cursor: duckdb.DuckDBPyConnection) -> dict[str, dict[str, str]]:
    """The tables that are there, with the types of their columns in our words."""
    found: dict[str, dict[str, str]] = {}
    for table, column, type_ in cursor.execute(COLUMNS).fetchall():
        found.setdefault(table, {})[column] = OUR_WORDS.get(type_, type_)
    return found


def apply(cursor: duckdb.DuckDBPyConnection, *, is_new: bool = False) -> None:
    """Run the steps of the plan in one transaction."""
    cursor.begin()
    try:
        cursor.execute("".join(map(_statements, plan({} if is_new else actual(cursor)))))
        _make_indexes(cursor)
        cursor.execute("DELETE FROM store_metadata WHERE name = ?", [VERSION])
        cursor.execute(
            "INSERT INTO store_metadata (name, value) VALUES (?, ?)", [VERSION, str(SCHEMA_VERSION)]
        )
        cursor.commit()
    except BaseException:
        cursor.rollback()
        raise


def _make_indexes(cursor: duckdb.DuckDBPyConnection) -> None:
    """Those that are not there: without one a store is slow, and of no other version."""
    cursor.execute("".join(each for table in TABLES for each in duckdb_indexes(table)))


def _statements(step: CreateTable | AddColumn) -> str:
    if isinstance(step, CreateTable):
        return duckdb_ddl(step.table)
    name = step.table.name
    add = f"ALTER TABLE {name} ADD COLUMN {duckdb_column(step.column, constrained=False)};"
    if step.column.nullable:
        # Beside its index: DuckDB 1.3.2 aborts the process where an index that is on the disk is
        # dropped and made again in one transaction.
        return add
    if step.table.indexes:
        raise Refused(
            f"adding {name}.{step.column.name}",
            "DuckDB alters no column of a table that has an index",
            "define it nullable, or copy the rows into a new store",
        )
    return f"{add} ALTER TABLE {name} ALTER {step.column.name} SET NOT NULL;"
