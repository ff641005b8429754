"""Hostile input: never a 5xx, never a hang, and every refusal has the specified body (§5, §6, §9).

All that the served document names is asked, over one store: what an example leaves behind is what
the next one meets.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import tams_analytics as ta
from tams_server.app import create_app
from tests.server.contract.world import World
from tests.server.hostile.values import BODIES, DOCUMENTS, HEADERS, QUERIES, TEXTS, encoded, spoilt

EXAMPLES = int(os.environ.get("TAMS_HOSTILE_EXAMPLES", "300"))
"""Set it higher for an hour of looking."""
HOSTILE = settings(
    max_examples=EXAMPLES,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # shrinking would take minutes
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def application(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TAMS_MEDIA", tmp_path_factory.mktemp("media").as_uri())
        with (
            ta.connect(":memory:") as store,
            TestClient(create_app(store), raise_server_exceptions=False) as client,
        ):
            yield client


@pytest.fixture(scope="module")
def operations(application: TestClient) -> list[tuple[str, str]]:
    """Method and path of all that the application serves."""
    paths: dict[str, Any] = application.get("/openapi.json").json()["paths"]
    return [(method.upper(), path) for path, item in paths.items() for method in item]


@pytest.fixture
def world(application: TestClient) -> World:
    """Of each test its own: another one may delete what it meets."""
    return World(application)


@pytest.fixture(scope="module")
def ids(application: TestClient) -> list[str]:
    """What is there to be found, so that not every path ends at an unknown id."""
    world = World(application)
    names = ("flow", "source", "profile", "object", "webhook", "collector", "filled_flow")
    return [getattr(world, name) for name in names]


def judge(answer: httpx2.Response) -> None:
    """No 5xx, and an error has the body of one."""
    asked = (
        f"{answer.request.method} {str(answer.request.url)[:300]} {answer.request.content[:300]!r}"
    )
    said = f"{asked}: {answer.status_code} {answer.text[:500]}"
    assert answer.status_code < 500, said
    assert answer.status_code != 422, said
    if answer.status_code >= 400 and answer.request.method != "HEAD":
        assert {"type", "summary", "time", "message"} <= {*answer.json()}, said


def path_of(data: st.DataObject, template: str, ids: list[str]) -> str:
    """A path with something in each of its places."""
    parts = []
    for part in template.split("/"):
        is_place = part.startswith("{")
        parts.append(data.draw(st.sampled_from(ids) | TEXTS) if is_place else part)
    return "/".join(encoded(part) for part in parts)


@HOSTILE
@given(data=st.data(), query=QUERIES, headers=HEADERS)
def test_no_path_parameter_or_header_fails_inside(
    application: TestClient,
    operations: list[tuple[str, str]],
    ids: list[str],
    data: st.DataObject,
    query: list[tuple[str, str]],
    headers: dict[str, bytes],
) -> None:
    method, template = data.draw(st.sampled_from(operations))
    asked = "&".join(f"{encoded(name)}={encoded(value)}" for name, value in query)
    url = f"{path_of(data, template, ids)}?{asked}"

    judge(application.request(method, url, headers=headers))


@HOSTILE
@given(data=st.data(), document=DOCUMENTS)
def test_no_document_fails_inside(
    application: TestClient,
    operations: list[tuple[str, str]],
    ids: list[str],
    data: st.DataObject,
    document: Any,
) -> None:
    taking = [each for each in operations if each[0] in ("PUT", "POST")]
    method, template = data.draw(st.sampled_from(taking))

    judge(application.request(method, path_of(data, template, ids), content=json.dumps(document)))


def labelled(world: World) -> dict[str, str]:
    """An instance whose label no other has."""
    return {"url": "https://fourth.example/object", "label": world.unknown}


VALID: dict[str, Callable[[World], tuple[str, str, Any]]] = {
    "flow": lambda world: ("PUT", f"/flows/{world.flow}", world.flow_document),
    "new flow": lambda world: ("POST", "/flows", world.new_flow_document),
    "source": lambda world: (
        "POST",
        "/sources",
        {"id": world.unknown, "format": "urn:x-nmos:format:video", "tags": {"a": ["b"]}},
    ),
    "segment": lambda world: (
        "POST",
        f"/flows/{world.flow}/segments",
        {**world.new_segment, "ts_offset": "0:0", "last_duration": "1:0", "key_frame_count": 1},
    ),
    "segments": lambda world: (
        "POST",
        f"/flows/{world.flow}/segments",
        [world.new_segment, world.new_segment],
    ),
    "storage": lambda world: (
        "POST",
        f"/flows/{world.flow}/storage",
        {"limit": 1, "object_ids": [world.unknown], "content_type": "a/b", "presigned": True},
    ),
    "profile": lambda world: (
        "POST",
        f"/service/profiles/{world.new_profile}",
        world.new_profile_document,
    ),
    "webhook": lambda world: ("PUT", f"/service/webhooks/{world.webhook}", world.changed_webhook),
    "instance": lambda world: ("POST", f"/objects/{world.object}/instances", labelled(world)),
    "collection": lambda world: (
        "PUT",
        f"/flows/{world.collector}/flow_collection",
        [{"id": world.flow, "role": "a", "container_mapping": {"mp4": {"track_id": 1}}}],
    ),
}
"""Requests that are accepted, to be spoilt in one place."""


@pytest.mark.parametrize("kind", VALID)
def test_what_is_spoilt_below_is_good_when_whole(world: World, kind: str) -> None:
    method, path, document = VALID[kind](world)

    answer = world.client.request(method, path, json=document)
    assert answer.status_code in (200, 201, 204), answer.text


@pytest.mark.parametrize("kind", VALID)
@settings(HOSTILE, max_examples=EXAMPLES // 5)
@given(data=st.data())
def test_no_document_that_is_wrong_in_one_place_fails_inside(
    world: World, kind: str, data: st.DataObject
) -> None:
    method, path, document = VALID[kind](world)

    body = json.dumps(data.draw(spoilt(document)))
    judge(world.client.request(method, path, content=body))


@pytest.mark.parametrize("body", BODIES, ids=lambda body: repr(body[:12]) + str(len(body)))
def test_no_body_fails_inside(
    application: TestClient, operations: list[tuple[str, str]], ids: list[str], body: bytes
) -> None:
    """Each of them to each operation that takes a body (§184: not too long)."""
    for method, template in operations:
        if method in ("PUT", "POST"):
            path = template.format_map(dict.fromkeys(PLACES, ids[0]))
            judge(application.request(method, path, content=body))


PLACES = ("flowId", "sourceId", "name", "objectId", "webhookId", "profileId", "storage_id", "key")
