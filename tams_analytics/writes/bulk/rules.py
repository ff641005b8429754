"""What a single write refuses, asked of a batch of rows of any table but ``segments``.

Ids are taken as other makers wrote them, UUIDs or not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from tams_analytics.engines import Transaction
from tams_analytics.tables import BY_NAME
from tams_analytics.tables.formats import FORMATS, STATUSES
from tams_analytics.writes.bodies.limits import MOST_JSON_BYTES
from tams_analytics.writes.bulk.batch import Batch
from tams_analytics.writes.bulk.collections import refuse_bad_members
from tams_analytics.writes.bulk.labels import refuse_taken_backend_labels
from tams_analytics.writes.bulk.stored import unknown_ids
from tams_analytics.writes.bulk.tags import TAGGED, refuse_bad_tags

IDS = ("id", "flow_id", "source_id", "member_id", "entity_id", "storage_id", "profile_id")
OBJECT_IDS = {"objects": ("id", "init_object_id"), "object_instances": ("object_id",)}
POSITIVE = {
    "flows": (
        "frame_width",
        "frame_height",
        "frame_rate_num",
        "frame_rate_den",
        "sample_rate",
        "channels",
        "segment_duration_num",
        "segment_duration_den",
    )
}
NOT_NEGATIVE = {
    "flows": ("avg_bit_rate", "max_bit_rate", "generation"),
    "objects": ("size", "key_frame_count"),
    "collections": ("position",),
    "tags": ("position",),
}
WORDS: Mapping[tuple[str, str], Sequence[str]] = {
    ("sources", "format"): FORMATS,
    ("flows", "format"): FORMATS,
    ("profiles", "format"): FORMATS,
    ("flows", "status"): STATUSES,
    ("tags", "entity_type"): tuple(TAGGED),
    ("webhooks", "status"): ("created", "started", "disabled", "error"),
    ("deletion_requests", "status"): ("created", "started", "done", "error"),
}
JSON = ("body", "container_mapping")
WEB = r"^https?://[^/?#\s]+"


def refuse_bad_rows(tx: Transaction, batch: Batch) -> None:
    """Raise `BadParameter` with the column and the first row that a rule forbids."""
    _refuse_bad_text(batch)
    _refuse_bad_numbers(batch)
    for (table, name), words in WORDS.items():
        if table == batch.table and batch.has(name):
            is_known = pc.is_in(batch.column(name), value_set=pa.array(words))
            is_unknown = pc.and_not(pc.is_valid(batch.column(name)), is_known)
            batch.refuse(name, is_unknown, "is not known", "one of " + ", ".join(words))
    if batch.table in OF_TABLE:
        OF_TABLE[batch.table](tx, batch)


def _refuse_bad_text(batch: Batch) -> None:
    for column in BY_NAME[batch.table].columns:
        if column.type == "string" and batch.has(column.name):
            batch.refuse_nul(column.name)
            batch.refuse_long(column.name, MOST_JSON_BYTES)
    for name in filter(batch.has, OBJECT_IDS.get(batch.table, ())):
        batch.refuse_bad_object_id(name)
    for name in filter(batch.has, IDS):
        batch.refuse_bad_id(name)
    for name in filter(batch.has, JSON):
        batch.refuse_bad_json(name)


def _refuse_bad_numbers(batch: Batch) -> None:
    for name in filter(batch.has, POSITIVE.get(batch.table, ())):
        batch.refuse(name, pc.less_equal(batch.column(name), 0), "is too small", "more than 0")
    for name in filter(batch.has, NOT_NEGATIVE.get(batch.table, ())):
        batch.refuse(name, pc.less(batch.column(name), 0), "is negative", "0 or more")


def _refuse_unknown_profiles(tx: Transaction, batch: Batch) -> None:
    """A flow takes its technical metadata from a profile that is there (§75)."""
    profiles = batch.column("profile_id")
    is_unknown = pc.is_in(profiles, value_set=unknown_ids(tx, "profiles", profiles))
    batch.refuse("profile_id", is_unknown, "is no profile of this store", "load profiles first")


def _refuse_bad_backends(tx: Transaction, batch: Batch) -> None:
    """There is one default storage backend at most, and a label names one (§67, §178)."""
    refuse_taken_backend_labels(tx, batch)
    is_default = pc.fill_null(batch.column("default_storage"), False)
    stored = tx.tables.storage_backends
    count = tx.rows(stored.filter(stored.default_storage).select("id")).num_rows
    so_far = pc.add(pc.cumulative_sum(is_default.cast(pa.int64())), count)
    is_second = pc.and_(is_default, pc.greater(so_far, 1))
    batch.refuse("default_storage", is_second, "would be a second default", "one default")


def _refuse_bad_urls(_tx: Transaction, batch: Batch) -> None:
    is_bad = pc.invert(pc.match_substring_regex(batch.column("url"), WEB))
    batch.refuse("url", is_bad, "is no address to deliver to", "http://… or https://…")


OF_TABLE: Mapping[str, Callable[[Transaction, Batch], None]] = {
    "flows": _refuse_unknown_profiles,
    "collections": refuse_bad_members,
    "tags": refuse_bad_tags,
    "storage_backends": _refuse_bad_backends,
    "webhooks": _refuse_bad_urls,
}
