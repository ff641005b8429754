"""A plan into a store: objects are allocated, then bytes, then all else in one transaction (R7).

What the store has already is left alone, so that a second run writes nothing. What fails takes away
again what it has stored; what is killed leaves allocated objects to the collector (`reserving`).
"""

from __future__ import annotations

import contextlib
import itertools
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, BinaryIO, cast

import pyarrow as pa

from tams_analytics.engines import Engine, Transaction
from tams_analytics.errors import BadParameter
from tams_analytics.ingest.files import Advance, Watched, opened
from tams_analytics.ingest.inside import Inside
from tams_analytics.ingest.plan import Plan
from tams_analytics.ingest.reserving import GivenBack, Upload, give_back, register, reserve
from tams_analytics.media.storage import MediaStorage
from tams_analytics.queries import flows, segments
from tams_analytics.tables import BY_NAME, arrow_schema
from tams_analytics.timerange import tr
from tams_analytics.writes.bulk.load import load
from tams_analytics.writes.events import SEGMENTS_ADDED, segments_added
from tams_analytics.writes.flows import put_flow
from tams_analytics.writes.holding import Renewal, prolong
from tams_analytics.writes.outbox import outbox
from tams_analytics.writes.undoing import undo

ATTEMPTS = 5
PAUSE_S = 0.5
"""Until the others have taken away what they are about to."""


@dataclass(frozen=True)
class Kept:
    """What was written: numbers of new rows, and the bytes that were stored."""

    flows: int = 0
    segments: int = 0
    objects: int = 0
    bytes_stored: int = 0


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
    for _attempt in range(ATTEMPTS):
        with contextlib.suppress(GivenBack):
            return _keep(engine, storage, plan, advance, principal)
        time.sleep(PAUSE_S)
    raise BadParameter("files", plan.title, "is ingested by others that fail again and again")


def _keep(
    engine: Engine, storage: MediaStorage, plan: Plan, advance: Advance, principal: str | None
) -> Kept:
    uploads = engine.transact(lambda tx: reserve(tx, engine, storage, plan))
    renewal = Renewal(lambda: prolong(engine, [one.object.id for one in uploads]))

    def stored(size: int) -> None:
        advance(size)
        renewal()

    try:
        for upload in uploads:
            _store(storage, upload, stored)
        return engine.transact(lambda tx: _write(tx, engine, storage, plan, uploads, principal))
    except BaseException:
        if uploads:
            undone = engine.transact(lambda tx: give_back(tx, engine, storage, uploads))
            undo(engine, storage, undone)
        raise


def _store(storage: MediaStorage, upload: Upload, advance: Advance) -> None:
    one = upload.object
    with opened(one.path) as file:
        watched = Watched(file, advance)
        storage.put(upload.key, cast(BinaryIO, watched), one.content_type)
    if watched.sha256 != one.sha256:
        raise BadParameter("file", str(one.path), "has changed while it was ingested")


def _write(
    tx: Transaction,
    engine: Engine,
    storage: MediaStorage,
    plan: Plan,
    uploads: Sequence[Upload],
    principal: str | None,
) -> Kept:
    """All rows that are not there, in one transaction."""
    inside = Inside(engine, tx)
    new_flows = _new_flows(inside, plan)
    for body in new_flows:  # a PUT takes a body to the letter, a POST would add a container
        put_flow(inside, body, principal=principal)
    new_objects, stored_bytes = register(tx, engine, storage, plan, uploads)
    new_segments = _new_segments(inside, plan)
    _load(inside, "segments", new_segments)
    _tell(inside, tx, new_segments)
    return Kept(len(new_flows), len(new_segments), new_objects, stored_bytes)


def _load(engine: Engine, name: str, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        schema = arrow_schema(BY_NAME[name])
        fields = [field for field in schema if field.name in rows[0]]
        load(engine, name, pa.Table.from_pylist(list(rows), pa.schema(fields)))


def _tell(engine: Engine, tx: Transaction, new: Sequence[Mapping[str, Any]]) -> None:
    """Webhooks hear of these as of posted segments, though not of what is loaded (F80)."""
    if not outbox(tx).wants(SEGMENTS_ADDED):
        return
    for flow_id, rows in itertools.groupby(new, itemgetter("flow_id")):
        keys = {_key(row) for row in rows}
        stored = engine.ask(segments.listing, flow_id=flow_id).to_pylist()
        segments_added(tx, flow_id, [row for row in stored if _stored_key(row) in keys])


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
        known = {_stored_key(row) for row in stored.select(segments.ORDER).to_pylist()}
        new += [_segment_row(flow.id, one) for one in flow.segments if _key(one) not in known]
    return new


_stored_key = itemgetter(*segments.ORDER)


def _key(segment: Mapping[str, Any]) -> tuple[int | None, int | None, str]:
    shown = tr(segment["timerange"])
    return shown.start_ns, shown.end_ns, segment["object_id"]


def _segment_row(flow_id: str, segment: Mapping[str, Any]) -> dict[str, Any]:
    """The row of a segment's body; what the body says of its object stands with the object."""
    own = ("object_id", "timerange", "ts_offset", "last_duration")
    return {"flow_id": flow_id, **{name: segment[name] for name in own}}
