"""The rows of all that is not media: sources, flows, collections, tags, fences."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tams_analytics.examples.clock import as_datetime
from tams_analytics.examples.media import allocated_us
from tams_analytics.examples.plan import Flow, Plan
from tams_analytics.examples.timelines import Track, target_ns
from tams_analytics.tables.formats import DATA, IMAGE, MULTI, VIDEO
from tams_analytics.timerange import SECOND

Row = dict[str, Any]

PRINCIPAL = "newsroom"
BEFORE = timedelta(hours=1)
"""How long before its first object a flow was made."""
PLANNED = "Election night"
"""A source that was made before there is anything to record: explicit, without a flow."""


@dataclass(frozen=True)
class Life:
    """When a flow was made, when it got its last segment, and its longest one."""

    created: datetime
    segments_updated: datetime | None
    longest_ns: int
    segments: int


def life(track: Track) -> Life:
    """The life of the flow with these segments."""
    return Life(
        as_datetime(allocated_us(track).min()) - BEFORE,
        as_datetime(track.created_us.max()),
        int((track.end_ns - track.start_ns).max()),
        len(track.start_ns),
    )


def flow_row(flow: Flow, life: Life) -> Row:
    """The row of ``flows``, technically complete for its format."""
    essence = flow.essence
    row: Row = {
        "id": flow.id,
        "source_id": flow.source_id,
        "format": essence.format,
        "codec": essence.codec,
        "container": essence.container,
        "label": flow.label,
        "description": f"{DESCRIBED[flow.group.kind]}: {essence.name or 'all its flows'}",
        "status": "ingesting" if flow.group.is_live else "closed_complete",
        "read_only": flow.group.kind == "programme",
        "generation": essence.generation,
        "metadata_version": "1",
        "created": life.created,
        "created_by": PRINCIPAL,
        "metadata_updated": life.created,
        "segments_updated": life.segments_updated,
        "body": _body(flow),
        **essence.columns,
    }
    return row if flow.is_collecting else row | _rates(flow)


DESCRIBED = {
    "studio": "studio output, as it goes out",
    "radio": "radio, as it goes out",
    "programme": "finished programme, delivered as a file",
    "clip": "cut out of a studio for the evening news",
}


def _rates(flow: Flow) -> Row:
    return {
        "avg_bit_rate": flow.essence.kilobits,
        "max_bit_rate": flow.essence.kilobits * 5 // 4,
        "segment_duration_num": target_ns(flow.group) // SECOND,
        "segment_duration_den": 1,
    }


def _body(flow: Flow) -> str:
    parameters = flow.essence.parameters
    return json.dumps({"essence_parameters": parameters} if parameters else {})


def source_rows(flows: list[tuple[Flow, Life]]) -> list[Row]:
    """The rows of ``sources``: as their first flow describes them, as old as their oldest one."""
    rows: dict[str, Row] = {}
    for flow, life in sorted(flows, key=lambda found: found[1].created):
        label = f"{flow.group.name} {flow.essence.source_name}".strip()
        row = source_row(flow.source_id, flow.essence.format, label, life.created)
        rows.setdefault(flow.source_id, row)
    return [rows[id] for id in dict.fromkeys(flow.source_id for flow, _ in flows)]


def source_row(id: str, format: str, label: str, created: datetime) -> Row:
    """One row of ``sources``."""
    return {
        "id": id,
        "format": format,
        "label": label,
        "description": f"{label}, as it was recorded",
        "explicit": False,
        "created_by": PRINCIPAL,
        "created": created,
        "updated": created,
        "body": "{}",
    }


def collection_rows(plan: Plan) -> list[Row]:
    """The rows of ``collections``: each production with its essences, in order."""
    return [
        collected(first, member.id, position, member.essence.role)
        for first, members in plan.collections()
        for position, member in enumerate(members)
    ]


def collected(flow: Flow, member_id: str, position: int, role: str | None) -> Row:
    """One row of ``collections``."""
    return {"flow_id": flow.id, "member_id": member_id, "position": position, "role": role}


def fence_row(flow_id: str, life: Life) -> Row:
    """The row of ``flow_fences``."""
    return {"flow_id": flow_id, "epoch": life.segments, "max_segment_ns": life.longest_ns}


def tag_rows(plan: Plan) -> list[Row]:
    """The rows of ``tags``: of each flow, and of each source the channel."""
    rows = [
        _tag("flows", flow.id, name, position, value)
        for flow in plan.flows
        for name, position, value in _tags(flow)
    ]
    channels = {flow.source_id: flow.group.name for flow in plan.flows}
    return rows + [_tag("sources", id, "channel", None, name) for id, name in channels.items()]


def _tag(entity: str, id: str, name: str, position: int | None, value: str) -> Row:
    return {
        "entity_type": entity,
        "entity_id": id,
        "name": name,
        "position": position,
        "value": value,
    }


def _tags(flow: Flow) -> Iterator[tuple[str, int | None, str]]:
    """Name, position and value of a flow's tags; a genre is an array."""
    yield "channel", None, (flow.group.origin or flow.group).name
    for position, genre in enumerate(GENRES[flow.group.kind]):
        yield "genre", position, genre
    if flow.group.is_live and not flow.is_collecting:
        days = 30 if flow.essence.format in {VIDEO, DATA, IMAGE} else 90
        yield "segment_retention_offset", None, f"{days * 86_400}:0"
    if flow.group.kind == "clip" and flow.essence.format != MULTI:
        yield "flow_retention_offset", None, f"{365 * 86_400}:0"


GENRES = {
    "studio": ("news",),
    "radio": ("news", "talk"),
    "programme": ("documentary",),
    "clip": ("news", "highlights"),
}
