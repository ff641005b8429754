"""A timeline of what is expected: lanes without the time in which nobody waits for media."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

from tams_analytics.widgets.bars import BARS, GAP, Lane
from tams_analytics.widgets.timeline import Timeline

Told = Mapping[str | None, Mapping[str, Any]]
"""By the key of a lane ``covered_ns, expected_ns, covered_ratio, gaps, first_ns, last_ns``: what is
expected of it, and from when to when."""


def as_expected(shown: Timeline, told: Told) -> Timeline:
    """The timeline with the lanes of ``told`` alone, their figures, and gaps in their time alone.

    A timeline by itself expects all of its window of a lane that is not complete (`widgets.due`).
    """
    lanes = [lane for lane in shown.lanes if lane.key in told]
    kept = tuple(_figured(lane, told[lane.key]) for lane in lanes)
    bars = pa.Table.from_pylist([*_bars(shown, told, lanes)], schema=BARS)
    return dataclasses.replace(shown, lanes=kept, bars=bars, asked=None)


def _figured(lane: Lane, told: Mapping[str, Any]) -> Lane:
    return dataclasses.replace(
        lane,
        covered_ns=told["covered_ns"],
        ratio=told["covered_ratio"],
        gaps=told["gaps"],
        gap_ns=told["expected_ns"] - told["covered_ns"],
    )


def _bars(shown: Timeline, told: Told, lanes: list[Lane]) -> Iterator[dict[str, Any]]:
    """The bars of these lanes, in their new order; of gaps what lies in the expected time."""
    numbers = {lane.key: number for number, lane in enumerate(lanes)}
    for bar in shown.bars.to_pylist():
        key = shown.lanes[bar["lane"]].key
        if key not in numbers:
            continue
        if bar["kind"] == GAP:
            bar["start_ns"] = max(bar["start_ns"], told[key]["first_ns"])
            bar["end_ns"] = min(bar["end_ns"], told[key]["last_ns"])
        if bar["kind"] != GAP or bar["start_ns"] < bar["end_ns"]:
            yield {**bar, "lane": numbers[key]}
