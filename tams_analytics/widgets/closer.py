"""A part of a timeline seen closer: what the whole of it had to leave out, where there is room now.

Only the lanes and the time that are looked at are asked for. Gaps, overlaps and single segments are
not cut off where that ends, so that what is said of a selected one is exact; a covered run is of
the segments that reach into that time, and may go on before and behind it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from tams_analytics.intervals import coverage, gaps
from tams_analytics.span import span
from tams_analytics.timerange import HIGHEST_NS, LOWEST_NS, TimeRange
from tams_analytics.widgets import marks
from tams_analytics.widgets.bars import GAP, buffers
from tams_analytics.widgets.marks import Budget, Rows, read
from tams_analytics.widgets.question import Question
from tams_analytics.widgets.stretches import Stretches

if TYPE_CHECKING:
    from tams_analytics.widgets.timeline import Timeline

CLOSE = Budget(bars=6_000, overlaps=1_000, segments=2_500)
MOST_KNOWN = 1_500
"""Where the whole timeline has more gaps than these in a window, that is as close as it needs."""


MOST_LANES = 1_000
"""So many lanes are looked at: a bar of each fits in beside the most that is known and shared."""


@dataclasses.dataclass(frozen=True)
class Closer:
    """Bars of some lanes of a timeline in a window.

    ``bars`` in the columns of `widgets.bars.BARS`, with lanes as the timeline numbers them;
    ``max_gap_ns``: gaps so long or shorter are drawn as covered.
    """

    bars: pa.Table
    window: TimeRange
    lanes: tuple[int, ...]
    max_gap_ns: int

    def state(self, t0_ns: int, first: int) -> dict[str, Any]:
        """What ``timeline.js`` reads as ``detail``; ``first`` is the index of its first bar."""
        start, end = self.window.start_ns or 0, self.window.end_ns or 0
        return {
            "first": first,
            "window": [(start - t0_ns) / 1e9, (end - t0_ns) / 1e9],
            "lanes": [*self.lanes],
            "notes": self.bars["note"].to_pylist(),
            "bars": buffers(self.bars, t0_ns),
        }


def closer(whole: Timeline, asked: Question, window: TimeRange, lanes: Iterable[int]) -> Closer:
    """What is in ``window`` of these lanes of ``whole``, as numbered there: of the first 1,000.

    Its own gaps stand for those that are longer than its ``max_gap_ns``; shorter ones are asked
    for. Gives no bars where it has enough of them, and never more than `CLOSE` allows.
    """
    numbers = tuple(sorted([*dict.fromkeys(lanes)][:MOST_LANES]))
    numbered = {whole.lanes[number].key: number for number in numbers}
    known = _known(whole, window, numbers)
    if not numbers or len(known) > MOST_KNOWN:
        return Closer(whole.bars.slice(0, 0), window, (), whole.max_gap_ns)
    near = dataclasses.replace(asked, window=window, only=tuple(numbered))
    shared = _overlap_bars(whole, near, numbered)
    room = CLOSE.gaps(len(numbers) + 2 * len(known), shared.num_rows)
    short, max_gap_ns = _short_gaps(whole, near, asked.window, room)
    rows = near.rows()
    runs = Stretches(rows).runs(max_gap_ns)
    covered = marks.covered_bars(near, rows, runs, numbered, whole.timerange, CLOSE.segments)
    missing = marks.gap_bars(near, [*known, *short], numbered)
    return Closer(pa.concat_tables([covered, missing, shared]), window, numbers, max_gap_ns)


def _known(whole: Timeline, window: TimeRange, numbers: tuple[int, ...]) -> Rows:
    """The gaps of the whole timeline that reach into the window."""
    kind, lane, start, end = (
        whole.bars[name].to_numpy() for name in ("kind", "lane", "start_ns", "end_ns")
    )
    inside = (start < (window.end_ns or 0)) & (end > (window.start_ns or 0))
    found = np.flatnonzero((kind == GAP) & inside & np.isin(lane, numbers))
    return [
        {"lane": whole.lanes[lane[n]].key, "start_ns": int(start[n]), "end_ns": int(end[n])}
        for n in found
    ]


def _short_gaps(
    whole: Timeline, near: Question, outermost: TimeRange, room: int
) -> tuple[Rows, int]:
    """Gaps of ``whole.max_gap_ns`` and less, which the whole timeline leaves out.

    No such gap in the window reaches further out than it is long: what begins or ends there is
    longer, and known.
    """
    most_ns = whole.max_gap_ns
    if not most_ns:
        return [], 0
    around = _widened(near.window, most_ns, outermost)
    rows = dataclasses.replace(near, window=around).rows()
    found = whole.due.gaps(gaps(rows, by="lane", within=around)).filter(span.overlaps(near.window))
    return marks.longest(found.filter(span.exact_duration <= most_ns), room)


def _widened(window: TimeRange, by_ns: int, outermost: TimeRange) -> TimeRange:
    """The window and ``by_ns`` on each side, as far as the timeline was asked to look."""
    start, end = (window.start_ns or 0) - by_ns, (window.end_ns or 0) + by_ns
    lowest = LOWEST_NS if outermost.start_ns is None else outermost.start_ns
    highest = HIGHEST_NS if outermost.end_ns is None else outermost.end_ns
    return TimeRange.from_ns(max(start, lowest), min(end, highest))


def _overlap_bars(whole: Timeline, near: Question, numbered: Mapping[Any, int]) -> pa.Table:
    """Overlaps in the window, where these lanes have any."""
    if not any(whole.lanes[number].overlaps for number in numbered.values()):
        return whole.bars.slice(0, 0)
    rows = near.rows()
    figures = {row["lane"]: row for row in read(coverage(rows, by="lane", within=near.within))}
    pairs = marks.pairs_of(near, rows, figures)
    return marks.overlap_bars(near, pairs, numbered, CLOSE.overlaps)
