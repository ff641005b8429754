"""Defects on purpose that need flows of their own: three with segments, and some without."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pyarrow as pa

from tams_analytics.examples import catalogue
from tams_analytics.examples.catalogue import Row
from tams_analytics.examples.clock import END_UTC, FRAME_NS
from tams_analytics.examples.damaged import (
    LONG_NS,
    Kept,
    Planting,
    add_damaged,
    add_empty,
    changed,
    new_flow,
)
from tams_analytics.examples.essences import COLLECTION, LIVE_AUDIO, LIVE_VIDEO, PROXY
from tams_analytics.examples.media import Place
from tams_analytics.examples.plan import Flow, Plan
from tams_analytics.examples.planted import HANDFUL, Planted
from tams_analytics.examples.texts import timeranges_of, timestamps_of
from tams_analytics.timerange import SECOND

JUMPING = 3 * HANDFUL
"""Every third segment of so many has a ts_offset that jumps; two like each other between them."""
SEGMENTS = 14 * HANDFUL + JUMPING
"""How many segments are planted here."""


def plant_flows(plan: Plan, place: Place, planted: Planted) -> None:
    """A handful of each defect that needs flows of its own."""
    at = Planting(plan, place, planted)
    audio, video, proxy = (Kept(at, new_flow(at, each)) for each in (LIVE_AUDIO, LIVE_VIDEO, PROXY))
    for of_audio in OF_AUDIO:
        of_audio(audio)
    for of_video in (_last_duration, _no_key_frames):
        of_video(video)
    for of_proxy in (_init_differs, _init_missing, _init_with_timerange):
        of_proxy(proxy)
    _init_shown(proxy, video)
    for kept in (audio, video, proxy):
        add_damaged(kept)
    _tags(at, [audio.flow, video.flow, proxy.flow])
    for without_segments in WITHOUT_SEGMENTS:
        without_segments(at, [audio.flow, video.flow])


def _offset_text(kept: Kept) -> None:
    track = kept.stretches(HANDFUL)
    kept.objects(track)
    texts = timestamps_of(track.origin_ns + FRAME_NS)
    kept.show(track, "ts_offset_differs_from_text", ts_offset=texts)


def _outside(kept: Kept) -> None:
    """The last frame of these segments is not in their objects."""
    track = kept.stretches(HANDFUL)
    kept.objects(replace(track, object_end_ns=track.object_end_ns - FRAME_NS))
    kept.show(track, "segment_outside_object")


def _jumps(kept: Kept) -> None:
    """Every third segment has an object of another clock."""
    track = kept.stretches(JUMPING)
    jumps = np.arange(JUMPING) % 3 == 1
    track = replace(track, origin_ns=track.origin_ns + jumps * 10 * SECOND)
    kept.objects(track)
    ids = kept.show(track)
    kept.at.planted.found_by("ts_offset_jumps", "segments", ids[1::3])


def _long(kept: Kept) -> None:
    track = kept.stretches(HANDFUL, LONG_NS)
    kept.objects(track)
    kept.show(track, "segment_longer_than_target")


def _no_timerange(kept: Kept) -> None:
    track = kept.stretches(HANDFUL)
    none = pa.nulls(HANDFUL, pa.int64())
    rows = kept.objects(track, start_ns=none, end_ns=none, timerange=pa.nulls(HANDFUL, pa.string()))
    kept.at.planted.found_by("object_timerange_missing", "objects", rows["id"].to_pylist())
    kept.show(track)


def _object_text(kept: Kept) -> None:
    """The texts of these objects are a frame longer than their bounds."""
    track = kept.stretches(HANDFUL)
    texts = timeranges_of(track.start_ns, track.end_ns + FRAME_NS)
    rows = kept.objects(track, timerange=texts)
    kept.at.planted.found_by("object_bounds_differ_from_text", "objects", rows["id"].to_pylist())
    kept.show(track)


def _no_instance(kept: Kept) -> None:
    track = kept.stretches(HANDFUL)
    rows = kept.unstored(track)
    kept.at.planted.found_by("object_without_instance", "objects", rows["id"].to_pylist())
    kept.show(track)


def _other_place(kept: Kept) -> None:
    """One instance in another place, one in none, one with a URL."""
    track = kept.stretches(HANDFUL)
    objects = kept.unstored(track)
    rows = kept.instances(objects)
    one, other, third = (rows.slice(n, 1) for n in range(HANDFUL))
    kept.at.planted.add("object_instances", changed(one, {"key": pa.array(["elsewhere"])}))
    kept.at.planted.add("object_instances", changed(other, {"key": pa.nulls(1, pa.string())}))
    url = pa.array(["https://media.example/take?X-Amz-Signature=0"])
    kept.at.planted.add("object_instances", third.append_column("url", url))
    ids = objects["id"].to_pylist()
    kept.at.planted.found_by("instance_place_differs", "object_instances", ids)
    kept.show(track)


def _last_duration(kept: Kept) -> None:
    track = kept.stretches(HANDFUL)
    kept.objects(track)
    kept.show(track, "last_duration_odd", last_duration=pa.repeat("1:0", HANDFUL))


def _no_key_frames(kept: Kept) -> None:
    track = kept.stretches(HANDFUL)
    rows = kept.objects(track, key_frame_count=pa.repeat(0, HANDFUL))
    kept.at.planted.found_by("object_without_key_frames", "objects", rows["id"].to_pylist())
    kept.show(track)


def _init_differs(kept: Kept) -> None:
    """Segments of a flow with initialisation objects, whose objects have none."""
    track = kept.stretches(HANDFUL)
    kept.objects(track, init_object_id=pa.nulls(HANDFUL, pa.string()))
    kept.show(track, "init_segments_differ")


def _init_missing(kept: Kept) -> None:
    track = kept.stretches(HANDFUL)
    gone = pa.array([kept.at.new_id() for _ in range(HANDFUL)])
    rows = kept.objects(track, init_object_id=gone)
    kept.at.planted.found_by("init_object_missing", "objects", rows["id"].to_pylist())
    kept.show(track)


def _init_with_timerange(kept: Kept) -> None:
    """Objects of no segment that others need, with the timerange of a media object."""
    none = pa.nulls(HANDFUL, pa.string())
    inits = kept.objects(kept.stretches(HANDFUL), init_object_id=none)["id"]
    kept.at.planted.found_by("init_object_has_timerange", "objects", inits.to_pylist())
    track = kept.stretches(HANDFUL)
    kept.objects(track, init_object_id=inits)
    kept.show(track)


def _init_shown(kept: Kept, other: Kept) -> None:
    """Objects that those of one flow need, and that another shows as its media."""
    shown = other.stretches(HANDFUL)
    inits = other.objects(shown)["id"]
    other.show(shown)
    kept.at.planted.found_by("init_object_is_media", "objects", inits.to_pylist())
    track = kept.stretches(HANDFUL)
    kept.objects(track, init_object_id=inits)
    kept.show(track)


def _tags(at: Planting, flows: list[Flow]) -> None:
    """The channel with a capital, and a tag at a place before the first."""
    rows: list[Row] = []
    for number, flow in enumerate(flows):
        tag = {"entity_type": "flows", "entity_id": flow.id, "value": f"D{number + 1}"}
        rows += [{**tag, "name": "Channel"}, {**tag, "name": "genre", "position": -1}]
    at.planted.add_rows("tags", rows)
    ids = [flow.id for flow in flows]
    at.planted.found_by("tag_name_varies", "flows", ids)
    at.planted.found_by("column_contract", "tags", ids)


def _formats(at: Planting, there: list[Flow]) -> None:
    """Sound, said to be of a source that is a picture."""
    for number in range(HANDFUL):
        flow = new_flow(at, LIVE_AUDIO)
        add_empty(at, flow, f"Mistaken {number + 1} audio")
        sources = at.planted.rows["sources"]
        video = [LIVE_VIDEO.format]
        sources[-1] = changed(sources[-1], {"format": pa.array(video)})
        at.planted.found_by("flow_format_differs", "flows", [flow.id])


def _untold(at: Planting, there: list[Flow]) -> None:
    """A flow that nobody described, one without a container, and a source of nobody."""
    one, other, third = (new_flow(at, LIVE_AUDIO) for _ in range(HANDFUL))
    add_empty(at, one, "Untold 1 audio", description=None)
    add_empty(at, other, "Untold 2 audio", container=None)
    add_empty(at, third, "Untold 3 audio")
    sources = at.planted.rows["sources"]
    sources[-1] = changed(sources[-1], {"created_by": pa.nulls(1, pa.string())})
    at.planted.found_by("metadata_missing", "flows", [one.id, other.id])
    at.planted.found_by("metadata_missing", "sources", [third.source_id])


def _collections(at: Planting, there: list[Flow]) -> None:
    """Flows that collect two others in one role, and flows that collect nothing."""
    for number in range(HANDFUL):
        doubled, nothing = new_flow(at, COLLECTION), new_flow(at, COLLECTION)
        add_empty(at, doubled, f"Doubled {number + 1}")
        add_empty(at, nothing, f"Nothing {number + 1}")
        rows = [
            catalogue.collected(doubled, member.id, position, "main")
            for position, member in enumerate(there)
        ]
        at.planted.add_rows("collections", rows)
        at.planted.found_by("collection_role_doubled", "flows", [doubled.id])
        at.planted.found_by("collection_without_essence", "flows", [nothing.id])


def _circular(at: Planting, there: list[Flow]) -> None:
    """Flows that collect a flow of their own source, which collects others as it should."""
    for number in range(HANDFUL):
        outer = new_flow(at, COLLECTION)
        inner = replace(new_flow(at, COLLECTION), source_id=outer.source_id)
        add_empty(at, outer, f"Circular {number + 1}")
        add_empty(at, inner, f"Inside {number + 1}", with_source=False)
        members = [(outer, inner, None), (inner, there[0], "audio")]
        rows = [catalogue.collected(flow, member.id, 0, role) for flow, member, role in members]
        at.planted.add_rows("collections", rows)
        at.planted.found_by("source_flows_disagree", "flows", [outer.id])


def _deletions(at: Planting, there: list[Flow]) -> None:
    """Requests that failed, and others that were forgotten, of flows that are gone."""
    asked = END_UTC - 24 * catalogue.BEFORE
    for status, check in [("error", "failed"), ("started", "stuck")]:
        rows: list[Row] = [
            {
                "id": at.new_id(),
                "flow_id": at.new_id(),
                "timerange_to_delete": "_",
                "timerange_remaining": "[0:0_10:0)",
                "delete_flow": True,
                "status": status,
                "error": '{"summary": "planted"}' if status == "error" else None,
                "created": asked,
                "created_by": catalogue.PRINCIPAL,
                "updated": asked,
            }
            for _ in range(HANDFUL)
        ]
        at.planted.add_rows("deletion_requests", rows)
        ids = [row["id"] for row in rows]
        at.planted.found_by(f"deletion_request_{check}", "deletion_requests", ids)


def _orphans(at: Planting, there: list[Flow]) -> None:
    """Instances, tags and members of what is gone."""
    ids = [at.new_id() for _ in range(HANDFUL)]
    instance: Row = {"storage_id": at.place.storage_id, "bucket": at.place.bucket}
    instance |= {"created": END_UTC - catalogue.BEFORE, "controlled": True}
    instances: list[Row] = [{**instance, "object_id": id, "key": f"gone/{id}"} for id in ids]
    at.planted.add_rows("object_instances", instances)
    at.planted.found_by("instance_without_object", "object_instances", ids)
    tags: list[Row] = [
        {"entity_type": "flows", "entity_id": id, "name": "channel", "value": "gone"} for id in ids
    ]
    at.planted.add_rows("tags", tags)
    at.planted.found_by("tag_without_entity", "flows", ids)
    gone = [new_flow(at, COLLECTION) for _ in range(HANDFUL)]
    rows = [catalogue.collected(flow, there[0].id, 0, None) for flow in gone]
    at.planted.add_rows("collections", rows)
    at.planted.found_by("collection_without_flow", "collections", [flow.id for flow in gone])


OF_AUDIO: tuple[Callable[[Kept], None], ...] = (
    _offset_text,
    _outside,
    _jumps,
    _long,
    _no_timerange,
    _object_text,
    _no_instance,
    _other_place,
)
WITHOUT_SEGMENTS: tuple[Callable[[Planting, list[Flow]], None], ...] = (
    _formats,
    _untold,
    _collections,
    _circular,
    _deletions,
    _orphans,
)
