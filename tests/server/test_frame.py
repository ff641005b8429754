"""What holds for every route: media types, HEAD, errors, unknown paths."""

from __future__ import annotations

from fastapi.testclient import TestClient


def test_root_lists_what_there_is(client: TestClient) -> None:
    """§12, §2."""
    answer = client.get("/")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert {"service", "flows", "sources", "flow-delete-requests"} <= {*answer.json()}


def test_head_is_get_without_a_body(client: TestClient) -> None:
    """§1."""
    answer = client.head("/")
    assert answer.status_code == 200
    assert answer.content == b""
    assert answer.headers["content-length"] == client.get("/").headers["content-length"]


def test_unknown_paths_and_methods_have_the_specified_error_body(client: TestClient) -> None:
    """§9."""
    for answer in (client.get("/nothing"), client.patch("/")):
        assert {"type", "summary", "time", "message"} <= {*answer.json()}
    assert client.get("/nothing").status_code == 404
    assert client.patch("/").status_code == 405


def test_openapi_names_a_head_for_each_get(client: TestClient) -> None:
    """§1."""
    root = client.get("/openapi.json").json()["paths"]["/"]
    assert root["get"]["operationId"] == "GET_root"
    assert root["head"]["operationId"] == "HEAD_root"
