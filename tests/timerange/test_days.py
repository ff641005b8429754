"""Days of a time zone, against the arithmetic of datetime and zoneinfo."""

from __future__ import annotations

from datetime import datetime, time, timedelta, timezone
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tams_analytics.errors import BadParameter
from tams_analytics.timerange import Period, TimeRange, TimeRangeLike, periods, to_utc, tr
from tams_analytics.timerange.clocks import from_datetime
from tams_analytics.timerange.days import MOST_PERIODS

SECOND = 1_000_000_000
ZONES = ("Europe/London", "America/New_York", "Australia/Lord_Howe", "UTC", "Asia/Kathmandu")
moments = st.datetimes(
    datetime(1990, 1, 1), datetime(2037, 12, 31), timezones=st.just(timezone.utc)
)
changes = st.sampled_from(  # around which clocks are put forward, put back, and a leap second is
    [
        datetime(2026, 3, 29, 1, tzinfo=timezone.utc),
        datetime(2026, 10, 25, 1, tzinfo=timezone.utc),
        datetime(2026, 3, 8, 7, tzinfo=timezone.utc),
        datetime(2026, 11, 1, 6, tzinfo=timezone.utc),
        datetime(2026, 4, 4, 15, tzinfo=timezone.utc),
        datetime(2026, 10, 3, 15, 30, tzinfo=timezone.utc),
        datetime(2017, 1, 1, tzinfo=timezone.utc),
    ]
)
near_changes = st.builds(
    lambda at, by: at + by, changes, st.timedeltas(timedelta(days=-2), timedelta(days=2))
)
lengths = st.timedeltas(timedelta(microseconds=1), timedelta(days=70))
outside_changes = st.sampled_from(["00:00", "04:30", "06:00", "23:59"])


def hours(found: list[Period]) -> list[tuple[str, float]]:
    return [(each.label, (each.end_ns - each.start_ns) / SECOND / 3600) for each in found]


def london(start: str, end: str, unit: Any = "day", starts: str = "00:00") -> list[Period]:
    return periods(tr.utc(start, end), unit, tz="Europe/London", starts=starts)


def broadcast_date(moment: datetime, zone: str, starts: str) -> Any:
    clock = time.fromisoformat(starts)
    local = moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    return (local - timedelta(hours=clock.hour, minutes=clock.minute)).date()


@given(moments | near_changes, lengths, st.sampled_from(ZONES), outside_changes)
def test_a_moment_is_in_the_day_that_its_clock_shows(
    first: datetime, length: timedelta, zone: str, starts: str
) -> None:
    window = TimeRange.from_ns(from_datetime(first), from_datetime(first + length))

    days = periods(window, tz=zone, starts=starts)

    last = to_utc((window.end_ns or 0) - 1000)
    assert broadcast_date(first, zone, starts).isoformat() == days[0].label
    assert broadcast_date(last, zone, starts).isoformat() == days[-1].label
    assert {starts} == {
        to_utc(each.start_ns).astimezone(ZoneInfo(zone)).strftime("%H:%M") for each in days
    }


@given(moments | near_changes, lengths, st.sampled_from(ZONES), outside_changes, st.data())
def test_periods_follow_on_each_other_and_all_meet_the_range(
    first: datetime, length: timedelta, zone: str, starts: str, data: st.DataObject
) -> None:
    window = TimeRange.from_ns(from_datetime(first), from_datetime(first + length))
    unit = data.draw(st.sampled_from(["hour", "day", "week", "month"]))

    found = periods(window, unit, tz=zone, starts=starts)

    assert all(one.end_ns == other.start_ns for one, other in pairwise(found))
    assert all(TimeRange.from_ns(p.start_ns, p.end_ns).overlaps(window) for p in found)
    assert TimeRange.from_ns(found[0].start_ns, found[-1].end_ns).contains(window)
    assert len(found) == len({each.label for each in found})


@given(near_changes, st.sampled_from([zone for zone in ZONES if "Howe" not in zone]))
@example(datetime(2026, 10, 25, 1, 59, tzinfo=timezone.utc), "Europe/London")
def test_an_hour_is_named_by_clock_and_offset(moment: datetime, zone: str) -> None:
    instant = from_datetime(moment)
    local = moment.astimezone(ZoneInfo(zone))

    (hour,) = periods(TimeRange.from_ns(instant, instant + 1), "hour", tz=zone)

    assert local.replace(minute=0, second=0, microsecond=0).isoformat("T", "minutes") == hour.label
    assert hour.start_ns <= instant < hour.end_ns


def test_a_broadcast_day_has_23_hours_when_the_clocks_go_forward_and_25_when_they_go_back() -> None:
    assert [("2026-03-27", 24), ("2026-03-28", 23), ("2026-03-29", 24)] == hours(
        london("2026-03-28", "2026-03-30", starts="06:00")
    )
    assert [("2026-10-24", 25)] == hours(
        london("2026-10-24T06:00", "2026-10-24T07:00", starts="06:00")
    )


def test_a_range_that_ends_where_a_day_begins_has_nothing_of_it() -> None:
    assert ["2026-08-31"] == [p.label for p in london("2026-08-30T23:00", "2026-08-31T23:00")]


def test_weeks_begin_on_monday_and_months_with_their_first_day_at_the_time_that_days_start() -> (
    None
):
    assert [("2026-W53", 168), ("2027-W01", 168)] == hours(
        london("2027-01-04T05:59:59", "2027-01-04T06:00:01", "week", "06:00")
    )
    assert [("2026-03", 743), ("2026-04", 720)] == hours(
        london("2026-03-31", "2026-04-01T12:00", "month", "06:00")
    )


def test_an_hour_ends_where_the_clocks_are_changed() -> None:
    """Lord Howe Island puts them back by 30 minutes, and forward."""
    there = {"unit": "hour", "tz": "Australia/Lord_Howe"}
    back = periods(tr.utc("2026-04-04T14:30", "2026-04-04T16:00"), **there)  # type: ignore[arg-type]
    forward = periods(tr.utc("2026-10-03T15:00", "2026-10-03T16:30"), **there)  # type: ignore[arg-type]

    assert [
        ("2026-04-05T01:00+11:00", 1),
        ("2026-04-05T01:30+10:30", 0.5),
        ("2026-04-05T02:00+10:30", 1),
    ] == hours(back)
    assert [
        ("2026-10-04T01:00+10:30", 1),
        ("2026-10-04T02:30+11:00", 0.5),
        ("2026-10-04T03:00+11:00", 1),
    ] == hours(forward)


def test_hours_begin_at_the_minute_at_which_days_do() -> None:
    (hour,) = london("2026-01-01T12:00", "2026-01-01T12:01", "hour", "06:30")

    assert "2026-01-01T11:30+00:00" == hour.label


def test_a_start_that_the_clocks_leave_out_is_the_moment_of_the_change() -> None:
    (saturday, sunday) = london("2026-03-28T12:00", "2026-03-29T12:00", starts="01:30")

    assert from_datetime(datetime(2026, 3, 29, 1, 0, tzinfo=timezone.utc)) == sunday.start_ns
    assert [("2026-03-28", 23.5), ("2026-03-29", 23.5)] == hours([saturday, sunday])


def test_a_start_that_comes_twice_is_the_first_of_the_two() -> None:
    (saturday, sunday) = london("2026-10-24T12:00", "2026-10-25T12:00", starts="01:30")

    assert from_datetime(datetime(2026, 10, 25, 0, 30, tzinfo=timezone.utc)) == sunday.start_ns
    assert [("2026-10-24", 24), ("2026-10-25", 25)] == hours([saturday, sunday])


def test_a_day_that_the_calendar_leaves_out_is_none() -> None:
    window = tr.utc("2011-12-29T12:00", "2011-12-31")

    found = periods(window, tz="Pacific/Apia")

    assert [("2011-12-29", 24), ("2011-12-31", 24)] == hours(found)


def test_a_leap_second_is_the_last_of_its_hour_and_day() -> None:
    leap = tr.utc("2016-12-31T23:59:60", "2017-01-01")
    (day,), (hour,) = periods(leap), periods(leap, "hour")

    assert ("2016-12-31", 86401 * SECOND) == (day.label, day.end_ns - day.start_ns)
    assert ("2016-12-31T23:00+00:00", leap.end_ns) == (hour.label, hour.end_ns)


def test_never_has_no_day() -> None:
    assert [] == periods("()")


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"within": "[0:0_"}, "within: '.*' is unbounded; expected both a start and an end"),
        ({"tz": "Europe/Londn"}, "tz: 'Europe/Londn' is no .* for example Europe/London"),
        ({"tz": "right/UTC"}, "tz: 'right/UTC' is no time zone"),
        ({"tz": None}, "tz: None is no time zone"),
        ({"starts": "24:00"}, "starts: '24:00' is no time of day; .* for example 06:00"),
        ({"starts": 6}, "starts: 6 is no time of day"),
        ({"unit": "year"}, "unit: 'year' is unknown; expected one of hour, day, week, month"),
    ],
)
def test_what_names_no_periods_is_refused(said: dict[str, Any], message: str) -> None:
    asked: dict[str, Any] = {"within": "[0:0_1:0)", **said}

    with pytest.raises(BadParameter, match=message):
        periods(**asked)


def test_there_are_at_most_so_many_periods() -> None:
    hour = 3600 * SECOND
    most: TimeRangeLike = TimeRange.from_ns(10 * SECOND, 10 * SECOND + MOST_PERIODS * hour)

    assert MOST_PERIODS == len(periods(most, "hour"))
    with pytest.raises(BadParameter, match="has more than 20000 hours; expected less time"):
        periods(TimeRange.from_ns(0, MOST_PERIODS * hour), "hour")
