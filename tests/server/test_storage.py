"""Storage allocated over HTTP (W4)."""

from __future__ import annotations

import dataclasses
from typing import Any
from urllib.parse import urlsplit

import pytest
from fastapi.testclient import TestClient

import tams_analytics as ta
from tests.server.worlds import F1, UNKNOWN, make_flow

STORAGE = f"/flows/{F1}/storage"


@pytest.fixture
def flow(store: ta.Store) -> ta.Store:
    """A store with the flow F1."""
    make_flow(store, F1)
    return store


def ids(answer: Any) -> list[str]:
    assert answer.status_code == 201
    assert {*answer.json()} == {"media_objects"}  # the answer is closed (§192)
    return [each["object_id"] for each in answer.json()["media_objects"]]


def said(answer: Any) -> tuple[int, str]:
    """The status and the error's type."""
    return answer.status_code, answer.json()["type"]


def test_w4_each_object_has_a_url_to_put_it(client: TestClient, flow: ta.Store) -> None:
    """W4, R8, §192 to §196, §200, §202."""
    asked = {"object_ids": ["b", "a/x"], "limit": 10}
    answer = client.post(STORAGE, json=asked)
    assert ids(answer) == ["b", "a/x"]
    for each in answer.json()["media_objects"]:
        assert {*each} == {"object_id", "put_url", "presigned", "metadata"}
        assert each["presigned"] is True
        assert {*each["put_url"]} == {"url", "content-type", "headers"}
        assert each["put_url"]["content-type"] == "video/mp4"
        assert each["put_url"]["headers"] == {}
        assert urlsplit(each["put_url"]["url"]).path.endswith(each["metadata"]["storage_path"])
    first = answer.json()["media_objects"][0]
    assert first["metadata"]["storage_path"].startswith(f"{F1}/")

    assert said(client.post(STORAGE, json={"object_ids": ["new", "b"]})) == (400, "AlreadyExists")
    assert ids(client.post(STORAGE, json={"object_ids": ["new"]})) == ["new"]
    assert len(set(ids(client.post(STORAGE)))) == 10  # no body: the default (§195)
    assert len(ids(client.post(STORAGE, content=b" "))) == 10
    assert len(ids(client.post(STORAGE, json={"limit": 3}))) == 3


def test_refusals(client: TestClient, flow: ta.Store) -> None:
    """R14, §6, §193, §197, §199."""
    assert said(client.post(STORAGE, json={"limit": 0})) == (400, "BadParameter")
    assert said(client.post(STORAGE, json=[])) == (400, "BadParameter")
    assert said(client.post(STORAGE, json={"storage_id": UNKNOWN})) == (400, "BadParameter")
    assert said(client.post(f"/flows/{UNKNOWN}/storage")) == (404, "NotFound")
    flow.writes.put_flow({**_flow(flow), "id": UNKNOWN})
    assert said(client.post(f"/flows/{UNKNOWN}/storage")) == (400, "BadParameter")
    flow._engine.settings = dataclasses.replace(flow._engine.settings, strict=True)
    both = {"object_ids": ["a"], "limit": 1}
    assert said(client.post(STORAGE, json=both)) == (400, "BadParameter")
    flow.writes.set_flow_read_only(F1, True)
    assert said(client.post(STORAGE)) == (403, "ReadOnlyFlow")


def _flow(flow: ta.Store) -> dict[str, Any]:
    """F1's body without a container."""
    size = {"frame_width": 1, "frame_height": 1, "frame_rate": {"numerator": 25}}
    kept = {"source_id": F1, "format": "urn:x-nmos:format:video", "codec": "video/h264"}
    return {**kept, "essence_parameters": size}


def test_content_type_and_presigned_are_as_asked(client: TestClient, flow: ta.Store) -> None:
    """§196, §198: what is not presigned has no signature, and says so."""
    asked = {"limit": 1, "presigned": False, "content_type": "video/iso.segment"}
    (plain,) = client.post(STORAGE, json=asked).json()["media_objects"]
    assert plain["presigned"] is False
    assert plain["put_url"]["content-type"] == "video/iso.segment"
    assert urlsplit(plain["put_url"]["url"]).query == ""
