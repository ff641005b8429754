"""What of ibis VAST does not do: each method says so, and what does it instead."""

from __future__ import annotations

from typing import Any, NoReturn

import ibis.expr.operations as ops
from ibis.backends import BaseBackend

from tams_analytics.engines.vast.errors import ENGINE
from tams_analytics.errors import Unsupported

EXPRESSIONS = "use ibis expressions, or SQL on Trino"
SCHEMAS = "tams schema apply, tams schema drop, or the SDK"
WRITES = "store.writes, or the SDK"
VARIABLE = "keep the expression in a variable"


def _refused(doing: str, instead: str) -> Any:
    """A method that raises `Unsupported`."""

    def refuse(self: BaseBackend, *_args: Any, **_options: Any) -> NoReturn:
        raise Unsupported(ENGINE, doing, instead)

    refuse.__doc__ = f"Raises `Unsupported`: the vast engine cannot {doing}."
    return refuse


class ReadOnly(BaseBackend):
    """A backend that changes nothing, and takes no SQL: nobody could see which tables it reads."""

    create_table = _refused("create a table by ibis", SCHEMAS)
    drop_table = _refused("drop a table by ibis", SCHEMAS)
    rename_table = _refused("rename a table by ibis", SCHEMAS)
    create_database = _refused("create a schema by ibis", SCHEMAS)
    drop_database = _refused("drop a schema by ibis", SCHEMAS)
    create_catalog = drop_catalog = _refused("change buckets", "an administrator of VAST does")
    list_catalogs = _refused("list buckets", "name one: vast://host[:port]/bucket/schema")
    insert = upsert = truncate_table = _refused("write by ibis", WRITES)
    create_view = drop_view = _refused("keep a view", VARIABLE)
    sql = raw_sql = _refused("read SQL", EXPRESSIONS)
    _get_sql_string_view_schema = _create_temp_view = sql
    """What `ibis.Table.sql` and `ibis.Table.alias` ask for."""
    _create_cached_table = _refused("cache an expression", "ta.localize(expr)")
    read_csv = read_json = read_parquet = read_delta = _refused(
        "read a file", "ibis.memtable(rows), or a DuckDB store"
    )

    def _register_in_memory_table(self, op: ops.InMemoryTable) -> None:
        """DuckDB is lent it where it runs."""

    def _finalize_memtable(self, name: str) -> None:
        """Nothing was registered."""
