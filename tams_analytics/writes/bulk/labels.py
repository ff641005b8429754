"""Labels in bulk: each names one storage backend, or one URL of an object (§178, §211)."""

from __future__ import annotations

import ibis
import pyarrow as pa
import pyarrow.compute as pc
from ibis import _

from tams_analytics.engines import Transaction
from tams_analytics.writes.bulk.batch import Batch
from tams_analytics.writes.bulk.types import one_chunk
from tams_analytics.writes.given_urls import backend_labels


def refuse_taken_backend_labels(tx: Transaction, batch: Batch) -> None:
    """Raise `BadParameter` for the label of another backend or of a client's URL; NULL is none."""
    labels = batch.column("label")
    is_repeated = pc.not_equal(pc.index_in(labels, value_set=labels), batch.numbers())
    batch.refuse("label", pc.and_(is_repeated, pc.is_valid(labels)), "is given twice")
    stored = one_chunk(tx.rows(tx.tables.storage_backends.select("label")).column("label"))
    problem = "is that of a storage backend of the store"
    batch.refuse("label", pc.is_in(labels, value_set=stored.drop_null()), problem, "another label")
    urls = tx.tables.object_instances.filter(~_.controlled).select("label")
    given = ibis.memtable(pa.table({"label": labels.drop_null().unique()}))
    taken = one_chunk(tx.rows(given.semi_join(urls, "label")).column("label"))
    is_taken = pc.is_in(labels, value_set=taken)
    batch.refuse("label", is_taken, "labels a URL of an object", "another label")


def refuse_bad_instance_labels(tx: Transaction, batch: Batch, controlled: pa.Array) -> None:
    """Raise `BadParameter` for a URL without a label of its own, and for the label of a backend.

    A controlled instance has the label of its storage backend, and none beside it.
    """
    label = batch.column("label")
    is_nameless = pc.and_not(pc.fill_null(pc.equal(label, ""), True), controlled)
    batch.refuse("label", is_nameless, "is missing where controlled is false", "a text")
    is_second = pc.and_(pc.is_valid(label), controlled)
    batch.refuse(
        "label", is_second, "does not go with controlled", "where controlled is false, only"
    )
    is_placed = pc.and_not(pc.is_valid(batch.column("storage_id")), controlled)
    batch.refuse(
        "storage_id", is_placed, "does not go with a URL", "where controlled is true, only"
    )
    taken = pa.array(sorted(backend_labels(tx)), pa.string())
    is_taken = pc.is_in(label, value_set=taken)
    batch.refuse("label", is_taken, "is the label of a storage backend", "another label")
