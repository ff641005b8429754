"""A schedule against what is there, in sets of ticks, on every engine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import tams_analytics as ta
from tams_analytics.errors import BadParameter
from tams_analytics.queries import plans, schedules
from tams_analytics.timerange import TimeRange, periods
from tests.reports import oracle
from tests.reports.broadcast import DAY, FIRST_NS, TICK, Rows, ns
from tests.reports.told import told

CHANNELS = {"One": "ab", "Uno": "b", "Two": "c", "Nowhere": ""}
PLANNED = [
    ("One", 100, 2 * DAY),
    ("One", DAY, 2 * DAY + 700),
    ("Two", 1000, 3000),
    ("Nowhere", 0, 240),
]
OUTAGES = [("One", 500, 900), ("One", 3000, 3001), ("Two", 1000, 1100)]
FIRST, LAST = 0, 2 * DAY + 700


@pytest.fixture(scope="session")
def plan() -> plans.Plan:
    rows = [(*each, "scheduled") for each in PLANNED] + [(*each, "outage") for each in OUTAGES]
    named = [
        {"channel": channel, "start_ns": ns(start), "end_ns": ns(end), "kind": kind}
        for channel, start, end, kind in rows
    ]
    return plans.as_plan(named)


@pytest.fixture(scope="session")
def wanted() -> dict[str, set[int]]:
    """The ticks that are scheduled and no outage."""
    found: dict[str, set[int]] = {channel: set() for channel, _start, _end in PLANNED}
    for channel, start, end in PLANNED:
        found[channel] |= set(range(start, end))
    for channel, start, end in OUTAGES:
        found[channel] -= set(range(start, end))
    return found


def there(rows: Rows, channels: dict[str, str]) -> dict[str, set[int]]:
    window = set(range(FIRST, LAST))
    own = oracle.together(oracle.media(rows), channels)
    return {channel: ticks & window for channel, ticks in own.items()}


def runs(ticks: dict[str, set[int]]) -> list[tuple[str, int, int, int]]:
    return sorted(
        (channel, ns(start), ns(end), (end - start) * TICK)
        for channel, each in ticks.items()
        for start, end in oracle.stretches(each)
    )


def test_q38_what_is_scheduled_and_not_there_is_missing(
    three_days: ta.Store, rows: Rows, plan: plans.Plan, wanted: dict[str, set[int]]
) -> None:
    own = there(rows, CHANNELS)

    found = told(schedules.missing(three_days.tables, plan))
    few = told(schedules.missing(three_days.tables, plan, min_duration=7 * TICK))

    assert runs({channel: wanted[channel] - own[channel] for channel in wanted}) == sorted(found)
    assert [row for row in found if row[-1] >= 7 * TICK] == few
    assert [row[-1] for row in found] == sorted((row[-1] for row in found), reverse=True)


def test_q38_availability_is_told_by_channel_and_day(
    three_days: ta.Store, rows: Rows, plan: plans.Plan, wanted: dict[str, set[int]]
) -> None:
    own = there(rows, CHANNELS)
    days = periods(plan.window, tz="Europe/London", starts="06:00")
    expected = {
        (day, channel, len(due) * TICK, len(due & own[channel]) * TICK)
        for day, within in oracle.days("Europe/London", 6).items()
        for channel in wanted
        if (due := wanted[channel] & within)
    }

    found = told(schedules.by_day(three_days.tables, plan, days))

    assert expected == {row[:4] for row in found}
    assert len(found) == len(expected) > 5
    assert all(missing == due - covered for _d, _c, due, covered, missing, _r in found)
    assert all(ratio == covered / due for _d, _c, due, covered, _m, ratio in found)


def test_q38_media_that_nobody_planned_is_told_and_channels_that_one_side_knows(
    three_days: ta.Store, rows: Rows, plan: plans.Plan, wanted: dict[str, set[int]]
) -> None:
    own = there(rows, CHANNELS)
    known = {"One", "Two", "Nowhere"}
    window = (ns(FIRST), ns(LAST))
    segments = sum(
        row["flow_id"] == "b" and row["start_ns"] < window[1] and row["end_ns"] > window[0]
        for row in rows["segments"]
    )

    extra = told(schedules.unscheduled(three_days.tables, plan))
    unmatched = told(schedules.unmatched(three_days.tables, plan))

    assert runs({channel: own[channel] - wanted[channel] for channel in known}) == sorted(extra)
    assert [
        ("Nowhere", True, False, 0),
        ("Uno", False, True, segments),
    ] == unmatched


def test_q38_channels_are_flows_of_one_format_too(three_days: ta.Store, rows: Rows) -> None:
    schedule = [{"channel": "s2", "start_ns": ns(1000), "end_ns": ns(1500)}]
    schedule += [{"channel": "s1", "start_ns": ns(600), "end_ns": ns(700)}]
    asked: dict[str, Any] = {"channel_is": "source", "format": "audio"}
    own = there(rows, {"s1": "", "s2": "c"})
    due = {"s1": set(range(600, 700)), "s2": set(range(1000, 1500))}

    found = told(schedules.missing(three_days.tables, schedule, **asked))

    assert runs({channel: due[channel] - own[channel] for channel in due}) == sorted(found)
    with pytest.raises(BadParameter, match="'sound' is unknown; expected one of video, audio"):
        schedules.missing(three_days.tables, schedule, format="sound")


def test_the_report_takes_a_file_and_recurring_days(three_days: ta.Store, tmp_path: Path) -> None:
    file = tmp_path / "plan.csv"
    file.write_text("days,channel,start,end,kind\nSat-Sun,One,06:00,02:00,\n")
    during = TimeRange.from_ns(FIRST_NS, FIRST_NS + 2 * DAY * TICK)

    reported = three_days.report("expected", schedule=file, during=during, tz="Europe/London")

    expected = {day: due for day, _channel, due, *_rest in told(reported.tables["days"])}
    hour = 120 * TICK  # of the 29th an hour is left out, between 01:00 and 02:00
    assert {"2026-03-28": 18 * hour, "2026-03-29": 19 * hour, "2026-03-30": 1 * hour} == expected
    assert str(file) == str(reported.parameters["schedule"])
    with pytest.raises(BadParameter, match="schedule is not given; expected a file"):
        three_days.report("expected")
