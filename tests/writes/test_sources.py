"""Sources: made explicitly, changed by property (R9, W1, statements 80 to 90)."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tams_analytics import writes
from tams_analytics.engines import Engine
from tams_analytics.errors import AlreadyExists, BadParameter, NotFound
from tams_analytics.queries import entities
from tams_analytics.writes import create_flow, create_source, create_sources

S1 = "a0456629-b25d-4c4b-b631-0861621f67c1"
S2 = "a0456629-b25d-4c4b-b631-0861621f67c2"
VIDEO = "urn:x-nmos:format:video"
BODY: dict[str, Any] = {
    "id": S1,
    "format": VIDEO,
    "label": "SRT Feed 3",
    "description": "OB Truck A",
    "tags": {"editorial_purpose": "cleanfeed", "crew": []},
    "x_extension": {"kept": None},
}
SERVER_SAYS = {"created", "updated", "created_by", "updated_by"}


def said_by_client(document: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name not in SERVER_SAYS}


def test_w1_a_source_comes_back_as_it_was_given(engine: Engine) -> None:
    document = create_source(engine, BODY)

    assert said_by_client(document) == BODY
    assert document["created"] == document["updated"]
    assert entities.source(engine.ask, S1) == document


def test_w1_what_is_not_set_is_left_out(engine: Engine) -> None:
    document = create_source(engine, {"id": S1, "format": VIDEO})

    assert document.keys() == {"id", "format", "created", "updated"}


def test_r9_a_source_that_was_posted_is_explicit(engine: Engine) -> None:
    create_source(engine, BODY)
    create_flow(
        engine,
        {"id": S2, "source_id": S2, "codec": "audio/aac", "sample_rate": 48000, "channels": 2},
    )

    rows = engine.tables.sources.order_by("id").execute()
    assert rows.explicit.tolist() == [True, False]


def test_w1_an_id_that_is_taken_is_refused(engine: Engine) -> None:
    create_source(engine, BODY)

    with pytest.raises(AlreadyExists) as caught:
        create_source(engine, BODY)
    assert (caught.value.keys, caught.value.specified) == ([S1], False)
    assert engine.tables.sources.count().execute() == 1


def test_94_what_only_the_server_says_is_ignored(engine: Engine) -> None:
    ours = {
        "created": "2008-05-27T18:53:00Z",
        "updated": "2008-05-27T18:53:00Z",
        "collected_by": [S2],
        "source_collection": [{"id": S2}],
    }

    document = create_source(engine, {**BODY, **ours})

    assert said_by_client(document) == BODY
    assert document["created"] > "2020"


def test_20_the_principal_stands_for_who_is_not_named(engine: Engine) -> None:
    first = create_source(engine, BODY, principal="ann")
    second = create_source(engine, {**BODY, "id": S2, "created_by": "truck"}, principal="ann")

    assert (first["created_by"], first["updated_by"]) == ("ann", "ann")
    assert (second["created_by"], second["updated_by"]) == ("truck", "ann")


def test_f6_a_batch_is_all_or_nothing(engine: Engine) -> None:
    with pytest.raises(BadParameter, match=r"^1\.format: "):
        create_sources(engine, [BODY, {"id": S2, "format": "video"}])
    assert engine.tables.sources.count().execute() == 0

    documents = create_sources(engine, [BODY, {"id": S2, "format": VIDEO}])
    assert [document["id"] for document in documents] == [S1, S2]

    with pytest.raises(AlreadyExists):
        create_sources(
            engine, [{"id": "a0456629-b25d-4c4b-b631-0861621f67c3", "format": VIDEO}, BODY]
        )
    assert engine.tables.sources.count().execute() == 2


PROPERTIES = ["label", "description"]


@pytest.mark.parametrize("name", PROPERTIES)
def test_88_a_property_is_set_and_moves_updated(engine: Engine, name: str) -> None:
    create_source(engine, BODY, principal="ann")
    [before] = engine.tables.sources.execute().to_dict("records")

    getattr(writes.source_properties, f"set_source_{name}")(engine, S1, "new", principal="bob")

    [after] = engine.tables.sources.execute().to_dict("records")
    assert after[name] == "new"
    assert after["updated"] > before["updated"]
    assert (after["created"], after["created_by"]) == (before["created"], "ann")
    assert after["updated_by"] == "bob"


@pytest.mark.parametrize("name", PROPERTIES)
def test_89_an_unset_property_is_deleted_without_a_word(engine: Engine, name: str) -> None:
    create_source(engine, BODY)
    delete = getattr(writes.source_properties, f"delete_source_{name}")

    delete(engine, S1)
    after_one = entities.source(engine.ask, S1)
    delete(engine, S1)

    assert name not in after_one
    assert entities.source(engine.ask, S1) == after_one


@pytest.mark.parametrize("value", [None, 5, ["x"], "a\0"])
@pytest.mark.parametrize("name", PROPERTIES)
def test_88_a_property_that_is_no_text_is_refused(engine: Engine, name: str, value: Any) -> None:
    create_source(engine, BODY)

    with pytest.raises(BadParameter) as caught:
        getattr(writes.source_properties, f"set_source_{name}")(engine, S1, value)
    assert caught.value.name == name


CHANGES: list[Callable[[Engine], Any]] = [
    lambda engine: writes.set_source_label(engine, S2, "x"),
    lambda engine: writes.delete_source_label(engine, S2),
    lambda engine: writes.set_source_description(engine, S2, "x"),
    lambda engine: writes.delete_source_description(engine, S2),
    lambda engine: writes.set_source_tag(engine, S2, "a", "x"),
    lambda engine: writes.delete_source_tag(engine, S2, "a"),
    lambda engine: writes.set_source_tags(engine, S2, {}),
    lambda engine: entities.source(engine.ask, S2),
]


@pytest.mark.parametrize("change", CHANGES)
def test_88_an_unknown_source_is_not_found(engine: Engine, change: Callable[[Engine], Any]) -> None:
    with pytest.raises(NotFound) as caught:
        change(engine)
    assert (caught.value.entity, caught.value.key) == ("source", S2)


NAMES = ["basic", "multi", "tags"]


@pytest.mark.parametrize("name", NAMES)
def test_the_specifications_sources_round_trip(engine: Engine, shared: Path, name: str) -> None:
    body = json.loads((shared / "examples" / f"source-get-200-{name}.json").read_text("utf-8"))
    got = create_source(engine, body)

    ours = {"created", "updated", "source_collection", "collected_by"}
    expected = {field: value for field, value in body.items() if field not in ours}
    assert {field: got.get(field) for field in expected} == expected
