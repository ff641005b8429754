"""The facade: entities, finding a flow, and what a store says of itself."""

from __future__ import annotations

import inspect

import ibis
import pyarrow as pa
import pytest

import tams_analytics as ta
from tams_analytics.errors import BadParameter, EngineFailed, NotFound
from tams_analytics.tables import TABLES
from tams_analytics.writes import WRITES
from tests.support.vast_stores import VastStores

IDS = ["aa000000-0000-4000-8000-000000000001", "aa000000-0000-4000-8000-000000000002"]


@pytest.fixture
def two_flows(store: ta.Store) -> ta.Store:
    """Two flows of one label, and a third whose label is its own."""
    rows = pa.table(
        {
            "id": [*IDS, "bb000000-0000-4000-8000-000000000003"],
            "source_id": ["s"] * 3,
            "format": ["urn:x-nmos:format:video"] * 3,
            "label": ["camera", "camera", "aa studio"],
        }
    )
    store._engine.transact(lambda tx: tx.insert("flows", rows))
    return store


OWN = {"events", "discarded_instances", "flow_fences", "store_metadata", "watermarks"}
"""Tables that the library keeps for itself."""


@pytest.mark.parametrize("name", sorted({table.name for table in TABLES} - OWN))
def test_an_entity_is_a_plain_ibis_table(store: ta.Store, name: str) -> None:
    table = getattr(store, name)

    assert "ibis.expr.types.relations.Table" == f"{type(table).__module__}.{type(table).__name__}"
    assert 0 == table.count().execute()


def test_what_is_no_question_is_told_so(store: ta.Store) -> None:
    for odd in (store.segments, "SELECT 1", None):
        for ask in (store.ask, store.results.ask):
            with pytest.raises(BadParameter, match=r"is no question.*to_pyarrow"):
                ask(odd)  # type: ignore[arg-type]


def test_the_ibis_connection_is_at_hand(two_flows: ta.Store) -> None:
    assert 3 == two_flows.con.table("flows").count().execute()
    assert two_flows.con is two_flows.flows.get_backend()


def test_columns_are_dropped_whatever_comes_after(two_flows: ta.Store) -> None:
    rest = two_flows.flows.drop("id", "created")

    assert (3, len(two_flows.flows.columns) - 2) == rest.execute().shape
    assert 2 == rest.select("label", "source_id").distinct().count().execute()
    assert 1 == rest.drop("label").distinct().count().execute()
    assert '"created"' not in ibis.to_sql(rest)


def test_a_flow_is_found_by_id_prefix_and_label(two_flows: ta.Store) -> None:
    found = [two_flows.flow(key).id[:2] for key in (IDS[0], "bb", "aa studio")]

    assert ["aa", "bb", "bb"] == found
    assert "camera" == two_flows.flow(IDS[1]).label


@pytest.mark.parametrize("key", ["camera", "aa"])
def test_an_ambiguous_name_lists_the_candidates(two_flows: ta.Store, key: str) -> None:
    with pytest.raises(BadParameter, match="names 2 flows") as refused:
        two_flows.flow(key)

    assert all(each in str(refused.value) for each in IDS)


def add_flow(store: ta.Store, id_: str, label: str | None) -> None:
    row = {"id": id_, "source_id": "s", "format": "urn:x-nmos:format:video", "label": label}
    rows = pa.table({name: pa.array([value], pa.string()) for name, value in row.items()})
    store._engine.transact(lambda tx: tx.insert("flows", rows))


@pytest.mark.parametrize("key", [IDS[0], IDS[0][:-2] + "01", "only"])
def test_an_id_that_is_there_twice_is_told_once(store: ta.Store, key: str) -> None:
    for _each in range(2):
        add_flow(store, IDS[0], "only")

    with pytest.raises(BadParameter, match="there 2 times") as refused:
        store.flow(key)

    assert 1 == str(refused.value).partition(" names ")[2].count(IDS[0])


def test_candidates_are_each_told_once(two_flows: ta.Store) -> None:
    add_flow(two_flows, IDS[0], "camera")

    with pytest.raises(BadParameter, match=r"names 2 flows.*camera, 2 times") as refused:
        two_flows.flow("camera")

    assert [1, 1] == [str(refused.value).count(each) for each in IDS]


@pytest.mark.parametrize("key", ["Camera", "camrea", "CAMERA"])
def test_an_unknown_name_is_told_the_labels_like_it(two_flows: ta.Store, key: str) -> None:
    with pytest.raises(NotFound, match=f"{key}.*; labels like it: camera$"):
        two_flows.flow(key)


def test_at_most_three_labels_are_told_on_one_line(store: ta.Store) -> None:
    for number, label in enumerate([*(f"S{n} vi\ndeo" for n in range(5)), None, "x" * 30_000]):
        add_flow(store, f"{number}", label)

    with pytest.raises(NotFound) as refused:
        store.flow("S9 video")

    assert 3 == str(refused.value).count("deo'")
    assert "\n" not in str(refused.value)
    with pytest.raises(NotFound, match=r"begin with it$"):
        store.flow("x" * 29_999)


def test_an_unknown_flow_is_not_found(two_flows: ta.Store) -> None:
    with pytest.raises(NotFound, match="cc"):
        two_flows.flow("cc")
    with pytest.raises(BadParameter):
        two_flows.flow("")


def test_a_percent_sign_in_a_name_is_only_a_letter(two_flows: ta.Store) -> None:
    with pytest.raises(NotFound):
        two_flows.flow("%")


def test_a_store_shows_itself(two_flows: ta.Store) -> None:
    text, html = repr(two_flows), two_flows._repr_html_()

    assert "3 flows" in text
    assert two_flows.engine in text.lower()
    assert "<script" not in html


def test_a_store_without_tables_shows_what_makes_them(vast_stores: VastStores) -> None:
    vast_stores.peer.create_schema("tams", "without_tables")
    with ta.connect(vast_stores.url("without_tables")) as store:
        text, html = repr(store), store._repr_html_()

    assert "holds     nothing yet: there is no table" in text
    assert "tams schema apply" in text
    assert "tams schema apply" in html


def test_the_extent_is_from_the_first_to_the_last_segment(store: ta.Store) -> None:
    rows = pa.table(
        {
            "flow_id": ["f", "f"],
            "object_id": ["a", "b"],
            "start_ns": [5, 100],
            "end_ns": [90, 101],
            "timerange": ["x", "y"],
        }
    )
    assert store.card().extent is None
    store._engine.transact(lambda tx: tx.insert("segments", rows))

    assert ta.TimeRange.from_ns(5, 101) == store.card().extent


def test_a_closed_store_cannot_show_counts(store: ta.Store) -> None:
    store.close()

    with pytest.raises(EngineFailed):
        store.card()


def test_every_write_is_offered_on_the_store(store: ta.Store) -> None:
    assert {write.__name__ for write in WRITES} == set(vars(store.writes))


def test_a_closed_store_and_what_writes_can_be_shown() -> None:
    """A cell that ends with one of them shows a line, not an error and not an address book."""
    store = ta.connect(":memory:")
    assert repr(store.writes).startswith("writes: create_source, create_sources, ")
    assert str(inspect.signature(store.writes.create_flow)).startswith("(body")
    assert "Raises" in str(inspect.getdoc(store.writes.create_flow))
    store.close()
    assert repr(store) == store._repr_html_() == "a store that was closed (duckdb)"
