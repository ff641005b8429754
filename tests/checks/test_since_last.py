"""A run since the last one looks at the flows that changed, and knows how far it has looked."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator
from typing import Any

import ibis
import pyarrow as pa
import pytest

import tams_analytics as ta
from tams_analytics.checks import CHECKS as ALL
from tams_analytics.checks import MOST_CHANGED
from tams_analytics.checks.narrowing import looked_at
from tams_analytics.engines.rows import now
from tams_analytics.queries.runs import MARGIN
from tams_analytics.store import Store
from tams_analytics.tables import S3_OBJECTS, SEGMENTS, arrow_schema, ibis_schema
from tests.checks.endless import scope_of
from tests.checks.small import (
    CHECKS,
    LONG_AGO,
    LOST,
    add_flows,
    add_segments,
    drop_segments,
    fill,
    finding,
    known,
)
from tests.support.vast_stores import BUCKET, VastStores


@pytest.fixture
def small(store: Store) -> Store:
    """Remembered, and then each flow has lost one segment more, of which no time tells."""
    return filled(store)


@pytest.fixture
def local() -> Iterator[Store]:
    """The same, for what no engine has a part in."""
    with ta.connect(":memory:") as store:
        yield filled(store)


def filled(store: Store) -> Store:
    fill(store)
    store.remember(store.check(only=CHECKS))
    for flow_id in ("a", "b"):
        add_segments(store, flow_id, 2)
    return store


def lost(checked: Any) -> list[str]:
    return sorted(checked.findings.filter(lambda t: t.check == LOST).id.to_pyarrow().to_pylist())


def touch(store: Store, flow_id: str, **times: dt.datetime) -> None:
    store._engine.transact(lambda tx: tx.update("flows", {"id": flow_id}, times))


def test_nothing_is_looked_at_where_nothing_has_changed(local: Store) -> None:
    checked = local.check(only=CHECKS, since_last=True)

    (first,) = local.runs.watermark.to_pyarrow().to_pylist()
    assert first == checked.since.replace(tzinfo=None)
    assert [0, 0] == [each["failures"] for each in checked.checks]


@pytest.mark.parametrize("time", ["segments_updated", "metadata_updated"])
def test_a_flow_that_says_so_has_changed(local: Store, time: str) -> None:
    touch(local, "a", **{time: now()})

    checked = local.check(only=CHECKS, since_last=True)
    assert [finding("a", 1), finding("a", 2)] == lost(checked)
    assert (2, 1) == (checked.checks[0]["failures"], checked.checks[0]["new"])


def test_new_segments_and_those_of_no_flow_are_looked_at(small: Store) -> None:
    add_segments(small, "b", 3, created=now())
    add_segments(small, "gone", 4)
    add_flows(small, ["c"], source_id="nobody")

    checked = small.check(only=CHECKS, since_last=True)
    assert [*(finding("b", n) for n in (1, 2, 3)), finding("gone", 4)] == lost(checked)
    assert ["c"] == [row["id"] for row in checked.checks[1]["sample"]]


def test_segments_that_name_no_flow_are_looked_at(vast_stores: VastStores) -> None:
    """VAST keeps no NOT NULL, so somebody else's row may be such."""
    url = vast_stores.new_url()
    with ta.connect(url) as store:
        filled(store)
        rows = store.segments.to_pyarrow().cast(arrow_schema(SEGMENTS)).slice(0, 1)
        schema = pa.schema([field.with_nullable(True) for field in rows.schema])
        row = rows.to_pylist()[0] | {"flow_id": None, "object_id": "lost"}
        rows = pa.Table.from_pylist([row], schema)
        vast_stores.peer.load(BUCKET, url.rpartition("/")[2], "segments", rows)

        checked = store.check(only=[LOST], since_last=True)
        assert [f"?@{row['timerange']}"] == [each["id"] for each in checked.checks[0]["sample"]]


def test_of_changed_flows_it_is_known_what_is_gone(small: Store) -> None:
    touch(small, "a", segments_updated=now())
    for flow_id in ("a", "b"):
        drop_segments(small, flow_id, 1)

    checked = small.check(only=CHECKS, since_last=True)
    small.remember(checked)
    assert [(LOST, finding("a", 2)), (LOST, finding("b", 1))] == known(small)
    assert [None, checked.since.replace(tzinfo=None)] == (
        small.runs.order_by("started").since.to_pyarrow().to_pylist()
    )


def test_one_goes_on_where_the_one_before_it_has_ended(local: Store) -> None:
    local.remember(local.check(only=CHECKS, during="[0:0_1:0)"))
    second = local.check(only=CHECKS, since_last=True)
    local.remember(second)
    third = local.check(only=CHECKS, since_last=True)

    first, of_a_part, _second = sorted(local.runs.started.to_pyarrow().to_pylist())
    assert first - MARGIN == second.since.replace(tzinfo=None) < of_a_part - MARGIN
    assert second.watermark == third.since


def test_checks_of_segments_look_at_a_part_and_all_others_at_everything(local: Store) -> None:
    listing = ibis.memtable([], schema=ibis_schema(S3_OBJECTS))
    scope = dataclasses.replace(scope_of(local), since=LONG_AGO, objects=listing)
    partial = {check.id for check in ALL if looked_at(check, scope) is not None}

    of_segments = {check.id for check in ALL if check.entity == "segments"}
    assert of_segments | {"fence_too_short", "column_contract"} == partial


def test_a_check_that_never_looked_looks_at_everything(local: Store) -> None:
    checked = local.check(only=[*CHECKS, "segment_without_flow"], since_last=True)

    assert checked.since is None
    assert 4 == len(lost(checked))


def test_of_more_flows_than_are_named_all_are_looked_at(local: Store) -> None:
    add_flows(local, [f"new {n}" for n in range(MOST_CHANGED + 1)], metadata_updated=now())

    checked = local.check(only=CHECKS, since_last=True)
    assert (None, 4) == (checked.since, checked.checks[0]["failures"])


def test_flows_that_changed_are_asked_for_by_name(small: Store) -> None:
    touch(small, "a", segments_updated=now())
    checked = small.check(only=[LOST], since_last=True)

    scans = {scan.table: scan for scan in ta.explain(checked.failures[LOST]).scans}
    assert "flow_id" in str(scans["segments"].pushed)


def test_which_flows_changed_by_plain_python(small: Store) -> None:
    moment = LONG_AGO + dt.timedelta(days=10)
    add_flows(small, ["x"], segments_updated=moment)
    add_flows(small, ["y"], metadata_updated=moment, segments_updated=None)
    add_flows(small, ["z"], segments_updated=None)
    add_segments(small, "z", 0, 1, created=moment)
    add_segments(small, "nobody", 0)

    found = ta.queries.runs.changed_flows(small.tables, moment).to_pyarrow()
    flows, segments = (
        getattr(small, name).to_pyarrow().to_pylist() for name in ("flows", "segments")
    )
    times = ("metadata_updated", "segments_updated")
    expected = {row["id"] for row in flows if max(row[t] or LONG_AGO for t in times) >= moment}
    expected |= {row["flow_id"] for row in segments if row["created"] >= moment}
    expected |= {row["flow_id"] for row in segments} - {row["id"] for row in flows}
    assert sorted(expected) == sorted(found.column("flow_id").to_pylist())
    assert {"x", "y", "z", "nobody"} == expected
