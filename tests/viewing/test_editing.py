"""OpenTimelineIO timelines of a flow: exact, whole, and read by OpenTimelineIO again."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("opentimelineio", reason="OpenTimelineIO is in the extra [editing]")
import opentimelineio as otio

from tams_analytics.errors import BadParameter, Unsupported
from tams_analytics.store import Store
from tams_analytics.timerange import SECOND, TimeRange, tr
from tests.viewing.conftest import HOLE, START_NS, START_S, News

ALL = TimeRange.from_ns(START_NS, START_NS + 6 * SECOND)


def items(track: Any) -> list[tuple[str, float, float]]:
    """Each of a track: its kind, where it begins in its media, how long it is; in the rate."""
    return [
        (type(item).__name__, item.source_range.start_time.value, item.source_range.duration.value)
        for item in track
    ]


def test_a_gap_is_a_gap_between_clips_in_frames(store: Store, news: News) -> None:
    (track,) = store.to_otio(news.flows["picture"], HOLE, around="1:0").tracks

    assert [("Clip", 25, 25), ("Gap", 0, 50), ("Clip", 100, 25)] == items(track)
    assert [25.0] * 3 == [item.source_range.duration.rate for item in track]


def test_what_is_missing_at_the_edges_is_a_gap_too(store: Store) -> None:
    (track,) = store.to_otio("part", "[10:0_12:0)").tracks

    half = SECOND // 2
    assert [("Gap", 0, half), ("Clip", half, SECOND), ("Gap", 0, half)] == items(track)


def test_edges_are_rounded_to_frames_from_the_start_so_that_nothing_adds_up(
    store: Store, news: News
) -> None:
    late = TimeRange.from_ns(START_NS + 10_000_000, START_NS + 5 * SECOND)
    (track,) = store.to_otio(news.flows["picture"], late).tracks

    assert [("Clip", 0, 50), ("Gap", 0, 50), ("Clip", 100, 25)] == items(track)


def test_the_exact_times_are_in_the_metadata(store: Store) -> None:
    (track,) = store.to_otio("part", "[10:0_11:1)").tracks
    said = track[1].metadata["tams"]

    assert "[10:500000000_11:1)" == said["timerange"]
    assert "[10:500000000_11:500000000)" == said["segment_timerange"]
    assert "[2:500000000_3:500000000)" == said["object_timerange"]
    assert "8:0" == said["ts_offset"]
    assert "[10:0_10:500000000)" == track[0].metadata["tams"]["timerange"]


def test_a_timeline_begins_where_the_flow_does(store: Store, news: News) -> None:
    timeline = store.to_otio(news.flows["picture"], ALL)

    assert otio.opentime.RationalTime(START_S * 25, 25) == timeline.global_start_time


def test_sound_is_counted_in_nanoseconds_from_the_start(store: Store, news: News) -> None:
    timeline = store.to_otio(news.flows["sound"], ALL)
    (track,) = timeline.tracks

    assert timeline.global_start_time is None
    assert 6 * SECOND == sum(length for _kind, _start, length in items(track))
    exact = [tr(item.metadata["tams"]["timerange"]).duration_ns for item in track]
    assert exact == [int(length) for _kind, _start, length in items(track)]
    assert otio.schema.TrackKind.Audio == track.kind


def test_picture_and_sound_of_a_collection_are_tracks_of_one_length(
    store: Store, news: News
) -> None:
    timeline = store.to_otio(news.flows["both"], ALL)

    assert [("video", "Video"), ("audio", "Audio")] == [(t.name, t.kind) for t in timeline.tracks]
    assert [6.0, 6.0] == [track.duration().to_seconds() for track in timeline.tracks]


def test_segments_that_overlap_lie_in_two_tracks(store: Store) -> None:
    timeline = store.to_otio("overlap", "_")

    assert [[("Clip", 0.0, 2 * SECOND), ("Gap", 0.0, SECOND)]] == [items(timeline.tracks[0])]
    assert [[("Gap", 0.0, SECOND), ("Clip", 0.0, 2 * SECOND)]] == [items(timeline.tracks[1])]


@pytest.mark.parametrize("name", ["muxed", "file", "described"])
def test_where_picture_and_sound_share_files_the_pictures_frames_count(
    store: Store, news: News, name: str
) -> None:
    timeline = store.to_otio(news.flows[name], "[1:0_5:0)")

    assert [100.0] == [track.duration().value for track in timeline.tracks]


def test_clips_name_their_media_and_what_of_it_there_is(store: Store, news: News) -> None:
    (track,) = store.to_otio(news.flows["picture"], HOLE, around="1:0").tracks
    media = track[0].media_reference

    assert media.target_url.startswith(f"file://{news.folder}/")
    assert (0.0, 50.0) == (
        media.available_range.start_time.value,
        media.available_range.duration.value,
    )


def test_it_is_what_opentimelineio_writes_and_reads(
    store: Store, news: News, tmp_path: Path
) -> None:
    timeline = store.to_otio(news.flows["both"], ALL)
    path = str(tmp_path / "cut.otio")
    otio.adapters.write_to_file(timeline, path)

    assert timeline.is_equivalent_to(otio.adapters.read_from_file(path))


def test_more_than_104_days_of_sound_are_refused(store: Store, news: News) -> None:
    with pytest.raises(BadParameter, match="longer than the 104 days"):
        store.to_otio(news.flows["sound"], ALL, around=f"{104 * 86_400}:0")


def test_without_opentimelineio_it_says_what_to_install(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "opentimelineio", None)

    with pytest.raises(Unsupported, match=r"tams-analytics\[editing\]"):
        store.to_otio("part", "_")
