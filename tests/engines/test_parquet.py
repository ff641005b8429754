"""A listing in Parquet is a table of the store that reads it, whichever files it lies in."""

from __future__ import annotations

import threading
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import tams_analytics as ta
from tams_analytics.errors import BadParameter, NotFound
from tams_analytics.queries import inventory
from tams_analytics.tables import S3_OBJECTS, ibis_schema
from tests.support.listings import LISTED_AT, listing


def write(file: Path, **columns: list[object]) -> str:
    pq.write_table(pa.table(columns), file)
    return str(file)


def test_it_has_exactly_the_columns_of_a_listing(store: ta.Store, tmp_path: Path) -> None:
    file = write(tmp_path / "x.parquet", more=[1], size=[7], key=["k"], bucket=["b"])
    found = store.s3_objects(file)

    assert ibis_schema(S3_OBJECTS) == found.schema()
    nothing = dict.fromkeys(("etag", "storage_class", "last_modified", "listed_at"))
    assert [{"bucket": "b", "key": "k", "size": 7, **nothing}] == found.to_pyarrow().to_pylist()


def test_moments_with_a_zone_are_those_of_utc(store: ta.Store, tmp_path: Path) -> None:
    there = pa.array([LISTED_AT], pa.timestamp("ms", "UTC")).cast(pa.timestamp("ms", "+05:00"))
    table = pa.table({"bucket": ["b"], "key": ["k"], "listed_at": there})
    pq.write_table(table, tmp_path / "x.parquet")

    found = store.s3_objects(str(tmp_path / "x.parquet"))
    assert [LISTED_AT] == found.to_pyarrow()["listed_at"].to_pylist()


@pytest.mark.parametrize("source", ["", "*.parquet", "**/*.parquet"])
def test_several_files_are_one_table(store: ta.Store, tmp_path: Path, source: str) -> None:
    write(tmp_path / "a.parquet", bucket=["b"], key=["1"])
    write(tmp_path / "b.parquet", key=["2"], bucket=["b"], size=[5])

    found = store.s3_objects(str(tmp_path / source)).select("key", "size")
    rows = sorted(found.to_pyarrow().to_pylist(), key=lambda row: str(row["key"]))
    assert [{"key": "1", "size": None}, {"key": "2", "size": 5}] == rows


def test_a_name_may_hold_what_a_pattern_or_sql_would(store: ta.Store, tmp_path: Path) -> None:
    file = write(tmp_path / "it's [1]?*.parquet", bucket=["b"], key=["k"])

    assert 1 == store.s3_objects(file).count().execute()


@pytest.mark.parametrize("source", ["no-such.parquet", "no-such-*.parquet", "."])
def test_what_names_no_file_is_not_found(store: ta.Store, tmp_path: Path, source: str) -> None:
    with pytest.raises(NotFound, match=r"there is no listing .*; a Parquet file, a folder"):
        store.s3_objects(str(tmp_path / source))


def test_no_name_is_not_the_folder_of_this_process(
    store: ta.Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a variable that is not set would have it."""
    write(tmp_path / "a.parquet", bucket=["b"], key=["1"])
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BadParameter, match="source: '' names no listing; expected a Parquet file"):
        store.s3_objects("")


def test_a_file_of_another_kind_is_refused(store: ta.Store, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("bucket,key\n")
    with pytest.raises(BadParameter, match="is no Parquet file"):
        store.s3_objects(str(tmp_path / "x.csv"))


def test_columns_of_two_kinds_are_refused(store: ta.Store, tmp_path: Path) -> None:
    write(tmp_path / "a.parquet", bucket=["b"], key=["1"], size=[1])
    write(tmp_path / "b.parquet", bucket=["b"], key=["2"], size=["one"])
    with pytest.raises(BadParameter, match="have columns that do not go together"):
        store.s3_objects(str(tmp_path))


def test_a_listing_without_places_is_refused(store: ta.Store, tmp_path: Path) -> None:
    file = write(tmp_path / "x.parquet", key=["k"])
    with pytest.raises(BadParameter, match="of a listing lack bucket"):
        store.s3_objects(file)


def test_threads_ask_it_at_once(store: ta.Store, tmp_path: Path) -> None:
    s3_objects = listing(store, tmp_path / "x.parquet", [{"key": str(at)} for at in range(50)])
    unknown = inventory.unknown(store.tables, s3_objects)
    counts: list[int] = []
    threads = [
        threading.Thread(target=lambda: counts.append(unknown.count().execute())) for _ in range(8)
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert [50] * 8 == counts


def test_only_the_columns_that_are_asked_for_are_read(tmp_path: Path) -> None:
    with ta.connect(":memory:") as store:
        rows = [{"key": "a"}, {"key": "b", "size": 1}]  # or its statistics would be enough
        s3_objects = listing(store, tmp_path / "x.parquet", rows)
        (scan,) = ta.explain(s3_objects.filter(s3_objects.size > 5).select("key")).scans
    assert ({"key", "size"}, True) == ({*scan.columns}, "size>5" in scan.pushed)


def test_a_store_that_is_open_read_only_reads_it(tmp_path: Path) -> None:
    file = str(tmp_path / "x.duckdb")
    ta.connect(file).close()
    with ta.connect(file, read_only=True) as store:
        s3_objects = listing(store, tmp_path / "x.parquet", [{"key": "a"}])
        assert 1 == inventory.unknown(store.tables, s3_objects).count().execute()


def test_a_large_listing_stays_out_of_memory_on_vast(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Keys of so many rows would reduce no scan, so they are not read for that."""
    rows = [{"key": str(at)} for at in range(10_001)]
    with ta.connect(request.getfixturevalue("vast_stores").new_url()) as store:
        s3_objects = listing(store, tmp_path / "x.parquet", rows)
        joined = store.object_instances.semi_join(s3_objects, ["bucket", "key"])
        assert 0 == joined.count().execute()
        assert 10_001 == inventory.unknown(store.tables, s3_objects).count().execute()
