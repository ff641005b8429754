"""What a timeline asks and makes of the answers, on a world that can be drawn on paper."""

from __future__ import annotations

import functools
from typing import Any

import ibis
import numpy as np
import pyarrow as pa
import pytest

from tams_analytics.errors import BadParameter, BadTimeRange
from tams_analytics.timerange import TimeRange
from tams_analytics.widgets import asking, lanes, stretches, timeline
from tams_analytics.widgets.bars import COVERED, GAP, KINDS, OVERLAP, SEGMENT
from tams_analytics.widgets.expecting import as_expected
from tams_analytics.widgets.marks import Budget

SECOND = 10**9
VIDEO, MULTI = "urn:x-nmos:format:video", "urn:x-nmos:format:multi"

#   seconds      0         10        20   25   30
#   cam-a        |====o1===|====o2===|    |=o3=|
#   cam-b        |====o1===|
#                        |=====o4=====|          from 9: one second of overlap
#   lost         o9 for four nanoseconds, of a flow that is not registered
SEGMENTS = [
    ("cam-a", "o1", 0, 10 * SECOND),
    ("cam-a", "o2", 10 * SECOND, 20 * SECOND),
    ("cam-a", "o3", 25 * SECOND, 30 * SECOND),
    ("cam-b", "o1", 0, 10 * SECOND),
    ("cam-b", "o4", 9 * SECOND, 20 * SECOND),
    ("lost", "o9", 1, 5),
]
FLOWS = [
    ("cam-a", "studio", "Camera 10", VIDEO),
    ("cam-b", "studio", "Camera 2", VIDEO),
    ("idle", "court", None, VIDEO),
    ("together", "programme", "Programme", MULTI),
]
SOURCES = [("studio", "Studio", VIDEO), ("court", None, VIDEO), ("programme", "P", MULTI)]


def segments(rows: list[tuple[str, str, int, int]]) -> Any:
    names = ["flow_id", "object_id", "start_ns", "end_ns"]
    columns = [list(column) for column in zip(*rows, strict=True)]
    types = [pa.string(), pa.string(), pa.int64(), pa.int64()]
    arrays = [pa.array(values, kind) for values, kind in zip(columns, types, strict=True)]
    return ibis.memtable(pa.Table.from_arrays(arrays, names))


def named(rows: list[tuple[str | None, ...]], *names: str) -> Any:
    columns = [pa.array(list(column), pa.string()) for column in zip(*rows, strict=True)]
    return ibis.memtable(pa.Table.from_arrays(columns, list(names)))


def built(rows: list[tuple[str, str, int, int]] | None = None, **how: Any) -> timeline.Timeline:
    if not rows and not how:
        return whole()
    return made(rows or SEGMENTS, **how)


@functools.lru_cache(maxsize=1)
def whole() -> timeline.Timeline:
    """The world without a window, asked once for all tests."""
    return made(SEGMENTS)


def made(rows: list[tuple[str, str, int, int]], **how: Any) -> timeline.Timeline:
    return timeline.build(
        segments(rows),
        named(FLOWS, "id", "source_id", "label", "format"),
        named(SOURCES, "id", "label", "format"),
        named([("together", "cam-a"), ("together", "cam-b")], "flow_id", "member_id"),
        **how,
    )


def drawn(shown: timeline.Timeline, kind: int) -> list[tuple[str, int, int]]:
    """Label, start and end in nanoseconds of the bars of a kind."""
    return sorted(
        (shown.lanes[bar["lane"]].label, bar["start_ns"], bar["end_ns"])
        for bar in shown.bars.to_pylist()
        if bar["kind"] == kind
    )


def test_lanes_are_the_flows_by_name_and_whatever_else_has_segments() -> None:
    assert ["Camera 2", "Camera 10", "idle", "lost"] == [lane.label for lane in built().lanes]


def test_a_flow_that_only_collects_others_is_no_lane() -> None:
    assert "Programme" not in {lane.label for lane in built().lanes}


def test_few_segments_are_drawn_one_by_one_to_the_nanosecond() -> None:
    expected = [
        ("Camera 10", 0, 10 * SECOND),
        ("Camera 10", 10 * SECOND, 20 * SECOND),
        ("Camera 10", 25 * SECOND, 30 * SECOND),
        ("Camera 2", 0, 10 * SECOND),
        ("Camera 2", 9 * SECOND, 20 * SECOND),
        ("lost", 1, 5),
    ]
    assert expected == drawn(built(), SEGMENT)


def test_many_segments_are_drawn_as_covered_stretches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "WHOLE", Budget(bars=100, overlaps=100, segments=5))

    expected = [
        ("Camera 10", 0, 20 * SECOND),
        ("Camera 10", 25 * SECOND, 30 * SECOND),
        ("Camera 2", 0, 20 * SECOND),
        ("lost", 1, 5),
    ]
    assert expected == drawn(made(SEGMENTS), COVERED)


def test_too_many_stretches_to_be_copied_are_asked_of_the_store(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(asking, "WHOLE", Budget(bars=100, overlaps=100, segments=4))
    copied = made(SEGMENTS, during="[5:0_40:0)")
    monkeypatch.setattr(stretches, "MOST_STRETCHES", 2)
    asked = made(SEGMENTS, during="[5:0_40:0)")

    assert copied.bars == asked.bars
    assert copied.lanes == asked.lanes
    assert "2 segments" in copied.bars["note"].to_pylist()


def test_a_gap_lies_between_segments() -> None:
    assert [("Camera 10", 20 * SECOND, 25 * SECOND)] == drawn(built(), GAP)


def test_an_overlap_is_the_time_that_two_segments_of_a_flow_share() -> None:
    assert [("Camera 2", 9 * SECOND, 10 * SECOND)] == drawn(built(), OVERLAP)


def test_an_overlap_names_both_objects() -> None:
    notes = [bar["note"] for bar in built().bars.to_pylist() if bar["kind"] == OVERLAP]

    assert ["o1 and o4"] == notes


def test_a_window_makes_gaps_of_its_edges_and_of_flows_without_segments() -> None:
    expected = [
        ("Camera 10", 20 * SECOND, 25 * SECOND),
        ("Camera 10", 30 * SECOND, 40 * SECOND),
        ("Camera 2", 20 * SECOND, 40 * SECOND),
        ("idle", 5 * SECOND, 40 * SECOND),
    ]
    assert expected == drawn(built(during="[5:0_40:0)"), GAP)


def test_figures_of_a_lane_are_those_of_the_window() -> None:
    camera = next(lane for lane in built(during="[5:0_40:0)").lanes if lane.label == "Camera 10")

    assert (20 * SECOND, 20 / 35, 2, 15 * SECOND) == (
        camera.covered_ns,
        camera.ratio,
        camera.gaps,
        camera.gap_ns,
    )


def test_a_window_of_which_something_is_missing_says_what_it_takes_as_expected() -> None:
    said = "All of the window is expected of each flow"
    shown = built(during="[5:0_40:0)")

    assert said in shown.caption
    assert said in shown.picture().split("viewBox")[0]
    assert "" == built().caption


def test_a_window_that_is_covered_says_nothing_of_what_is_expected() -> None:
    rows = [(flow, "o1", 0, 20 * SECOND) for flow in ("cam-a", "cam-b", "idle")]

    assert "" == built(rows, during="[0:0_20:0)").caption


def test_what_was_made_of_the_expected_time_says_nothing_of_the_window() -> None:
    shown = built(during="[5:0_40:0)")
    told = {
        "covered_ns": 20 * SECOND,
        "expected_ns": 25 * SECOND,
        "covered_ratio": 0.8,
        "gaps": 1,
        "first_ns": 5 * SECOND,
        "last_ns": 30 * SECOND,
    }

    assert "" == as_expected(shown, {"cam-a": told}).caption


def test_a_lane_tells_the_status_of_a_flow_that_is_not_recorded() -> None:
    rows = [("a", "A", VIDEO, "closed_complete"), ("b", "B", VIDEO, "ingesting")]
    names = lanes.named(named(rows, "id", "label", "format", "status"))

    assert ["closed_complete · video · a", "video · b"] == [names[id].sub for id in "ab"]


def test_a_nanosecond_that_is_missing_is_not_all_of_it() -> None:
    day = 86_400 * SECOND
    rows = [("cam-a", "o", 0, day), ("cam-a", "p", day + 1, 10 * 365 * day)]

    assert built(rows).lanes[1].ratio < 1


def test_lanes_by_source_cover_what_any_of_its_flows_covers() -> None:
    shown = built(by="source")

    assert ["court", "Studio", "(no source)"] == [lane.label for lane in shown.lanes]
    assert [("Studio", 20 * SECOND, 25 * SECOND)] == drawn(shown, GAP)


def test_flows_of_one_source_at_the_same_time_are_no_overlap() -> None:
    assert [("Studio", 9 * SECOND, 10 * SECOND)] == drawn(built(by="source"), OVERLAP)


def test_lanes_by_collection_are_what_collects() -> None:
    assert ["Programme", "lost"] == [lane.label for lane in built(by="collection").lanes]


def test_only_what_is_asked_for_is_drawn() -> None:
    kinds = {KINDS[kind] for kind in built(show=["gaps"]).bars["kind"].to_pylist()}

    assert {"gap"} == kinds


def test_a_big_store_has_at_most_twenty_thousand_bars_and_says_what_it_left_out() -> None:
    gap_s = [n % 100 + 1 for n in range(30_000)]
    starts = [SECOND * (200 * n) for n in range(30_000)]
    rows = [
        (("cam-a", "cam-b")[n % 2], f"o{n}", start, start + SECOND * (400 - gap_s[n // 2]))
        for n, start in enumerate(starts)
    ]
    shown = built(rows)

    assert shown.bars.num_rows <= asking.WHOLE.bars
    assert shown.max_gap_ns > 0
    assert min(end - start for _, start, end in drawn(shown, GAP)) > shown.max_gap_ns
    assert "and less are drawn as covered" in shown.caption
    assert sum(lane.gaps for lane in shown.lanes) == 29_998


def test_too_many_lanes_keep_those_with_the_least_coverage(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "MOST_LANES", 1)
    shown = built(during="[0:0_20:0)")

    assert ["idle"] == [lane.label for lane in shown.lanes]
    assert 3 == shown.unseen


def test_the_expression_of_a_timeline_is_the_segments_in_its_window() -> None:
    found = built(during="[22:0_40:0)").expr.to_pyarrow()

    assert ["o3"] == found["object_id"].to_pylist()


def test_an_unknown_keyword_is_refused_with_the_right_one() -> None:
    with pytest.raises(BadParameter, match="unknown keyword; expected during"):
        built(duration="[0:0_10:0)")


def test_an_unknown_lane_or_thing_to_show_is_refused() -> None:
    with pytest.raises(BadParameter, match="flow, source or collection"):
        built(by="camera")
    with pytest.raises(BadParameter, match="segments, gaps, overlaps or coverage"):
        built(show=["holes"])


def test_a_window_that_ends_before_all_media_stays_where_it_was_asked() -> None:
    assert -100 == built(during=TimeRange.from_ns(None, -100)).timerange.end_ns


def test_a_window_without_time_is_refused() -> None:
    with pytest.raises(BadParameter, match="holds no time"):
        built(during="()")
    with pytest.raises(BadParameter, match="holds no time"):
        built(during=TimeRange.from_ns(2**63 - 1, None))
    with pytest.raises(BadTimeRange):
        built(during="yesterday")


def test_an_empty_store_is_a_timeline_without_bars() -> None:
    none = segments(SEGMENTS).limit(0)
    flows = named(FLOWS, "id", "source_id", "label", "format").limit(0)
    shown = timeline.build(none, flows)

    assert (0, 0) == (len(shown.lanes), shown.bars.num_rows)
    assert "data-tams-state" in shown.to_html()


def test_the_legal_extremes_of_time_stay_exact_on_the_page() -> None:
    lowest, highest = -9_223_372_036 * SECOND, 9_223_372_036 * SECOND
    shown = built([("cam-a", "o1", lowest, lowest + 1), ("cam-a", "o2", highest - 1, highest)])
    exact = np.frombuffer(shown.state()["bars"]["exact"], "<i8").tolist()
    t0_ns = int(shown.state()["t0_ns"])

    expected = [lowest, lowest + 1, highest - 1, highest, lowest + 1, highest - 1]
    assert expected == [t0_ns + offset for offset in exact]
