"""The rows of one flow's media: its segments, its objects and where their bytes are.

An object's id is the beginning of its flow's id and a number, so that ids grow as rows are written
and the index on ``objects(id)`` is built from left to right.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tams_analytics.examples.clock import Ints
from tams_analytics.examples.plan import Flow
from tams_analytics.examples.texts import (
    Letters,
    column,
    dates,
    hexadecimal,
    joined,
    letters,
    letters_of,
    of_few,
    timeranges_of,
    timestamps_of,
)
from tams_analytics.examples.timelines import Track
from tams_analytics.timerange import SECOND, format_timestamp

NUMBER_WIDTH = 12
INIT_NUMBER = 16**NUMBER_WIDTH - 1
"""The number of a flow's initialisation object."""
ARCHIVE = "https://archive.example.com/"
"""Where programmes can be had too; the store does not control those instances."""


@dataclass(frozen=True)
class Place:
    """Where controlled instances are."""

    storage_id: str
    bucket: str


def segment_rows(flow: Flow, track: Track) -> pa.Table:
    """The rows of ``segments``, in order of time."""
    count = len(track.start_ns)
    sample_ns = flow.essence.sample_ns
    return pa.table(
        {
            "flow_id": pa.repeat(flow.id, count),
            "object_id": column(object_ids(flow.maker_id, track.sequence)),
            "start_ns": track.start_ns,
            "end_ns": track.end_ns,
            "timerange": timeranges_of(track.start_ns, track.end_ns),
            "ts_offset": _offset_texts(track.origin_ns),
            "ts_offset_ns": track.origin_ns,
            "last_duration": _repeated(sample_ns and format_timestamp(sample_ns), count),
            "created": timestamps(track.created_us),
            "body": pa.repeat("{}", count),
        }
    )


def object_rows(flow: Flow, track: Track, segments: pa.Table) -> pa.Table:
    """The rows of ``objects``: one for each segment, and the initialisation object of the flow.

    ``segments`` are the rows of `segment_rows` for the same flow that makes them, taken for their
    texts: an object without a clock of its own has its segment's timerange.
    """
    count = len(track.sequence)
    ids = letters_of(segments["object_id"], len(flow.id))
    start, end = track.object_start_ns - track.origin_ns, track.object_end_ns - track.origin_ns
    allocated = allocated_us(track)
    rows = pa.table(
        {
            "id": segments["object_id"],
            "storage_path": column(storage_paths(flow.id, allocated, ids)),
            "size": _sizes(flow, track),
            "content_type": pa.repeat(flow.essence.container, count),
            "start_ns": start,
            "end_ns": end,
            "timerange": _own_texts(end) if flow.essence.own_clock else segments["timerange"],
            "key_frame_count": _key_frames(flow, end - start),
            "init_object_id": _repeated(_init_id(flow), count),
            "first_flow_id": pa.repeat(flow.id, count),
            "created": timestamps(allocated),
            "registered_at": timestamps(track.created_us),
        }
    )
    return pa.concat_tables([rows, _init_row(flow, track)], promote_options="default")


def instance_rows(flow: Flow, objects: pa.Table, place: Place) -> pa.Table:
    """The rows of ``object_instances`` for these objects: controlled, and the archive's copies."""
    count = objects.num_rows
    controlled = pa.table(
        {
            "object_id": objects["id"],
            "storage_id": pa.repeat(place.storage_id, count),
            "controlled": pa.repeat(True, count),
            "bucket": pa.repeat(place.bucket, count),
            "key": objects["storage_path"],
            "created": objects["created"],
        }
    )
    if flow.group.kind != "programme":
        return controlled
    archived = {
        "object_id": objects["id"],
        "label": pa.repeat("archive", count),
        "controlled": pa.repeat(False, count),
        "url": pc.binary_join_element_wise(ARCHIVE, objects["id"], ""),
        "created": objects["registered_at"],
    }
    return pa.concat_tables([controlled, pa.table(archived)], promote_options="default")


def object_ids(flow_id: str, numbers: Ints) -> Letters:
    """The ids of the objects that were made for a flow."""
    beginning = letters([flow_id[:-NUMBER_WIDTH]])
    return joined(np.repeat(beginning, len(numbers), axis=0), hexadecimal(numbers, NUMBER_WIDTH))


def storage_paths(flow_id: str, allocated_us: Ints, ids: Letters) -> Letters:
    """``{flow_id}/{YYYY}/{MM}/{DD}/{object_id}`` (R8)."""
    return joined(np.repeat(letters([flow_id]), len(ids), axis=0), dates(allocated_us), ids)


def allocated_us(track: Track) -> Ints:
    """When storage was allocated: before the first sample of the object came in."""
    return track.created_us - (track.object_end_ns - track.object_start_ns) // 1000 - 5_000_000


def timestamps(us: Ints) -> pa.Array:
    """Microseconds of the wall clock as a column."""
    return pa.array(us).cast(pa.timestamp("us"))


def _offset_texts(origin_ns: Ints) -> pa.Array:
    """``ts_offset`` as written; not given where it is 0."""
    if not origin_ns.any():
        return pa.nulls(len(origin_ns), pa.string())
    if origin_ns[0] == origin_ns[-1]:
        return pa.repeat(format_timestamp(int(origin_ns[0])), len(origin_ns))
    return timestamps_of(origin_ns)


def _own_texts(end_ns: Ints) -> pa.Array:
    """The timeranges of objects that begin at 0 and have one of a few lengths."""
    return of_few(end_ns, lambda ends: timeranges_of(np.zeros_like(ends), ends))


def _sizes(flow: Flow, track: Track) -> Ints:
    """Bytes at the flow's bit rate, a tenth more or less."""
    chance = flow.group.random(7, flow.group.essences.index(flow.essence))
    length = track.object_end_ns - track.object_start_ns
    usual = length * (flow.essence.kilobits * 125 / SECOND)
    return (usual * chance.uniform(0.9, 1.1, len(length))).astype(np.int64) + 1


def _key_frames(flow: Flow, length_ns: Ints) -> pa.Array:
    if flow.essence.key_frame_ns is None:
        return pa.nulls(len(length_ns), pa.int64())
    return pa.array(-(-length_ns // flow.essence.key_frame_ns))


def _init_id(flow: Flow) -> str | None:
    if not flow.essence.has_init_objects:
        return None
    return f"{flow.id[:-NUMBER_WIDTH]}{INIT_NUMBER:x}"


def _init_row(flow: Flow, track: Track) -> pa.Table:
    """The initialisation object, allocated before all others; no row where there is none."""
    ids = object_ids(flow.id, np.full(1, INIT_NUMBER))
    allocated = allocated_us(track)[:1]
    row = pa.table(
        {
            "id": column(ids),
            "storage_path": column(storage_paths(flow.id, allocated, ids)),
            "size": [800],
            "content_type": [flow.essence.container],
            "first_flow_id": [flow.id],
            "created": timestamps(allocated),
            "registered_at": timestamps(track.created_us[:1]),
        }
    )
    return row if flow.essence.has_init_objects else row.slice(0, 0)


def _repeated(text: str | int | None, count: int) -> pa.Array:
    return pa.nulls(count, pa.string()) if text is None else pa.repeat(text, count)
