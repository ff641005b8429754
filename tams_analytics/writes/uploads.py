"""A segment that comes with the bytes of its object (W6): all of it or nothing (R7).

First the segment is judged and its object allocated, as by a client, in a transaction. Then the
bytes are stored. Then the segment is registered, which may still be refused: then the bytes go
again. So what a process that is killed in between leaves behind is an allocated object, which
the collector takes.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tams_analytics.engines import Engine, Transaction
from tams_analytics.engines.rows import now
from tams_analytics.errors import BadParameter, EngineFailed, Refused
from tams_analytics.media.storage import Content, MediaStorage
from tams_analytics.media.storages import Storages
from tams_analytics.queries import objects
from tams_analytics.queries.documents import Document
from tams_analytics.writes.audit import audited
from tams_analytics.writes.bodies import segments as bodies
from tams_analytics.writes.collected import refuse_collected, take_back
from tams_analytics.writes.instances import kept_instances
from tams_analytics.writes.places import storage_path
from tams_analytics.writes.registry import Use, is_registered
from tams_analytics.writes.rows import insert
from tams_analytics.writes.segment_batch import SegmentBatch
from tams_analytics.writes.segments import registrable
from tams_analytics.writes.standing import raise_fence
from tams_analytics.writes.storage import Allocated, controlled, insert_allocated
from tams_analytics.writes.storage_backends import chosen_backend

LOG = logging.getLogger(__name__)
Row = dict[str, Any]


@dataclass(frozen=True)
class Reserved:
    """Where the bytes go; ``is_new``: the object had no row, and this upload allocated it."""

    place: Allocated
    storage: MediaStorage
    is_new: bool


def upload_segment(
    engine: Engine,
    storages: Storages,
    flow_id: str,
    posted: Any,
    content: Content,
    *,
    principal: str | None = None,
) -> Document:
    """Store ``content`` under its object's ``storage_path`` and register the one segment posted.

    An object that was allocated keeps its path; one that has bytes of this store already takes no
    others: `BadParameter`. Raises what `create_segments` does, and `EngineFailed` for the storage;
    then nothing is left of it.
    """
    use = Use.of(bodies.segment(posted))
    with audited("upload a segment of", "flow", flow_id, principal), _only(engine, use.object_id):
        reserved = engine.transact(lambda tx: _reserve(tx, engine, storages, flow_id, use))
        place, storage = reserved.place, reserved.storage
        try:
            size = storage.put(place.storage_path, content, place.content_type)
            return engine.transact(lambda tx: _register(tx, engine, flow_id, use, place, size))
        except BaseException:
            _give_back(engine, reserved)
            raise


_under_way: set[tuple[int, str]] = set()
_entering = threading.Lock()


@contextlib.contextmanager
def _only(engine: Engine, object_id: str) -> Iterator[None]:
    """Raise `Refused` where this process is storing bytes of the object already.

    Two that wrote to one place could each register what the other one has stored.
    """
    key = id(engine), object_id
    with _entering:
        if key in _under_way:
            change = f"storing bytes of object {object_id}"
            raise Refused(change, "another upload of it is under way", "wait for that one")
        _under_way.add(key)
    try:
        yield
    finally:
        with _entering:
            _under_way.discard(key)


def _reserve(
    tx: Transaction, engine: Engine, storages: Storages, flow_id: str, use: Use
) -> Reserved:
    """Judge the segment as if it came without bytes, then say where those go.

    An object that nobody allocated is none that strict mode refuses (R14): its bytes come with it.
    """
    row = _row(tx, use.object_id)
    instance = _kept_instance(tx, use.object_id)
    flow = registrable(tx, flow_id)
    is_known = row is not None
    SegmentBatch(tx, flow, [use], strict=is_known and engine.settings.strict).register(use)
    if row is not None:
        _refuse_other_bytes(row, instance)
    place = _place(tx, engine, flow, use.object_id, row, instance)
    storage = storages.of(place.storage_id)
    if row is None:
        insert_allocated(tx, flow_id, [place], now())
    return Reserved(place, storage, is_new=not is_known)


def _refuse_other_bytes(row: Row, instance: Row | None) -> None:
    """An object that is in use keeps its bytes, and one whose bytes are going gets no others."""
    refuse_collected(row, row["id"])
    if instance is not None and is_registered(row):
        problem = f"comes for object {row['id']}, which has its bytes"
        raise BadParameter("file", row["id"], problem, "the segment without a file")


def _place(
    tx: Transaction,
    engine: Engine,
    flow: Row,
    object_id: str,
    row: Row | None,
    instance: Row | None,
) -> Allocated:
    if row is not None and instance is not None:
        storage_id, bucket = instance["storage_id"], instance["bucket"]
    else:
        backend = chosen_backend(tx, engine, None)
        storage_id, bucket = backend["id"], backend["bucket"]
    path = storage_path(flow["id"], now(), object_id) if row is None else row["storage_path"]
    content_type = flow["container"] if row is None else row["content_type"] or flow["container"]
    return Allocated(object_id, path, content_type, storage_id, bucket)


def _register(
    tx: Transaction, engine: Engine, flow_id: str, use: Use, place: Allocated, size: int
) -> Document:
    if _row(tx, place.object_id) is None:
        raise Refused(f"using object {place.object_id}", "it was deleted meanwhile")
    flow = registrable(tx, flow_id)
    raise_fence(tx, flow, [use.timerange])
    batch = SegmentBatch(tx, flow, [use], strict=engine.settings.strict)
    document = batch.register(use)
    batch.write()
    if _kept_instance(tx, place.object_id) is None:
        take_back(tx, place.object_id, place.storage_id)
        insert(tx, "object_instances", [controlled(place, now())])
    stored = {"size": size, "content_type": place.content_type}
    tx.update("objects", {"id": place.object_id}, stored)
    return document


def _give_back(engine: Engine, reserved: Reserved) -> None:
    """Take away what was stored and not registered; where that fails the collector does it."""
    try:
        engine.transact(lambda tx: _remove(tx, reserved))
    except EngineFailed as error:
        LOG.warning("bytes of object %s stay behind: %s", reserved.place.object_id, error)


def _remove(tx: Transaction, reserved: Reserved) -> None:
    """Bytes go inside the transaction: whoever allocates the same object does so after it."""
    object_id = reserved.place.object_id
    row = _row(tx, object_id)
    is_used = row is not None and row["registered_at"] is not None
    if is_used and _kept_instance(tx, object_id) is not None:
        return
    reserved.storage.delete([reserved.place.storage_path])
    if reserved.is_new and not is_used:
        tx.delete("objects", {"id": object_id})
        tx.delete("object_instances", {"object_id": object_id})


def _row(tx: Transaction, object_id: str) -> Row | None:
    rows: list[Row] = tx.few(objects.by_ids, ids=[object_id])
    return rows[0] if rows else None


def _kept_instance(tx: Transaction, object_id: str) -> Row | None:
    """An instance whose bytes this store keeps."""
    return next(iter(kept_instances(tx, object_id)), None)
