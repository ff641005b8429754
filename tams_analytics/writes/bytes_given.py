"""Bytes that a client gives or takes at an object's place, through the server (§198, R5, R8)."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

from tams_analytics.engines import Engine, Transaction
from tams_analytics.errors import BytesStay, EngineFailed, NotFound
from tams_analytics.media.directory import DirectoryStorage
from tams_analytics.media.storages import Storages
from tams_analytics.queries import flows, objects
from tams_analytics.writes.collected import refuse_collected
from tams_analytics.writes.guards import refuse_read_only
from tams_analytics.writes.waiting import remember_waiting, stored_objects

LOG = logging.getLogger(__name__)
Row = dict[str, Any]


def object_at(engine: Engine, storage_id: str, key: str) -> Row:
    """The row of the object with an instance at that place. Raises `NotFound`.

    Its id is the key's end.
    """
    parts = key.split("/")
    ids = ["/".join(parts[day_ends:]) for day_ends in (3, 4)]
    row: Row
    for row in engine.ask(objects.placed, ids=ids).to_pylist():
        if row["storage_path"] == key and row["controlled"] and row["storage_id"] == storage_id:
            return row
    raise NotFound("object at", key)


def object_to_fill(
    engine: Engine, storages: Storages, storage_id: str, key: str, *, is_signed: bool = False
) -> Row:
    """The row of the object whose bytes a client may store at that place.

    A URL that was signed for the object permits that for its time, to whoever holds it: until the
    object is registered and has its bytes. Without one it has to be unregistered, and its flow
    writable. Raises `NotFound`, `Refused` while its bytes are going, `BytesStay`, `ReadOnlyFlow`.
    """
    row = object_at(engine, storage_id, key)
    refuse_collected(row, row["id"])
    if not is_signed:
        for flow in engine.ask(flows.for_writing, ids=[row["first_flow_id"]]).to_pylist():
            refuse_read_only(flow, f"storing bytes of object {row['id']}")
    is_registered = row["registered_at"] is not None
    if is_registered and not (is_signed and not storages.of(storage_id).exists(key)):
        raise BytesStay(row["id"])
    return row


@contextlib.contextmanager
def filling(
    engine: Engine, folder: DirectoryStorage, key: str, may_fill: Callable[[], Row]
) -> Iterator[BinaryIO]:
    """A file whose bytes are those of ``key`` once the block ends; then their size is on record.

    ``may_fill`` gives the row of the object when all bytes have come, or raises: then nothing
    changes. A kill in between leaves no size of other bytes on record, and so does a database that
    fails.
    """
    filled: list[Row] = []

    def last_look() -> None:
        filled.append(may_fill())
        if filled[0]["size"] is not None:
            engine.transact(lambda tx: _record(tx, filled[0], None))

    with folder.replacing(key, last_look) as target:
        yield target
    try:
        engine.transact(lambda tx: _record(tx, filled[0], folder))
    except (EngineFailed, NotFound) as error:
        LOG.warning("the size of object %s is not on record: %s", filled[0]["id"], error)


def _record(tx: Transaction, filled: Row, folder: DirectoryStorage | None) -> None:
    """The size of what lies in ``folder`` now: of several PUTs the last one may be another's."""
    row = stored_objects(tx, [filled["id"]]).get(filled["id"])
    if row is None or row["storage_path"] != filled["storage_path"]:
        return
    size = None if folder is None else folder.size(row["storage_path"])
    if row["size"] != size:
        tx.update("objects", {"id": row["id"]}, {"size": size})
        remember_waiting(tx, [row | {"size": size}])
