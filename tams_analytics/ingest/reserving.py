"""Objects while their bytes are on the way: allocated as by a client (W4), then registered.

So bytes that a killed ingest leaves behind belong to an object that was allocated and never
registered, which the collector takes (`tams_analytics.queries.collecting`). Every step asks again
in its own transaction: several may ingest the same file at once, and only one of them registers it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tams_analytics.engines import Engine, Transaction
from tams_analytics.engines.rows import now
from tams_analytics.ingest.plan import Plan, PlannedObject
from tams_analytics.media.storage import MediaStorage
from tams_analytics.queries import objects
from tams_analytics.timerange import tr
from tams_analytics.writes.collected import discard, refuse_collected, take_back
from tams_analytics.writes.places import storage_path
from tams_analytics.writes.rows import found, insert
from tams_analytics.writes.storage_backends import chosen_backend, embedded_backend
from tams_analytics.writes.undoing import Undone, mark_undone

Row = dict[str, Any]


class GivenBack(Exception):
    """Another ingest of the same file failed and took away what both had counted on."""


@dataclass(frozen=True)
class Upload:
    """Bytes that the store lacks, and where they go."""

    object: PlannedObject
    key: str
    is_new: bool = False
    """The object had no row, and this ingest allocated it."""


def reserve(tx: Transaction, engine: Engine, storage: MediaStorage, plan: Plan) -> list[Upload]:
    """The objects without bytes of this store's own, each once; those without a row get one."""
    places = _places(tx, [one.id for flow in plan.flows for one in flow.objects])
    moment = now()
    uploads: dict[str, Upload] = {}
    for flow in reversed(plan.flows):  # the first flow that uses an object has it
        for one in flow.objects:
            place = places.get(one.id)
            if place is None:
                uploads[one.id] = Upload(one, storage_path(flow.id, moment, one.id), is_new=True)
            elif not place["key"] or place["registered_at"] is None:
                uploads[one.id] = Upload(one, place["storage_path"])
    new = [upload for upload in uploads.values() if upload.is_new]
    owners = _owners(plan)
    rows = [_row(one, owners, moment) | {"registered_at": None} for one in new]
    insert(tx, "objects", rows)
    insert(tx, "object_instances", _instances(tx, engine, storage, new))
    lacking = [
        one for one in uploads.values() if not one.is_new and not places[one.object.id]["key"]
    ]
    for row in _instances(tx, engine, storage, lacking):  # the collector finds what is killed
        take_back(tx, row["object_id"], row["storage_id"])
        discard(tx, row)
    return list(uploads.values())


def register(
    tx: Transaction, engine: Engine, storage: MediaStorage, plan: Plan, uploads: Sequence[Upload]
) -> tuple[int, int]:
    """Make objects of what was stored: how many, and the bytes that are new.

    Raises `GivenBack` where a row has gone meanwhile, or is going, or the bytes of one that has no
    instance: another ingest, which failed, leaves such a row as it was.
    """
    places = _found(tx, [upload.object.id for upload in uploads])
    here = [one for one in places.values() if one["collecting_since"] is None]
    if len(here) < len(uploads):
        raise GivenBack
    waiting = [one for one in uploads if places[one.object.id]["registered_at"] is None]
    lacking = [one for one in uploads if not places[one.object.id]["key"]]
    if not all(storage.exists(one.key) for one in lacking):
        raise GivenBack
    owners, uses = _owners(plan), _uses(plan)
    rows = [
        _row(one, owners, places[one.object.id]["created"])
        | {"size": one.object.size, "registered_at": now()}
        | _media_columns(uses.get(one.object.id, {}))
        for one in waiting
    ]
    if waiting:
        tx.delete("objects", {"id": [one.object.id for one in waiting]})
        insert(tx, "objects", rows)
    instances = _instances(tx, engine, storage, lacking)
    for row in instances:
        take_back(tx, row["object_id"], row["storage_id"])
    insert(tx, "object_instances", instances)
    return len(waiting), sum(one.object.size for one in (*waiting, *lacking))


def give_back(
    tx: Transaction, engine: Engine, storage: MediaStorage, uploads: Sequence[Upload]
) -> Undone:
    """What this ingest stored and nobody registered, marked: it is to be taken away."""
    places = _found(tx, [upload.object.id for upload in uploads])
    unused = [upload for upload in uploads if _is_unused(upload, places.get(upload.object.id))]
    instances = _instances(tx, engine, storage, unused)
    return mark_undone(tx, instances, places, [one.object.id for one in unused if one.is_new])


def _is_unused(upload: Upload, place: Row | None) -> bool:
    """An allocated object of another ingest keeps its bytes, they may be of that one."""
    if place is None:
        return True
    if place["collecting_since"] is not None:
        return False
    return not place["key"] or (upload.is_new and place["registered_at"] is None)


def _places(tx: Transaction, ids: Sequence[str]) -> dict[str, Row]:
    """Raises `Refused` where the bytes of one are being deleted."""
    places = _found(tx, ids)
    for id, row in places.items():
        refuse_collected(row, id)
    return places


def _found(tx: Transaction, ids: Sequence[str]) -> dict[str, Row]:
    """Objects by their ids: rows of ``objects``, with the ``key`` of a kept instance or None.

    Two questions by ids alone: a join of them would be no look at an index (`objects.placed`).
    """
    instances = found(tx, objects.instances, "object_ids", ids)
    keys = {row["object_id"]: row["key"] for row in instances if row["controlled"]}
    return {
        row["id"]: row | {"key": keys.get(row["id"])}
        for row in found(tx, objects.by_ids, "ids", ids)
    }


def _owners(plan: Plan) -> dict[str, str]:
    """The first flow that uses each object."""
    return {one.id: flow.id for flow in reversed(plan.flows) for one in flow.objects}


def _uses(plan: Plan) -> dict[str, Mapping[str, Any]]:
    return {use["object_id"]: use for flow in plan.flows for use in flow.segments}


def _row(upload: Upload, owners: Mapping[str, str], created: Any) -> Row:
    return {
        "id": upload.object.id,
        "storage_path": upload.key,
        "content_type": upload.object.content_type,
        "first_flow_id": owners[upload.object.id],
        "created": created,
    }


def _media_columns(use: Mapping[str, Any]) -> Row:
    """What a segment's body says of a media object; an initialisation object has no time."""
    shown = tr(use["object_timerange"]) if use else None
    return {
        "timerange": use.get("object_timerange"),
        "start_ns": shown and shown.start_ns,
        "end_ns": shown and shown.end_ns,
        "key_frame_count": use.get("key_frame_count"),
        "init_object_id": use.get("init_object_id"),
    }


def _instances(
    tx: Transaction, engine: Engine, storage: MediaStorage, uploads: Sequence[Upload]
) -> list[Row]:
    """In the default storage backend (§67); where there is none at all, this one (F43)."""
    if not uploads:
        return []
    backend = chosen_backend(tx, engine, None, lambda engine: embedded_backend(engine, storage))
    return [
        {
            "object_id": upload.object.id,
            "storage_id": backend["id"],
            "controlled": True,
            "bucket": storage.bucket,
            "key": upload.key,
        }
        for upload in uploads
    ]
