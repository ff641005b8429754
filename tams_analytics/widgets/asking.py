"""What a timeline asks the verbs, and what it makes of the answers.

The engine computes; here only what is drawn is read. How much that is does not depend on the store:
the longest gaps that the budget allows are kept, and runs are merged across all shorter ones.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from ibis import _

from tams_analytics.display import text
from tams_analytics.errors import BadParameter
from tams_analytics.intervals import coverage, gaps, merge, overlaps
from tams_analytics.span import span
from tams_analytics.timerange import TimeRange
from tams_analytics.widgets.bars import BARS, COVERED, GAP, OVERLAP, SEGMENT, Lane, bars_of
from tams_analytics.widgets.lanes import Name, names_of, natural
from tams_analytics.widgets.question import Question

MOST_BARS = 20_000
MOST_LANES = 5_000
MOST_OVERLAPS = 2_000
MOST_SEGMENTS = 4_000
"""Up to so many segments are drawn one by one, more of them as covered stretches."""


@dataclass(frozen=True)
class Answer:
    """Lanes, bars in the columns of `BARS`, the window they lie in, and what was left out."""

    lanes: tuple[Lane, ...]
    bars: pa.Table
    window: TimeRange
    max_gap_ns: int
    unseen: int


def answered(asked: Question) -> Answer:
    """Asks for the figures of every lane, then once for each kind of bar."""
    if asked.window.is_empty:
        raise BadParameter("during", asked.window, "holds no time", "a timerange that is not empty")
    rows = asked.rows()
    figures = {row["lane"]: row for row in _read(coverage(rows, by="lane", within=asked.within))}
    pairs = _pairs(asked, rows, figures)
    doubled = {} if pairs is None else _overlap_counts(pairs)
    window = _window(asked.window, figures)
    expected = _expected(asked)
    lanes, unseen = _lanes(asked, figures, doubled, expected)
    numbered = {lane.key: number for number, lane in enumerate(lanes)}
    shared = BARS.empty_table() if pairs is None else _overlap_bars(asked, pairs, numbered)
    room = _room(len(figures), shared.num_rows)
    missing, max_gap_ns = _gap_bars(asked, rows, numbered, expected, room)
    covered = _covered_bars(asked, rows, numbered, max_gap_ns, window)
    bars = pa.concat_tables([covered, missing, shared])
    return Answer(lanes, bars, window, max_gap_ns, unseen)


def _expected(asked: Question) -> list[str] | None:
    """The lanes that should have media, read once: it takes a look at all segments."""
    lanes = asked.expected()
    return None if lanes is None else [row["lane"] for row in _read(lanes)]


def _room(lanes: int, pairs: int) -> int:
    """How many gaps fit: each makes one more run, too."""
    return max(1, (MOST_BARS - pairs - min(lanes, MOST_LANES)) // 2)


def _window(wanted: TimeRange, figures: Mapping[Any, Any]) -> TimeRange:
    """The window, its open sides closed where the rows end."""
    start, end = wanted.start_ns, wanted.end_ns
    if start is None:
        start = min((row["first_ns"] for row in figures.values()), default=0)
    if end is None:
        end = max((row["last_ns"] for row in figures.values()), default=start + 1)
    return TimeRange.from_ns(start, max(end, start + 1))


def _lanes(
    asked: Question,
    figures: Mapping[Any, Any],
    doubled: Mapping[Any, int],
    expected: list[str] | None,
) -> tuple[tuple[Lane, ...], int]:
    """The lanes by name, and how many were too many: those with the best coverage."""
    names = names_of(asked.flows, asked.sources, asked.by)
    wanted = {*figures, *(expected or ())}
    made = [_lane(asked.window, key, names.get(key), figures.get(key), doubled) for key in wanted]
    if len(made) > MOST_LANES:
        made.sort(key=lambda lane: (2 if lane.ratio is None else lane.ratio, -lane.overlaps))
    kept = sorted(made[:MOST_LANES], key=lambda lane: _place(lane, names))
    return tuple(kept), len(made) - len(kept)


def _place(lane: Lane, names: Mapping[str | None, Name]) -> tuple[bool, Any, str]:
    """By name; what is not registered comes last."""
    return lane.key not in names, natural(lane.label), lane.key or ""


def _lane(
    window: TimeRange,
    key: str | None,
    name: Name | None,
    figures: Mapping[str, Any] | None,
    doubled: Mapping[Any, int],
) -> Lane:
    named = name or Name.unknown(key)
    if figures is None:
        length = window.duration_ns
        if length is None:
            return Lane(key, named.label, named.sub)
        return Lane(key, named.label, named.sub, ratio=0.0, gaps=1, gap_ns=length)
    first, last, covered = (int(figures[name]) for name in ("first_ns", "last_ns", "covered_ns"))
    start = first if window.start_ns is None else window.start_ns
    end = last if window.end_ns is None else window.end_ns
    return Lane(
        key,
        named.label,
        named.sub,
        covered_ns=covered,
        ratio=_ratio(covered, end - start),
        gaps=int(figures["pieces"]) - 1 + (first > start) + (last < end),
        gap_ns=end - start - covered,
        overlaps=doubled.get(key, 0),
    )


def _ratio(covered: int, length: int) -> float:
    """1.0 means all of it, also where rounding would say so a nanosecond too early."""
    ratio = covered / length
    return math.nextafter(1.0, 0.0) if ratio == 1.0 and covered < length else ratio


def _gap_bars(
    asked: Question,
    rows: ir.Table,
    numbered: Mapping[Any, int],
    expected: list[str] | None,
    room: int,
) -> tuple[pa.Table, int]:
    """The longest gaps, and the length up to which none is drawn."""
    groups = None
    if expected is not None and asked.window.is_bounded:
        groups = ibis.memtable(pa.table({"lane": pa.array(expected, pa.string())}))
    found = gaps(rows, by="lane", within=asked.within, groups=groups)
    found = found.mutate(length=span.exact_duration)
    longest = _read(found.order_by(ibis.desc("length"), "lane", "start_ns").limit(room + 1))
    max_gap_ns = _length(longest[-1]) if len(longest) > room else 0
    kept = [row for row in longest if _length(row) > max_gap_ns]
    if "gaps" not in asked.show:
        return BARS.empty_table(), max_gap_ns
    return _drawn(GAP, kept, numbered), max_gap_ns


def _length(row: Mapping[str, Any]) -> int:
    return int(row["end_ns"]) - int(row["start_ns"])


def _covered_bars(
    asked: Question,
    rows: ir.Table,
    numbered: Mapping[Any, int],
    max_gap_ns: int,
    window: TimeRange,
) -> pa.Table:
    """Runs, or the segments themselves where they are few."""
    if "segments" not in asked.show:
        return BARS.empty_table()
    runs = _read(merge(rows, by="lane", max_gap=max_gap_ns).order_by("lane", "start_ns"))
    if sum(run["pieces"] for run in runs) <= MOST_SEGMENTS:
        single = _read(rows.order_by("lane", "start_ns", "end_ns", "object_id"))
        return _drawn(SEGMENT, single, numbered, [row["object_id"] for row in single])
    notes = [text.plural(run["pieces"], "segment") for run in runs]
    return _drawn(COVERED, [_clipped(run, window) for run in runs], numbered, notes)


def _clipped(run: dict[str, Any], window: TimeRange) -> dict[str, Any]:
    start = max(run["start_ns"], window.start_ns)
    return {**run, "start_ns": start, "end_ns": min(run["end_ns"], window.end_ns)}


def _pairs(asked: Question, rows: ir.Table, figures: Mapping[Any, Any]) -> ir.Table | None:
    """Segments of one flow that share time, whatever the lanes are; None where no flow has any."""
    flows = _flows_with_overlaps(asked, figures)
    if not flows:
        return None
    return overlaps(rows.filter(_.flow_id.isin(flows)), by=["lane", "flow_id"])


def _flows_with_overlaps(asked: Question, figures: Mapping[Any, Any]) -> list[str]:
    """Flows whose segments are longer together than what they cover.

    Two sums over the window find them; pairing the segments of all flows would take far longer.
    """
    inside = asked.inside()
    if asked.by == "flow":
        covered = {flow: row["covered_ns"] for flow, row in figures.items()}
    else:
        found = _read(coverage(inside, by="flow_id", within=asked.within))
        covered = {row["flow_id"]: row["covered_ns"] for row in found}
    if asked.within is not None:
        inside = inside.mutate(**span.intersection(asked.within).columns())
    inside = inside.filter(_.end_ns > _.start_ns)
    summed = _read(inside.group_by("flow_id").aggregate(length=span.exact_duration.sum()))
    return sorted(row["flow_id"] for row in summed if row["length"] > covered[row["flow_id"]])


def _overlap_counts(pairs: ir.Table) -> dict[Any, int]:
    counted = _read(pairs.group_by("lane").aggregate(pairs=_.count()))
    return {row["lane"]: int(row["pairs"]) for row in counted}


def _overlap_bars(asked: Question, pairs: ir.Table, numbered: Mapping[Any, int]) -> pa.Table:
    if "overlaps" not in asked.show:
        return BARS.empty_table()
    pairs = pairs.select(
        "lane",
        "object_id",
        "object_id_right",
        start_ns="overlap_start_ns",
        end_ns="overlap_end_ns",
    )
    pairs = pairs.mutate(length=span.exact_duration)
    found = _read(pairs.order_by(ibis.desc("length"), "lane", "start_ns").limit(MOST_OVERLAPS))
    notes = [f"{row['object_id']} and {row['object_id_right']}" for row in found]
    return _drawn(OVERLAP, found, numbered, notes)


def _drawn(
    kind: int,
    rows: list[dict[str, Any]],
    numbered: Mapping[Any, int],
    notes: list[str] | None = None,
) -> pa.Table:
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


def _read(table: ir.Table) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = table.to_pyarrow().to_pylist()
    return rows
