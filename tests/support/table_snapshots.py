"""What each engine is told of the tables, as the files of ``sql/tables``."""

from __future__ import annotations

from collections.abc import Callable

from tams_analytics.tables import TABLES, TableDef, arrow_schema, duckdb_ddl, trino_ddl

NOTE = "-- generated from tams_analytics.tables by `make sql`; change it there\n"
ON_TRINO = """\
-- For a catalog of Iceberg, PostgreSQL or memory. The connectors of Hive and VAST take no NOT NULL:
-- leave it out there (sed 's/ NOT NULL//'). A store that will be written is made on VAST by
-- tams schema apply vast://HOST/BUCKET/SCHEMA instead, with sorting keys, and read through Trino.
"""


def texts() -> dict[str, str]:
    """The files by their path below ``sql/``."""
    return {
        "tables/duckdb.sql": _sql(duckdb_ddl),
        "tables/trino.sql": _sql(trino_ddl, ON_TRINO),
        "tables/vast.txt": _vast(),
    }


def _sql(ddl: Callable[[TableDef], str], where: str = "") -> str:
    return (
        NOTE + where + "".join(f"\n-- {_one_line(table.meaning)}\n{ddl(table)}" for table in TABLES)
    )


def _vast() -> str:
    """Arrow schemas with their sort keys and projections."""
    return NOTE.replace("--", "#") + "".join(_arrow(table) for table in TABLES)


def _arrow(table: TableDef) -> str:
    fields = [
        f"  {field.name}: {field.type}{'' if field.nullable else ' not null'}"
        for field in arrow_schema(table)
    ]
    orders = [f"  sort key: {', '.join(table.sort_key)}"] if table.sort_key else []
    orders += [f"  projection: {', '.join(columns)}" for columns in table.projections]
    return "\n".join([f"\n{table.name}", *fields, *orders]) + "\n"


def _one_line(text: str) -> str:
    return " ".join(text.split())
