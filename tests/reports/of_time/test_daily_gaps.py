"""Coverage and gaps by the day against sets of ticks, on every engine."""

from __future__ import annotations

import datetime as dt
import re
from html import escape

import pytest

import tams_analytics as ta
from tams_analytics.errors import BadParameter
from tams_analytics.queries import daily, groups, overview
from tams_analytics.timerange import TimeRange, periods, tr
from tams_analytics.widgets.bars import GAP
from tests.reports import oracle
from tests.reports.broadcast import NOW, SECOND, TICK, WINDOW, Rows, ns
from tests.reports.told import told

LIVE = {"a": -1, "b": 500, "d": 2880, "m": -1}
"""When flows were made that are recorded and need media; not e and x, nor z on its own clock."""
GROUPS = {
    "flow": {id: [id] for id in ("a", "b", "c", "d", "m", "gone")},
    "tag:channel": {"One": ["a", "b"], "Uno": ["b"], "Two": ["c"]},
}


@pytest.mark.parametrize("by", GROUPS)
def test_days_are_counted_as_in_ticks(by: str, three_days: ta.Store, rows: Rows) -> None:
    covered = oracle.media(rows)
    whole = oracle.expected(covered, GROUPS[by], LIVE)
    own = oracle.together(covered, GROUPS[by])
    of_days = periods(WINDOW, tz="Europe/London", starts="06:00")

    asked = daily.by_day(three_days.tables, WINDOW, of_days, by=by, now=NOW)
    found = told(asked, "period", "key", "expected_ns", "covered_ns", "gaps", "longest_ns")

    assert oracle.daily(whole, own, oracle.days("Europe/London", 6)) == {*found}
    assert len(found) == len({*found}) > 5


def test_gaps_are_those_between_ticks_the_longest_first(three_days: ta.Store, rows: Rows) -> None:
    members = {"s1": ["a", "b"], "s2": ["c", "d"], "s4": ["m"], "?": ["gone"]}
    own = oracle.together(oracle.media(rows), members)
    whole = oracle.expected(oracle.media(rows), members, LIVE)
    missing = [
        (key, ns(start), ns(end), (end - start) * TICK)
        for key, ticks in whole.items()
        for start, end in oracle.stretches(ticks - own[key])
        if end - start > 2
    ]

    asked = daily.gaps(three_days.tables, WINDOW, by="source", min_duration=2 * TICK + 1, now=NOW)
    found = told(asked, "key", "start_ns", "end_ns", "gap_ns")

    assert sorted(missing) == sorted(found)
    assert [row[-1] for row in found] == sorted((row[-1] for row in found), reverse=True)


def test_a_clock_of_its_own_has_its_days_too(three_days: ta.Store) -> None:
    window = TimeRange.from_ns(0, 600 * SECOND)

    (found,) = told(daily.by_group(three_days.tables, window, now=NOW))

    assert ("z", "Z", 180 * SECOND, 180 * SECOND, 1.0, 0, 0, 0, 180 * SECOND) == found


def test_groups_have_what_tags_labels_and_sources_say(three_days: ta.Store) -> None:
    found = {
        by: sorted(told(groups.members(three_days.tables, by), "flow_id", "key"))
        for by in ("label", "source", "tag:channel")
    }

    assert {
        "label": [(id, id.upper()) for id in "acdemxz"],
        "source": [*zip("abcdemxz", ["s1", "s1", "s2", "s2", "s3", "s4", "s4", "s5"], strict=True)],
        "tag:channel": [("a", "One"), ("b", "One"), ("b", "Uno"), ("c", "Two")],
    } == found
    with pytest.raises(BadParameter, match="'tag:' is unknown; expected one of flow, source"):
        groups.members(three_days.tables, "tag:")


def test_the_report_looks_at_the_week_up_to_now(three_days: ta.Store) -> None:
    now = NOW.replace(tzinfo=dt.timezone.utc)

    reported = three_days.report("daily_gaps", now=now)

    assert tr.last("7d", now=now) == reported.during
    assert {"by": "flow", "min_duration": 0} == reported.parameters
    assert "2026-03-23 20:00:00 to 2026-03-30 20:00:00 UTC" in reported.heading


def test_who_looks_where_no_media_is_is_told_where_it_is(three_days: ta.Store) -> None:
    years_later = dt.datetime(2029, 1, 2, tzinfo=dt.timezone.utc)
    reported = three_days.report("daily_gaps", now=years_later)
    hint = reported.hint or ""
    (proposed,) = re.findall(r'during="(.+)"', hint)
    (extent,) = three_days.ask(overview.extent).to_pylist()

    assert "No media lies from 2028-12-26 00:00:00 UTC to 2029-01-02 00:00:00 UTC: that of" in hint
    assert hint in reported.to_text([])
    assert escape(hint) in reported.to_html(looks=[])
    assert escape(hint) in reported._repr_html_()
    again = three_days.report("daily_gaps", during=proposed, now=years_later)
    assert again.hint is None
    assert extent["end_ns"] == tr(proposed).end_ns
    assert tr(proposed).within(TimeRange(**extent))


@pytest.mark.parametrize("by", ["flow", "source", "tag:channel"])
def test_the_picture_has_the_lanes_and_figures_of_the_table(
    by: str, three_days: ta.Store, rows: Rows
) -> None:
    now = NOW.replace(tzinfo=dt.timezone.utc)
    reported = three_days.report("daily_gaps", by=by, during=WINDOW, now=now)
    drawn = "source" if by == "source" else "flow"
    table = three_days.report("daily_gaps", by=drawn, during=WINDOW, now=now).tables["groups"]
    columns = ("key", "covered_ns", "expected_ns", "covered_ratio", "gaps")
    of_all = {row[0]: row[1:] for row in told(table, *columns)}
    shown = {"tag:channel": {"a", "b", "c"}}.get(by, of_all.keys())

    picture = reported.picture

    assert picture is not None
    assert {key: of_all[key] for key in shown} == {
        lane.key or daily.NO_SOURCE: (
            lane.covered_ns,
            lane.covered_ns + lane.gap_ns,
            lane.ratio,
            lane.gaps,
        )
        for lane in picture.lanes
    }
    bars = [bar for bar in picture.bars.to_pylist() if bar["kind"] == GAP]
    for number, lane in enumerate(picture.lanes):
        own = [bar for bar in bars if bar["lane"] == number]
        assert lane.gap_ns == sum(bar["end_ns"] - bar["start_ns"] for bar in own)
        assert lane.gaps == len(own)


def test_of_nothing_that_is_expected_there_is_an_empty_picture(three_days: ta.Store) -> None:
    picture = three_days.report("daily_gaps", during="[0:0_0:1)", by="tag:no such").picture

    assert picture is not None
    assert ((), 0) == (picture.lanes, picture.bars.num_rows)
    assert "<svg" in picture.picture()
