"""Single properties of a flow (statements 89, 100, 115 to 118, F15), and what writers share."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from tams_analytics import writes
from tams_analytics.engines import Engine
from tams_analytics.errors import AlreadyExists, BadParameter, NotFound, ReadOnlyFlow
from tams_analytics.queries import entities
from tests.writes.conftest import Prepare

F = "4f1cd6e2-0a3b-4c57-9d6a-1f6b7d3a9c01"
S = "a0456629-b25d-4c4b-b631-0861621f67c1"
AUDIO = {
    "id": F,
    "source_id": S,
    "format": "urn:x-nmos:format:audio",
    "codec": "audio/aac",
    "essence_parameters": {"sample_rate": 48000, "channels": 2},
}
VALUES: dict[str, Any] = {
    "label": "new",
    "description": "",
    "avg_bit_rate": 0,
    "max_bit_rate": 2**63 - 1,
}


@pytest.fixture
def store(engine: Engine, prepare: Prepare) -> Engine:
    """A store with one flow."""
    return prepare(engine, one_flow)


def one_flow(engine: Engine) -> None:
    writes.put_flow(engine, AUDIO, principal="ann")


def setter(name: str) -> Callable[..., None]:
    function: Callable[..., None] = getattr(writes, f"set_flow_{name}")
    return function


def deleter(name: str) -> Callable[..., None]:
    function: Callable[..., None] = getattr(writes, f"delete_flow_{name}")
    return function


def row(engine: Engine) -> dict[str, Any]:
    return entities.row(engine.ask, "flow", F)


def assert_moved(before: dict[str, Any], after: dict[str, Any]) -> None:
    assert after["metadata_updated"] > before["metadata_updated"]
    assert after["metadata_version"] != before["metadata_version"]
    assert (after["created"], after["created_by"]) == (before["created"], "ann")
    assert (after["updated_by"], after["segments_updated"]) == ("bob", None)


@pytest.mark.parametrize("name", VALUES)
def test_115_100_a_property_is_set_and_moves_the_metadata(store: Engine, name: str) -> None:
    before = row(store)
    setter(name)(store, F, VALUES[name], principal="bob")

    assert entities.flow(store.ask, F)[name] == VALUES[name]
    assert_moved(before, row(store))


@pytest.mark.parametrize("name", VALUES)
def test_115_a_deleted_property_is_left_out(store: Engine, name: str) -> None:
    setter(name)(store, F, VALUES[name])
    before = row(store)
    deleter(name)(store, F, principal="bob")

    assert name not in entities.flow(store.ask, F)
    assert_moved(before, row(store))


@pytest.mark.parametrize("name", VALUES)
def test_89_deleting_what_is_not_set_is_no_change(store: Engine, name: str) -> None:
    before = row(store)
    deleter(name)(store, F)

    assert row(store) == before


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *[("label", value) for value in (None, 5, ["x"], "a\0")],
        *[("description", value) for value in (None, {}, "\ud800")],
        *[("avg_bit_rate", value) for value in (None, "5", 5.0, -1, True, 2**63)],
        *[("max_bit_rate", value) for value in (None, "5", 5.0, -1, True, 2**63)],
        *[("read_only", value) for value in (None, "true", 1, {})],
    ],
)
def test_116_117_a_value_of_another_kind_is_refused(store: Engine, name: str, value: Any) -> None:
    before = row(store)

    with pytest.raises(BadParameter) as caught:
        setter(name)(store, F, value)
    assert caught.value.name == name
    assert row(store) == before


def test_117_read_only_works_on_a_read_only_flow(store: Engine) -> None:
    for value in (True, True, False):
        before = row(store)
        writes.set_flow_read_only(store, F, value, principal="bob")

        assert entities.flow(store.ask, F)["read_only"] is value
        assert_moved(before, row(store))


@pytest.mark.parametrize("name", VALUES)
def test_118_a_read_only_flow_keeps_its_properties(store: Engine, name: str) -> None:
    writes.set_flow_read_only(store, F, True)
    before = row(store)

    with pytest.raises(ReadOnlyFlow):
        setter(name)(store, F, VALUES[name])
    with pytest.raises(ReadOnlyFlow):
        deleter(name)(store, F)
    assert row(store) == before


@pytest.mark.parametrize("name", [*VALUES, "read_only"])
def test_a_property_of_an_unknown_flow_is_not_found(engine: Engine, name: str) -> None:
    with pytest.raises(NotFound):
        setter(name)(engine, F, VALUES.get(name, True))


@pytest.mark.parametrize("id", ["", "x", "a\0b", "\ud800", "' or true --", "x" * 100_000])
def test_4_what_is_no_id_is_not_found(engine: Engine, id: str) -> None:
    with pytest.raises(NotFound):
        writes.set_flow_label(engine, id, "x")
    with pytest.raises(NotFound):
        writes.set_source_label(engine, id, "x")


def test_b15_of_many_who_create_one_flow_exactly_one_wins(engine: Engine) -> None:
    results: list[str] = []

    def create() -> None:
        try:
            writes.create_flow(engine, AUDIO)
            results.append("created")
        except AlreadyExists:
            results.append("refused")

    threads = [threading.Thread(target=create) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(results) == ["created", *["refused"] * 5]
    assert engine.tables.flows.count().execute() == engine.tables.sources.count().execute() == 1


def test_r7_a_refused_flow_leaves_nothing_behind(engine: Engine) -> None:
    with pytest.raises(BadParameter, match="is no flow of this store"):
        writes.put_flow(engine, {**AUDIO, "flow_collection": [{"id": S}]})

    tables = (engine.tables.flows, engine.tables.sources, engine.tables.flow_fences)
    assert [table.count().execute() for table in tables] == [0, 0, 0]


def test_writes_names_each_function_once_and_the_engine_comes_first() -> None:
    names = [function.__name__ for function in writes.WRITES]

    assert len(names) == len(set(names))
    assert {function.__code__.co_varnames[0] for function in writes.CATALOGUE} == {"engine"}
