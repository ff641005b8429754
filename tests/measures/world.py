"""A small store with every trap: what is there twice, shared, several-valued, missing, unknown.

Times are hours from `BEGIN`, 22:00 in London on the evening before the clocks are put back.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa

import tams_analytics as ta
from tams_analytics.tables import BY_NAME, arrow_schema
from tams_analytics.timerange import tr
from tams_analytics.timerange.clocks import to_utc

HOUR = 3600 * 10**9
BEGIN = tr.utc("2026-10-24T21:00", None).start_ns or 0
VIDEO, AUDIO, MULTI = (f"urn:x-nmos:format:{kind}" for kind in ("video", "audio", "multi"))
Rows = list[dict[str, Any]]


def at(hours: float) -> int:
    return BEGIN + int(hours * HOUR)


def _rows(names: str, *values: tuple[Any, ...]) -> Rows:
    return [dict(zip(names.split(), each, strict=True)) for each in values]


SOURCES = _rows(
    "id format label",
    ("s", VIDEO, "One"),
    ("s", VIDEO, "One"),
    ("t", VIDEO, None),
    ("lonely", AUDIO, "Two"),
)
FLOWS = _rows(
    "id source_id format codec container label",
    ("f", "s", VIDEO, "video/h264", "video/mp4", "F"),
    ("f", "s", VIDEO, "video/h264", "video/mp4", "F"),
    ("g", "s", AUDIO, "audio/aac", "audio/mp4", None),
    ("h", "t", VIDEO, "video/h265", "video/mp4", "H"),
    ("e", "s", MULTI, None, None, "E"),
    ("z", "gone", AUDIO, "audio/aac", None, "Z"),
    ("q", "t", AUDIO, "audio/aac", None, "Q"),
)
TAGS = _rows(
    "entity_type entity_id name position value",
    ("flows", "f", "channel", None, "one"),
    ("flows", "f", "channel", None, "one"),
    ("flows", "f", "genre", 0, "news"),
    ("flows", "f", "genre", 1, "live"),
    ("flows", "g", "channel", None, "one"),
    ("flows", "g", "genre", 0, "news"),
    ("flows", "h", "genre", 0, None),
    ("flows", "h", "format", None, "4:3"),
    ("flows", "nobody", "genre", 0, "news"),
    ("sources", "s", "channel", 0, "ONE"),
    ("sources", "s", "channel", 1, "UNO"),
    ("sources", "lonely", "channel", None, "TWO"),
    ("profiles", "f", "genre", None, "drama"),
)
COLLECTIONS = _rows(
    "flow_id member_id position role",
    ("e", "f", 0, "video"),
    ("e", "f", 1, "proxy"),
    ("e", "g", 2, "audio"),
    ("k", "f", 0, "video"),
    ("h", "q", 0, "audio"),
)
SPANS = (
    ("f", "a", 0, 2),
    ("f", "b", 2, 3),
    ("f", "c", 2.5, 4),
    ("f", "a", 5, 6),
    ("f", "d", 6, 6.5),
    ("g", "b", 0, 3),
    ("g", "d", 2.75, 4.25),
    ("g", "d", 2.75, 4.25),
    ("h", "b", 8.5, 9),
    ("h", "d", 9, 10),
    ("h", "m", 10, 30),
    ("h", "nobody", 30, 31),
    ("x", "a", 1, 2),
)
SEGMENTS: Rows = [
    {
        "flow_id": flow,
        "object_id": object_id,
        "start_ns": at(start),
        "end_ns": at(end),
        "timerange": f"{start}-{end}",
        "created": to_utc(at(end)).replace(tzinfo=None) + dt.timedelta(seconds=number - 2),
    }
    for number, (flow, object_id, start, end) in enumerate(SPANS)
]
OBJECTS = _rows(
    "id storage_path size init_object_id",
    ("a", "a", 100, None),
    ("a", "a", 100, None),
    ("b", "b", 10, "i"),
    ("c", "c", 7, "i"),
    ("d", "d", None, "missing"),
    ("m", "m", 1000, None),
    ("i", "i", 3, None),
    ("unused", "unused", 50, None),
)
INSTANCES = _rows(
    "object_id storage_id controlled url",
    ("a", "x", True, None),
    ("a", "x", True, None),
    ("a", "y", True, None),
    ("b", "x", True, None),
    ("c", None, False, "http://c"),
    ("d", "x", True, None),
    ("d", "y", True, None),
    ("i", "x", True, None),
    ("unused", "y", True, None),
    ("ghost", "y", True, None),
)
BACKENDS = _rows("id provider store_product", ("x", "p", "q"), ("y", "p", "q"), ("empty", "p", "q"))
WORLD: dict[str, Rows] = {
    "sources": SOURCES,
    "flows": FLOWS,
    "tags": TAGS,
    "collections": COLLECTIONS,
    "segments": SEGMENTS,
    "objects": OBJECTS,
    "object_instances": INSTANCES,
    "storage_backends": BACKENDS,
}


def fill(store: ta.Store, world: dict[str, Rows] = WORLD) -> ta.Store:
    """Its rows as they are: nobody may write them."""
    for name, rows in world.items():
        schema = arrow_schema(BY_NAME[name])
        columns = {column: [row[column] for row in rows] for column in rows[0]}
        table = pa.table(
            {name: pa.array(of, schema.field(name).type) for name, of in columns.items()}
        )
        store._engine.transact(lambda tx, name=name, table=table: tx.insert(name, table))
    return store
