"""What buckets hold against what the store thinks, with planted rows, on each engine."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir
import pytest

import tams_analytics as ta
from tams_analytics.errors import BadParameter
from tams_analytics.queries import inventory
from tams_analytics.tables import S3_OBJECTS, Tables, ibis_schema
from tests.support import sql_lint
from tests.support.listings import JUST_NOW, LISTED_AT, LONG_AGO, listing
from tests.support.vast_stores import VastStores
from tests.support.verb_snapshots import written

Rows = Sequence[Mapping[str, Any]]
Listed = Callable[[Rows], ir.Table]


@pytest.fixture
def listed(store: ta.Store, tmp_path: Path) -> Listed:
    return lambda rows: listing(store, tmp_path / "listing.parquet", rows)


def plant(store: ta.Store, **tables: Rows) -> None:
    def insert(tx: Any) -> None:
        for name, rows in tables.items():
            for row in rows:
                tx.insert(name, [row])

    store._engine.transact(insert)


def thing(id: str, **more: Any) -> dict[str, Any]:
    """An object that is in use."""
    found = {"id": id, "storage_path": id, "size": 100, "created": LONG_AGO}
    return {**found, "registered_at": LONG_AGO, **more}


def kept(object_id: str, **more: Any) -> dict[str, Any]:
    found = {"object_id": object_id, "storage_id": "s", "controlled": True, "created": LONG_AGO}
    return {**found, "bucket": "media", "key": object_id, **more}


def segment(object_id: str, flow_id: str = "f", at: int = 0) -> dict[str, Any]:
    span = {"start_ns": at, "end_ns": at + 1, "timerange": f"[0:{at}_0:{at + 1})"}
    return {"flow_id": flow_id, "object_id": object_id, **span}


def request(flow_id: str, **more: Any) -> dict[str, Any]:
    found = {"id": f"of {flow_id}", "flow_id": flow_id, "timerange_to_delete": "_"}
    return {**found, "timerange_remaining": "_", "delete_flow": False, "status": "started", **more}


def keys(found: ir.Table) -> list[str]:
    names: list[str] = found.to_pyarrow().column("key").to_pylist()
    return sorted(names)


def test_q9_bytes_that_no_object_knows(store: ta.Store, listed: Listed) -> None:
    plant(
        store,
        objects=[thing("used"), thing("allocated", registered_at=None), thing("init")],
        object_instances=[
            kept("used"),
            kept("allocated"),
            kept("init"),
            kept("released"),
            kept("theirs", controlled=False, bucket=None, key=None, url="https://x/theirs"),
        ],
        storage_backends=[{"id": "s", "provider": "p", "store_product": "S3", "bucket": "media"}],
        discarded_instances=[{"object_id": "copy", "storage_id": "s", "key": "copy"}],
    )
    s3_objects = listed(
        [
            {"key": "used"},
            {"key": "used", "bucket": "elsewhere"},
            {"key": "allocated"},
            {"key": "init"},
            {"key": "released"},
            {"key": "copy"},
            {"key": "theirs", "size": 7},
            {"key": "forgotten"},
            {"key": "being stored", "last_modified": JUST_NOW},
        ]
    )

    found = inventory.unknown(store.tables, s3_objects)
    assert ["forgotten", "theirs", "used"] == keys(found)
    assert s3_objects.columns == found.columns
    now = inventory.unknown(store.tables, s3_objects, grace=0)
    assert ["being stored", "forgotten", "theirs", "used"] == keys(now)


def test_without_moments_nothing_is_too_young(store: ta.Store, listed: Listed) -> None:
    plain = listed([{"key": "a", "last_modified": None}, {"key": "b", "last_modified": JUST_NOW}])
    assert ["a"] == keys(inventory.unknown(store.tables, plain))
    without = plain.drop("listed_at", "last_modified")
    assert ["a", "b"] == keys(inventory.unknown(store.tables, inventory.as_listing(without)))


def test_q8_objects_whose_bytes_are_missing(store: ta.Store, listed: Listed) -> None:
    names = ["there", "lost", "half", "shared", "init"]
    plant(
        store,
        objects=[
            *map(thing, names),
            thing("young", created=JUST_NOW, registered_at=JUST_NOW),
            thing("registered just now", registered_at=JUST_NOW),
            thing("allocated", registered_at=None),
            thing("released", released_at=JUST_NOW),
            thing("collected", collecting_since=JUST_NOW),
            thing("going"),
            thing("theirs"),
        ],
        object_instances=[
            *map(kept, [*names, "young", "registered just now", "allocated", "released"]),
            *map(kept, ["collected", "going"]),
            kept("half", bucket="archive", storage_id="t"),
            kept("theirs", controlled=False, bucket=None, key=None, url="https://x/theirs"),
            kept("somewhere", bucket=None),
        ],
        segments=[
            *map(segment, ["there", "lost", "half", "shared"]),
            segment("shared", "another"),
            segment("going", "going"),
        ],
        deletion_requests=[request("going"), request("f", status="done", start_ns=None)],
    )
    s3_objects = listed([{"key": "there"}, {"key": "half"}])

    found = inventory.missing(store.tables, s3_objects)
    assert ["half", "init", "lost", "shared"] == keys(found)
    assert ("object_id", "storage_id", "bucket", "key", "size") == found.columns
    rows = found.filter(found.object_id == "half").to_pyarrow().to_pylist()
    half = {"object_id": "half", "storage_id": "t", "bucket": "archive", "key": "half", "size": 100}
    assert [half] == rows
    of_one = inventory.missing(store.tables, s3_objects, buckets=["media"])
    assert ["init", "lost", "shared"] == keys(of_one)
    at_once = inventory.missing(store.tables, s3_objects, buckets=["media"], grace="0:0")
    assert ["init", "lost", "registered just now", "shared", "young"] == keys(at_once)


def test_a_deletion_request_excuses_what_it_takes(store: ta.Store, listed: Listed) -> None:
    names = ["before", "in", "reaching out", "of another object"]
    plant(
        store,
        objects=[*map(thing, names)],
        object_instances=[*map(kept, names)],
        segments=[
            segment("before", at=0),
            segment("in", at=10),
            {**segment("reaching out", at=19), "end_ns": 25},
            segment("of another object", "g", at=10),
        ],
        deletion_requests=[
            request("f", start_ns=10, end_ns=20),
            request("g", object_id="no such one"),
        ],
    )

    found = inventory.missing(store.tables, listed([{"key": "x"}]))
    assert ["before", "of another object", "reaching out"] == keys(found)


def test_of_an_empty_listing_all_is_missing(store: ta.Store, listed: Listed) -> None:
    plant(store, objects=[thing("lost")], object_instances=[kept("lost")])

    assert ["lost"] == keys(inventory.missing(store.tables, listed([])))


def test_q14_sizes_that_differ(store: ta.Store, listed: Listed) -> None:
    names = ["alike", "other", "nobody knows"]
    plant(
        store,
        objects=[
            thing("alike"),
            thing("other"),
            thing("nobody knows", size=None),
            thing("collected", collecting_since=JUST_NOW),
        ],
        object_instances=[*map(kept, [*names, "collected"]), kept("other", bucket="archive")],
    )
    s3_objects = listed(
        [
            {"key": "alike"},
            {"key": "other", "size": 99},
            {"key": "other", "bucket": "archive"},
            {"key": "nobody knows"},
            {"key": "collected", "size": 1},
        ]
    )

    found = inventory.of_other_size(store.tables, s3_objects)
    row = {"object_id": "other", "storage_id": "s", "bucket": "media", "key": "other"}
    assert [{**row, "size": 100, "stored_size": 99}] == found.to_pyarrow().to_pylist()
    both = inventory.of_other_size(store.tables, s3_objects, or_unknown=True)
    assert ["nobody knows", "other"] == keys(both)


def test_q21_bytes_by_bucket_and_storage_class(store: ta.Store, listed: Listed) -> None:
    plant(store, object_instances=[kept("a"), kept("c")])
    s3_objects = listed(
        [
            {"key": "a", "size": 5},
            {"key": "b", "size": None},
            {"key": "c", "storage_class": "GLACIER", "size": 2**62},
            {"key": "d", "storage_class": "GLACIER", "size": 2**62},
            {"key": "e", "storage_class": None, "size": 3},
        ]
    )

    names = ("bucket", "storage_class", "keys", "size", "unknown_keys", "unknown_size")
    rows = [
        ("media", "GLACIER", 2, 2**63 - 1, 1, 2**62),
        ("media", "STANDARD", 2, 5, 1, 0),
        ("media", None, 1, 3, 1, 3),
    ]
    found = inventory.usage(store.tables, s3_objects).to_pyarrow().to_pylist()
    assert [dict(zip(names, row, strict=True)) for row in rows] == found


def test_q20_growth_by_day_and_bucket(store: ta.Store, listed: Listed) -> None:
    monday, tuesday = dt.datetime(2026, 11, 16, 23, 59, 59, 999999), dt.datetime(2026, 11, 17)
    s3_objects = listed(
        [
            {"key": "a", "last_modified": monday, "size": 5},
            {"key": "b", "last_modified": tuesday, "size": 7},
            {"key": "c", "last_modified": tuesday, "size": None, "storage_class": "GLACIER"},
            {"key": "d", "last_modified": tuesday, "size": 1, "bucket": "archive"},
            {"key": "e", "last_modified": None, "size": 100},
        ]
    )

    assert [
        {"bucket": "archive", "day": tuesday.date(), "keys": 1, "size": 1, "size_so_far": 1},
        {"bucket": "media", "day": monday.date(), "keys": 1, "size": 5, "size_so_far": 5},
        {"bucket": "media", "day": tuesday.date(), "keys": 2, "size": 7, "size_so_far": 12},
    ] == inventory.growth(s3_objects).to_pyarrow().to_pylist()
    by_class = inventory.growth(s3_objects, by=["bucket", "storage_class"])
    assert 4 == by_class.count().execute()


def test_of_several_listings_in_one_table_the_newest_of_each_bucket_counts(
    store: ta.Store, listed: Listed
) -> None:
    yesterday = {"listed_at": LISTED_AT - dt.timedelta(days=1)}
    s3_objects = listed(
        [
            {"key": "gone", **yesterday},
            {"key": "there", **yesterday, "size": 1},
            {"key": "there"},
            {"key": "old", "bucket": "archive", **yesterday},
        ]
    )

    assert ["old", "there"] == keys(inventory.unknown(store.tables, s3_objects))
    assert [("archive", 100), ("media", 100)] == sorted(
        (row["bucket"], row["size"])
        for row in inventory.usage(store.tables, s3_objects).to_pyarrow().to_pylist()
    )


def test_a_table_without_places_is_no_listing() -> None:
    with pytest.raises(BadParameter, match="of a listing lack bucket; expected bucket, key, size"):
        inventory.as_listing(ibis.table({"key": "string", "bytes": "int64"}, name="t"))


def test_trino_is_given_nothing_that_it_lacks() -> None:
    """The listing is a table of another catalog there."""
    tables = Tables.opened(lambda table: ibis.table(ibis_schema(table), name=table.name))
    s3_objects = ibis.table(ibis_schema(S3_OBJECTS), name="s3_objects")
    for asked in (
        inventory.unknown(tables, s3_objects),
        inventory.missing(tables, s3_objects, buckets=["media"]),
        inventory.of_other_size(tables, s3_objects),
        inventory.usage(tables, s3_objects),
        inventory.growth(s3_objects, by=["bucket", "storage_class"]),
    ):
        sql = written(asked, "trino")
        assert [] == sql_lint.complaints(sql)
        assert "ANTI JOIN" not in sql
        assert "SEMI JOIN" not in sql


def test_an_object_is_needed_until_all_its_segments_are_to_go(
    store: ta.Store, listed: Listed
) -> None:
    """Shared by two flows, used twice in one, registered again since; one request or several."""
    going = ["of one", "by two requests", "twice in it"]
    needed = ["of two", "at another time", "since then", "of a request that is done"]
    flows = {name: name for name in (*going, *needed)}
    whole = [request(flow, created=LONG_AGO) for flow in ["of one", "twice in it", "of two"]]
    part = {"start_ns": 0, "end_ns": 1, "created": LONG_AGO}
    plant(
        store,
        objects=[thing(name, size=1) for name in flows],
        object_instances=[kept(name) for name in flows],
        segments=[
            *(segment(name, flow) | {"created": LONG_AGO} for name, flow in flows.items()),
            segment("twice in it", "twice in it", 1) | {"created": LONG_AGO},
            segment("of two", "stays") | {"created": LONG_AGO},
            segment("at another time", "at another time", 1) | {"created": LONG_AGO},
            segment("since then", "since then", 1) | {"created": JUST_NOW},
        ],
        deletion_requests=[
            *whole,
            request("by two requests", **part),
            request("by two requests", id="again", **part),
            request("at another time", **part),
            request("since then", created=LONG_AGO),
            request("of a request that is done", status="done"),
        ],
    )

    lost = keys(inventory.missing(store.tables, listed([{"key": "another"}])))
    others = listed([{"key": name, "size": 2} for name in flows])
    other_size = keys(inventory.of_other_size(store.tables, others))

    assert sorted(needed) == lost == other_size


def test_no_segments_are_read_where_nothing_is_being_deleted(
    vast_stores: VastStores, tmp_path: Path
) -> None:
    """There may be a hundred million of them."""
    with ta.examples.newsroom(segments=12_000, defects=False) as local:
        url = vast_stores.filled(local)
    assert [0, 0, 0] == [scan.requests for scan in read_of_segments(url, tmp_path)]


def test_segments_are_read_of_flows_that_are_being_deleted_and_of_their_objects(
    vast_stores: VastStores, tmp_path: Path
) -> None:
    with ta.examples.newsroom(segments=12_000, defects=False) as local:
        first = local.segments.order_by("flow_id").limit(1).to_pyarrow().to_pylist()[0]
        plant(local, deletion_requests=[request(first["flow_id"])])
        of_flow = local.segments.filter(local.segments.flow_id == first["flow_id"])
        taken = of_flow.count().to_pyarrow().as_py()
        theirs = local.segments.semi_join(of_flow, "object_id").count().to_pyarrow().as_py()
        url = vast_stores.filled(local)

    assert [taken, taken, theirs] == sorted(scan.rows for scan in read_of_segments(url, tmp_path))
    assert theirs < 1000


def read_of_segments(url: str, folder: Path) -> list[Any]:
    """The scans of the segments, as they ran."""
    with ta.connect(url, read_only=True) as store:
        s3_objects = listing(store, folder / "listing.parquet", [{"key": "x"}])
        told = ta.explain(inventory.missing(store.tables, s3_objects), run=True)
    return [scan for scan in told.scans if scan.table == "segments"]
