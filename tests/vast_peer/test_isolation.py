"""Transactions: a snapshot each, own writes visible, the first writer wins, replay at commit."""

# ruff: noqa: PT012, as a transaction is a block
from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pyarrow as pa
import pytest
from vastdb import errors

from tests.vast_peer.conftest import read, set_number, with_ids

ONE_MORE = pa.table({"name": ["d"], "number": [4]})


def test_writes_are_seen_by_their_own_transaction_only_until_it_commits(opened, numbers):
    with opened() as mine, opened() as other:
        mine.insert(ONE_MORE)
        set_number(mine, "a", 10)
        mine.delete(with_ids(mine, mine["name"] == "b"))
        assert read(mine) == [10, 3, 4]
        assert read(other) == [1, 2, 3]
        assert numbers() == [1, 2, 3]
    assert numbers() == [10, 3, 4]


def test_a_transaction_reads_what_was_there_when_it_began(opened):
    with opened() as reader:
        with opened() as writer:
            writer.insert(ONE_MORE)
        assert read(reader) == [1, 2, 3]
    with opened() as later:
        assert read(later) == [1, 2, 3, 4]


def test_a_rollback_leaves_nothing(peer, opened, numbers):
    with pytest.raises(ZeroDivisionError), opened() as table:
        table.insert(ONE_MORE)
        set_number(table, "a", 1 // 0)
    assert numbers() == [1, 2, 3]
    assert peer.open_transactions == 0


def test_inserts_of_two_transactions_do_not_meet(opened, numbers):
    with opened() as one, opened() as two:
        one.insert(ONE_MORE)
        two.insert(ONE_MORE)
        assert read(one) == read(two) == [1, 2, 3, 4]
    assert numbers() == [1, 2, 3, 4, 4]


def test_row_ids_are_given_once(opened):
    with pytest.raises(ZeroDivisionError), opened() as table:
        assert table.insert(ONE_MORE).to_pylist() == [3]
        raise ZeroDivisionError
    with opened() as table:
        assert table.insert(ONE_MORE).to_pylist() == [4]


def test_the_second_writer_of_a_row_is_refused_while_the_first_is_open(session, opened):
    with opened() as first:
        set_number(first, "a", 10)
        with pytest.raises(errors.Conflict), opened() as second:
            set_number(second, "a", 20)


def test_the_second_writer_of_a_row_is_refused_after_the_first_committed(opened, numbers):
    with pytest.raises(errors.Conflict), opened() as second:
        with opened() as first:
            set_number(first, "a", 10)
        assert read(second, predicate=second["name"] == "a") == [1]
        set_number(second, "a", 20)
    assert numbers() == [10, 2, 3]
    with opened() as again:
        set_number(again, "a", 20)
    assert numbers() == [20, 2, 3]


def test_a_delete_conflicts_with_an_update_of_the_row(opened):
    with pytest.raises(errors.Conflict), opened() as second:
        with opened() as first:
            first.delete(with_ids(first, first["name"] == "c"))
        set_number(second, "c", 30)


def test_a_rolled_back_writer_is_in_nobodys_way(opened, numbers):
    with opened() as second:
        with pytest.raises(ZeroDivisionError), opened() as first:
            set_number(first, "a", 10)
            raise ZeroDivisionError
        set_number(second, "a", 20)
    assert numbers() == [20, 2, 3]


def test_writers_of_different_rows_both_commit(opened, numbers):
    with opened() as one, opened() as two:
        set_number(one, "a", 10)
        set_number(two, "c", 30)
    assert numbers() == [10, 2, 30]


def test_own_rows_may_be_written_again(opened, numbers):
    with opened() as table:
        table.insert(ONE_MORE)
        for value in (5, 6):
            set_number(table, "d", value)
        set_number(table, "a", 7)
        set_number(table, "a", 8)
    assert numbers() == [8, 2, 3, 6]


def test_where_rows_do_not_conflict_the_last_to_commit_wins(peer, opened, numbers):
    peer.switches.rows_conflict = False
    with opened() as second:
        with opened() as first:
            set_number(first, "a", 10)
        set_number(second, "a", 20)
    assert numbers() == [20, 2, 3]


def test_a_table_conflicts_with_a_change_of_its_definition(opened):
    column = pa.schema({"extra": pa.int64()})
    with opened() as writer:
        writer.insert(ONE_MORE)
        with pytest.raises(errors.Conflict), opened() as definer:
            definer.add_column(column)
    with opened() as definer:
        definer.add_column(column)
        with pytest.raises(errors.Conflict), opened() as writer:
            writer.insert(ONE_MORE)


def test_one_name_is_created_once(session, peer):
    with session.transaction() as one, session.transaction() as two:
        one.bucket("tams").create_schema("fresh")
        with pytest.raises(errors.Conflict):
            two.bucket("tams").create_schema("fresh")
    assert peer.table_names("tams", "fresh") == []


def test_a_schema_in_use_is_not_dropped(session, opened):
    with pytest.raises(errors.Conflict), session.transaction() as tx:
        tx.bucket("tams").schema("newsroom").drop()


def test_a_counter_counts_every_try_of_many_threads(session, numbers):
    def count(_: int) -> None:
        for _attempt in range(1000):
            try:
                with session.transaction() as tx:
                    table = tx.bucket("tams").schema("newsroom").table("numbers")
                    (before,) = read(table, predicate=table["name"] == "a")
                    set_number(table, "a", before + 1)
            except errors.Conflict:
                continue
            return
        raise AssertionError("never free")

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(count, range(12)))
    assert numbers()[0] == 13


def test_a_transaction_that_ended_is_not_found(peer, opened):
    with pytest.raises(errors.NotFound, match="NoSuchTransaction"), opened() as table:
        peer.expire_transactions()
        table.insert(ONE_MORE)


def test_txid_0_commits_by_itself(session, numbers):
    session.api.create_schema("tams", "other")
    session.api.create_table("tams", "other", "t", pa.schema({"x": pa.int64()}))
    assert session.api.list_tables("tams", "other")[2][0].name == "t"
