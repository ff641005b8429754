"""What a timeline shows, as values: lanes and bars, and the buffers that go to the page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from tams_analytics.timerange import TimeRange
from tams_analytics.timerange.clocks import FIRST_OFFSET, leap_seconds

SEGMENT, COVERED, GAP, OVERLAP = range(4)
KINDS = ("segment", "covered", "gap", "overlap")

BARS = pa.schema(
    [
        pa.field("lane", pa.int32(), nullable=False),
        pa.field("kind", pa.uint8(), nullable=False),
        pa.field("start_ns", pa.int64(), nullable=False),
        pa.field("end_ns", pa.int64(), nullable=False),
        pa.field("note", pa.string(), nullable=False),
    ]
)
"""``lane`` is an index into the lanes, ``kind`` one into `KINDS`."""

FLOAT_IS_EXACT_NS = 2**50
"""Up to 13 days float64 seconds give every nanosecond back (twice rounded, at most 0.25 ns off)."""

BEFORE_ALL_LEAPS = -10_000_000_000
"""A TAI second below all of int64's nanoseconds."""


@dataclass(frozen=True)
class Lane:
    """One line of a timeline, with its figures in the window.

    ``ratio`` is None where there is nothing to compare with; ``gap_ns`` is the length of its gaps.
    """

    key: str | None
    label: str
    sub: str = ""
    covered_ns: int = 0
    ratio: float | None = None
    gaps: int = 0
    gap_ns: int = 0
    overlaps: int = 0


def details(lanes: Iterable[Lane]) -> list[dict[str, Any]]:
    """What a page says of each lane beside its label."""
    return [
        {"sub": one.sub, "ratio": one.ratio, "gaps": one.gaps, "overlaps": one.overlaps}
        for one in lanes
    ]


@dataclass(frozen=True)
class Bar:
    """What one bar says: ``kind`` is one of `KINDS`, ``key`` the id of its lane."""

    kind: str
    key: str | None
    label: str
    timerange: TimeRange
    note: str = ""

    @property
    def start_ns(self) -> int:
        """Its first nanosecond."""
        return self.timerange.start_ns or 0

    @property
    def end_ns(self) -> int:
        """The one after its last."""
        return self.timerange.end_ns or 0

    def __str__(self) -> str:
        return f"{self.kind} {self.timerange} of {self.label}"


def bar_of(bars: pa.Table, lanes: Sequence[Lane], index: int) -> Bar:
    """The bar in this row."""
    (row,) = bars.slice(index, 1).to_pylist()
    lane = lanes[row["lane"]]
    timerange = TimeRange.from_ns(row["start_ns"], row["end_ns"])
    return Bar(KINDS[row["kind"]], lane.key, lane.label, timerange, row["note"])


def index_of(bars: pa.Table, lanes: Sequence[Lane], wanted: Bar) -> int:
    """The row of that bar, or -1."""
    kind, lane, start, end = (
        bars[name].to_numpy() for name in ("kind", "lane", "start_ns", "end_ns")
    )
    numbers = [number for number, each in enumerate(lanes) if each.key == wanted.key]
    same_time = (start == wanted.start_ns) & (end == wanted.end_ns)
    same = same_time & (kind == KINDS.index(wanted.kind)) & np.isin(lane, numbers)
    found = np.flatnonzero(same)
    told = (int(row) for row in found if bars["note"][int(row)].as_py() == wanted.note)
    return next(told, -1)


def bars_of(
    kind: int,
    lanes: Sequence[int],
    starts: Sequence[int],
    ends: Sequence[int],
    notes: Iterable[str] | None = None,
) -> pa.Table:
    """Bars of one kind, in the columns of `BARS`."""
    told = [""] * len(lanes) if notes is None else list(notes)
    columns = [lanes, [kind] * len(lanes), starts, ends, told]
    arrays = [pa.array(values, field.type) for values, field in zip(columns, BARS, strict=True)]
    return pa.Table.from_arrays(arrays, schema=BARS)


def buffers(bars: pa.Table, t0_ns: int) -> dict[str, bytes]:
    """The bars as little-endian buffers.

    ``start, end``: float64 seconds after ``t0_ns``; ``lane``: int32; ``kind``: uint8; ``exact``:
    pairs of int64 nanoseconds after ``t0_ns``, where float64 would lose a nanosecond.
    """
    offsets = [_offsets(bars[name], t0_ns) for name in ("start_ns", "end_ns")]
    made = {
        "start": _seconds(offsets[0]),
        "end": _seconds(offsets[1]),
        "lane": bars["lane"].to_numpy().astype("<i4").tobytes(),
        "kind": bars["kind"].to_numpy().astype("u1").tobytes(),
    }
    if bars.num_rows and max(abs(int(column[i])) for column in offsets for i in _ends(column)) > (
        FLOAT_IS_EXACT_NS
    ):
        made["exact"] = np.stack(offsets, axis=1).astype("<i8").tobytes()
    return made


def leap_table() -> list[list[int]]:
    """``[TAI second, TAI - UTC from then on]``, oldest first: what a page needs to show UTC."""
    since = [
        [posix + FIRST_OFFSET + n + 1, FIRST_OFFSET + n + 1]
        for n, posix in enumerate(leap_seconds())
    ]
    return [[BEFORE_ALL_LEAPS, FIRST_OFFSET], *since]


def _offsets(column: Any, t0_ns: int) -> Any:
    return column.to_numpy() - np.int64(t0_ns)


def _seconds(offsets: Any) -> bytes:
    """Whole seconds and the rest apart, so that one rounding is all."""
    whole, rest = np.divmod(offsets, np.int64(1_000_000_000))
    seconds: bytes = (whole + rest / 1e9).astype("<f8").tobytes()
    return seconds


def _ends(column: Any) -> tuple[int, int]:
    return int(np.argmin(column)), int(np.argmax(column))
