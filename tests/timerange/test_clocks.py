"""UTC in and out: leap seconds, zones, datetimes of three libraries (statements 258, 259)."""

from __future__ import annotations

import time
from datetime import date, datetime, timedelta, timezone
from typing import Any

import mediatimestamp as media
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tams_analytics.errors import BadParameter, BadTimeRange
from tams_analytics.timerange import TimeRange, to_utc, tr, utc_text
from tams_analytics.timerange.clocks import from_posix, leap_seconds, to_posix

SECOND = 1_000_000_000
LEAP_2016 = 1483228836 * SECOND
"""Stored nanosecond at which 2016-12-31T23:59:60Z began: POSIX 1483228799, one second, 36 s."""

# From 1972 on: the years in which the wide strategies below stay, in POSIX seconds.
SINCE_1972, UNTIL_2200 = 63072000, 7258118400


def test_the_table_has_27_leap_seconds_from_1972_to_2016() -> None:
    table = leap_seconds()

    assert (27, sorted(set(table))) == (len(table), list(table))
    assert ["1972-07-01", "2017-01-01"] == [
        datetime.fromtimestamp(each, timezone.utc).date().isoformat()
        for each in (table[0], table[-1])
    ]


@pytest.mark.parametrize(
    ("utc", "seconds"),
    [
        ("2023-09-11T10:46:50Z", 1694429247),
        ("1972-01-01T00:00:00Z", SINCE_1972 + 10),
        ("1972-06-30T23:59:59Z", 78796799 + 10),
        ("1972-06-30T23:59:60Z", 78796800 + 10),
        ("1972-07-01T00:00:00Z", 78796800 + 11),
        ("2016-12-31T23:59:59Z", 1483228799 + 36),
        ("2016-12-31T23:59:60Z", 1483228800 + 36),
        ("2017-01-01T00:00:00Z", 1483228800 + 37),
        ("1970-01-01T00:00:00Z", 10),
        ("1969-12-31T23:59:50Z", 0),
        ("1969-12-31T23:59:49Z", -1),
    ],
)
def test_utc_and_stored_time_meet_at_each_boundary(utc: str, seconds: int) -> None:
    assert seconds * SECOND == tr.utc(utc, None).start_ns
    assert utc == utc_text(seconds * SECOND)


def test_a_leap_second_is_a_second_like_any_other() -> None:
    leap = tr.utc("2016-12-31T23:59:60.25", "2017-01-01T00:00:00")

    assert (LEAP_2016 + 250_000_000, 750_000_000) == (leap.start_ns, leap.duration_ns)
    assert "2016-12-31T23:59:60.999999999Z" == utc_text(LEAP_2016 + 999_999_999)
    assert 2 * SECOND == tr.utc("2016-12-31T23:59:59", "2017-01-01T00:00:00").duration_ns


def test_a_datetime_stands_still_in_a_leap_second() -> None:
    last = datetime(2016, 12, 31, 23, 59, 59, 999999, tzinfo=timezone.utc)

    assert [last, last] == [to_utc(LEAP_2016 - 1), to_utc(LEAP_2016 + 500_000_000)]
    assert last + timedelta(microseconds=1) == to_utc(LEAP_2016 + SECOND)


@given(st.integers(SINCE_1972 * SECOND, UNTIL_2200 * SECOND))
def test_posix_time_comes_back_exactly(posix_ns: int) -> None:
    assert (posix_ns, False) == to_posix(from_posix(posix_ns))


@given(st.integers(-4 * 10**18, 9 * 10**18))
def test_a_utc_text_comes_back_exactly(ns: int) -> None:
    assert ns == tr.utc(utc_text(ns), None).start_ns


@given(st.integers(SINCE_1972 * 10, 1_800_000_000 * 10))
def test_mediatimestamp_reads_the_same_utc(tenths: int) -> None:
    utc = utc_text(from_posix(tenths * SECOND // 10))
    text = utc if "." in utc else utc.replace("Z", ".0Z")

    assert tr.utc(utc, None).start_ns == media.Timestamp.from_iso8601_utc(text).to_nanosec()


@pytest.mark.parametrize(
    ("start", "end", "text"),
    [
        ("2026-09-01T20:00", "21:00", "[1788292837:0_1788296437:0)"),
        ("2026-09-01 20:00", "2026-09-01T21:00Z", "[1788292837:0_1788296437:0)"),
        ("2026-09-01T22:00+02:00", "23:00", "[1788292837:0_1788296437:0)"),
        ("2026-09-01T20:00", "23:00+02:00", "[1788292837:0_1788296437:0)"),
        ("2026-09-01T15:00-0500", "2026-09-01T21:00:00.000000001", "[1788292837:0_1788296437:1)"),
        ("2026-09-01T23:30", "00:30", "[1788305437:0_1788309037:0)"),
        ("2026-09-01", "2026-09-02", "[1788220837:0_1788307237:0)"),
        ("2026-09-01", "00:00", "[1788220837:0_1788307237:0)"),
        ("2026-09-01", None, "[1788220837:0_"),
        (None, "2026-09-01", "_1788220837:0)"),
        (None, None, "_"),
        ("2026-09-01", "2026-09-01", "()"),
    ],
)
def test_utc_reads_texts_as_utc(start: str | None, end: str | None, text: str) -> None:
    assert text == str(tr.utc(start, end))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "20:00",
        "2026-13-01",
        "2026-02-29",
        "2026-09-01T24:00",
        "2026-09-01T20:60",
        "now",
        "2026-09-01T20:00:60",
        "2016-12-31T23:59:61",
        "2016-12-30T23:59:60",
        "2026-09-01T20",
        "2026-09-01T20:00:00.1234567890",
        "2026-09-01T20:00+25:00",
        "2026-09-01T20:00\n",
        "1:0",
        5,
        5.0,
        date(2026, 9, 1),
        np.datetime64("NaT", "ns"),
        np.datetime64(1, "ps"),
        np.datetime64("2300-01-01"),
        media.Timestamp(5),
    ],
)
def test_utc_refuses_what_is_no_moment(text: Any) -> None:
    with pytest.raises(BadParameter):
        tr.utc(text, None)


def test_utc_refuses_an_end_before_the_start_and_a_time_of_day_without_a_start() -> None:
    with pytest.raises(BadParameter, match="before the start"):
        tr.utc("2026-09-02", "2026-09-01")
    with pytest.raises(BadParameter):
        tr.utc(None, "21:00")


AWARE = datetime(2026, 9, 1, 20, 0, 0, 5, tzinfo=timezone.utc)
AWARE_NS = 1788292837 * SECOND + 5000


@pytest.mark.parametrize(
    ("moment", "ns"),
    [
        (AWARE, AWARE_NS),
        (AWARE.astimezone(timezone(timedelta(hours=-5))), AWARE_NS),
        (pd.Timestamp(AWARE), AWARE_NS),
        (pd.Timestamp("2026-09-01T22:00:00.000005007+02:00"), AWARE_NS + 7),
        (pd.Timestamp("1969-12-31T23:59:49.999999999Z"), -1),
        (pd.Timestamp("2026-09-01T22:00:00.000005", tz="Europe/Berlin"), AWARE_NS),
        (AWARE.astimezone(timezone(timedelta(hours=-3, microseconds=-7))), AWARE_NS),
    ],
)
def test_an_aware_datetime_is_an_instant(moment: datetime, ns: int) -> None:
    assert TimeRange.from_ns(ns, ns + 1) == tr(moment)
    assert TimeRange.from_ns(ns, None) == tr((moment, None)) == tr.utc(moment, None)


@pytest.mark.parametrize("moment", [datetime(2026, 9, 1), pd.Timestamp("2026-09-01"), pd.NaT])
def test_a_naive_datetime_is_refused_everywhere(moment: datetime) -> None:
    for reading in (tr, lambda naive: tr((naive, None)), lambda naive: tr.utc(naive, None)):
        with pytest.raises(BadTimeRange, match="time zone"):
            reading(moment)


def test_utc_says_of_a_naive_datetime_that_it_needs_a_time_zone() -> None:
    with pytest.raises(BadTimeRange, match=r"no time zone; expected .*tzinfo") as refused:
        tr.utc(datetime(2026, 9, 1), None)

    assert "tr.utc" not in str(refused.value)
    assert "timerange" not in str(refused.value)


@pytest.mark.parametrize(
    "moment",
    [
        "2026-09-01T20",
        "2026-09-01T20:00",
        "2026-09-01T20:00:00.000",
        "2026-09-01T20:00:00.000000000",
    ],
)
def test_numpy_datetimes_are_read_as_utc_and_in_utc_only(moment: str) -> None:
    assert 1788292837 * SECOND == tr.utc(np.datetime64(moment), None).start_ns
    with pytest.raises(BadTimeRange, match=r"tr\.utc"):
        tr(np.datetime64(moment))


@pytest.mark.parametrize("moment", [datetime.min, datetime.max])
@pytest.mark.parametrize("hours", [-23, 0, 23])
def test_a_moment_that_int64_cannot_hold_is_refused(moment: datetime, hours: int) -> None:
    with pytest.raises(BadTimeRange, match="64 bits"):
        tr(moment.replace(tzinfo=timezone(timedelta(hours=hours))))
    with pytest.raises(BadTimeRange, match=r"2300-01-01.*64 bits"):
        tr.utc("2300-01-01", None)


@pytest.mark.parametrize("pair", [(5, 6), (5.0, 6.0), ("0:0",), ("0:0", "1:0", "2:0"), ("5", None)])
def test_a_pair_is_two_instants(pair: Any) -> None:
    with pytest.raises(BadTimeRange):
        tr(pair)


@pytest.mark.parametrize(
    ("duration", "ns"),
    [
        ("90s", 90 * SECOND),
        ("10m", 600 * SECOND),
        ("24h", 86400 * SECOND),
        ("7d", 7 * 86400 * SECOND),
        ("2w", 14 * 86400 * SECOND),
        ("0:5", 5),
        (timedelta(microseconds=1), 1000),
        (pd.Timedelta(7, "ns"), 7),
        (np.int64(7), 7),
    ],
)
def test_last_reaches_back_from_now(duration: Any, ns: int) -> None:
    assert TimeRange.from_ns(AWARE_NS - ns, AWARE_NS) == tr.last(duration, now=AWARE)


def test_last_takes_now_from_the_clock_and_counts_leap_seconds() -> None:
    before = from_posix(time.time_ns())
    end = tr.last("1s").end_ns
    after = from_posix(time.time_ns())

    assert end is not None
    assert before <= end <= after
    assert 37 * SECOND <= after - time.time_ns() + SECOND


@pytest.mark.parametrize("duration", ["0s", "-5s", "5", "5 h", "1.5h", "h", "", 0, -5, "-1:0"])
def test_last_refuses_what_is_no_positive_duration(duration: Any) -> None:
    with pytest.raises(BadParameter):
        tr.last(duration)


def test_last_refuses_floats_and_what_leaves_int64() -> None:
    for duration in (1.5, True, "9999999999w"):
        with pytest.raises(BadTimeRange):
            tr.last(duration)
