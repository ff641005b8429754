"""Segments and objects as rows, and a segment as the document that its registration answers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from tams_analytics.engines import Transaction
from tams_analytics.queries.documents import Document, json_text
from tams_analytics.tables import BY_NAME, arrow_schema
from tams_analytics.writes.registry import Use
from tams_analytics.writes.rows import refuse_large

OF_OBJECT = ("get_urls", "object_timerange", "key_frame_count", "init_object_id", "storage_path")
"""What a segment's body says of its object; it is stored there."""
OF_SEGMENT = (
    "object_id",
    "timerange",
    "ts_offset",
    "last_duration",
    "sample_offset",
    "sample_count",
)
KNOWN = frozenset((*OF_SEGMENT, *OF_OBJECT, "init_object"))
"""What is not kept as a client's own: ``init_object`` is shown, and taken as ``init_object_id``."""
REGISTERED = (
    "start_ns",
    "end_ns",
    "timerange",
    "key_frame_count",
    "init_object_id",
    "first_flow_id",
    "registered_at",
    "released_at",
)
"""The columns of an object that its registration sets."""
MOST_SINGLE_UPDATES = 8
"""So many objects are updated by a statement each, which an index makes short."""


def segment_row(use: Use, flow_id: str, created: dt.datetime) -> dict[str, Any]:
    """The row of ``segments``."""
    said = use.body.get
    return {
        "flow_id": flow_id,
        "object_id": use.object_id,
        "start_ns": use.start_ns,
        "end_ns": use.end_ns,
        "timerange": use.text,
        "ts_offset": said("ts_offset"),
        "ts_offset_ns": use.offset_ns,
        "last_duration": said("last_duration"),
        "sample_offset": said("sample_offset"),
        "sample_count": said("sample_count"),
        "created": created,
        "body": _rest(use.body),
    }


def _rest(body: Mapping[str, Any]) -> str:
    """What a body says beside the specification, as JSON. Raises `BadParameter` for too much."""
    if body.keys() <= KNOWN:
        return "{}"
    text = json_text({name: value for name, value in body.items() if name not in KNOWN})
    refuse_large(text, "body")
    return text


def segment_document(row: Mapping[str, Any], media: Mapping[str, Any]) -> Document:
    """The segment as its registration answers (W5): as written, with its ``storage_path``."""
    document = {name: value for name in OF_SEGMENT if (value := row[name]) is not None}
    for name in ("key_frame_count", "storage_path"):
        if media[name] is not None:
            document[name] = media[name]
    return document


def update_objects(tx: Transaction, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write what registration changes of stored objects."""
    if len(rows) <= MOST_SINGLE_UPDATES:
        for row in rows:
            tx.update("objects", {"id": row["id"]}, {name: row[name] for name in REGISTERED})
        return
    tx.update_each("objects", "id", typed("objects", rows, ("id", *REGISTERED)))


def typed(name: str, rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> pa.Table:
    """Some columns of some rows of a table, with its types."""
    schema = arrow_schema(BY_NAME[name])
    return pa.table(
        {
            column: pa.array([row[column] for row in rows], schema.field(column).type)
            for column in columns
        }
    )
