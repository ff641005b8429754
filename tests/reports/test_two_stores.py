"""The reports changes and comparison of two stores, against plain Python."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import ibis
import pyarrow as pa
import pytest

import tams_analytics as ta
from tams_analytics.engines import open_engine
from tams_analytics.errors import BadParameter
from tams_analytics.queries.inventory import as_listing
from tams_analytics.store import Store
from tests.reports import two_stores_oracle as oracle
from tests.reports.conftest import Refilled, refilling
from tests.reports.later import Rows, as_rows, later
from tests.reports.worlds import fill, world
from tests.support.vast_stores import BUCKET, VastStores
from tests.writes.conftest import empty as emptied

Two = tuple[Store, Store, Rows, Rows]
"""An earlier store, a later one, and the rows of both."""


@pytest.fixture(scope="session")
def another() -> Iterator[Refilled]:
    """One more beside `refilled`."""
    with refilling() as run:
        yield run


@pytest.fixture(scope="module")
def two(small: Store) -> Iterator[Two]:
    """The small store of each engine, and a later state of it on DuckDB."""
    before = as_rows(small)
    after = later(before, 1)
    with Store(open_engine(":memory:")) as store:
        fill(store, after)
        yield small, store, before, after


def found(store: Store, name: str, **asked: Any) -> dict[str, pa.Table]:
    tables = store.report(name, **asked).tables
    return {part: tables[part].to_pyarrow() for part in tables}


def by(table: pa.Table, key: str, *columns: str) -> dict[Any, Any]:
    return {row[key]: tuple(row[name] for name in columns) for row in table.to_pylist()}


def lines(table: pa.Table) -> Counter[Any]:
    return Counter(tuple(row.values()) for row in table.to_pylist())


def refuse_other_changes(tables: dict[str, pa.Table], before: Rows, after: Rows) -> None:
    counts = ("added", "removed", "modified")
    assert oracle.summary(before, after) == by(tables["summary"], "entity", *counts)

    columns = (*counts, "time_added_ns", "time_removed_ns", "lost_ns", "gained_ns")
    wanted = oracle.segments(before, after)
    assert {flow: tuple(each[name] for name in columns) for flow, each in wanted.items()} == by(
        tables["segments"], "flow_id", *columns
    )
    assert tables["segments"].num_rows == len(wanted)

    flows = ("id", "label", "source_id", "format", "read_only")
    assert oracle.changed(before["flows"], after["flows"], *flows) == lines(tables["flows"])
    sources = ("id", "label", "format")
    assert oracle.changed(before["sources"], after["sources"], *sources) == lines(tables["sources"])

    objects = oracle.objects(before, after)
    names = [each for each in tables["objects"].column_names if each != "object_id"]
    assert objects == by(tables["objects"], "object_id", *names)
    assert tables["objects"].num_rows == len(objects)
    totals: dict[str, list[int]] = {}
    for kind, *_rest, size in objects.values():
        told = totals.setdefault(kind, [0, 0, 0])
        told[:] = told[0] + 1, told[1] + (size or 0), told[2] + (size is None)
    assert {kind: tuple(told) for kind, told in totals.items()} == by(
        tables["bytes"], "change", "objects", "bytes", "unknown"
    )


def refuse_other_comparison(tables: dict[str, pa.Table], here: Rows, there: Rows) -> None:
    ours, theirs = oracle.registered(here), oracle.registered(there)
    both = ours.keys() & theirs.keys()
    assert {
        id: (ours[id][0], theirs[id][0], ours[id][0] == theirs[id][0], ours[id][1] == theirs[id][1])
        for id in both
    } == by(tables["shared"], "object_id", "size_here", "size_there", "sizes_agree", "same_path")
    alone = {id: ("here", *ours[id][::2]) for id in ours.keys() - both}
    alone |= {id: ("there", *theirs[id][::2]) for id in theirs.keys() - both}
    assert alone == by(tables["apart"], "object_id", "place", "size", "registered_at")
    assert [len(both), len(alone)] == [tables["shared"].num_rows, tables["apart"].num_rows]

    counted = {}
    for place, ids in (
        ("both", both),
        ("here", ours.keys() - both),
        ("there", theirs.keys() - both),
    ):
        sizes = [[side[id][0] for id in ids if id in side] for side in (ours, theirs)]
        if ids:
            counted[place] = (
                len(ids),
                *(sum(size or 0 for size in each) for each in sizes),
                *(sum(size is None for size in each) for each in sizes),
                sum(ours[id][0] != theirs[id][0] for id in ids) if place == "both" else 0,
            )
    assert counted == by(tables["objects"], *tables["objects"].column_names)

    flows = [{row["id"] for row in rows["flows"]} for rows in (here, there)]
    wanted = {}
    for id in flows[0] | flows[1]:
        place = "both" if id in flows[0] & flows[1] else "here" if id in flows[0] else "there"
        lengths = oracle.apart(here, there, id)
        if place != "both" or any(lengths[2:]):
            wanted[id] = (place, *lengths)
    names = [each for each in tables["flows"].column_names if each not in ("flow_id", "label")]
    assert wanted == by(tables["flows"], "flow_id", *names)
    assert tables["flows"].num_rows == len(wanted)

    assert oracle.metadata(here, there) == lines(tables["metadata"])
    tags = {tuple(row.values())[:3]: tuple(row.values())[3:] for row in tables["tags"].to_pylist()}
    assert oracle.tags(here, there) == tags


def test_q36_what_came_and_went_is_told(two: Two) -> None:
    earlier, store, before, after = two
    tables = found(store, "changes", other=earlier)

    refuse_other_changes(tables, before, after)
    assert all(table.num_rows for table in tables.values())
    assert {"added", "removed", "modified", "released"} == {*tables["bytes"]["change"].to_pylist()}
    assert any(each > 0 for each in tables["segments"]["lost_ns"].to_pylist())


def test_q36_of_a_small_store_before_is_the_other(two: Two) -> None:
    earlier, store, before, after = two

    refuse_other_changes(found(earlier, "changes", other=store), after, before)


def test_q37_two_stores_are_laid_beside_each_other(two: Two) -> None:
    earlier, store, before, after = two
    tables = found(earlier, "comparison", other=store)

    refuse_other_comparison(tables, before, after)
    assert all(table.num_rows for table in tables.values())


@pytest.mark.parametrize("seed", range(3))
def test_in_other_worlds_too(seed: int, refilled: Refilled, another: Any) -> None:
    store = refilled(world(seed + 40))
    before = as_rows(store)
    after = later(before, seed)
    other = another(after)

    refuse_other_changes(found(other, "changes", other=store), before, after)
    refuse_other_comparison(found(store, "comparison", other=other), before, after)


def test_a_snapshot_is_compared_on_its_own_connection(
    vast_stores: VastStores, monkeypatch: pytest.MonkeyPatch
) -> None:
    vast_stores.reset("states")
    with ta.connect(vast_stores.url("states")) as store:
        fill(store, world(3))
        before = as_rows(store)
        vast_stores.peer.snapshot(BUCKET, "states kept")
        after = later(before, 1)
        store._engine.transact(emptied)
        fill(store, after)
        monkeypatch.setattr("tams_analytics.engines.beside.localize", None)
        with store.at("states kept") as then:
            refuse_other_changes(found(store, "changes", other=then), before, after)
            refuse_other_comparison(found(then, "comparison", other=store), before, after)
            assert "What has changed" in repr(store.report("changes", other=then))
    vast_stores.peer.database.snapshots.pop((BUCKET, "states kept"), None)


def test_q37_bytes_that_are_kept_twice_are_found_by_their_etag(two: Two) -> None:
    earlier, store, before, after = two
    places = {
        (row["bucket"], row["key"])
        for rows in (before, after)
        for row in rows["object_instances"]
        if row["bucket"] and row["key"]
    }
    listed = [
        {"bucket": bucket, "key": key, "etag": f"e{len(key) % 2}", "size": len(bucket) % 3}
        for bucket, key in sorted(places)
    ]
    listing = as_listing(ibis.memtable(pa.Table.from_pylist(listed)))
    tables = found(earlier, "comparison", other=store, objects=listing)

    known = [
        {(r["bucket"], r["key"]) for r in rows["object_instances"]} for rows in (before, after)
    ]
    groups: dict[Any, list[Any]] = {}
    for row in listed:
        if row["size"]:
            groups.setdefault((row["etag"], row["size"]), []).append((row["bucket"], row["key"]))
    wanted = {
        key: (len(each), key[1] * (len(each) - 1))
        for key, each in groups.items()
        if any(p not in known[1] for p in each) and any(p not in known[0] for p in each)
    }
    rows = tables["same_bytes"].to_pylist()
    assert wanted == {(r["etag"], r["size"]): (r["places"], r["bytes_too_many"]) for r in rows}
    assert wanted


def test_the_rows_are_copied_once_however_often_it_is_shown(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    earlier, store, *_rows = two
    reported = earlier.report("comparison", other=store)
    monkeypatch.setattr("tams_analytics.engines.beside.localize", None)

    assert "Two stores beside each other" in repr(reported)


def test_more_than_the_limit_is_refused_by_name(two: Two) -> None:
    earlier, store, *_rows = two
    with pytest.raises(BadParameter, match="limit: 3 is less than the rows of sources, which are"):
        store.report("changes", other=earlier, limit=3)
    with pytest.raises(BadParameter, match=r"other is not given; expected other=ta\.connect"):
        store.report("comparison")


def test_nothing_is_different_of_the_same_store(small: Store) -> None:
    tables = found(small, "changes", other=small)

    assert {0} == {
        each for row in tables.pop("summary").to_pylist() for each in list(row.values())[1:]
    }
    assert all(not table.num_rows for table in tables.values())
