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

from tams_analytics.errors import BadParameter
from tams_analytics.intervals import coverage, gaps
from tams_analytics.timerange import HIGHEST_NS, LOWEST_NS, TimeRange
from tams_analytics.widgets import marks
from tams_analytics.widgets.bars import Lane
from tams_analytics.widgets.due import Due
from tams_analytics.widgets.lanes import Name, names_of, natural
from tams_analytics.widgets.marks import Budget, read
from tams_analytics.widgets.question import Question
from tams_analytics.widgets.stretches import Stretches

WHOLE = Budget(bars=14_000, overlaps=2_000, segments=4_000)
"""Of the whole timeline; with what `closer` adds there are at most 20,000 bars."""
MOST_LANES = 5_000


@dataclass(frozen=True)
class Answer:
    """Lanes, bars in the columns of `BARS`, the window they lie in, and what was left out."""

    lanes: tuple[Lane, ...]
    bars: pa.Table
    window: TimeRange
    max_gap_ns: int
    unseen: int
    is_all: bool
    """Each segment, gap and overlap is a bar of its own."""
    due: Due


def answered(asked: Question) -> Answer:
    """Asks for the figures of every lane, then once for each kind of bar."""
    if asked.window.is_empty or asked.window.start_ns == HIGHEST_NS:  # behind it int64 ends
        raise BadParameter("during", asked.window, "holds no time", "a timerange that is not empty")
    rows = asked.rows()
    stretches = Stretches.of(rows)
    covered_ns = coverage(stretches.table, by="lane", within=asked.within)
    figures = {row["lane"]: row for row in read(covered_ns)}
    pairs = marks.pairs_of(asked, rows, figures)
    doubled = {} if pairs is None else marks.overlap_counts(pairs)
    window = _window(asked.window, figures)
    due = Due.of(asked)
    lanes, unseen = _lanes(asked, figures, doubled, due)
    numbered = {lane.key: number for number, lane in enumerate(lanes)}
    shared = marks.overlap_bars(asked, pairs, numbered, WHOLE.overlaps)
    room = WHOLE.gaps(min(len(figures), MOST_LANES), shared.num_rows)
    kept, max_gap_ns = marks.longest(_gaps(asked, stretches.table, due), room)
    runs = stretches.runs(max_gap_ns)
    covered = marks.covered_bars(asked, rows, runs, numbered, window, WHOLE.segments)
    bars = pa.concat_tables([covered, marks.gap_bars(asked, kept, numbered), shared])
    is_all = max_gap_ns == 0 and marks.are_all(asked, covered, shared, sum(doubled.values()))
    return Answer(lanes, bars, window, max_gap_ns, unseen, is_all, due)


def _gaps(asked: Question, rows: ir.Table, due: Due) -> ir.Table:
    """What no lane covers; with both bounds also of lanes in which nothing is."""
    groups = None
    if due.lanes is not None and asked.window.is_bounded:
        groups = ibis.memtable(pa.table({"lane": pa.array(due.lanes, pa.string())}))
    return due.gaps(gaps(rows, by="lane", within=asked.within, groups=groups))


def _before(end: int | None) -> int:
    """Where a window without rows and without a start begins."""
    return 0 if end is None else max(end - 1, LOWEST_NS)


def _window(wanted: TimeRange, figures: Mapping[Any, Any]) -> TimeRange:
    """The window, its open sides closed where the rows end."""
    start, end = wanted.start_ns, wanted.end_ns
    if start is None:
        start = min((row["first_ns"] for row in figures.values()), default=_before(end))
    if end is None:
        end = max((row["last_ns"] for row in figures.values()), default=start + 1)
    return TimeRange.from_ns(start, max(end, start + 1))


def _lanes(
    asked: Question,
    figures: Mapping[Any, Any],
    doubled: Mapping[Any, int],
    due: Due,
) -> tuple[tuple[Lane, ...], int]:
    """The lanes by name, and how many were too many: those with the best coverage."""
    names = names_of(asked.flows, asked.sources, asked.by)
    wanted = {*figures, *(due.lanes or ())}
    made = [
        _lane(due.time(key, asked.window), key, names.get(key), figures.get(key), doubled)
        for key in wanted
    ]
    if len(made) > MOST_LANES:
        made.sort(key=lambda lane: (2 if lane.ratio is None else lane.ratio, -lane.overlaps))
    kept = sorted(made[:MOST_LANES], key=lambda lane: _place(lane, names))
    return tuple(kept), len(made) - len(kept)


def _place(lane: Lane, names: Mapping[str | None, Name]) -> tuple[bool, Any, str]:
    """By name; what is not registered comes last."""
    return lane.key not in names, natural(lane.label), lane.key or ""


def _lane(
    due: TimeRange,
    key: str | None,
    name: Name | None,
    figures: Mapping[str, Any] | None,
    doubled: Mapping[Any, int],
) -> Lane:
    named = name or Name.unknown(key)
    if figures is None:
        length = due.duration_ns
        if length is None:
            return Lane(key, named.label, named.sub)
        return Lane(key, named.label, named.sub, ratio=0.0, gaps=1, gap_ns=length)
    first, last, covered = (int(figures[name]) for name in ("first_ns", "last_ns", "covered_ns"))
    start = first if due.start_ns is None else due.start_ns
    end = last if due.end_ns is None else due.end_ns
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
