"""Lag and stalls against plain arithmetic, on every engine."""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict

import tams_analytics as ta
from tams_analytics.queries import lag
from tams_analytics.timerange import TimeRange, periods
from tests.reports.broadcast import DAY, FIRST, FIRST_NS, NOW, SECOND, TICK, Rows, ns, utc
from tests.reports.told import told

LIVE = ("a", "b", "m")


def lags(rows: Rows) -> dict[str, list[tuple[int, int]]]:
    """For each live flow what its segments on the wall clock lag, and where they end."""
    found = defaultdict(list)
    for row in rows["segments"]:
        if row["flow_id"] in LIVE:
            created = (row["created"] - FIRST) // dt.timedelta(microseconds=1) * 1000 + FIRST_NS
            found[row["flow_id"]].append((created - row["end_ns"], row["end_ns"]))
    return found


def figures(lags: list[int], late: int) -> list[int | float]:
    """``segments, late, late_ratio, median_ns, p95_ns, max_ns, min_ns``."""
    ordered, above = sorted(lags), sum(each > late for each in lags)
    ranks = (ordered[math.ceil(len(ordered) * part / 100) - 1] for part in (50, 95))
    return [len(ordered), above, above / len(ordered), *ranks, ordered[-1], ordered[0]]


def test_q25_lags_are_told_by_flow_to_the_rank(three_days: ta.Store, rows: Rows) -> None:
    expected = {
        flow: figures([each for each, _end in found], 30 * SECOND)
        for flow, found in lags(rows).items()
    }

    found = {id: rest for id, _label, *rest in told(lag.by_flow(three_days.tables))}

    assert expected == found
    assert all(min_ns < 0 and late > 0 for _n, late, *_ranks, min_ns in found.values())


def test_q25_an_hour_has_the_segments_that_end_in_it(three_days: ta.Store, rows: Rows) -> None:
    hours = periods(TimeRange.from_ns(ns(240), ns(960)), "hour")
    expected = {
        (hour.label, flow): figures(there, 5 * SECOND)
        for hour in hours
        for flow, found in lags(rows).items()
        if (there := [each for each, end in found if hour.start_ns < end <= hour.end_ns])
    }

    asked = lag.over_time(three_days.tables, hours, late=5 * SECOND)

    assert expected == {(hour, id): rest for hour, id, _label, *rest in told(asked)}


def test_q25_late_segments_of_other_flows_can_be_asked_for(
    three_days: ta.Store, rows: Rows
) -> None:
    window = TimeRange.from_ns(ns(0), ns(DAY))
    expected = sorted(
        row["object_id"]
        for row in rows["segments"]
        if row["flow_id"] == "c" and row["start_ns"] < ns(DAY) and row["end_ns"] > ns(0)
        if row["created"] - utc((row["end_ns"] - FIRST_NS) // TICK) > dt.timedelta(seconds=25)
    )

    asked = lag.late(three_days.tables, flows="tag:channel=Two", late=25 * SECOND, timerange=window)
    found = told(asked, "object_id", "lag_ns")

    assert expected == sorted(id for id, _lag in found)
    assert [each for _id, each in found] == sorted((each for _id, each in found), reverse=True)


def test_q26_flows_are_silent_since_their_last_media_or_since_they_were_made(
    three_days: ta.Store, rows: Rows
) -> None:
    last = {
        flow: max(row["end_ns"] for row in rows["segments"] if row["flow_id"] == flow)
        for flow in LIVE
    }
    now_ns = FIRST_NS + (NOW - FIRST) // dt.timedelta(seconds=1) * SECOND
    own_clock = max(row["created"] for row in rows["segments"] if row["flow_id"] == "z")
    longest = 20 * TICK
    expected = {
        "m": (longest, now_ns - last["m"]),
        "z": (60 * SECOND, (NOW - own_clock) // dt.timedelta(microseconds=1) * 1000),
        "d": (10 * SECOND, (NOW - utc(DAY)) // dt.timedelta(seconds=1) * SECOND),
    }
    targets = {"a": 60, "b": 45}
    expected |= {
        flow: (target * SECOND, now_ns - last[flow])
        for flow, target in targets.items()
        if now_ns - last[flow] > 2 * target * SECOND
    }

    asked = lag.stalls(three_days.tables, NOW, targets=2)
    found = told(asked, "flow_id", "target_ns", "silent_ns")

    assert expected == {id: (target, silent) for id, target, silent in found}
    assert "a" in expected
