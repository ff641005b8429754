"""Snapshots, copies, layout and definitions, as the SDK sees them."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from vastdb import errors
from vastdb.config import QueryConfig

from tests.vast_peer.conftest import NUMBERS, read, set_number


def test_a_snapshot_stays_as_it_was(peer, session, opened):
    peer.snapshot("tams", "before")
    with opened() as table:
        set_number(table, "a", 10)
    with session.transaction() as tx:
        bucket = tx.bucket("tams").snapshot("before")
        assert bucket.name == "tams/.snapshot/before"
        table = bucket.schema("newsroom").table("numbers")
        assert read(table) == [1, 2, 3]
        assert table.stats.num_rows == 3
        with pytest.raises(errors.Forbidden):
            table.insert(NUMBERS)


def test_snapshots_are_listed_in_pages_and_by_prefix(peer, session):
    for name in ("a", "a-b", "b"):
        peer.snapshot("tams", name)
    with session.transaction() as tx:
        bucket = tx.bucket("tams")
        names = [each.name for each in bucket.snapshots()]
        assert names == [f"tams/.snapshot/{name}" for name in ("a-b", "a", "b")]
        first, is_truncated, token = session.api.list_snapshots("tams", max_keys=2)
        rest, more, _ = session.api.list_snapshots("tams", max_keys=2, next_token=token)
        assert (first, is_truncated) == ([".snapshot/a-b/", ".snapshot/a/"], True)
        assert (rest, more) == ([".snapshot/b/"], False)
        with pytest.raises(errors.MissingSnapshot):
            bucket.snapshot("c")
        assert tx.bucket("tams").snapshot("b").schema("newsroom").tablenames() == ["numbers"]
    peer.drop_snapshot("tams", "b")
    assert session.api.list_snapshots("tams", name_prefix="b")[0] == []


def test_a_missing_snapshot_has_no_schemas(session):
    with pytest.raises(errors.NotFound):
        session.api.list_schemas("tams/.snapshot/never")


def test_a_copied_schema_goes_its_own_way(peer, opened, numbers):
    peer.copy_schema("tams", "newsroom", "copy")
    with opened(schema="copy") as table:
        set_number(table, "a", 10)
        assert table.insert(NUMBERS).to_pylist() == [3, 4, 5]
    assert numbers() == [1, 2, 3]
    assert peer.rows("tams", "copy", "numbers")["number"].to_pylist() == [10, 2, 3, 1, 2, 3]
    peer.drop_schema("tams", "copy")
    assert peer.table_names("tams", "copy") == []


def test_loading_replaces_and_keeps_the_types(peer, opened):
    rows = pa.table({"x": pa.array([1, None], pa.int32()), "s": pa.array([{"y": "a"}, None])})
    peer.load("tams", "newsroom", "numbers", rows)
    with opened() as table:
        assert table.select().read_all() == rows


def test_lists_come_in_pages(peer, session):
    for name in ("n1", "n2", "other"):
        peer.load("tams", "newsroom", name, NUMBERS)
    with session.transaction() as tx:
        schema = tx.bucket("tams").schema("newsroom")
        names = ["n1", "n2", "numbers", "other"]
        assert schema.tablenames(page_size=3) == schema.tablenames() == names
        assert [field.name for field in schema.table("n1").arrow_schema] == ["name", "number"]
    _, _, found, next_key, is_truncated, _ = session.api.list_tables(
        "tams", "newsroom", name_prefix="n", max_keys=2
    )
    assert ([info.name for info in found], next_key, is_truncated) == (["n1", "n2"], 2, True)
    counted = session.api.list_tables("tams", "newsroom", count_only=True)
    assert (counted[2], counted[5]) == ([], 4)


def test_columns_come_and_go(session, opened):
    with opened() as table:
        table.add_column(pa.schema({"extra": pa.list_(pa.string())}))
        table.rename_column("number", "value")
        table.drop_column(pa.schema({"name": pa.string()}))
    with opened() as table:
        assert table.select().read_all().to_pydict() == {"value": [1, 2, 3], "extra": [None] * 3}
        with pytest.raises(errors.BadRequest):
            table.rename_column("gone", "x")


def test_projections_are_listed_with_their_columns(session, opened):
    with opened() as table:
        table.create_projection("by_number", ["number"], ["name"])
        with pytest.raises(errors.Conflict):
            table.create_projection("by_number", ["number"], [])
    with opened() as table:
        (projection,) = table.projections()
        assert (projection.name, projection.stats.num_rows) == ("by_number", 3)
        kinds = [(f.name, f.metadata[b"VAST:sort_type"]) for f in projection.columns()]
        assert kinds == [("number", b"Sorted"), ("name", b"Unsorted")]
        assert session.api.get_projection_stats(
            "tams", "newsroom", "numbers", "by_number", table._tx.txid
        ) == (3, projection.stats.size_in_bytes, 0, 100)
        projection.drop()
        assert table.projections() == []
        with pytest.raises(errors.MissingProjection):
            table.projection("by_number")


def test_rows_in_splits_and_sub_splits_are_each_read_once(peer, opened):
    count = 300_000
    peer.load("tams", "newsroom", "many", pa.table({"number": list(range(count))}))
    config = QueryConfig(
        num_splits=3,
        num_sub_splits=2,
        num_row_groups_per_sub_split=1,
        limit_rows_per_sub_split=20_000,
        data_endpoints=[peer.url] * 3,
    )
    with opened("many") as table:
        found = table.select(config=config).read_all()
    assert sorted(found["number"].to_pylist()) == list(range(count))
    assert sum(entry.rows_returned for entry in peer.log.selects("many")) == count


def test_interleaved_inserts_and_deletes_of_many_small_transactions(peer, opened):
    peer.load("tams", "newsroom", "numbers", NUMBERS.slice(0, 0))
    with opened() as one, opened() as two:
        for number in range(20):
            writer = one if number % 3 else two
            writer.insert(pa.table({"name": ["x"], "number": [number]}))
    with opened() as table:
        rows = table.select(internal_row_id=True).read_all()
        assert dict(zip(rows["$row_id"].to_pylist(), rows["number"].to_pylist(), strict=True)) == {
            number: number for number in range(20)
        }
        for start in range(0, 20, 4):  # each update meets a piece at another place
            ids = rows["$row_id"].slice(start, 4)
            table.update(pa.table({"$row_id": ids, "number": pc.add(ids.cast(pa.int64()), 100)}))
        rows = table.select(internal_row_id=True).read_all()
        assert pc.add(rows["$row_id"].cast(pa.int64()), 100) == rows["number"]
        table.delete(rows.slice(5, 10))
        kept = rows["number"].to_pylist()[:5] + rows["number"].to_pylist()[15:]
        assert read(table) == kept


def test_a_large_insert_arrives_in_several_requests_and_as_one(peer, session):
    rows = pa.table({f"c{i}": pa.array(range(100_000)) for i in range(12)})
    with session.transaction() as tx:
        table = tx.bucket("tams").schema("newsroom").create_table("wide", rows.schema)
        table.insert(rows)
    pairs = [entry.pair for entry in peer.log if entry.command == "rows"]
    assert pairs[0] == "POST rows"
    assert pairs.count("PUT rows") >= 1
    assert peer.rows("tams", "newsroom", "wide").combine_chunks() == rows.combine_chunks()
