"""Tags in bulk: of entities that are there, each a text or an array (§55 to §60, F36)."""

from __future__ import annotations

import ibis
import pyarrow as pa
import pyarrow.compute as pc

from tams_analytics.engines import Transaction
from tams_analytics.errors import NotFound
from tams_analytics.writes.bulk.batch import Batch
from tams_analytics.writes.bulk.stored import refuse_closed_flows, refuse_stored, unknown_ids
from tams_analytics.writes.bulk.types import first_true, one_chunk

TAGGED = {
    "sources": "source",
    "flows": "flow",
    "profiles": "profile",
    "webhooks": "webhook",
    "storage_backends": "storage backend",
}
"""What has tags, by its table; what errors call one of it."""
KEY = ("entity_type", "entity_id", "name")
TEXT, EMPTY, ARRAY = 0, 1, 2
"""What a row is a value of."""


def refuse_bad_tags(tx: Transaction, batch: Batch) -> None:
    """Raise `BadParameter`, `NotFound` for the entity, `ReadOnlyFlow` for a closed flow."""
    is_null, position = pc.is_null(batch.column("value")), batch.column("position")
    is_nothing = pc.and_(is_null, pc.is_null(position))
    batch.refuse("value", is_nothing, "is no tag without a position", "a text")
    is_late = pc.and_(is_null, pc.not_equal(position, 0))
    batch.refuse("position", is_late, "is no place of an empty array", "0")
    if not all(map(batch.has, KEY)):
        return  # what is missing is named when they are inserted
    for entity in TAGGED:
        _refuse_unknown(tx, batch, entity)
    is_flow = pc.equal(batch.column("entity_type"), "flows")
    refuse_closed_flows(tx, batch.column("entity_id").filter(is_flow), "loading its tags")
    refuse_stored(tx, batch, (*KEY, "position"))
    _refuse_mixed(tx, batch)


def _refuse_unknown(tx: Transaction, batch: Batch, entity: str) -> None:
    is_such, ids = pc.equal(batch.column("entity_type"), entity), batch.column("entity_id")
    named = ids.filter(is_such)
    if not len(named):
        return
    is_unknown = pc.is_in(ids, value_set=unknown_ids(tx, entity, named))
    row = first_true(pc.and_(is_such, is_unknown))
    if row >= 0:
        one = TAGGED[entity]
        hint = f"row {batch.first_row + row} of the tags names it: load {one}s first"
        raise NotFound(one, ids[row].as_py(), hint)


def _refuse_mixed(tx: Transaction, batch: Batch) -> None:
    """Raise `BadParameter` for a tag that is both a text and an array, or empty and not (§57)."""
    is_text, is_empty = pc.is_null(batch.column("position")), pc.is_null(batch.column("value"))
    kind = pc.if_else(is_text, TEXT, pc.if_else(is_empty, EMPTY, ARRAY))
    given = pa.table({name: batch.column(name) for name in KEY})
    given = given.append_column("kind", kind).append_column("place", batch.numbers())
    mixed = pa.concat_arrays([_mixed_in(given), _mixed_with_stored(tx, given)])
    is_mixed = pc.is_in(batch.numbers(), value_set=mixed)
    batch.refuse("position", is_mixed, "makes the tag both a text and an array", "one of them")


def _mixed_in(given: pa.Table) -> pa.Array:
    """The first row of the second kind, of each tag that has two in the batch."""
    if pc.count_distinct(given["kind"]).as_py() < 2:
        return pa.array([], pa.int64())
    kinds = given.group_by([*KEY, "kind"], use_threads=False).aggregate([("place", "min")])
    tags = kinds.group_by(list(KEY), use_threads=False)
    tags = tags.aggregate([("place_min", "count"), ("place_min", "max")])
    return one_chunk(tags.filter(pc.greater(tags["place_min_count"], 1))["place_min_max"])


def _mixed_with_stored(tx: Transaction, given: pa.Table) -> pa.Array:
    """The rows whose tag is stored as another kind.

    They are asked for with each other kind, and so by equality alone: with ``!=`` beside it a SEMI
    JOIN of DuckDB 1.3 is wrong (``test_upstream``).
    """
    others = [_of_another_kind(given, kind) for kind in (TEXT, EMPTY, ARRAY)]
    rows, stored = ibis.memtable(pa.concat_tables(others)), tx.tables.tags
    kind = ibis.cases((stored.position.isnull(), TEXT), (stored.value.isnull(), EMPTY), else_=ARRAY)
    stored = stored.select(*KEY, stored_kind=kind)
    same = [rows[name] == stored[name] for name in KEY]
    other = rows.semi_join(stored, [*same, rows.other == stored.stored_kind])
    return one_chunk(tx.rows(other.select("place"))["place"])


def _of_another_kind(given: pa.Table, kind: int) -> pa.Table:
    rows = given.filter(pc.not_equal(given["kind"], kind))
    return rows.append_column("other", pa.repeat(pa.scalar(kind, pa.int64()), rows.num_rows))
