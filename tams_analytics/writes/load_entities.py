"""All but segments in bulk: unique ids, sources of flows, fences, storage paths."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import ibis
import pyarrow as pa
import pyarrow.compute as pc

from tams_analytics.engines import Transaction
from tams_analytics.errors import AlreadyExists, BadParameter
from tams_analytics.tables import TableDef
from tams_analytics.writes.load_columns import first_true, known_columns, one_chunk
from tams_analytics.writes.places import storage_paths

MOST_NAMED = 20
"""So many taken ids are named."""

SPECIFIED = ("objects", "profiles")
"""Where TAMS 8.2 itself has a code for an id that is taken."""


def load_entities(
    tx: Transaction, table: TableDef, rows: pa.Table, first_row: int, now: datetime
) -> None:
    """Add a batch of rows to any table but ``segments``. Raises `BadParameter`, `AlreadyExists`."""
    known_columns(table, rows)
    if "id" in table.names:
        _refuse_taken(tx, table, rows)
    if table.name == "objects":
        rows = _with_storage_path(rows, now)
    if table.name == "object_instances":
        rows = _placed(tx, rows)
    tx.insert(table.name, rows)
    if table.name == "flows":
        _make_sources(tx, rows, first_row)
        tx.insert("flow_fences", pa.table({"flow_id": rows.column("id")}))


def _ids(table: TableDef, rows: pa.Table) -> pa.Array:
    if "id" not in rows.column_names:
        raise BadParameter(f"{table.name}.id", None, "is missing")
    ids = one_chunk(rows.column("id")).cast(pa.string())
    if ids.null_count:
        raise BadParameter(f"{table.name}.id", None, "may not be NULL")
    return ids


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


def _with_storage_path(objects: pa.Table, now: datetime) -> pa.Table:
    """``objects``, each with its place; set by R8 where it is not given."""
    ids = _ids_and_flow(objects)
    made = storage_paths(ids[1], now, ids[0])
    if "storage_path" not in objects.column_names:
        return objects.append_column("storage_path", made)
    place = objects.column_names.index("storage_path")
    given = one_chunk(objects.column("storage_path")).cast(pa.string())
    return objects.set_column(place, "storage_path", pc.coalesce(given, made))


def _ids_and_flow(objects: pa.Table) -> tuple[pa.Array, pa.Array]:
    ids = one_chunk(objects.column("id")).cast(pa.string())
    if "first_flow_id" not in objects.column_names:
        return ids, pa.nulls(len(ids), pa.string())
    return ids, one_chunk(objects.column("first_flow_id")).cast(pa.string())


def _placed(tx: Transaction, rows: pa.Table) -> pa.Table:
    """Instances, the controlled ones at their object's ``storage_path`` and without a URL."""
    if "url" in rows.column_names and "controlled" not in rows.column_names:
        raise BadParameter("object_instances.controlled", None, "is missing where a URL is given")
    if "url" in rows.column_names:
        _refuse_stored_urls(rows)
    if "key" in rows.column_names or "object_id" not in rows.column_names:
        return rows
    objects = tx.tables.objects.select("id", "storage_path")
    given = rows.append_column("row_number", pa.array(range(rows.num_rows), pa.int64()))
    found = ibis.memtable(given).left_join(objects, [("object_id", "id")])
    placed = tx.rows(found.order_by("row_number").drop("id", "row_number"))
    keys = placed.column("storage_path")
    if "controlled" in rows.column_names:
        keys = pc.if_else(placed.column("controlled"), keys, None)
    return placed.drop_columns(["storage_path"]).append_column("key", keys)


def _refuse_stored_urls(rows: pa.Table) -> None:
    """A controlled instance has a place, an uncontrolled one a URL, never both (design §3)."""
    controlled = one_chunk(rows.column("controlled"))
    row = first_true(pc.equal(controlled, pc.is_valid(one_chunk(rows.column("url")))))
    if row >= 0:
        url = rows.column("url")[row].as_py()
        raise BadParameter("object_instances.url", url, f"does not go with controlled (row {row})")


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
    named = first.group_by("source_id", use_threads=False).aggregate(
        [(name, "first") for name in columns]
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
