"""A part of a timeline seen closer has what the whole leaves out, each gap as long as it is."""

from __future__ import annotations

import dataclasses
import random
from itertools import pairwise

import pytest

from tams_analytics.timerange import TimeRange
from tams_analytics.widgets import asking, closer, marks, timeline
from tams_analytics.widgets.bars import COVERED, GAP, OVERLAP, SEGMENT
from tests.widgets.test_timeline import built, made

Rows = list[tuple[str, str, int, int]]

FLOWS = ("cam-a", "cam-b")


@pytest.fixture(autouse=True)
def _coarse(monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole timeline has room for a few gaps only."""
    monkeypatch.setattr(asking, "WHOLE", marks.Budget(bars=12, overlaps=1, segments=2))


def day(seed: int) -> Rows:
    """Two flows of 60 segments each, with gaps of many lengths, and some overlaps of cam-b."""
    rolled = random.Random(seed)  # noqa: S311 - no secret
    rows: Rows = []
    for flow in FLOWS:
        at = rolled.randrange(20)
        for n in range(60):
            end = at + rolled.randrange(1, 30)
            rows.append((flow, f"{flow}-{n}", at, end))
            at = end + rolled.choice([0, 0, 1, 2, 3, 5, 8, 40])
    rows.append(("cam-b", "twice", rows[-1][2] - 1, rows[-1][3]))
    return rows


def gaps_of(rows: Rows, flow: str) -> list[tuple[int, int]]:
    """By hand: sorted, what the running end leaves open."""
    mine = sorted((start, end) for owner, _id, start, end in rows if owner == flow)
    runs = [list(mine[0])]
    for start, end in mine[1:]:
        if start > runs[-1][1]:
            runs.append([start, end])
        runs[-1][1] = max(runs[-1][1], end)
    return [(left[1], right[0]) for left, right in pairwise(runs)]


def drawn(shown: timeline.Timeline, seen: closer.Closer, kind: int) -> list[tuple[str, int, int]]:
    return sorted(
        (shown.lanes[bar["lane"]].key or "", bar["start_ns"], bar["end_ns"])
        for bar in seen.bars.to_pylist()
        if bar["kind"] == kind
    )


def seen_closer(shown: timeline.Timeline, start: int, end: int, *keys: str) -> closer.Closer:
    numbers = [n for n, lane in enumerate(shown.lanes) if lane.key in keys]
    found = shown.closer(TimeRange.from_ns(start, end), numbers)
    assert found is not None
    return found


@pytest.mark.parametrize("seed", range(4))
def test_every_gap_in_the_window_is_there_as_long_as_it_is(seed: int) -> None:
    rows = day(seed)
    shown = made(rows)
    assert shown.max_gap_ns > 0

    for start in (0, 100, 333, 700):
        seen = seen_closer(shown, start, start + 150, *FLOWS)
        expected = [
            (flow, *gap)
            for flow in FLOWS
            for gap in gaps_of(rows, flow)
            if gap[0] < start + 150 and gap[1] > start
        ]
        assert expected == drawn(shown, seen, GAP)


def test_only_the_wanted_lanes_come() -> None:
    shown = made(day(1))
    seen = seen_closer(shown, 100, 400, "cam-b")

    assert {"cam-b"} == {shown.lanes[n].key for n in seen.bars["lane"].to_pylist()}
    assert {"cam-b"} == {shown.lanes[n].key for n in seen.lanes}


def test_segments_come_one_by_one_where_they_are_few() -> None:
    rows = day(2)
    shown = made(rows)

    expected = sorted((f, a, b) for f, _id, a, b in rows if a < 300 and b > 200)
    assert expected == drawn(shown, seen_closer(shown, 200, 300, *FLOWS), SEGMENT)
    assert COVERED in shown.bars["kind"].to_pylist()


def test_an_overlap_is_in_the_window_that_it_lies_in_and_in_no_other() -> None:
    rows = day(3)
    shown, (start, end) = made(rows), rows[-1][2:]

    assert [] == drawn(shown, seen_closer(shown, 0, 50, "cam-b"), OVERLAP)
    found = drawn(shown, seen_closer(shown, start - 5, end + 5, "cam-b"), OVERLAP)
    assert ("cam-b", start + 1, end) in found


def test_gaps_at_the_edges_of_what_was_asked_come_where_the_whole_counts_them() -> None:
    rows = [row for row in day(1) if row[0] == "cam-a"]
    first = rows[0][2]
    asked = made(rows, during=f"[0:{first - 1}_0:900)")
    unasked = made(rows)

    assert ("cam-a", first - 1, first) in drawn(asked, seen_closer(asked, 0, 50, "cam-a"), GAP)
    assert all(
        start > first for _, start, _ in drawn(unasked, seen_closer(unasked, 0, 50, "cam-a"), GAP)
    )


@pytest.mark.parametrize("by", ["source", "collection"])
def test_lanes_of_several_flows_are_seen_closer_too(by: str) -> None:
    rows = day(1)
    shown = made(rows, by=by)
    together = [("both", *row[1:]) for row in rows]
    seen = shown.closer(TimeRange.from_ns(100, 700), range(len(shown.lanes)))

    assert seen is not None
    expected = [gap for gap in gaps_of(together, "both") if gap[0] < 700 and gap[1] > 100]
    assert expected == [(start, end) for _, start, end in drawn(shown, seen, GAP)]


def test_the_longest_gaps_come_first_where_there_is_no_room(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(closer, "CLOSE", marks.Budget(bars=40, overlaps=1, segments=2))
    rows = day(1)
    shown = made(rows)
    seen = seen_closer(shown, 0, 1000, *FLOWS)

    assert seen.bars.num_rows <= 40
    assert 0 < seen.max_gap_ns < shown.max_gap_ns
    found = [end - start for _, start, end in drawn(shown, seen, GAP)]
    every = [b - a for flow in FLOWS for a, b in gaps_of(rows, flow) if a < 1000]
    assert sorted(length for length in every if length > seen.max_gap_ns) == sorted(found)


def test_where_the_whole_shows_everything_there_is_nothing_closer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.undo()

    assert built().closer(TimeRange.from_ns(0, 5), [0]) is None


def test_outside_of_the_timeline_there_is_nothing() -> None:
    shown = made(day(1))

    assert shown.closer(TimeRange.from_ns(10**15, 10**15 + 5), [0]) is None


def test_without_lanes_nothing_is_asked() -> None:
    seen = made(day(1)).closer(TimeRange.from_ns(0, 100), [])

    assert seen is not None
    assert ((), 0) == (seen.lanes, seen.bars.num_rows)


def test_of_very_many_lanes_the_first_are_seen_closer_and_there_is_room_for_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(asking, "WHOLE", marks.Budget(bars=14_000, overlaps=1, segments=2))
    rows = [(f"f{n:04}", f"o{n}", 0, 10) for n in range(3_300)]
    rows += [(f"f{n:04}", f"p{n}", 20, 30) for n in range(1_400)]
    shown = made(rows)
    numbers = [len(shown.lanes) - 1, *range(len(shown.lanes))]
    found = shown.closer(TimeRange.from_ns(0, 30), numbers)

    assert found is not None
    assert found.bars.num_rows <= closer.CLOSE.bars
    assert (*range(999), len(shown.lanes) - 1) == found.lanes


@pytest.mark.parametrize(
    ("by", "only", "flows"),
    [
        ("flow", ("cam-b",), {"cam-b"}),
        ("source", ("studio",), {"cam-a", "cam-b"}),
        ("source", ("court",), set()),
        ("source", (None, "court"), {"cam-a", "cam-b", "lost"}),
        ("collection", ("together",), {"cam-a", "cam-b"}),
        ("collection", ("lost", "idle"), {"lost"}),
    ],
)
def test_only_the_segments_of_the_flows_in_the_wanted_lanes_are_looked_at(
    by: str, only: tuple[str | None, ...], flows: set[str]
) -> None:
    asked = built().asked
    assert asked is not None
    near = dataclasses.replace(asked, by=by, only=only)

    assert flows == {*near.inside()["flow_id"].to_pyarrow().to_pylist()}
