"""VAST Catalog as a listing: on the VAST peer a table of the shape that is told in public."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import ibis
import pyarrow as pa
import pytest

import tams_analytics as ta
from tams_analytics.engines.vast.engine import BIG_CATALOG
from tams_analytics.errors import BadParameter, NotFound, Unsupported
from tams_analytics.queries import inventory, vast_catalog
from tams_analytics.tables import S3_OBJECTS, ibis_schema
from tests.queries.test_inventory import kept, plant, thing
from tests.support import sql_lint
from tests.support.vast_stores import VastStores
from tests.support.verb_snapshots import written

BUCKET, SCHEMA, TABLE = BIG_CATALOG
PATHS = "media=/tams/media, archive=/tams/archive/"
OLD, NEW = dt.datetime(2026, 11, 1, 10), dt.datetime(2026, 11, 20, 11, 30)


def row(parent_path: str, name: str, kind: str = "FILE", size: int | None = 7) -> dict[str, object]:
    moment = NEW if name == "new" else OLD
    found = {"parent_path": parent_path, "name": name, "element_type": kind, "size": size}
    return {**found, "creation_time": OLD, "mtime": moment, "uid": 1000}


ROWS = [
    row("/tams/media/", "top"),
    row("/tams/media/f/2026/11/22/", "new"),
    row("/tams/media/f/2026/11/22/", "ä b"),
    row("/tams/media/f/", "2026", "DIR", None),
    row("/tams/media-of-others/", "x"),
    row("/tams/archive/", "top"),
    row("/", "tams", "DIR", None),
]
COLUMNS = pa.schema(
    {
        "parent_path": pa.string(),
        "name": pa.string(),
        "element_type": pa.string(),
        "size": pa.int64(),
        "creation_time": pa.timestamp("ns"),
        "mtime": pa.timestamp("ns"),
        "uid": pa.int32(),
    }
)


@pytest.fixture
def on_vast(vast_stores: VastStores, monkeypatch: pytest.MonkeyPatch) -> Iterator[ta.Store]:
    monkeypatch.setenv("TAMS_VAST_CATALOG_PATHS", PATHS)
    with ta.connect(vast_stores.new_url()) as store:
        yield store


@pytest.fixture
def catalog(vast_stores: VastStores) -> Iterator[None]:
    peer = vast_stores.peer
    peer.create_bucket(BUCKET)
    peer.load(BUCKET, SCHEMA, TABLE, pa.Table.from_pylist(ROWS, COLUMNS))
    yield
    peer.drop_schema(BUCKET, SCHEMA)
    peer.database.buckets.remove(BUCKET)


@pytest.mark.usefixtures("catalog")
def test_it_is_a_listing(on_vast: ta.Store) -> None:
    found = on_vast.s3_objects("catalog")

    assert ibis_schema(S3_OBJECTS) == found.schema()
    rows = found.order_by("bucket", "key").to_pyarrow().to_pylist()
    assert [
        ("archive", "top", OLD),
        ("media", "f/2026/11/22/new", NEW),
        ("media", "f/2026/11/22/ä b", OLD),
        ("media", "top", OLD),
    ] == [(each["bucket"], each["key"], each["last_modified"]) for each in rows]
    assert {(7, None, None, NEW)} == {
        (each["size"], each["etag"], each["storage_class"], each["listed_at"]) for each in rows
    }


@pytest.mark.usefixtures("catalog")
def test_vast_is_asked_for_the_files_of_the_bucket(on_vast: ta.Store) -> None:
    scans = ta.explain(on_vast.s3_objects("catalog").select("key")).scans

    assert {"vast_big_catalog_table"} == {scan.table for scan in scans}
    for scan in scans:
        told = " ".join(scan.pushed)
        assert "element_type == 'FILE'" in told
        assert "/tams/media/" in told or "/tams/archive/" in told
        assert "uid" not in scan.columns


@pytest.mark.usefixtures("catalog")
def test_questions_join_it_with_the_store(on_vast: ta.Store) -> None:
    plant(on_vast, object_instances=[kept("a", key="top"), kept("b", key="f/2026/11/22/ä b")])

    found = inventory.unknown(on_vast.tables, on_vast.s3_objects("catalog"))
    assert [("archive", "top")] == [
        (each["bucket"], each["key"]) for each in found.to_pyarrow().to_pylist()
    ]


@pytest.mark.usefixtures("catalog")
def test_checks_of_bytes_read_each_bucket_in_it_once(
    on_vast: ta.Store, vast_stores: VastStores
) -> None:
    rows = [kept("a", key="top"), kept("b", key="f/2026/11/22/ä b"), kept("c", key="gone")]
    plant(on_vast, objects=[thing(row["object_id"]) for row in rows], object_instances=rows)
    names = ["object_bytes_missing", "object_size_differs", "bytes_unknown"]
    catalog = on_vast.s3_objects("catalog")
    mark = vast_stores.peer.log.mark()

    found = on_vast.check(objects=catalog, only=names)

    said = {each["id"]: [row["id"] for row in each["sample"]] for each in found.checks}
    assert {names[0]: ["c"], names[1]: ["a", "b"], names[2]: ["archive/top"]} == said
    scans = [each for each in vast_stores.peer.log.since(mark) if each.table == TABLE]
    asked = [each.conjuncts for each in scans if each.command == "data"]
    assert len(asked) == len(set(asked)) == 2
    assert all("element_type = 'FILE'" in each for each in asked)


@pytest.mark.usefixtures("catalog")
def test_a_copy_that_kept_its_old_time_is_as_young_as_it_came(
    on_vast: ta.Store, vast_stores: VastStores
) -> None:
    """And a time of the future, as of a camera's clock, makes nothing else old."""
    later = dt.datetime(2038, 1, 1)
    copied = {**row("/tams/media/", "copied"), "mtime": OLD, "creation_time": NEW}
    odd = {**row("/tams/media/", "odd"), "mtime": later}
    rows = pa.Table.from_pylist([*ROWS, copied, odd], COLUMNS)
    vast_stores.peer.load(BUCKET, SCHEMA, TABLE, rows)

    found = {row["key"]: row for row in on_vast.s3_objects("catalog").to_pyarrow().to_pylist()}

    assert NEW == found["copied"]["last_modified"]
    assert later > found["top"]["listed_at"] >= NEW


def test_without_a_catalog_it_is_not_found(on_vast: ta.Store) -> None:
    with pytest.raises(NotFound, match=BUCKET):
        on_vast.s3_objects("catalog")


@pytest.mark.usefixtures("catalog")
def test_without_paths_nobody_knows_its_buckets(
    vast_stores: VastStores, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TAMS_VAST_CATALOG_PATHS", raising=False)
    asked = pytest.raises(BadParameter, match="TAMS_VAST_CATALOG_PATHS is not set")
    with ta.connect(vast_stores.new_url()) as store, asked:
        store.s3_objects("catalog")


@pytest.mark.parametrize("paths", ["media", "media=relative", "=/x"])
def test_paths_that_are_none_are_refused(paths: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAMS_VAST_CATALOG_PATHS", paths)
    with pytest.raises(BadParameter, match="names no paths; expected for example media=/tams"):
        ta.connect(":memory:")


def test_duckdb_has_no_catalog() -> None:
    with ta.connect(":memory:") as store, pytest.raises(Unsupported, match="open the store by its"):
        store.s3_objects("catalog")


def test_trino_is_given_nothing_that_it_lacks() -> None:
    catalog = ibis.table(ibis.Schema.from_pyarrow(COLUMNS), name="vast_big_catalog_table")
    found = vast_catalog.listing(catalog, [("media", "/tams/media"), ("all", "/")])

    assert [] == sql_lint.complaints(written(found, "trino"))
