"""Where the files of a presentation lie on the flows' timeline."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from tams_analytics.errors import BadParameter
from tams_analytics.ingest.media import Essence, Media
from tams_analytics.ingest.playlist import Item
from tams_analytics.ingest.timeline import TURN_S, Placed, Read, placed

SECOND = 1_000_000_000
FRAME = Fraction(1, 25)


def essence(kind: str, start: Fraction, end: Fraction) -> Essence:
    rate = Fraction(25) if kind == "video" else Fraction(48000)
    return Essence(kind, 0, 1, f"{kind}/x", {}, rate, start, end - 1 / rate, end, 1, 1000)


def read(
    start: float | Fraction,
    end: float | Fraction,
    *,
    kind: str = "video",
    container: str = "video/mp4",
    **item: object,
) -> Read:
    path = Path(f"{float(start)}.{kind}")
    shown = essence(kind, Fraction(start), Fraction(end))
    return Item(path, **item), Media(path, container, 1000, (shown,))  # type: ignore[arg-type]


def seconds(track: list[Placed]) -> list[tuple[float, float]]:
    return [(one.start_ns / SECOND, one.end_ns / SECOND) for one in track]


def test_the_first_sample_is_at_zero_and_the_rest_keeps_its_distance() -> None:
    [track] = placed([[read(10, 14), read(14, 18)]], None)

    assert seconds(track) == [(0, 4), (4, 8)]
    assert {one.offset_ns for one in track} == {-10 * SECOND}


def test_a_start_is_where_the_first_sample_lies() -> None:
    [track] = placed([[read(10, 14)]], 100 * SECOND)

    assert seconds(track) == [(100, 104)]


def test_a_date_of_the_playlist_places_the_run() -> None:
    [track] = placed([[read(10, 14), read(14, 18, at_ns=1000 * SECOND)]], None)

    assert seconds(track) == [(996, 1000), (1000, 1004)]


def test_a_start_overrides_a_date() -> None:
    [track] = placed([[read(10, 14, at_ns=1000 * SECOND)]], 0)

    assert seconds(track) == [(0, 4)]


def test_sound_stays_in_step_with_the_picture() -> None:
    picture, sound = placed([[read(10, 14)], [read(9.75, 14.5, kind="audio")]], None)

    assert seconds(picture) == [(0, 4)]
    assert seconds(sound) == [(-0.25, 4.5)]


def test_what_is_missing_between_files_stays_a_hole() -> None:
    [track] = placed([[read(0, 4), read(4 + FRAME, 8)]], None)

    assert seconds(track) == [(0, 4), (4.04, 8)]


@pytest.mark.parametrize("tick", [1, -1])
def test_a_seam_that_a_clock_has_rounded_is_closed(tick: int) -> None:
    [track] = placed([[read(0, 4), read(4 + Fraction(tick, 90_000), 8)]], None)

    assert track[0].end_ns == track[1].start_ns == 4 * SECOND + tick * 11111
    assert track[0].end_ns - track[0].last_ns == 40_000_000 + tick * 11111


def test_a_closed_seam_lies_within_the_object() -> None:
    [track] = placed([[read(0, 4), read(4 + Fraction(1, 90_000), 8)]], None)

    assert track[0].object_bounds_ns == (0, 4 * SECOND + 11111)


def test_files_that_overlap_are_refused() -> None:
    with pytest.raises(BadParameter, match=r"starts at 3:900000000, before 0\.0\.video ends"):
        placed([[read(0, 4), read(3.9, 8)]], None)


def test_after_a_discontinuity_time_goes_on() -> None:
    [track] = placed([[read(10, 14), read(500, 504, discontinuity=True)]], None)

    assert seconds(track) == [(0, 4), (4, 8)]
    assert [one.offset_ns // SECOND for one in track] == [-10, -496]


def test_after_a_discontinuity_a_date_says_where_time_goes_on() -> None:
    reads = [
        read(10, 14, at_ns=1000 * SECOND),
        read(0, 4, discontinuity=True, at_ns=1060 * SECOND),
    ]

    assert seconds(placed([reads], None)[0]) == [(1000, 1004), (1060, 1064)]


def test_all_tracks_take_a_discontinuity_together() -> None:
    picture = [read(10, 14), read(500, 504, discontinuity=True)]
    sound = [
        read(10, 14.25, kind="audio"),
        read(500.25, 504, kind="audio", discontinuity=True),
    ]

    assert seconds(placed([picture, sound], None)[1]) == [(0, 4.25), (4.25, 8)]


def test_tracks_with_other_discontinuities_are_refused() -> None:
    picture = [read(10, 14), read(500, 504, discontinuity=True)]

    with pytest.raises(BadParameter, match="has 0 discontinuities, the first track 1"):
        placed([picture, [read(10, 18, kind="audio")]], None)


def test_the_clock_of_a_transport_stream_may_start_again() -> None:
    before, after = TURN_S - 2, Fraction(2)
    reads = [
        read(before, before + 4, container="video/mp2t"),
        read(after, after + 4, container="video/mp2t"),
    ]
    [track] = placed([reads], None)

    assert seconds(track) == [(0, 4), (4, 8)]
    assert track[1].object_bounds_ns == (2 * SECOND, 6 * SECOND)


def test_files_without_a_clock_are_laid_one_after_another_from_the_picture_on() -> None:
    sound = {"kind": "audio", "container": "audio/aac"}
    picture, tone = placed(
        [[read(10, 14), read(14, 18)], [read(0, 4, **sound), read(0, 4, **sound)]],
        None,
    )

    assert seconds(picture) == seconds(tone) == [(0, 4), (4, 8)]
    assert [one.offset_ns // SECOND for one in tone] == [0, 4]


def test_rounding_happens_once() -> None:
    third = Fraction(1, 3)
    [track] = placed([[read(third, 2 * third + 1), read(2 * third + 1, 4)]], 7)

    assert track[0].start_ns == 7
    assert track[0].end_ns == track[1].start_ns
    assert track[0].offset_ns == 7 - 333_333_333
