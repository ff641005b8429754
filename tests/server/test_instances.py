"""Instances of objects, and objects given back, over HTTP."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient

import tams_analytics as ta
from tests.server.worlds import F1, UNKNOWN, make_flow

NEAR = "f6e1c3a0-5a1b-4f0e-8e8e-3f4d7a1b2c3d"
SEGMENTS = f"/flows/{F1}/segments"
KEPT = {"url": "https://example.org/d", "label": "there"}


@pytest.fixture
def near(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A second storage backend, another folder; asked for before the store is opened."""
    folder, file = tmp_path / "near", tmp_path / "settings.toml"
    file.write_text(f'[storage_backends.near]\nid = "{NEAR}"\nfolder = "{folder}"\n')
    monkeypatch.setenv("TAMS_SETTINGS", str(file))
    return folder


@pytest.fixture
def flow(near: Path, store: ta.Store) -> ta.Store:
    """A store with the flow F1 and both storage backends."""
    store.writes.prepare_storage_backends()
    make_flow(store, F1)
    return store


def upload(client: TestClient, object_id: str, timerange: str, content: bytes = b"bytes") -> str:
    """The object's path."""
    segment = f'{{"object_id": "{object_id}", "timerange": "{timerange}"}}'
    sent: dict[str, Any] = {"segment_data": (None, segment), "file": ("f", content)}
    answer = client.post(SEGMENTS, files=sent)
    assert answer.status_code == 201
    return str(answer.json()["storage_path"])


def instances(client: TestClient, object_id: str) -> list[dict[str, Any]]:
    answer = client.get(f"/objects/{quote(object_id, safe='')}?verbose_storage=true")
    found: list[dict[str, Any]] = answer.json()["get_urls"]
    return found


def said(answer: Any) -> tuple[int, str]:
    """The status and the error's type."""
    return answer.status_code, answer.json()["type"]


def test_copies_are_made_listed_and_deleted(near: Path, client: TestClient, flow: ta.Store) -> None:
    """§200, §211, §212, §214, §215: of an object whose id has a slash."""
    path = upload(client, "a/d", "[0:0_1:0)")
    own = "/objects/a%2Fd/instances"

    assert client.post(own, json={"storage_id": NEAR}).status_code == 201
    assert (near / path).read_bytes() == b"bytes"
    assert client.post(own, json=KEPT).status_code == 201
    by_label = {each["label"]: each for each in instances(client, "a/d")}
    assert {*by_label} == {"default", "near", "there"}
    assert [by_label[label]["controlled"] for label in ("near", "there")] == [True, False]
    assert client.get(by_label["near"]["url"]).content == b"bytes"

    assert said(client.post(own, json={"storage_id": NEAR})) == (400, "BadParameter")
    assert said(client.post(own, json={"storage_id": UNKNOWN})) == (400, "BadParameter")
    assert said(client.post(own, json={"storage_id": NEAR, **KEPT})) == (400, "BadParameter")
    assert said(client.post(own, json=KEPT | {"label": "near"})) == (400, "BadParameter")
    assert said(client.post(own, json=[])) == (400, "BadParameter")

    assert said(client.delete(own)) == (400, "BadParameter")
    assert said(client.delete(own, params={"label": "nobody"})) == (404, "NotFound")
    assert client.delete(own, params={"storage_id": NEAR}).status_code == 204
    assert client.delete(own, params={"label": "there"}).status_code == 204
    assert [each["label"] for each in instances(client, "a/d")] == ["default"]
    assert said(client.delete(own, params={"label": "default"})) == (400, "Refused")


def test_only_what_can_be_seen_has_instances(client: TestClient, flow: ta.Store) -> None:
    """§202, §210: what is only allocated, or released, is 404."""
    client.post(f"/flows/{F1}/storage", json={"object_ids": ["a"]})
    for id in ("a", "nobody"):
        own = f"/objects/{id}/instances"
        assert said(client.post(own, json=KEPT)) == (404, "NotFound")
        assert said(client.delete(own, params={"label": "there"})) == (404, "NotFound")


def test_f21_an_object_is_given_back(
    client: TestClient, flow: ta.Store, media_folder: Path
) -> None:
    """R5: 409 while it is referenced, 204 for one that waits or is allocated, then 404."""
    path = upload(client, "d", "[0:0_1:0)")
    refused = client.delete("/objects/d")
    assert said(refused) == (409, "StillReferenced")
    assert refused.json()["dependents"] == {"flows": {"count": 1, "sample": [F1]}}
    assert client.delete(SEGMENTS).status_code == 204
    assert (media_folder / path).exists()  # it waits for the collector
    assert client.delete("/objects/d").status_code == 204
    assert not (media_folder / path).exists()
    assert said(client.delete("/objects/d")) == (404, "NotFound")

    asked = {"object_ids": ["x/y"]}
    assert client.post(f"/flows/{F1}/storage", json=asked).status_code == 201
    assert client.post(f"/flows/{F1}/storage", json=asked).status_code == 400
    assert client.delete("/objects/x%2Fy").status_code == 204
    assert client.post(f"/flows/{F1}/storage", json=asked).status_code == 201
