"""What an ingest will write."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from tams_analytics.errors import BadParameter
from tams_analytics.ingest.files import digest
from tams_analytics.ingest.plan import Plan, plan
from tams_analytics.ingest.presentation import presentation
from tams_analytics.ingest.probe import probe


def planned(path: Path, start_ns: int | None = None) -> Plan:
    shown = presentation(path)
    reads = [
        [(item, probe(item.path, item.init)) for item in track.items] for track in shown.tracks
    ]
    items = [item for track in shown.tracks for item in track.items]
    paths = {path for item in items for path in (item.path, item.init) if path}
    return plan(shown, reads, {path: digest(path, len_of) for path in paths}, start_ns)


def len_of(count: int) -> None:
    assert count > 0


def body(plan: Plan, label: str) -> Any:
    return next(flow.body for flow in plan.flows if flow.body["label"] == label)


def test_a_file_of_picture_and_sound_is_a_segment_of_a_multi_flow(mp4: Path) -> None:
    found = planned(mp4)
    picture, sound, both = found.flows

    assert [flow.body["label"] for flow in found.flows] == [
        "sample video",
        "sample audio",
        "sample",
    ]
    assert both.body["format"] == "urn:x-nmos:format:multi"
    assert both.body["container"] == "video/mp4"
    assert [len(flow.segments) for flow in found.flows] == [0, 0, 1]
    assert both.body["flow_collection"] == [
        {
            "id": picture.id,
            "role": "video",
            "container_mapping": {
                "track_index": 0,
                "format_track_index": 0,
                "isobmff_container": {"track_id": 1},
            },
        },
        {
            "id": sound.id,
            "role": "audio",
            "container_mapping": {
                "track_index": 1,
                "format_track_index": 0,
                "isobmff_container": {"track_id": 2},
            },
        },
    ]


def test_a_stream_inside_a_container_has_no_container_of_its_own(mp4: Path) -> None:
    assert {"container", "segment_duration"}.isdisjoint(body(planned(mp4), "sample video"))


def test_a_segment_says_all_that_is_known_of_it(mp4: Path) -> None:
    both = planned(mp4, 100_000_000_000).flows[-1]
    [segment], [stored] = both.segments, both.objects

    assert segment == {
        "object_id": stored.id,
        "timerange": "[100:0_106:0)",
        "ts_offset": "100:0",
        "last_duration": "0:40000000",
        "object_timerange": "[0:0_6:0)",
        "key_frame_count": 3,
    }
    assert (stored.size, stored.content_type) == (mp4.stat().st_size, "video/mp4")


def test_tracks_of_their_own_have_the_segments(hls: Path) -> None:
    found = planned(hls)
    picture, sound, both = found.flows

    assert [len(flow.segments) for flow in found.flows] == [3, 4, 0]
    assert picture.body["container"] == sound.body["container"] == "video/iso.segment"
    assert "container" not in both.body
    assert [member["role"] for member in both.body["flow_collection"]] == ["video", "audio"]
    assert picture.body["segment_duration"] == {"numerator": 2, "denominator": 1}


def test_segments_of_a_flow_meet(hls: Path) -> None:
    picture, sound, _ = planned(hls).flows

    assert [segment["timerange"] for segment in picture.segments] == [
        "[0:0_2:0)",
        "[2:0_4:0)",
        "[4:0_6:0)",
    ]
    bounds = [segment["timerange"][1:-1].split("_") for segment in sound.segments]
    assert [end for _, end in bounds[:-1]] == [start for start, _ in bounds[1:]]


def test_an_initialisation_segment_is_an_object_that_all_segments_name(hls: Path) -> None:
    picture = planned(hls).flows[0]
    [init] = {segment["init_object_id"] for segment in picture.segments}

    assert picture.body["essence_parameters"]["init_segments"] is True
    assert [(one.path.name, one.content_type) for one in picture.objects if one.id == init] == [
        ("video-init.mp4", "video/mp4")
    ]
    assert len(picture.objects) == 4


def test_the_picture_gives_a_shared_file_its_timerange(muxed: Path) -> None:
    both = planned(muxed).flows[-1]

    assert [segment["timerange"] for segment in both.segments] == [
        "[0:0_2:0)",
        "[2:0_4:0)",
        "[4:0_6:0)",
    ]
    assert {segment["ts_offset"] for segment in both.segments} == {"-0:21333333"}
    assert both.segments[0]["object_timerange"].startswith("[0:0_")


def test_the_same_contents_have_the_same_ids_wherever_they_lie(tmp_path: Path, mp4: Path) -> None:
    shutil.copy(mp4, tmp_path / "copy.mp4")
    here, there = planned(mp4), planned(tmp_path / "copy.mp4")

    assert [flow.id for flow in here.flows] == [flow.id for flow in there.flows]
    assert here.flows[-1].segments == there.flows[-1].segments


def test_another_start_is_another_flow_of_the_same_object(mp4: Path) -> None:
    here, there = planned(mp4).flows[-1], planned(mp4, 1).flows[-1]

    assert here.id != there.id
    assert here.body["source_id"] != there.body["source_id"]
    assert here.objects[0].id == there.objects[0].id


@pytest.mark.parametrize(("type_", "same"), [("EVENT", True), ("VOD", False)])
def test_a_playlist_that_may_grow_is_known_by_its_first_segment(
    tmp_path: Path, muxed: Path, type_: str, same: bool
) -> None:
    shutil.copytree(muxed.parent, tmp_path, dirs_exist_ok=True)
    path = tmp_path / "muxed.m3u8"
    head = f"#EXTM3U\n#EXT-X-PLAYLIST-TYPE:{type_}\n#EXTINF:2,\nmuxed0.ts\n"
    path.write_text(head)
    before = planned(path)
    path.write_text(f"{head}#EXTINF:2,\nmuxed1.ts\n#EXT-X-ENDLIST\n")

    assert (planned(path).flows[0].id == before.flows[0].id) is same
    assert ("status" in before.flows[0].body) is not same


def test_encodings_are_flows_of_one_source(tmp_path: Path, hls: Path) -> None:
    shutil.copytree(hls.parent, tmp_path, dirs_exist_ok=True)
    shutil.copy(tmp_path / "video.m3u8", tmp_path / "low.m3u8")
    index = tmp_path / "index.m3u8"
    index.write_text(index.read_text() + '#EXT-X-STREAM-INF:BANDWIDTH=100,AUDIO="tone"\nlow.m3u8\n')
    found = planned(index)

    labels = {flow.body["label"].removeprefix(f"{found.title} "): flow.body for flow in found.flows}
    assert list(labels) == ["video 1", "audio Tone", "video 2", "1", "2"]
    assert labels["video 1"]["source_id"] == labels["video 2"]["source_id"]
    assert labels["1"]["source_id"] == labels["2"]["source_id"]
    assert len({body["id"] for body in labels.values()}) == 5


def test_files_that_cannot_be_one_flow_are_refused(tmp_path: Path, muxed: Path, mp4: Path) -> None:
    shutil.copy(muxed.parent / "muxed0.ts", tmp_path)
    shutil.copy(mp4, tmp_path)
    path = tmp_path / "mixed.m3u8"
    path.write_text(
        "#EXTM3U\n#EXTINF:2,\nmuxed0.ts\n#EXT-X-DISCONTINUITY\n#EXTINF:6,\nsample.mp4\n"
    )

    with pytest.raises(BadParameter, match=r"sample\.mp4' has container video/mp4"):
        planned(path)
