"""Of a flow that is complete nothing is expected before its first media, nor after its last."""

from __future__ import annotations

import dataclasses
import random
from typing import Any

import pytest

from tams_analytics.timerange import TimeRange
from tams_analytics.widgets import asking, marks, timeline
from tams_analytics.widgets.bars import GAP
from tests.widgets.test_timeline import MULTI, VIDEO, drawn, named, segments

#   seconds       0         10        20        30        40
#   clip                    |==|  |===|                       closed_complete
#   old           |==|                                        closed_complete
#   live                    |=========|                       ingesting
#   blank                                                     closed_complete, without any media
MEDIA = [
    ("clip", "o1", 10, 13),
    ("clip", "o2", 16, 20),
    ("old", "o3", 0, 3),
    ("live", "o4", 10, 20),
]
STATUS = {"clip": "closed_complete", "old": "closed_complete", "live": "ingesting"}
FLOWS = [
    ("clip", "a clip", "clip", VIDEO, "closed_complete"),
    ("old", "studio", "old", VIDEO, "closed_complete"),
    ("live", "studio", "live", VIDEO, "ingesting"),
    ("blank", "a blank", "blank", VIDEO, "closed_complete"),
    ("both", "both", "both", MULTI, None),
]
SOURCES = [(name, name, VIDEO) for name in ("a clip", "studio", "a blank")]
COLLECTED = [("both", "clip"), ("both", "old")]


def made(rows: Any = MEDIA, **how: Any) -> timeline.Timeline:
    return timeline.build(
        segments(rows),
        named(FLOWS, "id", "source_id", "label", "format", "status"),
        named(SOURCES, "id", "label", "format"),
        named(COLLECTED, "flow_id", "member_id"),
        **how,
    )


def within(start: int, end: int) -> TimeRange:
    return TimeRange.from_ns(start, end)


def test_what_is_missing_of_it_lies_between_its_media() -> None:
    shown = made(during=within(5, 40))
    clip = next(lane for lane in shown.lanes if lane.label == "clip")

    assert [("blank", 5, 40), ("clip", 13, 16), ("live", 5, 10), ("live", 20, 40)] == drawn(
        shown, GAP
    )
    assert (7, 7 / 10, 1, 3) == (clip.covered_ns, clip.ratio, clip.gaps, clip.gap_ns)
    assert "of what is closed_complete, no more than from its first" in shown.caption


def test_one_that_has_no_media_at_that_time_is_no_lane() -> None:
    assert ["blank", "clip", "live"] == [lane.label for lane in made(during=within(5, 40)).lanes]


def test_a_gap_that_goes_on_outside_of_the_window_is_one() -> None:
    assert ("clip", 14, 15) in drawn(made(during=within(14, 15)), GAP)
    assert ("clip", 13, 14) in drawn(made(during=within(11, 14)), GAP)
    assert ("clip", 15, 16) in drawn(made(during=within(15, 30)), GAP)


@pytest.mark.parametrize(("side", "expected"), [("[5:0_", []), ("_40:0)", []), ("_", [])])
def test_an_open_side_expects_what_the_others_do(side: str, expected: list[Any]) -> None:
    rows = [(flow, o, start * 10**9, end * 10**9) for flow, o, start, end in MEDIA]
    found = drawn(made(rows, during=side), GAP)

    assert ("clip", 13 * 10**9, 16 * 10**9) in found
    assert expected == [each for each in found if each[0] == "old"]


def test_a_source_is_complete_where_all_its_flows_are() -> None:
    shown = made(by="source", during=within(5, 40))

    assert [("a blank", 5, 40), ("a clip", 13, 16), ("studio", 5, 10), ("studio", 20, 40)] == drawn(
        shown, GAP
    )


def test_a_collection_is_complete_where_all_its_members_are() -> None:
    found = drawn(made(by="collection", during=within(0, 40)), GAP)

    assert [("both", 3, 10), ("both", 13, 16), ("live", 0, 10), ("live", 20, 40)] == found


def test_tables_without_a_status_expect_all_of_the_window() -> None:
    flows = named([row[:4] for row in FLOWS], "id", "source_id", "label", "format")
    shown = timeline.build(segments(MEDIA), flows, during=within(0, 40))

    assert ("old", 3, 40) in drawn(shown, GAP)


@pytest.mark.parametrize("seed", range(3))
def test_a_closer_look_expects_no_more(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Short gaps, which the whole leaves out: also those that lie at an edge of the window."""
    monkeypatch.setattr(asking, "WHOLE", marks.Budget(bars=12, overlaps=1, segments=2))
    rolled = random.Random(seed)  # noqa: S311 - no secret
    rows = [("live", "0", 0, 1), ("live", "1", 500, 501)]
    for flow, first in (("clip", 4), ("old", 2), ("live", 3)):
        at = first
        for n in range(30):
            rows.append((flow, f"{flow}{n}", at, at + rolled.randrange(1, 12)))
            at = rows[-1][3] + rolled.choice([0, 1, 2, 3, 9])
    window = within(0, max(end for flow, _o, _start, end in rows if flow == "clip") + 3)
    shown = made(rows, during=window)
    keys = [lane.key for lane in shown.lanes]
    seen = shown.closer(within(0, 60), range(len(keys)))

    assert shown.max_gap_ns > 3
    assert seen is not None
    bars = dataclasses.replace(shown, bars=seen.bars)
    expected = missing(rows, window)
    assert [each for each in expected if each[1] < 60] == drawn(bars, GAP)
    gaps = {lane.label: lane.gaps for lane in shown.lanes}
    assert gaps == {key: sum(each[0] == key for each in expected) for key in gaps}


def missing(rows: list[tuple[str, str, int, int]], window: TimeRange) -> list[tuple[str, int, int]]:
    """Nanosecond by nanosecond: what no segment covers, where any is expected."""
    start, end = window.start_ns or 0, window.end_ns or 0
    found = []
    for flow in [each[0] for each in FLOWS if each[3] == VIDEO]:
        there = {ns for owner, _o, a, b in rows if owner == flow for ns in range(a, b)}
        is_closed = there and STATUS[flow] == "closed_complete"
        due = range(min(there), max(there) + 1) if is_closed else range(start, end)
        open_ns = [ns for ns in due if start <= ns < end and ns not in there]
        for ns in open_ns:
            if found and found[-1][0] == flow and found[-1][2] == ns:
                found[-1] = (flow, found[-1][1], ns + 1)
            else:
                found.append((flow, ns, ns + 1))
    return sorted(found)
