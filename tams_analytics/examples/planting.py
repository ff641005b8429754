"""Defects on purpose: rows that each break one rule and keep all others.

`tams_analytics.writes` refuses them, so they are written as they are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pyarrow as pa

from tams_analytics.examples import catalogue, planting_flows
from tams_analytics.examples.catalogue import Life, collected, fence_row, flow_row, source_row
from tams_analytics.examples.clock import END_UTC, FRAME_NS, Ints
from tams_analytics.examples.essences import LIVE_AUDIO
from tams_analytics.examples.media import (
    Place,
    instance_rows,
    object_rows,
    segment_rows,
)
from tams_analytics.examples.plan import Flow, Group, Plan, identifier
from tams_analytics.examples.planted import HANDFUL, Planted
from tams_analytics.examples.timelines import Track, track
from tams_analytics.tables.formats import AUDIO
from tams_analytics.timerange import SECOND

PLANTED_SEGMENTS = 4 * HANDFUL + planting_flows.SEGMENTS
"""How many segments are planted in all."""
FIRST_NUMBER = 0xD00000000000
"""Numbers of planted objects begin here, above all others of a flow."""


def plant(plan: Plan, place: Place) -> Planted:
    """A handful of each defect."""
    planted = Planted()
    for kind in KINDS:
        kind(plan, place, planted)
    planting_flows.plant_flows(plan, place, planted)
    planted.add_rows("store_metadata", list(planted.records()))
    return planted


def _overlap(plan: Plan, place: Place, planted: Planted) -> None:
    """Segments inside others of their flow, each with an object of its own."""
    flow = plan.flow("S1 audio")
    there = track(flow)
    chosen = _rows(there, np.arange(1, HANDFUL + 1) * len(there.start_ns) // (HANDFUL + 2))
    quarter = (chosen.end_ns - chosen.start_ns) // 4 // FRAME_NS * FRAME_NS
    extra = _extra(chosen, chosen.start_ns + quarter, chosen.end_ns - quarter, 0)
    _with_objects(flow, extra, place, planted)
    _segments(flow, extra, planted, "segments_overlap")


def _without_flow(plan: Plan, place: Place, planted: Planted) -> None:
    """Segments of a flow that is gone; their objects are in use elsewhere."""
    flow = plan.flow("S1 audio")
    reused = _rows(track(flow), np.arange(HANDFUL))
    gone = replace(flow, id=_new_id(plan, 1))
    _segments(gone, reused, planted, "segment_without_flow")


def _without_object(plan: Plan, place: Place, planted: Planted) -> None:
    """Segments, before all others of their flow, whose object nobody knows."""
    flow = plan.flow("S1 thumbnails")
    _segments(flow, _earlier(flow), planted, "segment_without_object")


def _other_text(plan: Plan, place: Place, planted: Planted) -> None:
    """Segments, before all others of their flow, whose text is a frame longer than their bounds."""
    flow = plan.flow("S1 subtitles")
    longer = _earlier(flow)
    _with_objects(flow, longer, place, planted)
    texts = segment_rows(flow, longer)["timerange"]
    shorter = replace(longer, end_ns=longer.end_ns - FRAME_NS)
    _segments(flow, shorter, planted, "segment_bounds_differ_from_text", texts)


def _flow_without_source(plan: Plan, place: Place, planted: Planted) -> None:
    life = Life(END_UTC - timedelta(days=1), None, 0, 0)
    lost = Group("radio", 0, 1, (plan.seed, 5))
    flows = [
        Flow(lost, LIVE_AUDIO, _new_id(plan, 10 + n), _new_id(plan, 20 + n), "")
        for n in range(HANDFUL)
    ]
    rows = [
        flow_row(flow, life) | {"label": f"Lost {n + 1} audio", "status": "awaiting_content"}
        for n, flow in enumerate(flows)
    ]
    planted.add_rows("flows", rows)
    planted.add_rows("flow_fences", [fence_row(flow.id, life) for flow in flows])
    planted.found_by("flow_without_source", "flows", [flow.id for flow in flows])


def _source_without_flow(plan: Plan, place: Place, planted: Planted) -> None:
    made = END_UTC - timedelta(days=2)
    ids = [_new_id(plan, 30 + n) for n in range(HANDFUL)]
    rows = [source_row(id, AUDIO, f"Forgotten {n + 1}", made) for n, id in enumerate(ids)]
    planted.add_rows("sources", rows)
    planted.found_by("source_without_flow", "sources", ids)


def _unreferenced(plan: Plan, place: Place, planted: Planted) -> None:
    """Objects that were registered and have no segment, but were not released."""
    flow = plan.flow("S1 video")
    chosen = _rows(track(flow), np.arange(HANDFUL))
    extra = _extra(chosen, chosen.start_ns, chosen.end_ns, 0)
    objects = _with_objects(flow, extra, place, planted)
    planted.found_by("object_unreferenced", "objects", objects["id"].to_pylist())


def _never_registered(plan: Plan, place: Place, planted: Planted) -> None:
    """Objects that were allocated when the newsroom began and never registered."""
    flow = plan.flow("S1 video")
    chosen = _rows(track(flow), np.arange(HANDFUL))
    extra = _extra(chosen, chosen.start_ns, chosen.end_ns, HANDFUL)
    allocated = object_rows(flow, extra, segment_rows(flow, extra)).select(
        ["id", "storage_path", "content_type", "first_flow_id", "created"]
    )
    registered_at = pa.nulls(HANDFUL, pa.timestamp("us"))
    planted.add("objects", allocated.append_column("registered_at", registered_at))
    planted.add("object_instances", instance_rows(flow, allocated, place))
    planted.found_by("object_never_registered", "objects", allocated["id"].to_pylist())


def _duplicates(plan: Plan, place: Place, planted: Planted) -> None:
    """A flow, its source and its first object, each a second time."""
    flow = plan.flow("Programme 1 audio")
    made = track(flow)
    life = catalogue.life(made)
    first = _rows(made, np.arange(1))
    rows = object_rows(flow, first, segment_rows(flow, first))
    planted.add("objects", rows)
    planted.add_rows("flows", [flow_row(flow, life)])
    planted.add_rows("sources", catalogue.source_rows([(flow, life)]))
    planted.found_by("duplicate_id", "flows", [flow.id])
    planted.found_by("duplicate_id", "sources", [flow.source_id])
    planted.found_by("duplicate_id", "objects", rows["id"].to_pylist())


def _member_missing(plan: Plan, place: Place, planted: Planted) -> None:
    """Collections that name a flow which is not there."""
    flows = _collecting(plan)
    rows = [
        collected(flow, _new_id(plan, 40 + n), 10, "commentary") for n, flow in enumerate(flows)
    ]
    planted.add_rows("collections", rows)
    planted.found_by("collection_member_missing", "flows", [flow.id for flow in flows])


def _cycle(plan: Plan, place: Place, planted: Planted) -> None:
    """A flow that collects itself, and two that collect each other."""
    alone, one, other = _collecting(plan)
    rows = [
        collected(flow, member.id, 11, "related")
        for flow, member in [(alone, alone), (one, other), (other, one)]
    ]
    planted.add_rows("collections", rows)
    planted.found_by("collection_cycle", "flows", [alone.id, one.id, other.id])


KINDS: tuple[Callable[[Plan, Place, Planted], None], ...] = (
    _overlap,
    _without_flow,
    _without_object,
    _other_text,
    _flow_without_source,
    _source_without_flow,
    _unreferenced,
    _never_registered,
    _duplicates,
    _member_missing,
    _cycle,
)


def _collecting(plan: Plan) -> list[Flow]:
    """One collecting flow of each kind."""
    return [plan.flow(label) for label in ("S1", "Programme 1", "Clip 1")]


def _new_id(plan: Plan, number: int) -> str:
    """An id that no entity has."""
    return identifier(np.random.default_rng([plan.seed, 6, number]))


def _segments(
    flow: Flow, rows: Track, planted: Planted, check: str, texts: pa.Array | None = None
) -> None:
    segments = segment_rows(flow, rows)
    if texts is not None:
        segments = segments.set_column(4, "timerange", texts)
    planted.add("segments", segments)
    ids = [f"{flow.id}@{text}" for text in segments["timerange"].to_pylist()]
    planted.found_by(check, "segments", ids)


def _with_objects(flow: Flow, rows: Track, place: Place, planted: Planted) -> pa.Table:
    objects = object_rows(flow, rows, segment_rows(flow, rows))
    planted.add("objects", objects)
    planted.add("object_instances", instance_rows(flow, objects, place))
    return objects


def _rows(rows: Track, chosen: Ints) -> Track:
    return Track(**{name: column[chosen] for name, column in vars(rows).items()})


def _extra(rows: Track, start_ns: Ints, end_ns: Ints, first: int) -> Track:
    """``rows`` with other bounds and objects of their own, numbered from ``first``."""
    numbers = FIRST_NUMBER + first + np.arange(len(start_ns))
    return replace(
        rows,
        start_ns=start_ns,
        end_ns=end_ns,
        object_start_ns=start_ns,
        object_end_ns=end_ns,
        sequence=numbers,
    )


def _earlier(flow: Flow) -> Track:
    """Two seconds of each of the minutes before the flow's first segment."""
    chosen = _rows(track(flow), np.zeros(HANDFUL, np.int64))
    before_ns = np.arange(HANDFUL, 0, -1) * 60 * SECOND
    start = chosen.start_ns - before_ns
    moved = _extra(chosen, start, start + 2 * SECOND, 0)
    return replace(moved, created_us=chosen.created_us - before_ns // 1000)
