"""All but segments in bulk: unique ids, sources of flows, fences, storage paths."""

from __future__ import annotations

from datetime import datetime

import ibis
import pyarrow as pa
import pyarrow.compute as pc
from ibis import _

from tams_analytics.engines import Transaction
from tams_analytics.errors import AlreadyExists, BadParameter
from tams_analytics.tables import TableDef
from tams_analytics.writes.load_columns import first_true, known_columns, one_chunk
from tams_analytics.writes.places import storage_paths

MOST_NAMED = 20
"""So many taken ids are named."""

SPECIFIED = ("objects", "profiles")
"""Where TAMS 8.2 itself has a code for an id that is taken."""


def load_entities(tx: Transaction, table: TableDef, rows: pa.Table, now: datetime) -> None:
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
        _make_sources(tx, rows)
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


def _make_sources(tx: Transaction, flows: pa.Table) -> None:
    """Implicit sources, of the first flow of each source that is not stored (§79, §80, R9).

    Raises `BadParameter` for a flow whose format is not its source's (§81).
    """
    columns = [name for name in ("label", "description") if name in flows.column_names]
    first = flows.select(["source_id", "format", *columns])
    named = first.group_by("source_id", use_threads=False).aggregate(
        [(name, "first") for name in ("format", *columns)]
    )
    named = named.rename_columns(
        [name.removesuffix("_first") for name in named.column_names]
    ).rename_columns({"source_id": "id"})
    sources = tx.tables.sources.select("id", "format")
    given = ibis.memtable(first.select(["source_id", "format"]))
    other = given.inner_join(sources, given.source_id == sources.id)
    differs = tx.rows(other.filter(_.format != _.format_right).limit(1)).to_pylist()
    if differs:
        raise BadParameter(
            "flows.format",
            differs[0]["format"],
            f"is not the format of source {differs[0]['source_id']}",
            differs[0]["format_right"],
        )
    missing = ibis.memtable(named).anti_join(tx.tables.sources, "id")
    tx.insert("sources", tx.rows(missing))
