"""URLs of segments and of objects: at least one, alive long enough, filtered alike."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi.testclient import TestClient

import tams_analytics as ta
from tests.server.worlds import F1, make_flow

pytestmark = pytest.mark.parametrize("engine_name", ["duckdb"], indirect=True)

ELSEWHERE = {"url": "https://elsewhere.example/a", "label": "elsewhere"}


@pytest.fixture
def uploaded(client: TestClient, store: ta.Store) -> TestClient:
    """A segment whose object has its bytes here, and a URL elsewhere."""
    make_flow(store, F1)
    allocated = client.post(f"/flows/{F1}/storage", json={"object_ids": ["a"]}).json()
    put = allocated["media_objects"][0]["put_url"]["url"]
    assert client.put(put, content=b"bytes").status_code == 200
    posted = {"object_id": "a", "timerange": "[0:0_1:0)"}
    assert client.post(f"/flows/{F1}/segments", json=posted).status_code == 201
    assert client.post("/objects/a/instances", json=ELSEWHERE).status_code == 201
    return client


def urls_of_segment(client: TestClient, **query: str) -> list[Any]:
    [segment] = client.get(f"/flows/{F1}/segments", params=query).json()
    found: list[Any] = segment.get("get_urls", [])
    return found


def urls_of_object(client: TestClient, **query: str) -> list[Any]:
    found: list[Any] = client.get("/objects/a", params=query).json().get("get_urls", [])
    return found


def test_there_is_a_url_and_it_gives_the_bytes(uploaded: TestClient) -> None:
    """§154."""
    ours = [each for each in urls_of_segment(uploaded) if each["presigned"]]
    assert [uploaded.get(each["url"]).content for each in ours] == [b"bytes"]


def test_a_presigned_url_lives_as_long_as_the_service_says(uploaded: TestClient) -> None:
    """§155, §63."""
    said = uploaded.get("/service").json()["min_presigned_url_timeout"]
    shortest = time.time() + int(said.split(":")[0])
    for url in (*urls_of_segment(uploaded), *urls_of_object(uploaded)):
        if url["presigned"]:
            [expires] = parse_qs(urlsplit(url["url"]).query)["expires"]
            assert int(expires) >= int(shortest)


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"accept_get_urls": "elsewhere"},
        {"accept_get_urls": ""},
        {"accept_get_urls": "elsewhere,default"},
        {"presigned": "true"},
        {"presigned": "false"},
        {"accept_storage_ids": ""},
        {"accept_storage_ids": "11111111-1111-4111-8111-111111111111"},
        {"storage_backend_tag_exists.x": "false"},
        {"storage_backend_tag.x": "y"},
        {"presigned": "true", "accept_get_urls": "elsewhere"},
        {"verbose_storage": "true"},
    ],
    ids=str,
)
def test_an_object_has_the_urls_that_its_segment_has(
    uploaded: TestClient, query: dict[str, str]
) -> None:
    """§207: the same filters, the same URLs."""
    of_object, of_segment = urls_of_object(uploaded, **query), urls_of_segment(uploaded, **query)

    assert [unsigned(each) for each in of_object] == [unsigned(each) for each in of_segment]
    assert bool(of_object) == (query not in NONE)


NONE: list[dict[str, str]] = [
    {"accept_get_urls": ""},
    {"accept_storage_ids": "11111111-1111-4111-8111-111111111111"},
    {"storage_backend_tag.x": "y"},
    {"presigned": "true", "accept_get_urls": "elsewhere"},
]


def unsigned(url: dict[str, Any]) -> dict[str, Any]:
    return {**url, "url": url["url"].split("?")[0]}
