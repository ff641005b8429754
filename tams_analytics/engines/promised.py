"""A local table whose rows are fetched when somebody first reads it: what is not in any store."""

from __future__ import annotations

import threading
from collections.abc import Callable

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
import pyarrow as pa

from tams_analytics.engines.duckdb_backend import Backend
from tams_analytics.engines.duckdb_errors import translated
from tams_analytics.engines.urls import MEMORY

NAME = "promised"


def promised(schema: pa.Schema, fetch: Callable[[], pa.Table]) -> ir.Table:
    """A table of a DuckDB in memory that ``fetch`` fills once, when an expression of it is read.

    What ``fetch`` raises, the reader is told, and the next one fetches again. Whoever reads at the
    same time waits.
    """
    return Promising.of(schema, fetch).table(NAME)


class Promising(Backend):
    """A DuckDB in memory with one table, which is empty until it is read."""

    @classmethod
    def of(cls, schema: pa.Schema, fetch: Callable[[], pa.Table]) -> Promising:
        """With nothing in it."""
        backend = cls()
        backend.do_connect(MEMORY)
        backend._fetching, backend._fetch, backend._schema = threading.Lock(), fetch, schema
        backend._is_fetched = False
        backend.create_table(NAME, schema=ibis.schema(schema))
        return backend

    def _run_pre_execute_hooks(self, expr: ir.Expr) -> None:
        if any(table.name == NAME for table in expr.op().find(ops.DatabaseTable)):
            self._keep_promise()
        super()._run_pre_execute_hooks(expr)

    def _keep_promise(self) -> None:
        with self._fetching:
            if self._is_fetched:
                return
            cursor, rows = self.con, self._fetch().cast(self._schema)
            with translated("keeping what was fetched", cursor):
                cursor.register("fetched", rows)
                cursor.execute(f"INSERT INTO {NAME} FROM fetched")
                cursor.unregister("fetched")
            self._is_fetched = True

    _fetching: threading.Lock
    _fetch: Callable[[], pa.Table]
    _schema: pa.Schema
    _is_fetched: bool
