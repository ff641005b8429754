"""The facade: entities, finding a flow, and what a store says of itself."""

from __future__ import annotations

import pyarrow as pa
import pytest

import tams_analytics as ta
from tams_analytics.errors import BadParameter, EngineFailed, NotFound
from tams_analytics.tables import TABLES
from tams_analytics.writes import WRITES

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


@pytest.mark.parametrize("name", [table.name for table in TABLES[:11]])
def test_an_entity_is_a_plain_ibis_table(store: ta.Store, name: str) -> None:
    table = getattr(store, name)

    assert "ibis.expr.types.relations.Table" == f"{type(table).__module__}.{type(table).__name__}"
    assert 0 == table.count().execute()


def test_a_flow_is_found_by_id_prefix_and_label(two_flows: ta.Store) -> None:
    found = [two_flows.flow(key).id[:2] for key in (IDS[0], "bb", "aa studio")]

    assert ["aa", "bb", "bb"] == found
    assert "camera" == two_flows.flow(IDS[1]).label


@pytest.mark.parametrize("key", ["camera", "aa"])
def test_an_ambiguous_name_lists_the_candidates(two_flows: ta.Store, key: str) -> None:
    with pytest.raises(BadParameter, match="names 2 flows") as refused:
        two_flows.flow(key)

    assert all(each in str(refused.value) for each in IDS)


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
    assert "duckdb" in text.lower()
    assert "<script" not in html


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


def test_a_closed_store_cannot_show_counts() -> None:
    store = ta.connect(":memory:")
    store.close()

    with pytest.raises(EngineFailed):
        store.card()


def test_every_write_is_offered_on_the_store(store: ta.Store) -> None:
    assert {write.__name__ for write in WRITES} == set(vars(store.writes))
