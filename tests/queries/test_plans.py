"""Schedules are read exactly or refused by row and column; days are right where clocks change."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import ibis
import pandas as pd
import pyarrow as pa
import pytest

from tams_analytics.errors import BadParameter
from tams_analytics.queries import plans
from tams_analytics.reports.schedule import as_schedule
from tams_analytics.timerange import TimeRange, periods, tr, utc_text

HOUR = 3600 * 10**9
BERLIN = "Europe/Berlin"
YEAR = tr.utc("2026-01-01", "2027-01-01")
UTC = dt.timezone.utc
EVENING = tr.utc("2026-08-31T20:00", "2026-08-31T21:00")


def planned(*rows: Mapping[str, Any], tz: str = "UTC", timerange: Any = None) -> list[Any]:
    """``channel, start, end`` in UTC of what rows plan."""
    found = plans.as_plan(list(rows), tz=tz, timerange=timerange).planned
    return [(each.channel, utc_text(each.start_ns), utc_text(each.end_ns)) for each in found]


def of_days(day: dict[str, Any], timerange: TimeRange, tz: str) -> dict[str, float]:
    """Hours of each window, by the date in UTC on which it begins."""
    found = plans.as_plan([{"channel": "1", **day}], tz=tz, timerange=timerange).planned
    return {utc_text(at.start_ns)[:16]: (at.end_ns - at.start_ns) / HOUR for at in found}


@pytest.mark.parametrize(
    ("row", "tz"),
    [
        ({"start": "2026-08-31T20:00", "end": "2026-08-31T21:00"}, "UTC"),
        ({"start": "2026-08-31T20:00Z", "end": "2026-08-31T22:00:00+01:00"}, BERLIN),
        ({"start": "2026-08-31 22:00", "end": "2026-08-31T23:00:00.000"}, BERLIN),
        ({"start": dt.datetime(2026, 8, 31, 22), "end": dt.datetime(2026, 8, 31, 23)}, BERLIN),
        (
            {
                "start": dt.datetime(2026, 8, 31, 20, tzinfo=UTC),
                "end": pd.Timestamp(2026, 8, 31, 23),
            },
            BERLIN,
        ),
        ({"timerange": str(EVENING)}, BERLIN),
        ({"start_ns": EVENING.start_ns, "end_ns": str(EVENING.end_ns)}, BERLIN),
    ],
)
def test_a_time_is_said_in_several_ways(row: dict[str, Any], tz: str) -> None:
    expected = [("1", "2026-08-31T20:00:00Z", "2026-08-31T21:00:00Z")]

    assert expected == planned({"channel": 1, **row}, tz=tz)


def test_decimals_of_a_second_are_kept() -> None:
    row = {"channel": "1", "start": "2026-08-31T20:00:00.5", "end": "2026-08-31T20:00:01.25"}

    assert [("1", "2026-08-31T18:00:00.5Z", "2026-08-31T18:00:01.25Z")] == planned(row, tz=BERLIN)


def test_rows_of_any_table_are_read(tmp_path: Path) -> None:
    moments = [dt.datetime(2026, 8, 31, hour) for hour in (20, 21)]
    columns = {"channel": ["1"], "start": moments[:1], "end": moments[1:], "kind": [None]}
    table = pa.table(columns)
    pd.DataFrame(columns).to_csv(tmp_path / "plan.csv", index=False)
    ibis.memtable(table).to_parquet(tmp_path / "plan.parquet")
    given = [table, table.to_pandas(), ibis.memtable(table), table.to_pylist()]
    files = [as_schedule(tmp_path / f"plan.{kind}").rows for kind in ("csv", "parquet")]

    found = {plans.as_plan(each) for each in [*given, *files]}

    assert {plans.Plan((plans.Planned("1", EVENING.start_ns, EVENING.end_ns),), EVENING)} == found


def test_a_broadcast_day_is_an_hour_shorter_or_longer_where_clocks_change() -> None:
    day = {"days": "daily", "start": "06:00", "end": "02:00"}

    spring = of_days(day, tr.utc("2026-03-27T12:00", "2026-03-30T12:00"), BERLIN)
    autumn = of_days(day, tr.utc("2026-10-23T12:00", "2026-10-26T12:00"), BERLIN)

    assert {
        "2026-03-27T12:00": 13,
        "2026-03-28T05:00": 20,  # until 01:00Z, when 02:00 is left out
        "2026-03-29T04:00": 20,
        "2026-03-30T04:00": 8,
    } == spring
    assert {
        "2026-10-23T12:00": 12,
        "2026-10-24T04:00": 20,  # until 00:00Z, the first time that 02:00 shows
        "2026-10-25T05:00": 20,
        "2026-10-26T05:00": 7,
    } == autumn


def test_days_around_the_clock_meet_without_a_gap_over_a_year() -> None:
    found = plans.as_plan(
        [{"channel": "1", "days": "daily", "start": "02:30", "end": "02:30"}],
        tz=BERLIN,
        timerange=YEAR,
    )

    (whole,) = found.expected()
    assert (YEAR.start_ns, YEAR.end_ns) == (whole.start_ns, whole.end_ns)
    hours = {(each.end_ns - each.start_ns) / HOUR for each in found.planned[1:-1]}
    assert {23.5, 24, 25} == hours  # 02:30 is left out in March, so at 03:00, twice half an hour


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ("Mon-Fri", "01 02 03 04 07"),
        ("Sat,Sun", "05 06"),
        ("fri - mon", "04 05 06 07"),
        ("Wed", "02"),
        ("daily", "01 02 03 04 05 06 07"),
    ],
)
def test_days_of_the_week_are_named(days: str, expected: str) -> None:
    week = tr.utc("2026-09-01", "2026-09-08")  # from a Tuesday on

    found = of_days({"days": days, "start": "10:00:30", "end": "24:00"}, week, "UTC")

    assert [f"2026-09-{day}T10:00" for day in expected.split()] == list(found)
    assert {14 - 30 / 3600} == {*found.values()}


def test_what_is_scheduled_without_outages_is_cut_by_the_day() -> None:
    rows = [
        {"channel": "1", "start": "2026-08-30T22:00", "end": "2026-08-31T02:00"},
        {
            "channel": "1",
            "start": "2026-08-31T01:00",
            "end": "2026-08-31T04:00",
            "kind": "scheduled",
        },
        {"channel": "1", "start": "2026-08-30T23:00", "end": "2026-08-31T00:30", "kind": "outage"},
        {"channel": "1", "start": "2026-08-31T03:00", "end": "2026-08-31T06:00", "kind": "outage"},
        {"channel": "2", "start": "2026-08-30T23:30", "end": "2026-08-31T00:30", "kind": ""},
    ]
    plan = plans.as_plan(rows)

    found = [
        (label, each.channel, utc_text(each.start_ns)[11:16], utc_text(each.end_ns)[11:16])
        for label, each in plan.expected_by(periods(plan.window))
    ]

    assert [
        ("2026-08-30", "1", "22:00", "23:00"),
        ("2026-08-31", "1", "00:30", "03:00"),
        ("2026-08-30", "2", "23:30", "00:00"),
        ("2026-08-31", "2", "00:00", "00:30"),
    ] == found


GOOD = {"channel": "1", "start": "2026-08-31T20:00", "end": "2026-08-31T21:00"}


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ({"end": "2026-08-31T19:00"}, "column end: '2026-08-31T19:00' is not after the start"),
        ({"start": "soon"}, "column start: 'soon' is no moment; expected"),
        ({"start": "20:00"}, "column start: '20:00' is no moment"),
        ({"start": None}, "column start: None is empty; expected ISO 8601"),
        ({"end": 5.5}, "column end: 5.5 cannot be read"),
        ({"channel": "  "}, "column channel: None is empty"),
        ({"channel": 1.0}, "column channel: 1.0 cannot be read"),
        ({"kind": "repeat"}, "column kind: 'repeat' is unknown; expected scheduled or outage"),
        ({"days": "Mon-Fry"}, "column days: 'Mon-Fry' cannot be read; expected for example daily"),
        ({"days": "daily"}, "column start: '2026-08-31T20:00' cannot be read; expected a time of"),
    ],
)
def test_a_bad_row_is_named_with_its_column(bad: dict[str, Any], said: str) -> None:
    with pytest.raises(BadParameter, match=f"^schedule, row 2, {said}"):
        plans.as_plan([GOOD, {**GOOD, **bad}], timerange=EVENING)


@pytest.mark.parametrize(
    ("start", "how"), [("2026-03-29T02:30", "never"), ("2026-10-25T02:30", "twice")]
)
def test_local_times_that_clocks_show_twice_or_never_are_refused(start: str, how: str) -> None:
    row = {"channel": "1", "start": start, "end": "2026-12-01"}

    with pytest.raises(BadParameter, match=f"row 1, column start.* is there {how} in {BERLIN}"):
        planned(row, tz=BERLIN)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([], r"\[\] has no rows"),
        ("plan", "'str' is no table"),
        ([{"start": 1, "end": 2}], r"are not those of a schedule; expected channel"),
        ([{**GOOD, "timerange": "_"}], "are not those of a schedule"),
        ([{"channel": "1", "timerange": "[0:0_x"}], r"row 1, column timerange: '\[0:0_x' cannot"),
        ([{"channel": "1", "timerange": "[0:0_)"}], "has no two ends"),
        ([{"channel": "1", "start_ns": 0, "end_ns": 2**63}], "column end_ns"),
        ([{"channel": "1", "start_ns": 0, "end_ns": 1.5}], "column end_ns: 1.5 cannot be read"),
        ([{"channel": "1", "days": "daily", "start": "1:00", "end": "02:00"}], "recur for ever"),
        ([GOOD] * 20_001, "are more than 20000"),
    ],
)
def test_what_is_no_schedule_is_refused(rows: Any, said: str) -> None:
    with pytest.raises(BadParameter, match=said):
        plans.as_plan(rows)


def test_too_many_days_are_refused() -> None:
    row = {"channel": "1", "days": "daily", "start": "01:00", "end": "02:00"}

    with pytest.raises(BadParameter, match="'windows' are more than 20000"):
        plans.as_plan([row] * 60, timerange=YEAR)


def test_a_file_that_is_no_schedule_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("channel,start,end\n1,2,3,4\n")
    (tmp_path / "b.csv").write_bytes(b"channel\xff,start,end\n")
    (tmp_path / "c.parquet").write_text("channel")

    for name, said in [
        ("a.csv", "schedule, row 1: .* has more cells"),
        ("b.csv", "cannot be read: .*; expected CSV in UTF-8"),
        ("c.parquet", "is no Parquet file"),
        ("d.csv", "is not there"),
        ("e.xls", "is no schedule; expected a file .csv or"),
    ]:
        with pytest.raises(BadParameter, match=said):
            as_schedule(str(tmp_path / name))
