"""The service document (F2, statements 61 to 65)."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from tams_analytics.timerange import parse_timestamp
from tests.server.contract.specification import Specification


def test_61_the_service_says_what_it_is(client: TestClient, shared: Path) -> None:
    """§61, §62, §63, §64, F42a: and HEAD is the same without a body."""
    answer = client.get("/service")
    said = answer.json()

    Specification(shared).validator("service.json").validate(said)
    assert said["type"].startswith("urn:x-tams:service")
    assert said["api_version"] == "8.2"
    assert parse_timestamp("300:0") <= parse_timestamp(said["min_object_timeout"])
    shortest = parse_timestamp(said["min_presigned_url_timeout"])
    assert parse_timestamp("30:0") <= shortest <= parse_timestamp(said["min_object_timeout"])
    assert ["webhooks"] == [each["name"] for each in said["event_stream_mechanisms"]]
    head = client.head("/service")
    assert (200, b"") == (head.status_code, head.content)
    assert head.headers["content-length"] == answer.headers["content-length"]


def test_65_name_and_description_are_kept(client: TestClient) -> None:
    """§65, F2: what a body does not name stays."""
    before = client.get("/service").json()
    assert not {"name", "description"} & {*before}

    assert client.post("/service", json={"name": "north", "description": "a"}).status_code == 200
    assert client.post("/service", json={"description": "of the north"}).status_code == 200
    after = client.get("/service").json()
    assert after == {**before, "name": "north", "description": "of the north"}


@pytest.mark.parametrize("body", ["7", "[]", '{"name": 7}', '{"name": null}', "nonsense"])
@pytest.mark.parametrize("engine_name", ["duckdb"])
def test_6_a_bad_body_is_400_and_changes_nothing(client: TestClient, body: str) -> None:
    """§6."""
    before = client.get("/service").json()
    assert client.post("/service", content=body).status_code == 400
    assert before == client.get("/service").json()
