"""Timelines made of rows that are written out, without a store."""

from __future__ import annotations

from fractions import Fraction

import pyarrow as pa

from tams_analytics.timerange import TimeRange
from tams_analytics.widgets.bars import COVERED, GAP, OVERLAP, SEGMENT, Lane, bars_of
from tams_analytics.widgets.timeline import Timeline

SECOND = 10**9
START = 1_756_000_000 * SECOND
HOSTILE = '</script><script>alert(1)</script><!--<script>"&\u202e'


def at(seconds: float) -> int:
    """Stored nanoseconds, so many seconds after the start."""
    return START + round(seconds * SECOND)


def small() -> Timeline:
    """Two lanes over 100 s: two segments with a gap between, and a whole one with an overlap."""
    lanes = (
        Lane("f1", "Camera 1", "video", at(80) - START, 0.8, 1, 20 * SECOND, 0),
        Lane("f2", HOSTILE, HOSTILE, 100 * SECOND, 1.0, 0, 0, 1),
    )
    bars = [
        bars_of(SEGMENT, [0, 0, 1], [START + 1, at(60), START], [at(40), at(100) - 1, at(100)]),
        bars_of(GAP, [0], [at(40)], [at(60)]),
        bars_of(OVERLAP, [1], [at(50)], [at(52) + 3], [HOSTILE]),
    ]
    shown = ("segments", "gaps", "overlaps")
    window = TimeRange.from_ns(START, at(100))
    rate = Fraction(30_000, 1_001)
    return Timeline("flow", shown, lanes, pa.concat_tables(bars), window, rate=rate)


def large(lanes: int = 1_000, bars: int = 20_000) -> Timeline:
    """A day in which the bars of each lane stand in turn: covered, gap, covered."""
    each = bars // lanes
    step = 86_400 * SECOND // each
    numbers = [n for lane in range(lanes) for n in range(each)]
    places = [lane for lane in range(lanes) for _ in range(each)]
    made = []
    for kind, odd in ((COVERED, 0), (GAP, 1)):
        chosen = [(lane, n) for lane, n in zip(places, numbers, strict=True) if n % 2 == odd]
        starts = [START + n * step for _, n in chosen]
        made.append(bars_of(kind, [lane for lane, _ in chosen], starts, [s + step for s in starts]))
    half = 43_200 * SECOND
    names = tuple(Lane(f"f{n}", f"Flow {n}", "", half, 0.5, each // 2, half) for n in range(lanes))
    window = TimeRange.from_ns(START, START + 86_400 * SECOND)
    return Timeline("flow", ("segments", "gaps"), names, pa.concat_tables(made), window)
