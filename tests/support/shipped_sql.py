"""What users run of ``sql/``, on real engines: Trino's own text, and DuckDB's reading of it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import sqlglot

SQL = Path(__file__).resolve().parents[2] / "sql"

# what sqlglot leaves under Trino's name
TRINO_ON_DUCKDB = """
CREATE TEMPORARY MACRO from_unixtime_nanos(ns) AS
  make_timestamp(CAST(CAST(ns AS HUGEINT) // 1000 AS BIGINT)) AT TIME ZONE 'UTC';
SET TimeZone = 'UTC';
"""


def text(path: str) -> str:
    return (SQL / path).read_text("utf-8")


def question(path: str) -> str:
    """What a file answers: its first line."""
    return text(path).partition("\n")[0].removeprefix("-- ")


def files(folder: str) -> list[str]:
    """Those of a folder, by their path below ``sql/``."""
    return sorted(f"{folder}/{path.name}" for path in (SQL / folder).glob("*.sql"))


def on_duckdb(sql: str) -> Iterator[str]:
    """Statements for Trino, one by one, as DuckDB takes them."""
    with quietly("sqlglot"):
        yield from sqlglot.transpile(sql, read="trino", write="duckdb")


@contextmanager
def quietly(logger: str) -> Iterator[None]:
    """sqlglot warns of what DuckDB has no word for: LANGUAGE SQL, SECURITY INVOKER, COMMENT."""
    log = logging.getLogger(logger)
    before, log.disabled = log.disabled, True
    try:
        yield
    finally:
        log.disabled = before


def duckdb_like_trino() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute(TRINO_ON_DUCKDB)
    return connection
