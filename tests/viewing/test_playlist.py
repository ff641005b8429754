"""Playlists: what they say, and that PyAV plays them."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import av
import pytest

from tams_analytics.errors import BadParameter, BadTimeRange, NotFound
from tams_analytics.ingest.playlist import MediaPlaylist, MultivariantPlaylist, read_playlist
from tams_analytics.queries import segments
from tams_analytics.store import Store
from tams_analytics.timerange import SECOND, TimeRange
from tams_analytics.viewing import Playlist
from tests.viewing.conftest import HOLE, IDS, START_NS, News

ALL = TimeRange.from_ns(START_NS, START_NS + 6 * SECOND)


@pytest.fixture
def frames_of(tmp_path: Path) -> Callable[..., int]:
    """How many frames of a kind PyAV decodes of a playlist."""

    def count(playlist: Playlist, **which: int) -> int:
        path = playlist.to_file(tmp_path / "of a test.m3u8")
        with av.open(str(path), options=dict(playlist.options)) as container:
            return sum(1 for _frame in container.decode(**which))

    return count


def lines(playlist: Playlist, *beginnings: str) -> list[str]:
    return [line for line in str(playlist).splitlines() if line.startswith(beginnings)]


def test_a_gap_plays_what_lies_around_it(
    store: Store, news: News, frames_of: Callable[..., int]
) -> None:
    playlist = store.playlist(news.flows["picture"], HOLE, around="2:0")

    assert 100 == frames_of(playlist, video=0)
    assert [
        "#EXTINF:2,[1756000000:0_1756000002:0)",
        f"# missing: {HOLE}, 2 s",
        "#EXT-X-DISCONTINUITY",
        "#EXTINF:2,[1756000004:0_1756000006:0)",
    ] == lines(playlist, "#EXTINF", "# missing", "#EXT-X-DISC")
    assert ("1 gap, 2 s in all: play goes on behind.",) == playlist.notes


def test_a_gap_alone_says_how_far_its_media_is(store: Store, news: News) -> None:
    with pytest.raises(NotFound) as refused:
        store.playlist(news.flows["picture"], HOLE)

    assert "the nearest lies right beside: around='0:1' reaches it" in str(refused.value)


def test_a_playlist_has_the_head_that_rfc_8216_asks_for(store: Store, news: News) -> None:
    head = str(store.playlist(news.flows["picture"], ALL)).splitlines()[:5]

    assert [
        "#EXTM3U",
        "#EXT-X-VERSION:6",
        "#EXT-X-TARGETDURATION:2",
        "#EXT-X-MEDIA-SEQUENCE:0",
        "#EXT-X-PLAYLIST-TYPE:VOD",
    ] == head


def test_each_segment_says_its_time_of_day_in_utc(store: Store, news: News) -> None:
    dates = lines(store.playlist(news.flows["picture"], ALL), "#EXT-X-PROGRAM")

    assert [
        "#EXT-X-PROGRAM-DATE-TIME:2025-08-24T01:46:03Z",
        "#EXT-X-PROGRAM-DATE-TIME:2025-08-24T01:46:07Z",
    ] == dates


def test_media_with_a_time_of_its_own_has_no_time_of_day(store: Store, news: News) -> None:
    assert [] == lines(store.playlist(news.flows["muxed"], "_"), "#EXT-X-PROGRAM")


def test_a_transport_stream_needs_no_map_and_plays_picture_and_sound(
    store: Store, news: News, frames_of: Callable[..., int]
) -> None:
    playlist = store.playlist(news.flows["muxed"], "_")

    assert [] == lines(playlist, "#EXT-X-MAP", "#EXT-X-DISC")
    assert 150 == frames_of(playlist, video=0)
    assert frames_of(playlist, audio=0) in range(281, 284)


def test_one_initialisation_segment_is_named_once(store: Store, news: News) -> None:
    assert 1 == len(lines(store.playlist(news.flows["picture"], ALL), "#EXT-X-MAP"))


def test_picture_and_sound_of_a_collection_play_side_by_side(
    store: Store, news: News, frames_of: Callable[..., int]
) -> None:
    playlist = store.playlist(news.flows["both"], ALL)

    assert ["playlist-1.m3u8", "playlist-2.m3u8"] == sorted(playlist.media)
    assert 'RESOLUTION=160x90,FRAME-RATE=25.000,AUDIO="sound"' in str(playlist)
    assert 100 == frames_of(playlist, video=0)
    assert frames_of(playlist, audio=0) in range(281, 284)
    assert "run apart" in playlist.notes[-1]


def test_the_files_of_a_master_playlist_are_named_like_it(
    store: Store, news: News, tmp_path: Path
) -> None:
    store.playlist(news.flows["both"], ALL).to_file(tmp_path / "gap.m3u8")

    assert ["gap-1.m3u8", "gap-2.m3u8", "gap.m3u8"] == sorted(p.name for p in tmp_path.iterdir())
    assert "playlist-" not in (tmp_path / "gap.m3u8").read_text("utf-8")


@pytest.mark.parametrize("stem", ["#1 of 2", '"a":b%20?c', "\n", "\udcff"])
def test_the_files_of_a_master_playlist_have_names_that_stand_in_a_uri(
    store: Store, news: News, tmp_path: Path, stem: str
) -> None:
    path = store.playlist(news.flows["both"], ALL).to_file(tmp_path / f"{stem}.m3u8")
    read = read_playlist(path)

    assert isinstance(read, MultivariantPlaylist)
    named = [each.path for each in (*read.variants, *read.renditions) if each.path]
    assert {*named, path} == {*tmp_path.iterdir()}
    assert [quote(each.name) for each in named] == [each.name for each in named]


def test_names_that_are_alike_in_a_uri_are_of_files_of_their_own(
    store: Store, news: News, tmp_path: Path
) -> None:
    for name in ("a b", "a_b", "a#b"):
        store.playlist(news.flows["both"], ALL).to_file(tmp_path / f"{name}.m3u8")

    assert 9 == len([*tmp_path.iterdir()])


def test_a_flow_that_describes_a_stream_plays_the_file_that_has_it(
    store: Store, news: News, frames_of: Callable[..., int]
) -> None:
    playlist = store.playlist(news.flows["described"], "[0:0_6:0)")

    assert 150 == frames_of(playlist, video=0)
    assert f"these are of {news.flows['file']}" in playlist.notes[0]
    assert "browsers do not" in playlist.notes[1]


def test_a_part_of_an_object_plays_whole_and_is_said_to(
    store: Store, news: News, frames_of: Callable[..., int]
) -> None:
    playlist = store.playlist("part", "_")

    assert "[10:500000000_11:500000000)" in str(playlist)
    assert ["#EXTINF:2,[10:500000000_11:500000000)"] == lines(playlist, "#EXTINF")
    assert TimeRange.from_ns(10 * SECOND, 12 * SECOND) == playlist.plays
    assert "HLS plays the whole object" in playlist.notes[0]
    assert 50 == frames_of(playlist, video=0)


def test_an_overlap_plays_both_segments_and_is_said_to(
    store: Store, frames_of: Callable[..., int]
) -> None:
    playlist = store.playlist("overlap", "[1:0_2:0)")

    assert 100 == frames_of(playlist, video=0)
    assert "1 segment overlap one before: their time is played twice." == playlist.notes[0]
    assert 1 == len(lines(playlist, "#EXT-X-DISC"))


def test_a_range_inside_a_segment_begins_there(store: Store, news: News) -> None:
    inside = TimeRange.from_ns(START_NS + SECOND, START_NS + SECOND + SECOND // 2)
    playlist = store.playlist(news.flows["picture"], inside)

    assert ["#EXT-X-START:TIME-OFFSET=1,PRECISE=YES"] == lines(playlist, "#EXT-X-START")
    assert (
        "It begins 1 s before and ends 500 ms after what was asked for: HLS plays whole segments.",
    ) == playlist.notes


def test_a_server_of_the_folder_signs_its_urls(store: Store, news: News) -> None:
    playlist = store.playlist("part", "_", base_url="http://127.0.0.1:8000")
    url = str(playlist).splitlines()[-2]

    assert re.fullmatch(r"http://127\.0\.0\.1:8000/media/\S+\?expires=\d+&signature=\S+", url)


def test_a_notebook_shows_facts_and_the_text_without_a_script(store: Store, news: News) -> None:
    html = store.playlist(news.flows["picture"], ALL)._repr_html_()

    assert "#EXT-X-DISCONTINUITY" in html
    assert "2025-08-24 01:46:03 UTC" in html
    assert "<script" not in html


def test_bytes_that_are_gone_are_no_url(on_duckdb: tuple[Store, News], tmp_path: Path) -> None:
    store, news = on_duckdb
    row = store.ask(segments.listing, flow_id=IDS["part"]).to_pylist()[0]
    (found,) = news.folder.rglob(row["object_id"])
    kept = found.rename(tmp_path / "away")
    try:
        with pytest.raises(NotFound) as refused:
            store.playlist("part", "_")
    finally:
        kept.rename(found)

    assert f"there is no URL of object {row['object_id']}" in str(refused.value)


def test_a_container_that_hls_does_not_take_is_refused(store: Store) -> None:
    with pytest.raises(BadParameter) as refused:
        store.playlist("other", "_")

    assert "has the container application/mxf, which HLS does not take" in str(refused.value)


@pytest.mark.parametrize(
    ("during", "around", "problem"),
    [("()", 0, "is never"), ("_", -1, "is negative"), ("[5:0_x)", 0, "is not a TAMS timerange")],
)
def test_a_range_that_cannot_be_is_refused(
    store: Store, during: str, around: int, problem: str
) -> None:
    with pytest.raises((BadParameter, BadTimeRange), match=problem):
        store.playlist("part", during, around=around)


def test_a_file_that_is_not_called_a_playlist_is_refused(store: Store, tmp_path: Path) -> None:
    with pytest.raises(BadParameter, match="is no name of a playlist"):
        store.playlist("part", "_").to_file(tmp_path / "part.txt")


def test_a_strict_reader_finds_the_same_files_and_times(
    store: Store, news: News, tmp_path: Path
) -> None:
    playlist = store.playlist(news.flows["picture"], ALL)
    path = tmp_path / "relative.m3u8"
    path.write_text(str(playlist).replace(f"file://{news.folder}/", ""), "utf-8")
    read = read_playlist(path)
    rows = store.ask(segments.listing, flow_id=news.flows["picture"]).to_pylist()

    assert isinstance(read, MediaPlaylist)
    assert (True, 2) == (read.fixed, read.target_s)
    assert [row["start_ns"] for row in rows] == [item.at_ns for item in read.items]
    assert [row["object_id"] for row in rows] == [item.path.name for item in read.items]
    assert [False, True] == [item.discontinuity for item in read.items]


def test_a_strict_reader_finds_the_sound_of_a_master_playlist(
    store: Store, news: News, tmp_path: Path
) -> None:
    read = read_playlist(store.playlist(news.flows["both"], ALL).to_file(tmp_path / "a.m3u8"))

    assert isinstance(read, MultivariantPlaylist)
    assert [("a-1.m3u8", "sound")] == [(each.path.name, each.audio) for each in read.variants]
    assert ["a-2.m3u8"] == [each.path.name for each in read.renditions if each.path]
