"""What a transaction asks, adds, changes and removes."""

from __future__ import annotations

import contextvars
import datetime as dt
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pytest
from ibis import _

from tams_analytics.engines import Engine, Transaction
from tams_analytics.engines.duckdb import DuckDBEngine
from tams_analytics.engines.duckdb_parsed import LONGEST
from tams_analytics.engines.engine import Chosen
from tams_analytics.errors import BadParameter, EngineFailed
from tams_analytics.queries.objects import by_ids
from tams_analytics.span import Text
from tams_analytics.store import Store
from tams_analytics.tables import Tables

MOMENT = dt.datetime(2026, 9, 1, 12, 0, 0, 5)


@pytest.fixture
def engine(store: Store) -> Engine:
    """An empty store, on each engine."""
    return store._engine


only_duckdb = pytest.mark.parametrize("engine_name", ["duckdb"], indirect=True)
"""What follows looks at its cursors, and at the statements that it has parsed."""


def row(id: str, **more: Any) -> dict[str, Any]:
    return {"id": id, "storage_path": f"p/{id}", "created": MOMENT} | more


def ids(engine: Engine) -> list[str]:
    found = engine.transact(lambda tx: tx.rows(tx.tables.objects.order_by("id")))
    return [str(id) for id in found["id"].to_pylist()]


@pytest.mark.parametrize(
    "asked",
    [
        lambda store: store.ask(by_ids, ids=["a", "b\0"]),
        lambda store: store._engine.transact(lambda tx: tx.few(by_ids, ids=["b\0"])),
        lambda store: store.objects.filter(_.id == "b\0").to_pyarrow(),
        lambda store: store.objects.filter(_.id.isin(["a", "b\0"])).count().execute(),
    ],
    ids=["ask", "few", "expression", "list"],
)
def test_a_text_with_a_nul_is_the_askers_mistake(store: Store, asked: Any) -> None:
    """No row holds one, and SQL would end there: no failure of the engine."""
    with pytest.raises(BadParameter, match="holds a NUL character"):
        asked(store)


@pytest.mark.parametrize("count", [1, 8, 9, 70])
def test_rows_are_added_alike_as_dicts_and_as_a_table(engine: Engine, count: int) -> None:
    rows = [row(f"{at:02}", size=at, key_frame_count=None) for at in range(count)]

    def work(tx: Transaction) -> list[dict[str, Any]]:
        tx.insert("objects", rows)
        given = tx.rows(tx.tables.objects.drop("registered_at").order_by("id")).to_pylist()
        tx.delete("objects", {})
        tx.insert("objects", pa.Table.from_pylist(rows))
        expected = tx.rows(tx.tables.objects.drop("registered_at").order_by("id")).to_pylist()
        assert expected == given
        return given

    assert list(range(count)) == [each["size"] for each in engine.transact(work)]


@only_duckdb
def test_rows_find_their_columns_in_a_table_that_has_them_in_another_order(
    engine: DuckDBEngine,
) -> None:
    """As a migration may leave it, and somebody who added one."""
    con = engine.backend.con
    con.execute("CREATE TABLE o AS SELECT timerange, 1 AS mine, * EXCLUDE (timerange) FROM objects")
    con.execute("DROP TABLE objects; ALTER TABLE o RENAME TO objects")
    rows = [row(f"{at:02}", size=at, content_type=f"a/{at}") for at in range(20)]
    engine.transact(lambda tx: tx.insert("objects", rows))

    found = con.execute("SELECT id, size, content_type FROM objects ORDER BY id").fetchall()
    assert found == [(f"{at:02}", at, f"a/{at}") for at in range(20)]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"colour": "red"}, "is not a column"),
        ({"storage_path": None}, "may not be NULL"),
        ({"size": "5"}, "cannot be int64"),
        ({"id": 5}, "cannot be string"),
    ],
)
def test_a_row_that_its_table_cannot_hold_is_refused(
    engine: Engine, change: dict[str, Any], problem: str
) -> None:
    with pytest.raises(BadParameter, match=problem):
        engine.transact(lambda tx: tx.insert("objects", [row("a") | change]))
    with pytest.raises(BadParameter, match="is missing"):
        engine.transact(lambda tx: tx.insert("objects", [{"id": "a"}]))
    assert ids(engine) == []


def test_few_rows_are_those_of_the_table(engine: Engine) -> None:
    def work(tx: Transaction) -> None:
        tx.insert(
            "objects",
            [row("a", size=2**62, content_type=None), row("b", size=None, content_type="é")],
        )
        for wanted in (["a", "b"], ["c"]):
            assert tx.ask(by_ids, ids=wanted).to_pylist() == tx.few(by_ids, ids=wanted)

    engine.transact(work)


@pytest.mark.parametrize("count", [0, 1, 2, 8, 9, 64, 65])
def test_a_list_of_any_length_chooses_its_rows(engine: Engine, count: int) -> None:
    engine.transact(lambda tx: tx.insert("objects", [row(f"{at:02}") for at in range(70)]))
    chosen = [f"{at:02}" for at in range(count)]

    assert count == engine.transact(lambda tx: tx.update("objects", {"id": chosen}, {"size": 1}))
    assert count == engine.transact(lambda tx: tx.delete("objects", {"id": chosen}))
    assert [f"{at:02}" for at in range(count, 70)] == ids(engine)


def above(tables: Tables, *, id: Text) -> ir.Table:
    return tables.objects.filter(_.id > id)


def most(tables: Tables, *, id: Text) -> ir.Table:
    return tables.objects.filter(_.id > id).limit(1)


def test_a_delete_takes_what_a_question_chooses_by_filters_and_refuses_more(
    engine: Engine,
) -> None:
    engine.transact(lambda tx: tx.insert("objects", [row(id) for id in "abc"]))

    assert 2 == engine.transact(lambda tx: tx.delete("objects", Chosen(above, {"id": "a"})))
    with pytest.raises((BadParameter, EngineFailed)):
        engine.transact(lambda tx: tx.delete("objects", Chosen(most, {"id": ""})))
    assert ids(engine) == ["a"]


def test_what_a_broken_transaction_did_is_undone_before_the_next_one(engine: Engine) -> None:
    def broken(tx: Transaction) -> None:
        tx.insert("objects", [row("a")])
        raise BadParameter("a", None, "is broken")

    for _turn in range(2):
        with pytest.raises(BadParameter):
            engine.transact(broken)
        assert ids(engine) == []


def test_a_transaction_inside_another_is_refused(engine: Engine) -> None:
    """It would be committed as often as the outer one is tried, and stay when that one fails."""

    def outer(tx: Transaction) -> None:
        tx.insert("objects", [row("a")])
        engine.transact(lambda inner: inner.insert("objects", [row("b")]))

    for _turn in range(2):
        with pytest.raises(
            BadParameter, match=r"inside another one.*transaction that it was given"
        ):
            engine.transact(outer)
        assert ids(engine) == []
    engine.transact(lambda tx: tx.insert("objects", [row("c")]))
    assert ids(engine) == ["c"]


def test_what_is_put_off_inside_a_transaction_may_begin_one_after_it(engine: Engine) -> None:
    """A task of asyncio keeps the context that it was made in."""
    later = engine.transact(lambda tx: contextvars.copy_context())
    later.run(engine.transact, lambda tx: tx.insert("objects", [row("a")]))

    assert ids(engine) == ["a"]


def nobody(tables: Tables) -> ir.Table:
    return tables.objects.filter(ibis.literal(False))


def test_a_question_without_an_answer_hides_no_row(engine: Engine) -> None:
    def work(tx: Transaction) -> tuple[int, int, int]:
        tx.insert("objects", [row("a"), row("b")])
        none = len(tx.few(nobody))
        return none, tx.update("objects", {}, {"size": 5}), tx.delete("objects", {})

    assert (0, 2, 2) == engine.transact(work)


def test_the_label_of_a_url_is_changed(engine: Engine) -> None:
    def work(tx: Transaction) -> list[str]:
        tx.insert("object_instances", [{"object_id": "a", "url": "https://a"}])
        tx.update("object_instances", {"object_id": "a"}, {"label": "mine"})
        return list(tx.rows(tx.tables.object_instances)["label"].to_pylist())

    assert ["mine"] == engine.transact(work)


@only_duckdb
def test_a_cursor_that_was_lent_a_table_is_not_kept_for_the_next_transaction(
    engine: DuckDBEngine,
) -> None:
    lent = ibis.memtable({"id": ["a"]})
    engine.transact(lambda tx: tx.insert("objects", [row("a"), row("b")]))
    assert engine._idle is not None

    gone = engine.transact(lambda tx: tx.delete("objects", _.id.isin(lent.id)))

    assert (1, None) == (gone, engine._idle)
    assert ids(engine) == ["b"]


@only_duckdb
def test_a_text_full_of_values_is_not_kept(engine: DuckDBEngine) -> None:
    engine.transact(lambda tx: tx.insert("objects", [row("a")]))
    listed = [f"{at:05}" for at in range(LONGEST // 5)]

    gone = engine.transact(lambda tx: tx.delete("objects", _.id.isin([*listed, "a"])))

    assert gone == 1
    assert 0 < max(len(sql) for sql in engine.parsed._kept) <= LONGEST
