"""A plan into a store: the bytes first, then all rows in one transaction (mission R7).

What the store has already is left alone, so that a second run writes nothing. Bytes that no row
came to refer to, as the transaction was refused or another writer was faster, are taken away again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, cast

import ibis.expr.types as ir
import pyarrow as pa
from ibis import _

from tams_analytics.engines import Engine
from tams_analytics.engines.rows import now
from tams_analytics.errors import BadParameter
from tams_analytics.ingest.files import Advance, Watched, opened
from tams_analytics.ingest.inside import Inside
from tams_analytics.ingest.plan import Plan, PlannedObject
from tams_analytics.media.storage import MediaStorage
from tams_analytics.queries import flows, segments
from tams_analytics.span import Text
from tams_analytics.tables import BY_NAME, Tables, arrow_schema
from tams_analytics.timerange import tr
from tams_analytics.writes.flows import put_flow
from tams_analytics.writes.load import load
from tams_analytics.writes.places import storage_path

IDS_AT_ONCE = 64


@dataclass(frozen=True)
class Kept:
    """What was written: numbers of new rows, and the bytes that were stored."""

    flows: int = 0
    segments: int = 0
    objects: int = 0
    bytes_stored: int = 0


@dataclass(frozen=True)
class Upload:
    """Bytes that the store lacks, and where they go."""

    object: PlannedObject
    key: str
    is_new: bool
    """The object has no row yet."""


def keep(
    engine: Engine,
    storage: MediaStorage,
    plan: Plan,
    *,
    advance: Advance,
    principal: str | None = None,
) -> Kept:
    """Write what the store lacks of ``plan``; all of it or nothing.

    Raises `BadParameter` for a file that has changed since it was planned, and what
    `tams_analytics.writes` refuses, such as `SegmentsOverlap`.
    """
    uploads = _lacking(engine, plan)
    try:
        for upload in uploads:
            _store(storage, upload, advance)
        return engine.transact(
            lambda tx: _write(Inside(engine, tx), storage, plan, uploads, principal)
        )
    finally:
        _sweep(engine, storage, uploads)


def object_places(tables: Tables, *, ids: Text) -> ir.Table:
    """Objects by their ids: ``id, storage_path``, and ``key`` where a controlled instance is."""
    kept = tables.object_instances.filter(_.controlled).select("object_id", "key")
    found = tables.objects.filter(_.id.isin(ids)).left_join(kept, _.id == kept.object_id)
    return found.select("id", "storage_path", "key")


def _lacking(engine: Engine, plan: Plan) -> list[Upload]:
    """The objects without bytes of this store's own, each once, at the place that is theirs."""
    places = _places(engine, [one.id for flow in plan.flows for one in flow.objects])
    day = now()
    found: dict[str, Upload] = {}
    for flow in plan.flows:
        for one in flow.objects:
            place = places.get(one.id)
            key = place["storage_path"] if place else storage_path(flow.id, day, one.id)
            if not (place and place["key"]) and one.id not in found:
                found[one.id] = Upload(one, key, is_new=place is None)
    return list(found.values())


def _store(storage: MediaStorage, upload: Upload, advance: Advance) -> None:
    one = upload.object
    with opened(one.path) as file:
        watched = Watched(file, advance)
        storage.put(upload.key, cast(BinaryIO, watched), one.content_type)
    if watched.sha256 != one.sha256:
        raise BadParameter("file", str(one.path), "has changed while it was ingested")


def _sweep(engine: Engine, storage: MediaStorage, uploads: Sequence[Upload]) -> None:
    """Take away what was stored for no row. A row that another writer made keeps its bytes."""
    places = _places(engine, [upload.object.id for upload in uploads])
    kept = {place["key"] for place in places.values()}
    storage.delete(upload.key for upload in uploads if upload.key not in kept)


def _places(engine: Engine, ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    """`object_places` by id, as many at once as one compiled statement takes."""
    wanted = sorted(set(ids))
    found: dict[str, dict[str, Any]] = {}
    for first in range(0, len(wanted), IDS_AT_ONCE):
        some = wanted[first : first + IDS_AT_ONCE]
        filled = some + some[-1:] * (IDS_AT_ONCE - len(some))
        found |= {row["id"]: row for row in engine.ask(object_places, ids=filled).to_pylist()}
    return found


def _write(
    engine: Engine,
    storage: MediaStorage,
    plan: Plan,
    uploads: Sequence[Upload],
    principal: str | None,
) -> Kept:
    """All rows that are not there; ``engine`` is inside a transaction."""
    new_flows = _new_flows(engine, plan)
    for body in new_flows:  # a PUT takes a body to the letter, a POST would add a container
        put_flow(engine, body, principal=principal)
    new_objects = _object_rows(plan, uploads)
    _load(engine, "objects", new_objects)
    if uploads:
        storage_id = _storage_backend(engine, storage)
        _load(
            engine, "object_instances", [_instance_row(storage, storage_id, one) for one in uploads]
        )
    new_segments = _new_segments(engine, plan)
    _load(engine, "segments", new_segments)
    stored_bytes = sum(upload.object.size for upload in uploads)
    return Kept(len(new_flows), len(new_segments), len(new_objects), stored_bytes)


def _load(engine: Engine, name: str, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        schema = arrow_schema(BY_NAME[name])
        fields = [field for field in schema if field.name in rows[0]]
        load(engine, name, pa.Table.from_pylist(list(rows), pa.schema(fields)))


def _new_flows(engine: Engine, plan: Plan) -> list[Mapping[str, Any]]:
    found = engine.ask(flows.by_ids, ids=[flow.id for flow in plan.flows])
    stored = set(found.column("id").to_pylist())
    return [flow.body for flow in plan.flows if flow.id not in stored]


def _new_segments(engine: Engine, plan: Plan) -> list[dict[str, Any]]:
    """Segments that their flow does not have: another object, or the same one at another time."""
    new = []
    for flow in plan.flows:
        if not flow.segments:
            continue
        stored = engine.ask(segments.listing, flow_id=flow.id)
        columns = (stored.column(name).to_pylist() for name in segments.ORDER)
        known = set(zip(*columns, strict=True))
        new += [_segment_row(flow.id, one) for one in flow.segments if _key(one) not in known]
    return new


def _key(segment: Mapping[str, Any]) -> tuple[int | None, int | None, str]:
    shown = tr(segment["timerange"])
    return shown.start_ns, shown.end_ns, segment["object_id"]


def _segment_row(flow_id: str, segment: Mapping[str, Any]) -> dict[str, Any]:
    """The row of a segment's body; what the body says of its object stands with the object."""
    own = ("object_id", "timerange", "ts_offset", "last_duration")
    return {"flow_id": flow_id, **{name: segment[name] for name in own}}


def _object_rows(plan: Plan, uploads: Sequence[Upload]) -> list[dict[str, Any]]:
    """Rows of the objects that have none, with the first flow that uses each."""
    owners = {one.id: flow.id for flow in reversed(plan.flows) for one in flow.objects}
    uses = {use["object_id"]: use for flow in plan.flows for use in flow.segments}
    return [
        {
            "id": upload.object.id,
            "storage_path": upload.key,
            "size": upload.object.size,
            "content_type": upload.object.content_type,
            "first_flow_id": owners[upload.object.id],
            **_media_columns(uses.get(upload.object.id, {})),
        }
        for upload in uploads
        if upload.is_new
    ]


def _media_columns(use: Mapping[str, Any]) -> dict[str, Any]:
    """What a segment's body says of a media object; an initialisation object has no time."""
    shown = tr(use["object_timerange"]) if use else None
    return {
        "timerange": use.get("object_timerange"),
        "start_ns": shown and shown.start_ns,
        "end_ns": shown and shown.end_ns,
        "key_frame_count": use.get("key_frame_count"),
        "init_object_id": use.get("init_object_id"),
    }


def _instance_row(storage: MediaStorage, storage_id: str, upload: Upload) -> dict[str, Any]:
    return {
        "object_id": upload.object.id,
        "storage_id": storage_id,
        "controlled": True,
        "bucket": storage.bucket,
        "key": upload.key,
    }


def _storage_backend(engine: Engine, storage: MediaStorage) -> str:
    """The id of the default storage backend (F43), made known where it is not."""
    storage_id = engine.settings.default_storage_backend_id
    if not engine.ask(storage_backend, id=storage_id).num_rows:
        row = {
            "id": storage_id,
            "label": "default",
            "provider": storage.product,
            "store_product": storage.product,
            "default_storage": True,
            "bucket": storage.bucket,
        }
        _load(engine, "storage_backends", [row])
    return storage_id


def storage_backend(tables: Tables, *, id: Text) -> ir.Table:
    """The storage backend with this id; all columns of ``storage_backends``."""
    return tables.storage_backends.filter(_.id == id)
