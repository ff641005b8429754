"""The rows of scans, lent to the local DuckDB for one question."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import duckdb
import pyarrow as pa

from tams_analytics.engines.duckdb_backend import Backend as DuckDB
from tams_analytics.engines.duckdb_errors import translated


class Lent:
    """A cursor of the local DuckDB that sees rows by their names; closed when it was used.

    ``kept``: SQL for rows that this DuckDB has itself. ``only_planned``: nothing is run, so nothing
    need be taken over; without its statistics DuckDB does not plan for tables that happen to be
    empty.
    """

    def __init__(
        self,
        local: DuckDB,
        rows: Mapping[str, pa.Table],
        kept: Mapping[str, str],
        only_planned: bool = False,
    ) -> None:
        self._cursor = local.new_cursor()
        self._using = local.using(self._cursor)
        self._rows = rows
        self._kept = kept
        self._only_planned = only_planned

    def __enter__(self) -> duckdb.DuckDBPyConnection:
        for name, rows in self._rows.items():
            if not self._only_planned and any(map(_has_floats, rows.schema.types)):
                _take_over(self._cursor, name, rows)
            else:
                self._cursor.register(name, rows)
        for name, sql in self._kept.items():
            with translated(f"naming {name}", self._cursor):
                self._cursor.execute(f'CREATE TEMP VIEW "{name}" AS {sql}')
        self._using.__enter__()
        return self._cursor

    def __exit__(self, *error: Any) -> None:
        self._using.__exit__(*error)
        self._cursor.close()


def _take_over(cursor: duckdb.DuckDBPyConnection, name: str, rows: pa.Table) -> None:
    """Rows with floats as a table: of those that are lent Arrow filters, which drops NaN."""
    with translated(f"taking over {name}", cursor):
        cursor.register(f"{name}_lent", rows)
        cursor.execute(f'CREATE TEMP TABLE "{name}" AS FROM "{name}_lent"')
        cursor.unregister(f"{name}_lent")


def _has_floats(kind: pa.DataType) -> bool:
    inner = (kind.field(place).type for place in range(kind.num_fields))
    return pa.types.is_floating(kind) or any(map(_has_floats, inner))
