"""Retention by tags, age and emptiness against plain Python, and what it frees."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pyarrow as pa
import pytest

import tams_analytics as ta
from tams_analytics.errors import BadParameter, BadTimeRange
from tams_analytics.queries import retention
from tams_analytics.store import Store
from tests.reports.conftest import Refilled
from tests.reports.freed_oracle import amounts, as_rows
from tests.reports.worlds import DAY_S, NOW, NOW_TAI_S, Row, Rows, world

UTC_NOW = NOW.replace(tzinfo=dt.timezone.utc)
TEN_DAYS = f"{10 * DAY_S}:0"
NS = 10**9


def ns(text: str) -> int | None:
    match = re.fullmatch("(-?)([0-9]{1,10}):([0-9]{1,9})", text)
    return match and int(match[1] + "1") * (int(match[2]) * NS + int(match[3]))


def offset(rows: Rows, flow: str, name: str) -> int | None:
    tags = [
        each
        for each in rows["tags"]
        if (each["entity_type"], each["entity_id"], each["name"]) == ("flows", flow, name)
    ]
    read = [ns(each["value"]) if each["position"] is None else None for each in tags]
    return None if not read or None in read else max(read)  # type: ignore[type-var]


def refuses(rows: Rows, flow: Row) -> bool:
    return flow["read_only"] or flow["id"] == "f6"


def changed(flow: Row) -> dt.datetime:
    return max(flow["metadata_updated"], flow["segments_updated"] or flow["metadata_updated"])


def going(rows: Rows, flow: Row) -> dict[str, tuple[bool, list[int]]]:
    """By rule: whether the whole flow goes, and the places of the segments that do."""
    mine = [n for n, row in enumerate(rows["segments"]) if row["flow_id"] == flow["id"]]
    found = {}
    ends = offset(rows, flow["id"], "segment_retention_offset")
    if ends is not None:
        now = NOW_TAI_S * NS + NOW.microsecond * 1000
        old = [n for n in mine if rows["segments"][n]["end_ns"] + ends <= now]
        found["segment_retention_offset"] = (False, old)
    after = offset(rows, flow["id"], "flow_retention_offset")
    if after is not None and changed(flow) + dt.timedelta(microseconds=after // 1000) <= NOW:
        found["flow_retention_offset"] = (True, mine)
    if flow["id"] in ("f0", "f1", "f3", "f7") and changed(flow) < NOW - dt.timedelta(days=10):
        found["asked"] = (True, mine)
    return {rule: each for rule, each in found.items() if each[0] or each[1]}


def expected(rows: Rows) -> dict[str, Row]:
    """What the first table says, by rule."""
    flows = {row["id"]: row for row in rows["flows"]}.values()
    found: dict[str, Any] = {}
    for flow in flows:
        each = going(rows, flow)
        every = sorted({n for _whole, places in each.values() for n in places})
        for rule, (_whole, places) in (each | ({"all": (0, every)} if each else {})).items():
            counts = found.setdefault(rule, {"flows": 0, "refusing": 0, "places": []})
            counts["refusing" if refuses(rows, flow) else "flows"] += 1
            counts["places"] += [] if refuses(rows, flow) else places
    for counts in found.values():
        places = counts.pop("places")
        counts |= {"segments": len(places), **amounts(rows, places)}
    return found


def by_rule(table: pa.Table) -> dict[str, Row]:
    return {row.pop("rule"): row for row in table.to_pylist()}


ASKED: dict[str, Any] = {"tag": "genre=news", "older_than": TEN_DAYS}


@pytest.fixture(scope="module")
def tables(small: Store) -> dict[str, pa.Table]:
    """All tables of the report, by name."""
    asked = ASKED | {"now": UTC_NOW, "empty_for": f"{20 * DAY_S}:0"}
    found = small.report("retention", **asked).tables
    return {name: found[name].to_pyarrow() for name in found}


def test_q30_each_rule_takes_what_it_says_and_frees_what_nothing_else_needs(
    tables: dict[str, pa.Table], rows: Rows
) -> None:
    found = by_rule(tables["freed"])

    assert expected(rows) == found
    assert ["asked", "flow_retention_offset", "segment_retention_offset", "all"] == [*found]
    assert all(each["refusing"] for each in found.values())
    assert 0 < found["all"]["freed_objects"] < found["all"]["objects"]


@pytest.mark.parametrize("seed", range(20))
def test_q30_in_other_worlds_too(seed: int, refilled: Refilled) -> None:
    rows = world(seed + 100)
    found = refilled(rows).ask(retention.by_rule, now=NOW, **ASKED)

    assert expected(rows) == by_rule(found)


def test_what_goes_of_a_flow_alone_frees_only_what_no_other_shows(
    tables: dict[str, pa.Table], rows: Rows
) -> None:
    table = tables["flows"]
    found = {(row["rule"], row["flow_id"]): row for row in table.to_pylist()}

    flows = {row["id"]: row for row in rows["flows"]}
    wanted = {(rule, id): each for id in flows for rule, each in going(rows, flows[id]).items()}
    assert {*wanted} == {*found}
    assert table.num_rows == len(found)
    for key, (whole, places) in wanted.items():
        row = found[key]
        assert len(places) == row["segments"], key
        assert amounts(rows, places) == {name: row[name] for name in amounts(rows, [])}, key
        assert (row["deletes"] == "flow") == whole
        assert refuses(rows, flows[key[1]]) == (row["refuses"] is not None)
        if not whole:
            shown = ta.tr(row["deletes"]).end_ns
            assert shown == NOW_TAI_S * NS + 250_000_000 - (ns(row["value"]) or 0)


def test_a_tag_that_cannot_be_read_keeps_the_flow(tables: dict[str, pa.Table]) -> None:
    assert [("f4", "7 days"), ("f5", "1:0"), ("f7", "99999999999999:0")] == [
        (row["flow_id"], row["value"]) for row in tables["unreadable"].to_pylist()
    ]


def test_q6_empty_flows_are_those_that_nobody_changes(
    tables: dict[str, pa.Table], rows: Rows
) -> None:
    table = tables["empty"]

    until = NOW - dt.timedelta(days=20)
    shown = {row["flow_id"] for row in rows["segments"]}
    wanted = {row["id"] for row in rows["flows"] if changed(row) < until} - shown
    assert wanted == set(table["flow_id"].to_pylist()) != set()
    assert table.num_rows == len(wanted)


def test_q6_flows_that_collect_come_last(clean: Store) -> None:
    far = dt.datetime(2027, 1, 1)
    table = clean.ask(retention.empty, now=far, older_than="604800:0")

    assert {("S1", True), ("Programme 1", True), ("Clip 1", True)} == {
        (row["label"], row["media_elsewhere"]) for row in table.to_pylist()
    }


def test_bytes_of_a_newsroom_that_clips_still_show_are_not_freed(newsroom: Store) -> None:
    now = dt.datetime(2026, 11, 1, tzinfo=dt.timezone.utc)
    asked = newsroom.ask(retention.by_rule, now=now.replace(tzinfo=None))
    found = by_rule(asked)["segment_retention_offset"]

    rows = as_rows(newsroom)
    tagged = newsroom.tags.to_pyarrow().to_pylist()
    days = {
        row["entity_id"]: int(row["value"].partition(":")[0])
        for row in tagged
        if row["name"] == "segment_retention_offset"
    }
    until = {id: (int(now.timestamp()) + 37 - each) * NS for id, each in days.items()}
    places = [
        n for n, row in enumerate(rows["segments"]) if row["end_ns"] <= until.get(row["flow_id"], 0)
    ]
    assert amounts(rows, places) == {name: found[name] for name in amounts(rows, [])}
    assert len(places) == found["segments"]
    assert found["freed_bytes"] < found["shown_bytes"]


def test_of_segments_only_three_columns_come_from_vast(small: Store) -> None:
    scans = ta.explain(small.report("retention", **ASKED).tables["freed"]).scans
    columns = {column for scan in scans if scan.table == "segments" for column in scan.columns}

    assert {"flow_id", "object_id", "end_ns"} == columns


def test_a_length_is_a_timestamp_and_nothing_else_is_taken(small: Store) -> None:
    with pytest.raises(BadTimeRange, match="'a week' is not a TAMS timestamp"):
        small.report("retention", older_than="a week")
    with pytest.raises(BadParameter, match="'tags' is no parameter of the report retention"):
        small.report("retention", tags="genre")
