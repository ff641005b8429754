"""Flows of their own for defects, so that what is wrong with one row is wrong with no other."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa

from tams_analytics.examples import catalogue
from tams_analytics.examples.catalogue import Life, fence_row, flow_row, source_row
from tams_analytics.examples.clock import END_NS, END_UTC, wall_clock_us
from tams_analytics.examples.essences import Essence
from tams_analytics.examples.media import Place, instance_rows, object_rows, segment_rows
from tams_analytics.examples.plan import Flow, Group, Plan, identifier
from tams_analytics.examples.planted import Planted
from tams_analytics.examples.texts import timeranges_of, timestamps_of
from tams_analytics.examples.timelines import Track
from tams_analytics.timerange import SECOND

STEP_NS = 30 * SECOND
LENGTH_NS, LONG_NS = 2 * SECOND, 20 * SECOND


@dataclass
class Planting:
    """What a newsroom is planted with, and the ids and stretches of time not taken yet."""

    plan: Plan
    place: Place
    planted: Planted
    taken: int = 100
    """So many ids are taken: those below are `planting`'s."""

    def new_id(self) -> str:
        self.taken += 1
        return identifier(np.random.default_rng([self.plan.seed, 6, self.taken]))


@dataclass
class Kept:
    """A flow of its own for defects, with its segments so far."""

    at: Planting
    flow: Flow
    segments: int = 0

    def stretches(self, count: int, length_ns: int = LENGTH_NS) -> Track:
        """The next ``count`` segments of the flow, apart from each other."""
        numbers = np.arange(self.segments, self.segments + count)
        self.segments += count
        start = END_NS - 3600 * SECOND + numbers * STEP_NS
        end = start + length_ns
        zero = start if self.flow.essence.own_clock else np.zeros_like(start)
        return Track(start, end, start, end, zero, numbers, wall_clock_us(end) + 30_000_000)

    def objects(self, track: Track, **columns: Any) -> pa.Table:
        """The media objects of these segments, with other columns, and their instances."""
        rows = self.unstored(track, **columns)
        self.at.planted.add("object_instances", self.instances(rows))
        return rows

    def instances(self, objects: pa.Table) -> pa.Table:
        """Where the bytes of these objects are."""
        return instance_rows(self.flow, objects, self.at.place)

    def unstored(self, track: Track, **columns: Any) -> pa.Table:
        """The media objects of these segments, with other columns, and nothing of their bytes."""
        rows = object_rows(self.flow, track, segment_rows(self.flow, track))
        rows = rows.slice(0, len(track.sequence))  # without the initialisation object
        start, end = (rows[name].to_numpy() for name in ("start_ns", "end_ns"))
        rows = changed(rows, {"timerange": timeranges_of(start, end), **columns})
        self.at.planted.add("objects", rows)
        return rows

    def show(self, track: Track, check: str | None = None, **columns: Any) -> list[str]:
        """Plant the segments, with other columns; ``check`` finds them all. Their ids."""
        rows = segment_rows(self.flow, track)
        rows = changed(rows, {"ts_offset": timestamps_of(track.origin_ns), **columns})
        self.at.planted.add("segments", rows)
        ids = [f"{self.flow.id}@{text}" for text in rows["timerange"].to_pylist()]
        if check:
            self.at.planted.found_by(check, "segments", ids)
        return ids


def new_flow(at: Planting, essence: Essence) -> Flow:
    """A flow that is not planted yet, of a source of its own."""
    group = Group("studio", 0, 1, (at.plan.seed, 8, at.taken))
    id, source = at.new_id(), at.new_id()
    return Flow(group, essence, id, source, id)


def changed(rows: pa.Table, columns: dict[str, Any]) -> pa.Table:
    """The rows with other values in these columns."""
    for name, values in columns.items():
        rows = rows.set_column(rows.column_names.index(name), name, values)
    return rows


def add_damaged(kept: Kept) -> None:
    """The flow's own rows. Its fence is too short: that is found of each flow."""
    whole = replace(kept, segments=0).stretches(kept.segments, LONG_NS)
    life = catalogue.life(whole)
    planted, flow = kept.at.planted, kept.flow
    _add(kept.at, flow, life, f"Damaged {flow.essence.name}", segment_duration_num=1)
    planted.add_rows("flow_fences", [fence_row(flow.id, life) | {"max_segment_ns": SECOND}])
    planted.found_by("fence_too_short", "flows", [flow.id])


def _add(
    at: Planting, flow: Flow, life: Life, label: str, *, with_source: bool = True, **columns: Any
) -> None:
    """The row of a flow, and that of its source, unless it has one."""
    told = {"label": label, "description": "planted, to be found", "status": "closed_complete"}
    at.planted.add_rows("flows", [flow_row(flow, life) | told | columns])
    if with_source:
        source = source_row(flow.source_id, flow.essence.format, label, life.created)
        at.planted.add_rows("sources", [source])


def add_empty(at: Planting, flow: Flow, label: str, **columns: Any) -> None:
    """Plant a flow without segments; ``with_source=False``: its source is there."""
    life = Life(END_UTC - catalogue.BEFORE, None, 0, 0)
    _add(at, flow, life, label, status="awaiting_content", **columns)
    at.planted.add_rows("flow_fences", [fence_row(flow.id, life)])
