"""All but segments in bulk: unique ids, sources of flows, fences."""

from __future__ import annotations

from typing import Any

import ibis
import pyarrow as pa
import pyarrow.compute as pc

from tams_analytics.engines import Transaction
from tams_analytics.errors import AlreadyExists, BadParameter
from tams_analytics.queries import deletions
from tams_analytics.tables import TableDef
from tams_analytics.writes.bulk.batch import Batch
from tams_analytics.writes.bulk.collections import members
from tams_analytics.writes.bulk.loading import Loading
from tams_analytics.writes.bulk.object_rows import instance_rows, object_rows
from tams_analytics.writes.bulk.rules import refuse_bad_rows
from tams_analytics.writes.bulk.types import first_true, one_chunk
from tams_analytics.writes.guards import source_goes

MOST_NAMED = 20
"""So many taken ids are named."""

SPECIFIED = ("objects", "profiles")
"""Where TAMS 8.2 itself has a code for an id that is taken."""


def load_entities(
    tx: Transaction, table: TableDef, rows: pa.Table, first_row: int, loading: Loading
) -> None:
    """Add typed rows to any table but ``segments``.

    Raises `BadParameter`, `AlreadyExists`, `Refused` (a flow of a source that is being deleted).
    """
    batch = Batch(table.name, rows, first_row)
    if "id" in table.names:
        _refuse_taken(tx, table, rows)
    refuse_bad_rows(tx, batch)
    if table.name == "flows":
        _refuse_going_sources(tx, batch)
    if table.name == "objects":
        rows = object_rows(tx, batch, loading)
    if table.name == "object_instances":
        rows = instance_rows(tx, batch)
    if table.name == "collections":
        loading.members.append(members(batch))
    tx.insert(table.name, rows)
    if table.name == "flows":
        _make_sources(tx, rows, first_row)
        tx.insert("flow_fences", pa.table({"flow_id": rows.column("id")}))


def _ids(table: TableDef, rows: pa.Table) -> pa.Array:
    if "id" not in rows.column_names:
        raise BadParameter(f"{table.name}.id", None, "is missing")
    return one_chunk(rows.column("id"))


def _refuse_taken(tx: Transaction, table: TableDef, rows: pa.Table) -> None:
    """No id is there twice, neither in the batch nor in the store."""
    ids = _ids(table, rows)
    if pc.count_distinct(ids).as_py() < len(ids):
        counts = pc.value_counts(ids)
        twice = counts.field("values").filter(pc.greater(counts.field("counts"), 1))
        raise AlreadyExists(table.name, twice[:MOST_NAMED].to_pylist(), table.name in SPECIFIED)
    stored = getattr(tx.tables, table.name).select("id")
    taken = stored.semi_join(ibis.memtable(pa.table({"id": ids})), "id")
    found = tx.rows(taken.limit(MOST_NAMED)).column("id").to_pylist()
    if found:
        raise AlreadyExists(table.name, found, table.name in SPECIFIED)


def _refuse_going_sources(tx: Transaction, flows: Batch) -> None:
    """Raise `Refused` for the first flow of a source that goes with its last flow (R1)."""
    going = one_chunk(tx.ask(deletions.requests_under_way).column("source_id")).drop_null()
    sources = flows.column("source_id")
    row = first_true(pc.is_in(sources, value_set=going))
    if row >= 0:
        raise source_goes(sources[row].as_py(), f" (row {flows.first_row + row})")


def _make_sources(tx: Transaction, flows: pa.Table, first_row: int) -> None:
    """Implicit sources, of the first flow of each source that is not stored (§79, §80, R9).

    Raises `BadParameter` for a flow whose format is not its source's (§81).
    """
    named = _first_of_source(flows)
    sources = tx.tables.sources.select("id", known="format")
    found = ibis.memtable(named.append_column("n", pa.array(range(named.num_rows), pa.int64())))
    joined = tx.rows(found.left_join(sources, "id").order_by("n").drop("n", "id_right"))
    known = pc.coalesce(joined.column("known"), joined.column("format"))
    _refuse_other_formats(flows, joined.column("id"), known, first_row)
    tx.insert("sources", joined.filter(pc.is_null(joined.column("known"))).drop_columns(["known"]))


def _first_of_source(flows: pa.Table) -> pa.Table:
    """What each source of the batch is told by its first flow: ``id, format, label, …``."""
    columns = [name for name in ("format", "label", "description") if name in flows.column_names]
    first = flows.select(["source_id", *columns])
    as_told = pc.ScalarAggregateOptions(skip_nulls=False)  # what it does not say no later one says
    named = first.group_by("source_id", use_threads=False).aggregate(
        [(name, "first", as_told) for name in columns]
    )
    names = [name.removesuffix("_first") for name in named.column_names]
    return named.rename_columns(names).rename_columns({"source_id": "id"})


def _refuse_other_formats(flows: pa.Table, sources: Any, known: Any, first_row: int) -> None:
    place = pc.index_in(one_chunk(flows.column("source_id")), value_set=one_chunk(sources))
    expected = one_chunk(known).take(place)
    row = first_true(pc.not_equal(one_chunk(flows.column("format")), expected))
    if row >= 0:
        given, source = flows.column("format")[row].as_py(), flows.column("source_id")[row].as_py()
        problem = f"is not the format of source {source} (row {first_row + row})"
        raise BadParameter("flows.format", given, problem, expected[row].as_py())
