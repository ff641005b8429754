"""A segment that comes with the bytes of its object (W6): all of it or nothing (R7).

First the segment is judged and its object allocated, as by a client, in a transaction, with the
mark by which the collector too keeps others away. Then the bytes are stored. Then the segment is
registered, which may still be refused: then the bytes go again. What a process that is killed in
between leaves behind is a marked object, which the collector takes when the mark is old. While
bytes come the mark is renewed (`holding`).

A limit: a storage that takes longer than `collected.TAKEN_OVER_AFTER` for what it has read already
may replace the bytes of whoever has got the id by then.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any, BinaryIO, cast

from tams_analytics.engines import Engine, Transaction
from tams_analytics.engines.rows import now
from tams_analytics.errors import BadParameter, EngineFailed
from tams_analytics.media.storage import Content, MediaStorage, opened
from tams_analytics.media.storages import Storages
from tams_analytics.queries import objects
from tams_analytics.queries.documents import Document
from tams_analytics.writes.audit import audited
from tams_analytics.writes.bodies import segments as bodies
from tams_analytics.writes.collected import discard, refuse_collected, take_back
from tams_analytics.writes.collecting import own_marks
from tams_analytics.writes.holding import Hold, Renewing, taken_over
from tams_analytics.writes.instances import kept_instances
from tams_analytics.writes.places import storage_path
from tams_analytics.writes.registry import Use, is_registered
from tams_analytics.writes.rows import insert
from tams_analytics.writes.segment_batch import SegmentBatch
from tams_analytics.writes.segments import registrable
from tams_analytics.writes.standing import raise_fence
from tams_analytics.writes.storage import Allocated, controlled, insert_allocated
from tams_analytics.writes.storage_backends import chosen_backend
from tams_analytics.writes.undoing import Undone, mark_undone, undo

LOG = logging.getLogger(__name__)
Row = dict[str, Any]


@dataclass(frozen=True)
class Reserved:
    """Where the bytes go, and that nobody else stores any there."""

    place: Allocated
    storage: MediaStorage
    hold: Hold
    is_new: bool
    """The object had no row, and this upload allocated it."""
    had_bytes: bool
    """It waited for the collector with bytes of its own, which are replaced now."""


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
    with audited("upload a segment of", "flow", flow_id, principal):
        reserved = engine.transact(lambda tx: _reserve(tx, engine, storages, flow_id, use))
        place, storage = reserved.place, reserved.storage
        try:
            with opened(content) as file:
                coming = cast(BinaryIO, Renewing(file, reserved.hold.renew))
                size = storage.put(place.storage_path, coming, place.content_type)
            return engine.transact(lambda tx: _register(tx, engine, flow_id, use, reserved, size))
        except BaseException:
            _give_back(engine, reserved)
            raise


def _reserve(
    tx: Transaction, engine: Engine, storages: Storages, flow_id: str, use: Use
) -> Reserved:
    """Judge the segment as if it came without bytes, then say where those go.

    An object that nobody allocated is none that strict mode refuses (R14): its bytes come with it.
    The collector's mark keeps others away until the bytes are registered, in every process; after a
    kill the collector takes it over.
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
    elif instance is None:  # as a copy is written down before it is made: the collector finds it
        take_back(tx, use.object_id, place.storage_id)
        discard(tx, controlled(place, now()))
    moment = now()
    tx.update("objects", {"id": use.object_id}, {"collecting_since": moment})
    had_bytes = instance is not None and row is not None and row["released_at"] is not None
    hold = Hold(engine, use.object_id, moment)
    return Reserved(place, storage, hold, is_new=not is_known, had_bytes=had_bytes)


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
    tx: Transaction, engine: Engine, flow_id: str, use: Use, reserved: Reserved, size: int
) -> Document:
    place = reserved.place
    is_kept = _kept_instance(tx, place.object_id) is not None
    is_ours = own_marks(tx, reserved.hold.at, [place.object_id])
    if not is_ours or not (is_kept or take_back(tx, place.object_id, place.storage_id)):
        raise taken_over(place.object_id)
    stored = {"size": size, "content_type": place.content_type, "collecting_since": None}
    tx.update("objects", {"id": place.object_id}, stored)
    flow = registrable(tx, flow_id)
    raise_fence(tx, flow, [use.timerange])
    batch = SegmentBatch(tx, flow, [use], strict=engine.settings.strict)
    document = batch.register(use)
    batch.write()
    if not is_kept:
        insert(tx, "object_instances", [controlled(place, now())])
    return document


def _give_back(engine: Engine, reserved: Reserved) -> None:
    """Take away what was stored and not registered; where that fails the collector does it."""
    try:
        undone = engine.transact(lambda tx: _undone(tx, reserved))
        if undone is not None:
            undo(engine, reserved.storage, undone)
    except EngineFailed as error:
        LOG.warning("bytes of object %s stay behind: %s", reserved.place.object_id, error)


def _undone(tx: Transaction, reserved: Reserved) -> Undone | None:
    """The object with a mark of its own time; nothing of one that others have by now."""
    id = reserved.place.object_id
    row = _row(tx, id)
    if row is not None and row["collecting_since"] != reserved.hold.at:
        return None
    if reserved.had_bytes:
        tx.update("objects", {"id": id}, {"collecting_since": None, "size": None})
        return None
    known, new = [id] * (row is not None), [id] * reserved.is_new
    return mark_undone(tx, [controlled(reserved.place, now())], known, new)


def _row(tx: Transaction, object_id: str) -> Row | None:
    rows: list[Row] = tx.few(objects.by_ids, ids=[object_id])
    return rows[0] if rows else None


def _kept_instance(tx: Transaction, object_id: str) -> Row | None:
    """An instance whose bytes this store keeps."""
    return next(iter(kept_instances(tx, object_id)), None)
