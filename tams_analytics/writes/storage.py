"""Storage for objects that are to be written (W4, statements 192 to 201)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from tams_analytics.engines import Engine, Transaction
from tams_analytics.engines.rows import now
from tams_analytics.errors import AlreadyExists, BadParameter
from tams_analytics.media.storages import Storages
from tams_analytics.queries import objects
from tams_analytics.watching import Accepted, tell
from tams_analytics.writes.audit import audited
from tams_analytics.writes.bodies import storage as bodies
from tams_analytics.writes.places import storage_path
from tams_analytics.writes.rows import found, insert
from tams_analytics.writes.standing import writable_standing
from tams_analytics.writes.storage_backends import chosen_backend
from tams_analytics.writes.waiting import remember_waiting


class Allocated(NamedTuple):
    """An object that may be written; the place of its instance is ``bucket`` and ``storage_path``.

    A URL to put it is made from these when it is asked for, never stored (R8).
    """

    object_id: str
    storage_path: str
    content_type: str
    storage_id: str
    bucket: str | None


def allocate_storage(
    engine: Engine,
    flow_id: str,
    body: Any = None,
    *,
    storages: Storages | None = None,
    principal: str | None = None,
) -> list[Allocated]:
    """Objects that a client may now write for a flow, in the order of ``object_ids``.

    Their ids are taken from now on, but nothing shows them until a segment registers them. Raises
    `BadParameter`, `NotFound`, `ReadOnlyFlow`, and `AlreadyExists` when one of the ids is taken:
    then none is allocated. Nor where ``storages`` lack the storage, as who asks for its URLs would
    get none: `EngineFailed`.
    """
    given = bodies.allocation(body)
    if {"limit", "object_ids"} <= given.keys():
        if engine.settings.strict:
            raise BadParameter("limit", given["limit"], "is refused beside object_ids (strict)")
        tell(Accepted("§193"))
    with audited("allocate storage for", "flow", flow_id, principal):
        return engine.transact(lambda tx: _allocate(tx, engine, flow_id, given, storages))


def _allocate(
    tx: Transaction,
    engine: Engine,
    flow_id: str,
    given: Mapping[str, Any],
    storages: Storages | None,
) -> list[Allocated]:
    flow = writable_standing(tx, flow_id, "allocating storage")
    if not flow["container"]:
        raise BadParameter(f"container of flow {flow_id}", None, "is not set", "a MIME type")
    ids = _ids(given, engine.settings.flow_storage_default_limit)
    taken = found(tx, objects.known, "ids", ids)
    if taken:
        raise AlreadyExists("object", sorted(row["id"] for row in taken), specified=True)
    backend = chosen_backend(tx, engine, given.get("storage_id"))
    if storages is not None:
        storages.of(backend["id"])
    content_type = given.get("content_type", flow["container"])
    moment = now()
    allocated = [
        Allocated(
            id, storage_path(flow_id, moment, id), content_type, backend["id"], backend["bucket"]
        )
        for id in ids
    ]
    insert_allocated(tx, flow_id, allocated, moment)
    return allocated


def _ids(given: Mapping[str, Any], limit: int) -> list[str]:
    """The ids that the client chose, else as many new ones as it asked for (§193)."""
    if "object_ids" in given:
        return list(given["object_ids"])
    return [str(uuid.uuid4()) for _ in range(given.get("limit", limit))]


def insert_allocated(
    tx: Transaction, flow_id: str, allocated: Sequence[Allocated], moment: Any
) -> None:
    rows = [
        {
            "id": each.object_id,
            "storage_path": each.storage_path,
            "content_type": each.content_type,
            "first_flow_id": flow_id,
            "created": moment,
            "registered_at": None,
        }
        for each in allocated
    ]
    insert(tx, "objects", rows)
    remember_waiting(tx, rows)
    insert(tx, "object_instances", [controlled(each, moment) for each in allocated])


def controlled(place: Allocated, created: Any) -> dict[str, Any]:
    """The row of an instance that this store keeps."""
    return {
        "object_id": place.object_id,
        "storage_id": place.storage_id,
        "controlled": True,
        "bucket": place.bucket,
        "key": place.storage_path,
        "created": created,
    }
