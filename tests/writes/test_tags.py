"""Tags: strings, arrays, the empty array; one by one and all at once (statements 52 to 60, F36)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tams_analytics.engines import Engine
from tams_analytics.errors import BadParameter, NotFound, ReadOnlyFlow
from tams_analytics.queries import entities
from tams_analytics.writes import (
    create_flow,
    create_source,
    delete_flow_tag,
    delete_source_tag,
    set_flow_read_only,
    set_flow_tag,
    set_flow_tags,
    set_source_tag,
    set_source_tags,
)
from tests.writes.conftest import Prepare, examples

F = "4f1cd6e2-0a3b-4c57-9d6a-1f6b7d3a9c01"
UNKNOWN = "4f1cd6e2-0a3b-4c57-9d6a-1f6b7d3a9c99"
S = "a0456629-b25d-4c4b-b631-0861621f67c1"
TAGS = {"genre": "news", "crew": ["b", "a", "b"], "one": ["x"], "none": [], "empty": ""}


def fill(engine: Engine) -> None:
    """A source and a flow of it, with the same tags."""
    format = "urn:x-nmos:format:audio"
    create_source(engine, {"id": S, "format": format, "tags": TAGS})
    audio = {"codec": "audio/aac", "sample_rate": 48000, "channels": 2}
    create_flow(engine, {"id": F, "source_id": S, "tags": TAGS, **audio})


@pytest.fixture
def engine(engine: Engine, prepare: Prepare) -> Engine:
    """On each engine a store that `fill` has filled."""
    return prepare(engine, fill)


def flow_tags(engine: Engine) -> Any:
    return entities.tags_of(engine.ask, "flows", F)


def source_tags(engine: Engine) -> Any:
    return entities.tags_of(engine.ask, "sources", S)


def flow_row(engine: Engine) -> dict[str, Any]:
    return entities.row(engine.ask, "flow", F)


def test_57_f36_strings_and_arrays_stay_what_they_are(engine: Engine) -> None:
    assert flow_tags(engine) == source_tags(engine) == TAGS


def test_f36_rows_tell_a_string_from_an_array_of_one_and_know_the_empty_array(
    engine: Engine,
) -> None:
    rows = engine.tables.tags.filter(engine.tables.tags.entity_id == F).to_pyarrow().to_pylist()
    found = {(row["name"], row["position"], row["value"]) for row in rows}
    assert found == {
        ("genre", None, "news"),
        ("crew", 0, "b"),
        ("crew", 1, "a"),
        ("crew", 2, "b"),
        ("one", 0, "x"),
        ("none", 0, None),
        ("empty", None, ""),
    }


@pytest.mark.parametrize("value", ["new", "", ["a"], ["z", "a"], []])
@pytest.mark.parametrize("name", ["genre", "fresh", "a.b/c d%", "größe", ""])
def test_53_56_one_tag_is_set_and_the_others_stay(engine: Engine, name: str, value: Any) -> None:
    set_flow_tag(engine, F, name, value)
    set_source_tag(engine, S, name, value)

    assert flow_tags(engine) == source_tags(engine) == {**TAGS, name: value}


@pytest.mark.parametrize("value", [5, None, True, {"a": "b"}, ["a", 1], [["a"]], "a\0b", "\udc00"])
def test_55_a_value_that_is_no_tag_is_refused(engine: Engine, value: Any) -> None:
    with pytest.raises(BadParameter, match=r"^tags\.genre"):
        set_flow_tag(engine, F, "genre", value)
    with pytest.raises(BadParameter, match=r"^tags\.genre"):
        set_source_tag(engine, S, "genre", value)
    assert flow_tags(engine) == source_tags(engine) == TAGS


def test_58_an_unknown_tag_is_not_found_on_a_source(engine: Engine) -> None:
    with pytest.raises(NotFound) as caught:
        delete_source_tag(engine, S, "fresh")
    assert (caught.value.entity, caught.value.key) == ("tag", "fresh")
    with pytest.raises(NotFound):
        delete_source_tag(engine, S, "half \ud800")


def test_58_deleting_an_unknown_tag_of_a_flow_is_no_change(engine: Engine) -> None:
    before = flow_row(engine)
    delete_flow_tag(engine, F, "fresh")

    assert flow_row(engine) == before


def test_a_deleted_tag_is_gone_and_the_others_stay(engine: Engine) -> None:
    delete_flow_tag(engine, F, "crew")
    delete_source_tag(engine, S, "crew")

    left = {name: value for name, value in TAGS.items() if name != "crew"}
    assert flow_tags(engine) == source_tags(engine) == left


def test_60_without_tags_there_are_none(engine: Engine) -> None:
    set_flow_tags(engine, F, {})
    set_source_tags(engine, S, {})

    assert flow_tags(engine) == source_tags(engine) == {}
    assert "tags" not in entities.flow(engine.ask, F)


def test_all_tags_are_replaced_at_once(engine: Engine) -> None:
    set_flow_tags(engine, F, {"a": "b"})

    assert flow_tags(engine) == {"a": "b"}
    assert source_tags(engine) == TAGS


@pytest.mark.parametrize(
    "change",
    [
        lambda engine: set_flow_tag(engine, F, "a", "b", principal="bob"),
        lambda engine: delete_flow_tag(engine, F, "genre", principal="bob"),
        lambda engine: set_flow_tags(engine, F, {}, principal="bob"),
    ],
)
def test_100_a_change_of_tags_moves_the_flows_metadata(engine: Engine, change: Any) -> None:
    before = flow_row(engine)
    change(engine)
    after = flow_row(engine)

    assert after["metadata_updated"] > before["metadata_updated"]
    assert after["metadata_version"] != before["metadata_version"]
    assert after["updated_by"] == "bob"


@pytest.mark.parametrize(
    "change",
    [
        lambda engine: set_source_tag(engine, S, "a", "b", principal="bob"),
        lambda engine: delete_source_tag(engine, S, "genre", principal="bob"),
        lambda engine: set_source_tags(engine, S, {}, principal="bob"),
    ],
)
def test_90_a_change_of_tags_moves_the_source(engine: Engine, change: Any) -> None:
    before = entities.row(engine.ask, "source", S)
    change(engine)
    after = entities.row(engine.ask, "source", S)

    assert after["updated"] > before["updated"]
    assert after["updated_by"] == "bob"


def test_118_a_read_only_flow_keeps_its_tags(engine: Engine) -> None:
    set_flow_read_only(engine, F, True)

    for change in (
        lambda: set_flow_tag(engine, F, "a", "b"),
        lambda: delete_flow_tag(engine, F, "genre"),
        lambda: set_flow_tags(engine, F, {}),
    ):
        with pytest.raises(ReadOnlyFlow):
            change()
    assert flow_tags(engine) == TAGS


def test_58_tags_of_an_unknown_flow_are_not_found(engine: Engine) -> None:
    for change in (
        lambda: set_flow_tag(engine, UNKNOWN, "a", "b"),
        lambda: delete_flow_tag(engine, UNKNOWN, "a"),
        lambda: set_flow_tags(engine, UNKNOWN, {}),
    ):
        with pytest.raises(NotFound) as caught:
            change()
        assert (caught.value.entity, caught.value.key) == ("flow", UNKNOWN)


words = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)
all_tags = st.dictionaries(words, words | st.lists(words, max_size=4), max_size=5)


def test_57_whatever_tags_a_client_sets_come_back(engine: Engine) -> None:
    @examples(engine, duckdb=60, vast=15)
    @given(tags=all_tags)
    def come_back(tags: dict[str, Any]) -> None:
        set_flow_tags(engine, F, tags)

        assert flow_tags(engine) == tags

    come_back()
