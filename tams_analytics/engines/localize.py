"""Rows of one store, copied into DuckDB, so that they can be joined with anything there."""

from __future__ import annotations

import itertools

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from tqdm.auto import tqdm

from tams_analytics.engines.duckdb_backend import Backend
from tams_analytics.engines.duckdb_errors import translated
from tams_analytics.engines.urls import MEMORY
from tams_analytics.errors import BadParameter

MOST_ROWS = 10_000_000
"""What is copied without being asked for more."""

_names = itertools.count()


def localize(
    expression: ir.Table,
    *,
    limit: int = MOST_ROWS,
    into: ir.Table | None = None,
    progress: bool = False,
) -> ir.Table:
    """The rows of ``expression`` as a table of a local DuckDB in memory, same columns.

    ``into`` is any table that an earlier call gave: the rows then go to the same database, so that
    the two can be joined. More rows than ``limit`` are a `BadParameter`, never a cut result.
    """
    if not isinstance(expression, ir.Table):
        raise BadParameter("expression", type(expression).__name__, "is no table", "an ibis table")
    if limit < 0:
        raise BadParameter("limit", limit, "is negative", "how many rows may be copied")
    backend = _target(into)
    name = f"localized_{next(_names)}"
    cursor = backend.con
    schema = expression.schema()
    backend.create_table(name, schema=schema)
    count = 0
    bar = tqdm(unit=" rows", unit_scale=True, disable=not progress, desc="localize")
    with bar, translated("copying rows", cursor):
        for batch in expression.to_pyarrow_batches(limit=limit + 1, chunk_size=100_000):
            count += batch.num_rows
            if count > limit:
                cursor.execute(f"DROP TABLE {name}")
                raise BadParameter(
                    "limit",
                    limit,
                    "is less than the rows there are",
                    "a larger limit or a narrower question",
                )
            cursor.register("localized_batch", pa.Table.from_batches([batch]))
            cursor.execute(f"INSERT INTO {name} SELECT * FROM localized_batch")
            cursor.unregister("localized_batch")
            bar.update(batch.num_rows)
    return backend.table(name)


class Local(Backend):
    """A DuckDB in memory that holds copies; never a store."""


def _target(into: ir.Table | None) -> Local:
    if into is None:
        backend = Local()
        backend.do_connect(MEMORY)
        return backend
    found = ibis.get_backend(into) if isinstance(into, ir.Table) else None
    if isinstance(found, Local):
        return found
    raise BadParameter("into", type(into).__name__, "is no local table", "one that localize gave")
