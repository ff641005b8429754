"""Timecode against counting by hand, and against mediatimestamp's frame counts."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import mediatimestamp as media
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tams_analytics.errors import BadParameter
from tams_analytics.timerange import FrameClock, timecode_text, tr

RATES = ["24000/1001", "24", "25", "30000/1001", "30", "50", "60000/1001", "60", "120000/1001"]
DROPPING = ["30000/1001", "60000/1001", "120000/1001"]


@pytest.mark.parametrize(
    ("label", "frame"),
    [
        ("00:00:59;29", 1799),
        ("00:01:00;02", 1800),
        ("00:01:59;29", 3597),
        ("00:02:00;02", 3598),
        ("00:09:59;29", 17981),
        ("00:10:00;00", 17982),
        ("00:11:00;02", 17982 + 1800),
        ("01:00:00;00", 107892),
        ("23:59:59;29", 2589407),
        ("-00:01:00;02", -1800),
    ],
)
def test_drop_frame_labels_name_known_frames(label: str, frame: int) -> None:
    clock = FrameClock.of("30000/1001", drop_frame=True)

    assert (frame, label) == (clock.frame(label), clock.label(frame))


@pytest.mark.parametrize(
    ("rate", "label", "frame"),
    [
        ("25", "01:00:00:00", 90000),
        ("25/1", "00:00:01:01", 26),
        ("30000/1001", "00:01:00:00", 1800),
        ("60000/1001", "00:01:00;04", 3600),
        ("60000/1001", "00:10:00;00", 35964),
        (50, "00:00:01:49", 99),
        (Fraction(24), "100:00:00:00", 8640000),
        ("120", "00:00:00:119", 119),
    ],
)
def test_labels_name_known_frames(rate: Any, label: str, frame: int) -> None:
    clock = FrameClock.of(rate, drop_frame=";" in label)

    assert frame == clock.frame(label)
    assert frame == clock.frame(clock.label(frame))


def test_every_label_of_a_day_is_counted_once() -> None:
    clock = FrameClock.of("30000/1001", drop_frame=True)
    labels = [
        f"{minute // 60:02}:{minute % 60:02}:{second:02};{frame:02}"
        for minute in range(25)
        for second in (0, 1, 59)
        for frame in range(30)
        if minute % 10 == 0 or second or frame > 1
    ]
    frames = [clock.frame(label) for label in labels]

    assert labels == [clock.label(frame) for frame in frames]
    assert frames == sorted(set(frames))


@given(st.sampled_from(RATES), st.booleans(), st.integers(-(10**9), 10**9))
def test_a_frame_comes_back_from_its_label_and_its_nanosecond(
    rate: str, drop: bool, frame: int
) -> None:
    clock = FrameClock.of(rate, drop_frame=drop and rate in DROPPING)
    start, after = clock.start_ns(frame), clock.start_ns(frame + 1)

    assert frame == clock.frame(clock.label(frame))
    assert [frame, frame, frame - 1] == [clock.frame_at(ns) for ns in (start, after - 1, start - 1)]


@given(st.sampled_from(RATES), st.integers(0, 10**9))
def test_frames_start_where_mediatimestamp_counts_them(rate: str, frame: int) -> None:
    theirs = media.Timestamp.from_count(frame, Fraction(rate)).to_nanosec()

    assert theirs == FrameClock.of(rate).start_ns(frame)


def test_a_range_of_timecode_is_half_open_and_exact() -> None:
    day = tr.timecode("00:00:00;00", "24:00:00;00", rate="30000/1001")

    assert "[0:0_86399:913600000)" == str(day)
    assert "[3600:0_3601:0)" == str(tr.timecode("01:00:00:00", "01:00:01:00", rate=25))
    assert "[0:33366666_0:66733333)" == str(
        tr.timecode("00:00:00:01", "00:00:00:02", rate="30000/1001")
    )


def test_timecode_counts_from_its_origin_and_may_be_unbounded() -> None:
    hour = tr.timecode("10:00:00:00", None, rate="25", origin="1756000000:5")

    assert "[1756036000:5_" == str(hour)
    assert "10:00:00:00" == timecode_text(1756036000 * 10**9 + 5, "25", origin="1756000000:5")


def test_drop_frame_may_be_said_or_written() -> None:
    written = tr.timecode("00:01:00;02", "00:02:00;02", rate="30000/1001")
    said = tr.timecode("00:01:00:02", "00:02:00:02", rate="30000/1001", drop_frame=True)

    assert written == said
    assert tr.timecode("00:01:00:02", None, rate="30000/1001") != tr.timecode(
        "00:01:00;02", None, rate="30000/1001"
    )


@pytest.mark.parametrize("label", ["00:01:00;00", "00:01:00;01", "00:59:00;01", "01:01:00;00"])
def test_a_dropped_label_names_no_frame(label: str) -> None:
    with pytest.raises(BadParameter, match=f"leaves out; expected {label[:9]}02"):
        tr.timecode(label, None, rate="30000/1001")


@pytest.mark.parametrize(
    "label",
    [
        "00:00:00:25",
        "00:00:60:00",
        "00:60:00:00",
        "0:00:00:00",
        "00:00:00",
        "01:00:00.000",
        "5:0",
        "00:00:00:00\n",
        "",
        5,
        5.0,
    ],
)
def test_what_is_no_label_is_refused(label: Any) -> None:
    with pytest.raises(BadParameter):
        tr.timecode(label, None, rate="25")


@pytest.mark.parametrize(
    "rate", [29.97, "29.97", "0", "-25", "25/0", "30/1.001", 0, -25, True, None, "12345/1002"]
)
def test_a_rate_is_exact(rate: Any) -> None:
    with pytest.raises(BadParameter, match="rate"):
        tr.timecode("00:00:00:00", None, rate=rate)


@pytest.mark.parametrize("rate", ["25", "24000/1001", "30", "50"])
def test_drop_frame_exists_at_multiples_of_30000_by_1001_only(rate: str) -> None:
    with pytest.raises(BadParameter, match="drop frame"):
        tr.timecode("00:00:00;00", None, rate=rate)


def test_contradictions_are_refused() -> None:
    with pytest.raises(BadParameter, match="contradicts"):
        tr.timecode("00:00:00;00", None, rate="30000/1001", drop_frame=False)
    with pytest.raises(BadParameter, match="half drop frame"):
        tr.timecode("00:00:00;00", "00:00:01:00", rate="30000/1001")
    with pytest.raises(BadParameter, match="before the start"):
        tr.timecode("00:00:02:00", "00:00:01:00", rate="25")
