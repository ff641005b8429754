"""Profiles, and flows that take their technical metadata from one (statements 69 to 78)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tams_analytics.engines import Engine
from tams_analytics.errors import AlreadyExists, BadParameter, NotFound
from tams_analytics.queries import entities
from tams_analytics.writes import (
    create_flow,
    create_profile,
    delete_flow_avg_bit_rate,
    put_flow,
    set_flow_avg_bit_rate,
    set_flow_label,
    set_flow_max_bit_rate,
)

P = "329b98d6-adeb-418c-8eaf-eca14edc1706"
P2 = "329b98d6-adeb-418c-8eaf-eca14edc1707"
F = "4f1cd6e2-0a3b-4c57-9d6a-1f6b7d3a9c01"
S = "a0456629-b25d-4c4b-b631-0861621f67c1"
TECHNICAL = {
    "format": "urn:x-nmos:format:video",
    "codec": "video/h264",
    "container": "video/mp2t",
    "avg_bit_rate": 2479,
    "segment_duration": {"numerator": 6},
    "essence_parameters": {
        "frame_width": 1280,
        "frame_height": 720,
        "frame_rate": {"numerator": 25, "denominator": 1},
        "colorspace": "BT709",
    },
}
PROFILE: dict[str, Any] = {
    "id": P,
    "label": "720p25",
    "description": "for the web",
    "tags": {"_ffmpeg_command": "...", "none": []},
    "flow_metadata": TECHNICAL,
    "x_extension": 1,
}
LINKED = {"id": F, "source_id": S, "label": "a flow", "profile_id": P, "max_bit_rate": 3000}
SERVER_SAYS = {"created", "created_by", "updated_by", "metadata_updated", "metadata_version"}


def said_by_client(document: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name not in SERVER_SAYS}


@pytest.fixture
def store(engine: Engine) -> Engine:
    """A store with one profile."""
    create_profile(engine, PROFILE)
    return engine


def test_69_a_profile_comes_back_as_it_was_given(engine: Engine) -> None:
    document = create_profile(engine, PROFILE, principal="ann")

    assert said_by_client(document) == PROFILE
    assert document["created_by"] == "ann"
    assert entities.profile(engine.ask, P) == document


def test_70_an_existing_id_is_refused_even_with_the_same_body(store: Engine) -> None:
    with pytest.raises(AlreadyExists) as caught:
        create_profile(store, PROFILE)
    assert caught.value.specified


def test_72_another_id_in_the_path_is_not_found(engine: Engine) -> None:
    with pytest.raises(NotFound):
        create_profile(engine, PROFILE, profile_id=P2)
    with pytest.raises(NotFound):
        entities.profile(engine.ask, P)


def test_74_a_linked_flow_shows_the_profiles_fields_and_its_id(store: Engine) -> None:
    document = put_flow(store, LINKED).document

    assert said_by_client(document) == {**LINKED, **TECHNICAL}
    assert entities.flow(store.ask, F) == document


def test_74_a_linked_flow_is_found_by_what_its_profile_says(store: Engine) -> None:
    create_flow(store, LINKED)
    flows = store.tables.flows

    found = flows.filter(flows.codec == "video/h264", flows.frame_width == 1280)
    assert found.profile_id.execute().tolist() == [P]


def test_79_a_linked_flow_makes_a_source_of_the_profiles_format(store: Engine) -> None:
    put_flow(store, LINKED)

    assert entities.source(store.ask, S)["format"] == TECHNICAL["format"]


def test_75_an_unknown_profile_is_refused(store: Engine) -> None:
    with pytest.raises(BadParameter, match=r"^profile_id: .* is no profile"):
        put_flow(store, {**LINKED, "profile_id": P2})
    assert store.tables.flows.count().execute() == 0


@pytest.mark.parametrize("field", TECHNICAL)
def test_75_a_profile_and_technical_metadata_in_one_put_are_refused(
    store: Engine, field: str
) -> None:
    with pytest.raises(BadParameter) as caught:
        put_flow(store, {**LINKED, field: TECHNICAL[field]})
    assert caught.value.name == field


def test_76_an_empty_profile_id_with_technical_metadata_breaks_the_link(store: Engine) -> None:
    put_flow(store, LINKED)
    common = {name: value for name, value in LINKED.items() if name != "profile_id"}

    document = put_flow(store, {**common, **TECHNICAL, "profile_id": ""}).document

    assert said_by_client(document) == {**common, **TECHNICAL}
    assert store.tables.flows.profile_id.execute().tolist() == [None]


def test_76_an_empty_profile_id_alone_is_refused(store: Engine) -> None:
    put_flow(store, LINKED)

    with pytest.raises(BadParameter, match=r"^format is missing"):
        put_flow(store, {**LINKED, "profile_id": ""})


def test_77_the_average_bit_rate_of_a_linked_flow_stays(store: Engine) -> None:
    put_flow(store, LINKED)

    with pytest.raises(BadParameter, match=r"^avg_bit_rate"):
        set_flow_avg_bit_rate(store, F, 5)
    with pytest.raises(BadParameter, match=r"^avg_bit_rate"):
        delete_flow_avg_bit_rate(store, F)
    assert entities.flow(store.ask, F)["avg_bit_rate"] == 2479


def test_77_the_largest_bit_rate_and_the_label_of_a_linked_flow_can_change(store: Engine) -> None:
    put_flow(store, LINKED)
    set_flow_max_bit_rate(store, F, 4000)
    set_flow_label(store, F, "new")

    document = entities.flow(store.ask, F)
    assert (document["max_bit_rate"], document["label"]) == (4000, "new")
    assert document["profile_id"] == P


def test_what_the_profile_calls_itself_does_not_become_the_flows_name(engine: Engine) -> None:
    odd = {**TECHNICAL, "id": P2, "label": "inner", "tags": {}, "x_more": [1]}
    create_profile(engine, {**PROFILE, "flow_metadata": odd})
    document = put_flow(engine, {name: LINKED[name] for name in ("id", "source_id", "profile_id")})

    assert document.document["id"] == F
    assert "label" not in document.document
    assert document.document["x_more"] == [1]


@pytest.mark.parametrize(
    "name", ["get-200-image", "get-200-video-h264", "get-200-video-h264-mxf", "post-201", "put"]
)
def test_the_specifications_profiles_round_trip(engine: Engine, shared: Path, name: str) -> None:
    body = json.loads((shared / "examples" / f"profile-{name}.json").read_text("utf-8"))
    got = create_profile(engine, body)

    assert {field: got[field] for field in body if field != "created"} == {
        field: value for field, value in body.items() if field != "created"
    }


def test_the_specifications_linked_flow_is_taken(engine: Engine, shared: Path) -> None:
    examples = shared / "examples"
    create_profile(engine, json.loads((examples / "profile-put.json").read_text("utf-8")))
    body = json.loads((examples / "flow-put-profile.json").read_text("utf-8"))

    document = put_flow(engine, body).document

    assert {name: document[name] for name in body} == body
