"""Rows of objects and their instances in bulk: bounds, storage paths, places."""

from __future__ import annotations

from typing import Any

import ibis
import pyarrow as pa
import pyarrow.compute as pc

from tams_analytics.engines import Transaction
from tams_analytics.errors import BadParameter, BadTimeRange, NotFound
from tams_analytics.queries import objects
from tams_analytics.timerange import parse_registered_texts, timerange_texts
from tams_analytics.writes.bulk.batch import Batch
from tams_analytics.writes.bulk.inits import named_inits
from tams_analytics.writes.bulk.labels import refuse_bad_instance_labels
from tams_analytics.writes.bulk.loading import Loading
from tams_analytics.writes.bulk.stored import refuse_stored
from tams_analytics.writes.bulk.types import first_true, one_chunk
from tams_analytics.writes.places import storage_paths

BOUNDS = ("start_ns", "end_ns", "timerange")


def object_rows(tx: Transaction, batch: Batch, loading: Loading) -> pa.Table:
    """Objects with their bounds, the text of them, and their place (R8, R10)."""
    is_own = pc.equal(batch.column("id"), batch.column("init_object_id"))
    batch.refuse("init_object_id", is_own, "is the object itself", "another object")
    loading.inits.append(named_inits(batch))
    rows = batch.rows
    if any(map(batch.has, BOUNDS)):
        for name, column in zip(BOUNDS, _bounds(batch), strict=True):
            rows = _with(rows, name, column)
    made = storage_paths(batch.column("first_flow_id"), loading.now, batch.column("id"))
    rows = _with(rows, "storage_path", pc.coalesce(batch.column("storage_path"), made))
    if batch.has("storage_path"):
        batch.refuse("storage_path", pc.equal(batch.column("storage_path"), ""), "is empty")
        placed = Batch("objects", rows, batch.first_row)
        refuse_stored(tx, placed, ["storage_path"])
    return rows


def _with(rows: pa.Table, name: str, column: Any) -> pa.Table:
    if name in rows.column_names:
        return rows.set_column(rows.column_names.index(name), name, column)
    return rows.append_column(name, column)


def _bounds(batch: Batch) -> tuple[Any, Any, Any]:
    """``start_ns, end_ns, timerange`` of each row: all of them, or none."""
    start, end, texts = map(batch.column, BOUNDS)
    is_half = pc.xor(pc.is_valid(start), pc.is_valid(end))
    batch.refuse("end_ns", is_half, "does not go with start_ns", "both, or neither")
    batch.refuse("end_ns", pc.less_equal(end, start), "is not after start_ns")
    read_start, read_end, read_texts = _read(batch, texts)
    differs = pc.or_(pc.not_equal(start, read_start), pc.not_equal(end, read_end))
    batch.refuse("timerange", differs, "is not start_ns to end_ns")
    start, end = pc.coalesce(start, read_start), pc.coalesce(end, read_end)
    lacks_text = pc.and_(pc.is_valid(start), pc.is_null(read_texts))
    made = timerange_texts(start.filter(lacks_text), end.filter(lacks_text))
    return start, end, pc.replace_with_mask(read_texts, lacks_text, made)


def _read(batch: Batch, texts: pa.Array) -> tuple[Any, ...]:
    """Bounds and text of each timerange that is given, NULL elsewhere."""
    is_given = texts.is_valid()
    try:
        read = parse_registered_texts(texts.drop_null())
    except BadTimeRange as error:
        row = batch.first_row + pc.index(texts, error.value).as_py()
        problem = f"is no timerange: {error.problem} (row {row})"
        raise BadParameter("objects.timerange", error.value, problem, error.expected) from error
    return tuple(
        pc.replace_with_mask(pa.nulls(len(texts), column.type), is_given, one_chunk(column))
        for column in read
    )


def instance_rows(tx: Transaction, batch: Batch) -> pa.Table:
    """Instances: controlled ones at their object's place, others with a label and a URL.

    A controlled one that names no storage backend is in the default one, and in that one's bucket
    unless it says another, as an allocation has it (§197, §212). Raises `BadParameter`, `NotFound`.
    """
    if not batch.has("object_id"):
        return batch.rows  # what is missing is named when they are inserted
    paths = _paths_of_objects(tx, batch)
    controlled = pc.fill_null(batch.column("controlled"), True)
    key, url = map(batch.column, ("key", "url"))
    is_foreign = pc.and_(controlled, pc.not_equal(key, paths))
    batch.refuse("key", is_foreign, "is not the object's storage_path")
    is_mixed = pc.equal(controlled, pc.is_valid(url))
    batch.refuse("url", is_mixed, "does not go with controlled", "where controlled is false, only")
    refuse_bad_instance_labels(tx, batch, controlled)
    is_placed = pc.and_not(pc.is_valid(key), controlled)
    batch.refuse("key", is_placed, "does not go with a URL", "where controlled is true, only")
    placed = Batch(batch.table, _placed(tx, batch, controlled), batch.first_row)
    refuse_stored(tx, placed, ["object_id", "storage_id", "label"])
    return _with(placed.rows, "key", pc.if_else(controlled, paths, None))


def _placed(tx: Transaction, batch: Batch, controlled: pa.Array) -> pa.Table:
    """The rows with storage backend and bucket. Raises `BadParameter` for a backend unknown."""
    backends = tx.ask(objects.storage_backends)
    known = one_chunk(backends["id"])
    given = batch.column("storage_id")
    is_unknown = pc.and_not(pc.is_valid(given), pc.is_in(given, value_set=known))
    batch.refuse("storage_id", is_unknown, "is no storage backend of this store", "load it first")
    is_left_out = pc.and_(controlled, pc.is_null(given))
    default = known.filter(backends["default_storage"])
    if not len(default):
        problem = "is missing: there is no default storage backend"
        batch.refuse("storage_id", is_left_out, problem, "a storage backend")
    chosen = pc.if_else(is_left_out, default[0] if len(default) else None, given)
    buckets = one_chunk(backends["bucket"]).take(pc.index_in(chosen, value_set=known))
    rows = _with(batch.rows, "storage_id", chosen)
    return _with(rows, "bucket", pc.coalesce(batch.column("bucket"), buckets))


def _paths_of_objects(tx: Transaction, batch: Batch) -> pa.Array:
    ids = batch.column("object_id").dictionary_encode()
    places = pa.array(range(len(ids.dictionary)), pa.int64())
    named = ibis.memtable(pa.table({"id": ids.dictionary, "place": places}))
    stored = tx.tables.objects.select("id", "storage_path")
    found = tx.rows(named.left_join(stored, "id").order_by("place").select("storage_path"))
    paths = one_chunk(found.column("storage_path")).take(ids.indices)
    row = first_true(pc.is_null(paths))
    if row >= 0:
        hint = f"row {batch.first_row + row} of the instances names it: load objects first"
        raise NotFound("object", batch.column("object_id")[row].as_py(), hint)
    return paths
