"""The bars of a timeline, each kind asked of the verbs once: covered time, gaps and overlaps.

How many come does not depend on the store: `Budget` says how many may.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from ibis import _

from tams_analytics.display import text
from tams_analytics.intervals import coverage, overlaps
from tams_analytics.span import span
from tams_analytics.timerange import TimeRange
from tams_analytics.widgets.bars import BARS, COVERED, GAP, OVERLAP, SEGMENT, bars_of
from tams_analytics.widgets.question import Question

Rows = list[dict[str, Any]]
Numbered = Mapping[Any, int]
"""By the key of a lane its number."""


@dataclass(frozen=True)
class Budget:
    """How many bars may be drawn, of these overlaps, and up to how many segments one by one."""

    bars: int
    overlaps: int
    segments: int

    def gaps(self, lanes: int, pairs: int) -> int:
        """How many gaps fit beside so many overlaps: each makes one more run, too."""
        return max(1, (self.bars - pairs - lanes) // 2)


def read(table: ir.Table) -> Rows:
    rows: Rows = table.to_pyarrow().to_pylist()
    return rows


def longest(found: ir.Table, room: int) -> tuple[Rows, int]:
    """The longest of these gaps, and the length up to which none is among them."""
    found = found.mutate(length=span.exact_duration)
    rows = read(found.order_by(ibis.desc("length"), "lane", "start_ns").limit(room + 1))
    max_gap_ns = _length(rows[-1]) if len(rows) > room else 0
    return [row for row in rows if _length(row) > max_gap_ns], max_gap_ns


def gap_bars(asked: Question, kept: Rows, numbered: Numbered) -> pa.Table:
    return _drawn(GAP, kept if "gaps" in asked.show else [], numbered)


def covered_bars(
    asked: Question,
    rows: ir.Table,
    runs: Rows,
    numbered: Numbered,
    window: TimeRange,
    most_segments: int,
) -> pa.Table:
    """Runs, or the segments themselves, ``rows``, where they are wanted and few."""
    if not {"segments", "coverage"} & {*asked.show}:
        return BARS.empty_table()
    if "segments" in asked.show and sum(run["pieces"] for run in runs) <= most_segments:
        single = read(rows.order_by("lane", "start_ns", "end_ns", "object_id"))
        return _drawn(SEGMENT, single, numbered, [row["object_id"] for row in single])
    notes = [text.plural(run["pieces"], "segment") for run in runs]
    return _drawn(COVERED, [_clipped(run, window) for run in runs], numbered, notes)


def pairs_of(asked: Question, rows: ir.Table, figures: Mapping[Any, Any]) -> ir.Table | None:
    """Segments of one flow that share time, whatever the lanes are; None where no flow has any."""
    flows = _flows_with_overlaps(asked, figures)
    if not flows:
        return None
    return overlaps(rows.filter(_.flow_id.isin(flows)), by=["lane", "flow_id"])


def overlap_counts(pairs: ir.Table) -> dict[Any, int]:
    counted = read(pairs.group_by("lane").aggregate(pairs=_.count()))
    return {row["lane"]: int(row["pairs"]) for row in counted}


def overlap_bars(
    asked: Question, pairs: ir.Table | None, numbered: Numbered, most: int
) -> pa.Table:
    """The longest overlaps."""
    if pairs is None or "overlaps" not in asked.show:
        return BARS.empty_table()
    pairs = pairs.select(
        "lane",
        "object_id",
        "object_id_right",
        start_ns="overlap_start_ns",
        end_ns="overlap_end_ns",
    )
    pairs = pairs.mutate(length=span.exact_duration)
    order = [ibis.desc("length"), "lane", "start_ns", "object_id", "object_id_right"]
    found = read(pairs.order_by(order).limit(most))
    notes = [f"{row['object_id']} and {row['object_id_right']}" for row in found]
    return _drawn(OVERLAP, found, numbered, notes)


def are_all(asked: Question, covered: pa.Table, shared: pa.Table, overlaps: int) -> bool:
    """No segment is hidden in a run, and no overlap left out."""
    alone = "segments" not in asked.show or COVERED not in covered["kind"].to_pylist()
    return alone and ("overlaps" not in asked.show or shared.num_rows == overlaps)


def _flows_with_overlaps(asked: Question, figures: Mapping[Any, Any]) -> list[str]:
    """Flows whose segments are longer together than what they cover.

    Two sums over the window find them; pairing the segments of all flows would take far longer.
    """
    inside = asked.inside()
    if asked.by == "flow":
        covered = {flow: row["covered_ns"] for flow, row in figures.items()}
    else:
        found = read(coverage(inside, by="flow_id", within=asked.within))
        covered = {row["flow_id"]: row["covered_ns"] for row in found}
    if asked.within is not None:
        inside = inside.mutate(**span.intersection(asked.within).columns())
    inside = inside.filter(_.end_ns > _.start_ns)
    summed = read(inside.group_by("flow_id").aggregate(length=span.exact_duration.sum()))
    return sorted(row["flow_id"] for row in summed if row["length"] > covered[row["flow_id"]])


def _length(row: Mapping[str, Any]) -> int:
    return int(row["end_ns"]) - int(row["start_ns"])


def _clipped(run: dict[str, Any], window: TimeRange) -> dict[str, Any]:
    start = max(run["start_ns"], window.start_ns)
    return {**run, "start_ns": start, "end_ns": min(run["end_ns"], window.end_ns)}


def _drawn(kind: int, rows: Rows, numbered: Numbered, notes: list[str] | None = None) -> pa.Table:
    """Bars of the rows whose lane is shown."""
    told = [""] * len(rows) if notes is None else notes
    shown = [(row, note) for row, note in zip(rows, told, strict=True) if row["lane"] in numbered]
    return bars_of(
        kind,
        [numbered[row["lane"]] for row, _note in shown],
        [int(row["start_ns"]) for row, _note in shown],
        [int(row["end_ns"]) for row, _note in shown],
        [note for _row, note in shown],
    )
