"""One more copy of an object in a storage backend, made by the store itself (§212).

The copy is first written down as an instance that was discarded, then made, then listed. So the
collector takes the bytes of a copy that was broken off, and none that is being made.

What only clients keep is not copied, as 8.2 says that a server should be able to: the server would
fetch whatever address a client names, as large and as slow as that one likes.
"""

from __future__ import annotations

import contextlib
from typing import Any, BinaryIO, cast

from tams_analytics.engines import Engine, Transaction
from tams_analytics.errors import EngineFailed, NotFound, Refused
from tams_analytics.media.storages import Storages
from tams_analytics.queries import objects
from tams_analytics.writes.audit import audited
from tams_analytics.writes.bodies import storage as bodies
from tams_analytics.writes.collected import discard
from tams_analytics.writes.holding import Renewing, prolong
from tams_analytics.writes.instances import (
    Row,
    add_instance,
    kept_instances,
    new_controlled,
    registered_object,
)
from tams_analytics.writes.rows import found
from tams_analytics.writes.undoing import Undone, mark_undone, undo


def register_instance(
    engine: Engine,
    storages: Storages,
    object_id: str,
    body: Any,
    *,
    principal: str | None = None,
) -> Row:
    """List one more copy of an object; its row of ``object_instances``.

    ``{storage_id}``: the bytes are copied there first, from an instance that this store keeps.
    ``{url, label}``: a copy that the client keeps. Raises what `add_instance` does, `Refused` for
    an object without bytes of this store, and `EngineFailed` for a storage.
    """
    given = bodies.instance(body)
    if "storage_id" not in given:
        return add_instance(engine, object_id, body, principal=principal)
    with audited("copy", "object", object_id, principal):
        instance = _copy(engine, storages, object_id, given["storage_id"])
    try:
        return add_instance(engine, object_id, body, principal=principal)
    except NotFound:
        target = storages.of(instance["storage_id"])
        undo(engine, target, engine.transact(lambda tx: _undone(tx, instance)))
        raise


def _undone(tx: Transaction, instance: Row) -> Undone:
    """Of an object that was given back meanwhile nobody else knows the bytes that came late."""
    is_gone = not found(tx, objects.known, "ids", [instance["object_id"]])
    return mark_undone(tx, [instance] * is_gone, known=(), new=())


def _copy(engine: Engine, storages: Storages, object_id: str, storage_id: str) -> Row:
    """The instance that is to be listed: its bytes are there now."""
    media, instance, sources = engine.transact(lambda tx: _begin(tx, object_id, storage_id))
    target = storages.of(storage_id)
    source = storages.of(sources[0]["storage_id"])
    key = media["storage_path"]
    try:
        with contextlib.closing(source.open(sources[0]["key"])) as content:
            coming = Renewing(content, lambda: prolong(engine, [object_id]))
            size = target.put(key, cast(BinaryIO, coming), media["content_type"])
    except NotFound as error:
        raise _refused(object_id, f"its bytes are not at {sources[0]['key']}") from error
    if media["size"] not in (None, size):
        reason = f"{size} bytes were read where {media['size']} are on record"
        raise EngineFailed("the storage", f"copying object {object_id}", reason)
    return instance


def _begin(tx: Transaction, object_id: str, storage_id: str) -> tuple[Row, Row, list[Row]]:
    """The object, its new instance, and those to copy from. Refuses what `add_instance` would."""
    media = registered_object(tx, object_id)
    instance = new_controlled(tx, media, storage_id)
    sources = kept_instances(tx, object_id)
    if not sources:
        raise _refused(object_id, "this store has no bytes of it")
    discard(tx, instance)
    return media, instance, sources


def _refused(object_id: str, reason: str) -> Refused:
    return Refused(f"copying object {object_id}", reason)
