"""Kinds of media, real bit rates and lengths against plain arithmetic, on every engine."""

from __future__ import annotations

from collections import Counter, defaultdict
from fractions import Fraction
from typing import Any

import tams_analytics as ta
from tams_analytics.queries import mix, rates
from tams_analytics.timerange import TimeRange, periods
from tests.reports import oracle
from tests.reports.broadcast import AUDIO, DAY, MULTI, SECOND, TICK, VIDEO, Rows, ns
from tests.reports.told import told

KINDS = {
    **dict.fromkeys("a", (VIDEO, "video/h264", "25")),
    **dict.fromkeys("b", (VIDEO, "video/h264", "30000/1001")),
    **dict.fromkeys("xz", (VIDEO, "video/h264", None)),
    **dict.fromkeys("cd", (AUDIO, "audio/aac", None)),
    **dict.fromkeys("em", (MULTI, None, None)),
}
UNKNOWN = (None, None, None)


def shown(rows: Rows) -> dict[tuple[str, str], int]:
    """How long each flow shows each object."""
    found: Counter[tuple[str, str]] = Counter()
    for row in rows["segments"]:
        found[row["flow_id"], row["object_id"]] += row["end_ns"] - row["start_ns"]
    return found


def rated(rows: Rows) -> dict[str, list[tuple[int, int]]]:
    """For each flow bytes and length of the objects that it shows as a whole."""
    objects = {row["id"]: row for row in rows["objects"]}
    found: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for (flow, id), length in shown(rows).items():
        size, end = objects.get(id, {}).get("size"), objects.get(id, {}).get("end_ns")
        if size is not None and (end is None or length >= end):
            found[flow].append((size, length if end is None else end))
    return found


def test_q28_rates_are_of_objects_that_are_shown_whole(three_days: ta.Store, rows: Rows) -> None:
    expected = {}
    for flow in ("a", "c", "m"):
        pairs = rated(rows)[flow]
        size, length = (sum(each) for each in zip(*pairs, strict=True))
        peak = max(Fraction(one * 8 * 10**6, other) for one, other in pairs)
        objects = sum(of == flow for of, _id in shown(rows))
        expected[flow] = (size, length, objects, objects - len(pairs))
        expected[flow, "rates"] = (round(size * 8e6 / length, 6), round(float(peak), 6))

    asked = rates.by_flow(three_days.tables)
    columns = ("flow_id", "rated_bytes", "rated_ns", "objects", "unrated")
    found = told(asked, *columns, "kilobits", "peak_kilobits", "off_ratio", "avg_bit_rate")

    assert expected == {
        **{row[0]: row[1:5] for row in found},
        **{(row[0], "rates"): (round(row[5], 6), round(row[6], 6)) for row in found},
    }
    assert {"m": None} == {row[0]: row[7] for row in found if row[8] == 0}
    assert all(row[7] == row[5] / 100 - 1 for row in found if row[8])


def test_q28_flows_above_their_maximum_or_too_far_off_are_found(three_days: ta.Store) -> None:
    real = {row[0]: row[1] for row in told(rates.by_flow(three_days.tables))} | {}
    rows = told(rates.by_flow(three_days.tables), "flow_id", "kilobits", "off_ratio")
    off = sorted(abs(ratio) for _id, _rate, ratio in rows if ratio is not None)

    few = told(rates.off(three_days.tables, by_more_than=off[-1] - 1e-9), "flow_id")

    assert 1 == len(few) < len(real)


def test_q27_time_and_bytes_of_a_kind_are_counted_once(three_days: ta.Store, rows: Rows) -> None:
    covered = {flow: len(ticks) * TICK for flow, ticks in oracle.media(rows).items()}
    covered["z"] = 180 * SECOND
    sizes = {row["id"]: row["size"] for row in rows["objects"]}
    kinds: dict[tuple[Any, ...], dict[str, Any]] = {}
    for flow, kind in {**KINDS, "gone": UNKNOWN}.items():
        entry = kinds.setdefault(kind, {"flows": 0, "time": 0, "objects": set()})
        entry["flows"] += flow != "gone"
        entry["time"] += covered.get(flow, 0)
        entry["objects"] |= {id for of, id in shown(rows) if of == flow}

    asked = mix.by_kind(three_days.tables)
    found = told(asked, "format", "codec", "frame_rate", "flows", "covered_ns", "bytes")

    assert {
        (*kind, each["flows"], each["time"], sum(sizes.get(id) or 0 for id in each["objects"]))
        for kind, each in kinds.items()
    } == {*found}
    assert len(kinds) == len(found)


def test_q27_a_month_has_its_time_and_the_bytes_that_begin_in_it(
    three_days: ta.Store, rows: Rows
) -> None:
    days = periods(TimeRange.from_ns(ns(0), ns(2 * DAY)))
    sizes = {row["id"]: row["size"] for row in rows["objects"]}
    media, expected = oracle.media(rows), set()
    for n, day in enumerate(days):
        within = set(range(n * DAY, (n + 1) * DAY))
        for coding in {each[:2] for each in [*KINDS.values(), UNKNOWN]}:
            flows = [id for id, kind in {**KINDS, "gone": UNKNOWN}.items() if kind[:2] == coding]
            there = [media.get(id, set()) & within for id in flows]
            begun = {
                row["object_id"]
                for row in rows["segments"]
                if row["flow_id"] in flows and day.start_ns <= row["start_ns"] < day.end_ns
            }
            if any(there):
                time = sum(map(len, there)) * TICK
                size = sum(sizes.get(id) or 0 for id in begun)
                expected.add((day.label, *coding, sum(map(bool, there)), time, size))

    assert expected == {*told(mix.over_time(three_days.tables, days))}


def test_q29_lengths_are_told_as_parts_of_the_target(three_days: ta.Store, rows: Rows) -> None:
    targets = {"a": 60, "b": 45, "z": 60}
    bounds = [Fraction(1, 2), Fraction(9, 10), Fraction(11, 10), Fraction(2), Fraction(10)]
    names = ["below 0.5", "0.5 to 0.9", "0.9 to 1.1", "1.1 to 2", "2 to 10", "10 and more"]
    counted: Counter[str] = Counter()
    flows: dict[str, set[str]] = defaultdict(set)
    for row in rows["segments"]:
        flow, name = row["flow_id"], "no target"
        if flow in targets:
            part = Fraction(row["end_ns"] - row["start_ns"], targets[flow] * SECOND)
            name = names[sum(part >= bound for bound in bounds)]
        counted[name] += 1
        flows[name].add(flow)

    found = told(mix.lengths(three_days.tables))

    total = len(rows["segments"])
    assert [
        (name, counted[name], counted[name] / total, len(flows[name]))
        for name in ["no target", *names]
        if counted[name]
    ] == found
