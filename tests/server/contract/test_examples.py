"""The specification's examples as bodies: every request is accepted and comes back equal."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

import tams_analytics as ta
from tams_server.app import create_app
from tests.server.contract.world import World, flow_document, new_id

FLOWS = (
    "flow-put",
    "flow-put-multi",
    "flow-get-200-audio-aac-multi",
    "flow-get-200-audio-aac",
    "flow-get-200-audio-wav",
    "flow-get-200-data-ttml",
    "flow-get-200-image-jpeg",
    "flow-get-200-multi-container-map",
    "flow-get-200-multi",
    "flow-get-200-video-h264-cleanfeed",
    "flow-get-200-video-h264-fmp4",
    "flow-get-200-video-h264-mxf",
    "flow-get-200-video-h264-vfr",
    "flow-get-200-video-h264",
    "flow-get-200-video-jpeg-jp2",
    "flow-get-200-video-jpeg-mxf",
    "flow-get-200-video-raw",
    "flow-put-201",
)
DERIVED = {"created", "metadata_updated", "segments_updated", "collected_by", "timerange"}
"""What the server says of a flow, whatever a client did (§93, §94)."""


@pytest.fixture
def world() -> Iterator[World]:
    with ta.connect(":memory:") as store, TestClient(create_app(store)) as client:
        yield World(client)


@pytest.fixture
def example(shared: Path) -> Any:
    return lambda name: json.loads((shared / "examples" / f"{name}.json").read_bytes())


def with_members(world: World, flow: dict[str, Any]) -> dict[str, Any]:
    """``flow``, when what it collects is registered (§124); two examples collect themselves."""
    members = [each for each in flow.get("flow_collection", ()) if each["id"] != flow["id"]]
    for member in members:
        world.put(flow_document(member["id"], new_id()))
    return {**flow, "flow_collection": members} if members else flow


@pytest.mark.parametrize("name", FLOWS)
def test_a_flow_comes_back_as_it_was_put(world: World, example: Any, name: str) -> None:
    """§91, §94, F31: also what GET gives is put."""
    flow = with_members(world, example(name))
    world.sent("PUT", f"/flows/{flow['id']}", flow)

    found = world.sent("GET", f"/flows/{flow['id']}")
    assert without(DERIVED, found) == without(DERIVED, flow) | added(flow, found)


def added(flow: dict[str, Any], found: dict[str, Any]) -> dict[str, Any]:
    """What a flow has from the server alone: its version (§100)."""
    return {name: found[name] for name in {"metadata_version"} & found.keys() - flow.keys()}


def without(names: set[str], document: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name not in names}


def test_a_profile_and_a_flow_of_it(world: World, example: Any) -> None:
    """§69, §74."""
    profile, flow = example("profile-put"), example("flow-put-profile")
    made = world.sent("POST", f"/service/profiles/{profile['id']}", profile)
    assert {**made, **profile} == made

    world.sent("PUT", f"/flows/{flow['id']}", flow)
    found = world.sent("GET", f"/flows/{flow['id']}")
    assert {**found, **flow, **profile["flow_metadata"]} == found


def test_a_segment(world: World, example: Any) -> None:
    """§158."""
    posted = example("flow-segment-post")
    echoed = world.sent("POST", f"/flows/{world.flow}/segments", posted)
    [listed] = world.sent("GET", f"/flows/{world.flow}/segments")

    assert {**echoed, **posted} == echoed
    assert {**listed, **posted} == listed


@pytest.mark.parametrize("name", ["flow-segments-get-200", "flow-segments-get-200-multiple-urls"])
def test_segments_as_get_gives_them(world: World, example: Any, name: str) -> None:
    """What a store says of its segments, another one takes."""
    posted = [dict(each, get_urls=labelled(each)) for each in example(name)]
    world.sent("POST", f"/flows/{world.flow}/segments", posted)

    found = world.sent("GET", f"/flows/{world.flow}/segments")
    assert [each["timerange"] for each in found] == [each["timerange"] for each in posted]


def labelled(segment: dict[str, Any]) -> list[dict[str, str]]:
    """The URLs of a segment as a client may give them (§178)."""
    return [
        {"url": each["url"], "label": each.get("label", f"copy {number}")}
        for number, each in enumerate(segment["get_urls"])
    ]


@pytest.mark.parametrize(
    ("name", "count"), [("flow-storage-post", 50), ("flow-storage-post-object_ids", 2)]
)
def test_storage(world: World, example: Any, name: str, count: int) -> None:
    """§193, §194."""
    given = world.sent("POST", f"/flows/{world.flow}/storage", example(name))
    ids = [each["object_id"] for each in given["media_objects"]]
    assert len(ids) == count
    assert ids == example(name).get("object_ids", ids)


def test_an_instance(world: World, example: Any) -> None:
    """§211."""
    posted = example("objects-instances-uncontrolled-post")
    world.sent("POST", f"/objects/{world.object}/instances", posted)

    urls = world.sent("GET", f"/objects/{world.object}")["get_urls"]
    assert posted in [{name: each.get(name) for name in posted} for each in urls]


def test_a_webhook_made_and_replaced(world: World, example: Any) -> None:
    """§220, §223."""
    made = world.sent("POST", "/service/webhooks", example("webhook-post"))
    assert {**made, **without({"api_key_value"}, example("webhook-post"))} == made

    replaced = {**example("webhook-put"), "id": made["id"]}
    answer = world.sent("PUT", f"/service/webhooks/{made['id']}", replaced)
    assert {**answer, **without({"api_key_value"}, replaced)} == answer


def test_the_service(world: World, example: Any) -> None:
    """§65."""
    posted = example("service-post")
    world.sent("POST", "/service", posted)
    found = world.sent("GET", "/service")
    assert {**found, **posted} == found


def test_a_collection(world: World, example: Any) -> None:
    """§123: in its order."""
    collection = example("flow-collection-put")
    for member in collection:
        world.put(flow_document(member["id"], new_id()))
    world.sent("PUT", f"/flows/{world.collector}/flow_collection", collection)

    assert world.sent("GET", f"/flows/{world.collector}/flow_collection") == collection
