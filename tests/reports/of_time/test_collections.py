"""Completeness of collections against sets of ticks, on every engine."""

from __future__ import annotations

import tams_analytics as ta
from tams_analytics.queries import completeness
from tams_analytics.timerange import TimeRange
from tests.reports import oracle
from tests.reports.broadcast import DAY, TICK, Rows, ns
from tests.reports.told import told

SHOULD = {"e": ["a", "b", "c", "m"], "m": ["c"]}
"""Who should have media: not what is no flow, nor x, whose media lies in m."""


def missing(rows: Rows, window: set[int]) -> dict[tuple[str, str], set[int]]:
    covered = {flow: ticks & window for flow, ticks in oracle.media(rows).items()}
    whole = oracle.together(covered, {"e": "abcm", "m": "mc"})
    return {(of, id): whole[of] - covered[id] for of, ids in SHOULD.items() for id in ids}


def test_q16_members_lack_what_others_have(three_days: ta.Store, rows: Rows) -> None:
    everything = set(range(-DAY, 4 * DAY))
    expected = sorted(
        (of, id, role, ns(start), ns(end), (end - start) * TICK)
        for (of, id), ticks in missing(rows, everything).items()
        for role in (("sound", "commentary") if of == "m" else (id,))
        for start, end in oracle.stretches(ticks)
    )

    asked = completeness.missing(three_days.tables)
    columns = ("collection_id", "member_id", "role", "start_ns", "end_ns", "missing_ns")
    found = told(asked, *columns)

    assert expected == sorted(found)
    lengths = [row[-1] for row in found]
    assert lengths == sorted(lengths, reverse=True)


def test_q16_a_collection_is_complete_where_all_have_media_that_should(
    three_days: ta.Store, rows: Rows
) -> None:
    window = set(range(300, 2 * DAY))
    covered = {flow: ticks & window for flow, ticks in oracle.media(rows).items()}
    whole = oracle.together(covered, {"e": "abcm", "m": "mc"})
    lacking = missing(rows, window)
    complete = {
        of: whole[of].difference(*(lacking[of, id] for id in ids)) for of, ids in SHOULD.items()
    }
    timerange = TimeRange.from_ns(ns(300), ns(2 * DAY))

    found = told(completeness.by_collection(three_days.tables, timerange=timerange))
    members = told(completeness.by_member(three_days.tables, timerange=timerange))

    members_of, unknown = {"e": 5, "m": 2}, {"e": 1, "m": 0}
    assert {
        (
            *(of, of.upper(), members_of[of], unknown[of]),
            *(len(whole[of]) * TICK, len(complete[of]) * TICK, len(complete[of]) / len(whole[of])),
        )
        for of in whole
    } == {*found}
    assert {
        *(("e", id, len(covered[id]) * TICK, len(lacking["e", id]) * TICK) for id in "abcm"),
        ("e", "nobody", 0, None),
        ("m", "c", len(covered["c"]) * TICK, len(lacking["m", "c"]) * TICK),
        ("m", "x", 0, None),
    } == {(row[0], row[2], row[6], row[7]) for row in members}
    assert 8 == len(members)  # c twice: it has two roles


def test_q15_members_that_are_no_flow_are_named(three_days: ta.Store) -> None:
    found = told(completeness.unknown_members(three_days.tables))

    assert [("e", "E", "nobody", "nobody")] == found
