"""What belongs together."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tams_analytics.errors import BadParameter
from tams_analytics.ingest.presentation import presentation, presentations, skipped


def test_a_file_is_a_presentation_of_one_track(mp4: Path) -> None:
    shown = presentation(mp4)

    assert shown.title == "sample"
    assert [[item.path for item in track.items] for track in shown.tracks] == [[mp4]]
    assert shown.variants == ((0,),)


def test_each_rendition_and_each_encoding_is_a_track(hls: Path) -> None:
    shown = presentation(hls)

    assert [(len(track.items), track.rendition) for track in shown.tracks] == [
        (3, None),
        (4, "Tone"),
    ]
    assert shown.variants == ((0, 1),)


def test_a_playlist_named_after_nothing_takes_its_folders_name(tmp_path: Path, hls: Path) -> None:
    shutil.copytree(hls.parent, tmp_path / "evening news")

    assert presentation(tmp_path / "evening news" / "index.m3u8").title == "evening news"
    assert presentation(tmp_path / "evening news" / "video.m3u8").title == "video"


def test_encodings_that_share_a_rendition_share_its_track(tmp_path: Path, hls: Path) -> None:
    shutil.copytree(hls.parent, tmp_path, dirs_exist_ok=True)
    shutil.copy(tmp_path / "video.m3u8", tmp_path / "low.m3u8")
    with hls.with_name("index.m3u8").open() as original:
        text = original.read()
    (tmp_path / "index.m3u8").write_text(
        text + '#EXT-X-STREAM-INF:BANDWIDTH=100,AUDIO="tone"\nlow.m3u8\n'
    )
    shown = presentation(tmp_path / "index.m3u8")

    assert [track.rendition for track in shown.tracks] == [None, "Tone", None]
    assert shown.variants == ((0, 1), (2, 1))


def test_a_folder_is_its_files_but_not_what_a_playlist_takes(
    tmp_path: Path, hls: Path, mp4: Path
) -> None:
    shutil.copytree(hls.parent, tmp_path, dirs_exist_ok=True)
    shutil.copy(mp4, tmp_path)
    (tmp_path / ".hidden").write_text("")

    found = [shown.path.name for shown in presentations([tmp_path])]
    assert found == ["index.m3u8", "sample.mp4"]


def test_what_is_no_media_in_a_folder_is_skipped_and_told(
    tmp_path: Path, mp4: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("readme.txt", "sample.mp4.md5", "thumbnail.jpg"):
        (tmp_path / name).write_text("no media")
    shutil.copy(mp4, tmp_path / "A.MP4")
    with caplog.at_level("INFO", logger="tams_analytics"):
        found = [shown.path.name for shown in presentations([tmp_path])]

    assert found == ["A.MP4"]
    for name in ("readme.txt", "sample.mp4.md5", "thumbnail.jpg"):
        assert f"{name}: skipped" in caplog.text
    assert ["readme.txt", "sample.mp4.md5", "thumbnail.jpg"] == [
        path.name for path in skipped([tmp_path, mp4])
    ]


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadParameter, match="has no media file"):
        presentations([tmp_path])


def test_a_multivariant_playlist_inside_another_is_refused(tmp_path: Path, hls: Path) -> None:
    path = tmp_path / "outer.m3u8"
    path.write_text("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\ninner.m3u8\n")
    shutil.copy(hls, tmp_path / "inner.m3u8")

    with pytest.raises(BadParameter, match="inside another one"):
        presentation(path)
