"""The lines of playlists, of pieces and tracks that no store has."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tams_analytics.media.storages import Storages
from tams_analytics.representations.urls import Instance
from tams_analytics.settings import Settings
from tams_analytics.tables.formats import AUDIO, VIDEO
from tams_analytics.timerange import SECOND, TimeRange, tr
from tams_analytics.viewing.hls import media_playlist, missing, seconds
from tams_analytics.viewing.master import master_playlist, renamed, renditions
from tams_analytics.viewing.pieces import Piece
from tams_analytics.viewing.reaching import Reach
from tams_analytics.viewing.showing import Track

REACH = Reach(Storages(Settings(), []))
LEAP_NS = tr.utc("2016-12-31T23:59:60", "2017-01-01").start_ns or 0
FLOW: dict[str, Any] = {
    "id": "00000000-0000-4000-8000-000000000001",
    "label": None,
    "format": VIDEO,
    "frame_width": None,
    "frame_height": None,
    "frame_rate_num": 30_000,
    "frame_rate_den": 1001,
    "channels": None,
    "avg_bit_rate": 700,
    "max_bit_rate": None,
}


def piece(start_ns: int, end_ns: int, **said: Any) -> Piece:
    url = Instance.of(None, None, False, None, f"https://cdn.example/{start_ns}")
    whole = {"first_ns": start_ns, "after_ns": end_ns, "offset_ns": 0, "instances": (url,)}
    return Piece("an object", start_ns, end_ns, **{**whole, **said})


def lines(*pieces: Piece, start: str | tuple[str, ...]) -> list[str]:
    text = media_playlist(pieces, REACH, TimeRange.eternity())
    return [line for line in text.splitlines() if line.startswith(start)]


@pytest.mark.parametrize(
    ("ns", "text"),
    [(1, "0.000000001"), (SECOND, "1"), (3_840_000_000, "3.84"), (10 * SECOND, "10"), (0, "0")],
)
def test_a_length_is_exact_without_zeros_that_say_nothing(ns: int, text: str) -> None:
    assert text == seconds(ns)


def test_the_target_duration_is_never_shorter_than_a_segment() -> None:
    assert ["#EXT-X-TARGETDURATION:3"] == lines(piece(0, 2 * SECOND + 1), start="#EXT-X-TARGET")


def test_time_that_an_earlier_longer_piece_shows_is_not_missing() -> None:
    long, inside, later = piece(0, 10), piece(2, 4), piece(6, 8)
    twice = piece(12, 15), piece(12, 16)

    assert ["# missing: [0:10_0:12), 2 ns"] == lines(long, inside, later, *twice, start="# missing")


def test_a_jump_of_the_objects_own_time_is_a_discontinuity() -> None:
    one, other = piece(0, SECOND), piece(SECOND, 2 * SECOND, offset_ns=1)

    assert ["#EXT-X-DISCONTINUITY"] == lines(one, other, start="#EXT-X-DISC")


def test_segments_that_go_on_have_no_discontinuity() -> None:
    assert [] == lines(piece(0, SECOND), piece(SECOND, 2 * SECOND), start="#EXT-X-DISC")


def test_another_initialisation_segment_is_named_after_a_discontinuity() -> None:
    one, other = (
        (Instance.of(None, None, False, None, f"https://cdn.example/init{number}"),)
        for number in (1, 2)
    )
    pieces = [
        piece(0, 1, init_object_id="1", init_instances=one),
        piece(1, 2, init_object_id="1", init_instances=one),
        piece(2, 3, init_object_id="2", init_instances=other),
    ]

    assert [
        '#EXT-X-MAP:URI="https://cdn.example/init1"',
        "#EXT-X-DISCONTINUITY",
        '#EXT-X-MAP:URI="https://cdn.example/init2"',
    ] == lines(*pieces, start=("#EXT-X-MAP", "#EXT-X-DISC"))


def test_a_part_of_an_object_lasts_as_long_as_the_object() -> None:
    part = piece(SECOND, 2 * SECOND, first_ns=0, after_ns=4 * SECOND)

    assert ["#EXTINF:4,[1:0_2:0)"] == lines(part, start="#EXTINF")


def test_a_leap_second_has_no_time_of_day_that_players_read() -> None:
    pieces = [piece(LEAP_NS + n * SECOND, LEAP_NS + (n + 1) * SECOND) for n in (-1, 0, 1)]

    assert [
        "#EXT-X-PROGRAM-DATE-TIME:2016-12-31T23:59:59Z",
        "#EXT-X-PROGRAM-DATE-TIME:2017-01-01T00:00:00Z",
    ] == lines(*pieces, start="#EXT-X-PROGRAM")


def test_a_piece_within_another_one_leaves_no_hole_behind_it() -> None:
    pieces = [piece(0, 10), piece(2, 3), piece(10, 12), piece(15, 16)]

    assert [TimeRange.from_ns(12, 15)] == missing(pieces)


def master(*tracks: Track) -> list[str]:
    return master_playlist(renditions(tracks, "a")).splitlines()[2:]


def test_a_picture_alone_is_a_variant_without_sound() -> None:
    assert ["#EXT-X-STREAM-INF:BANDWIDTH=700000,FRAME-RATE=29.970", "a-1.m3u8"] == master(
        Track(FLOW, ())
    )


def test_the_loudest_sound_counts_into_the_bandwidth_and_the_first_one_plays() -> None:
    sound = {**FLOW, "format": AUDIO, "channels": 2, "frame_rate_num": None}
    louder = {**sound, "id": "1" * 36, "max_bit_rate": 300}
    quiet = Track({**sound, "avg_bit_rate": 100}, (), 'say "aah"')
    listed = master(Track(FLOW, ()), quiet, replace(quiet, flow=louder, role="other"))

    assert [
        '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="sound",NAME="say  aah  00000000",DEFAULT=YES,'
        'AUTOSELECT=YES,CHANNELS="2",URI="a-2.m3u8"',
        '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="sound",NAME="other 11111111",DEFAULT=NO,'
        'AUTOSELECT=YES,CHANNELS="2",URI="a-3.m3u8"',
        '#EXT-X-STREAM-INF:BANDWIDTH=1000000,FRAME-RATE=29.970,AUDIO="sound"',
        "a-1.m3u8",
    ] == listed


def test_sound_alone_is_a_variant_and_an_unknown_rate_is_said_somehow() -> None:
    sound = {**FLOW, "format": AUDIO, "avg_bit_rate": None, "frame_rate_num": None}

    assert ["#EXT-X-STREAM-INF:BANDWIDTH=1", "a-1.m3u8"] == master(Track(sound, ()))


def test_a_sound_may_be_called_like_a_file() -> None:
    sound = {**FLOW, "format": AUDIO, "channels": None}
    told = "\n".join(master(Track(FLOW, ()), Track(sound, (), "a-1.m3u8")))
    found = renamed(told, {"a-1.m3u8": "a-2.m3u8", "a-2.m3u8": "other.m3u8"})

    assert 'NAME="a-1.m3u8 00000000"' in found
    assert 'URI="other.m3u8"' in found
    assert "a-2.m3u8" == found.splitlines()[-1]
