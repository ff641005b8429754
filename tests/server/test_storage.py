"""Storage allocated over HTTP (W4)."""

from __future__ import annotations

import dataclasses
from typing import Any
from urllib.parse import urlsplit

import pytest
from fastapi.testclient import TestClient

import tams_analytics as ta
from tams_analytics.tables import STORE_METADATA, TABLES
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
    """W4, R8, F19, §192 to §196, §200, §202."""
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


@pytest.mark.parametrize("engine_name", ["duckdb"], indirect=True)
def test_f45_so_many_are_allocated_where_nobody_says(client: TestClient, flow: ta.Store) -> None:
    counts = []
    few = dataclasses.replace(flow._engine.settings, flow_storage_default_limit=3)
    for settings in (flow._engine.settings, few):
        flow._engine.settings = settings
        counts.append(len(client.post(f"/flows/{F1}/storage").json()["media_objects"]))
    assert [10, 3] == counts


def test_content_type_and_presigned_are_as_asked(client: TestClient, flow: ta.Store) -> None:
    """§196, §198: what is not presigned has no signature, and says so."""
    asked = {"limit": 1, "presigned": False, "content_type": "video/iso.segment"}
    (plain,) = client.post(STORAGE, json=asked).json()["media_objects"]
    assert plain["presigned"] is False
    assert plain["put_url"]["content-type"] == "video/iso.segment"
    assert urlsplit(plain["put_url"]["url"]).query == ""


def test_what_is_put_to_the_url_is_there(client: TestClient, flow: ta.Store) -> None:
    """R11, F60, F68, §196, §198: with the content type, without it, and without a signature."""
    asked = {"object_ids": ["one", "two"], "content_type": "video/iso.segment"}
    for each in client.post(STORAGE, json=asked).json()["media_objects"]:
        put = each["put_url"]
        named = {"content-type": put["content-type"]} if each["object_id"] == "two" else {}
        assert put["content-type"] == "video/iso.segment"
        assert client.put(put["url"], content=b"bytes", headers=named).is_success
        storage = flow.storages.of(flow._engine.settings.default_storage_backend_id)
        assert storage.size(each["metadata"]["storage_path"]) == 5


def test_no_url_that_the_server_made_is_stored(client: TestClient, flow: ta.Store) -> None:
    """F69, R8, B4: what is allocated, registered and listed leaves no signature in any table."""
    made = client.post(STORAGE, json={"object_ids": ["one"]}).json()["media_objects"][0]
    url = made["put_url"]["url"]
    assert "signature=" in url
    assert client.put(url, content=b"bytes").is_success
    posted = {"object_id": "one", "timerange": "[0:0_1:0)"}
    assert client.post(f"/flows/{F1}/segments", json=posted).status_code == 201
    shown = client.get("/objects/one").json()["get_urls"][0]["url"]
    assert client.get(shown).content == b"bytes"
    rows = [
        getattr(flow.tables, table.name).to_pyarrow().to_pylist()
        for table in TABLES
        if table is not STORE_METADATA
    ]
    assert "one" in str(rows)
    assert "signature=" not in str(rows).lower()


def test_r6_where_no_url_can_be_made_nothing_is_allocated(
    client: TestClient, flow: ta.Store
) -> None:
    """Of a storage backend that the settings do not name any more, as after a start without."""
    ids(client.post(STORAGE))  # there is a default
    gone = "99999999-1111-4111-8111-111111111111"
    backend = {"id": gone, "label": "gone", "bucket": "b", "store_type": "http_object_store"}
    flow.writes.put_storage_backend({**backend, "provider": "p", "store_product": "s"})
    asked = {"object_ids": ["once"], "storage_id": gone}
    assert [said(client.post(STORAGE, json=asked)) for _ in range(2)] == [(503, "EngineFailed")] * 2
    assert ids(client.post(STORAGE, json={"object_ids": ["once"]})) == ["once"]
