"""Bytes that a client gives or takes at an object's place, through the server (§198, R5, R8)."""

from __future__ import annotations

from typing import Any

from tams_analytics.engines import Engine
from tams_analytics.errors import BytesStay, NotFound
from tams_analytics.queries import flows, objects
from tams_analytics.writes.collected import refuse_collected
from tams_analytics.writes.guards import refuse_read_only

Row = dict[str, Any]


def object_at(engine: Engine, storage_id: str, key: str) -> Row:
    """The row of the object with an instance at that place. Raises `NotFound`.

    Its id is the key's end.
    """
    parts = key.split("/")
    ids = ["/".join(parts[day_ends:]) for day_ends in (3, 4)]
    rows = engine.ask(objects.stored_in, ids=ids, storage_id=storage_id).to_pylist()
    for row in rows:
        if row["storage_path"] == key:
            found: Row = row
            return found
    raise NotFound("object at", key)


def object_to_fill(engine: Engine, storage_id: str, key: str, *, is_signed: bool = False) -> Row:
    """The row of the object whose bytes a client may store at that place.

    A URL that was signed for the object permits that for its time; without one the object has to be
    unregistered, and its flow writable. Raises `NotFound`, `Refused` while its bytes are going,
    `BytesStay` and `ReadOnlyFlow`.
    """
    row = object_at(engine, storage_id, key)
    refuse_collected(row, row["id"])
    if not is_signed:
        for flow in engine.ask(flows.for_writing, ids=[row["first_flow_id"]]).to_pylist():
            refuse_read_only(flow, f"storing bytes of object {row['id']}")
        if row["registered_at"] is not None:
            raise BytesStay(row["id"])
    return row
