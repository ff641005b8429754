"""What holds for every route: media types, HEAD, errors, unknown paths."""

from __future__ import annotations

from fastapi.testclient import TestClient

import tams_analytics as ta
from tests.server.served import served


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


def test_refusals_name_what_was_sent_and_what_would_be_right(client: TestClient) -> None:
    """R6: a value, what is wrong, what would be right; of a body, which may hold keys, its size."""
    no_text = "is no UTF-8; expected UTF-8, percent-encoded"
    for path, said in (
        ("/flows?limit=x", "limit: 'x' is no whole number; expected for example 10"),
        ("/flows?limit=0", "limit: '0' is refused: Input should be greater than or equal to 1"),
        ("/flows/?limit=x", "there is no path /flows/; there is /flows"),
        ("/nothing/", "there is no path /nothing/"),
        ("/no%00thing", "there is no path /no%00thing"),
        ("/flows/%ff", f"there is no such thing: path: '%ff' {no_text}"),
    ):
        assert said == client.get(path).json()["summary"]
    refused = client.post("/service/webhooks", content="[hunter2]").json()["summary"]
    assert refused.startswith("body: '9 bytes' is no JSON: ")
    assert "line 1 column 2" in refused
    assert "hunter2" not in refused


def test_a_method_that_a_path_has_not_is_405_with_those_it_has(client: TestClient) -> None:
    """§7, §82; F25: OPTIONS asks for them."""
    flow = "/flows/11111111-1111-4111-8111-111111111111"
    for path, allow in (("/", "GET, HEAD, OPTIONS"), (flow, "DELETE, GET, HEAD, OPTIONS, PUT")):
        refused = client.patch(path)
        assert (405, allow) == (refused.status_code, refused.headers["allow"])
        asked = client.options(path)
        assert (204, allow, b"") == (asked.status_code, asked.headers["allow"], asked.content)
    for path in ("/docs", "/openapi.json"):  # the framework's own
        refused = client.post(path)
        assert (405, "GET, HEAD, OPTIONS") == (refused.status_code, refused.headers["allow"])
        assert "GET, HEAD, OPTIONS" == client.options(path).headers["allow"]
    instances = client.options("/objects/a/b/instances")
    assert "DELETE, OPTIONS, POST" == instances.headers["allow"]
    assert "DELETE, GET, HEAD, OPTIONS" == client.options("/objects/a/b").headers["allow"]
    assert 405 == client.put("/sources/11111111-1111-4111-8111-111111111111").status_code
    assert 404 == client.options("/nothing").status_code


def test_openapi_names_a_head_for_each_get(client: TestClient) -> None:
    """§1."""
    root = client.get("/openapi.json").json()["paths"]["/"]
    assert root["get"]["operationId"] == "GET_root"
    assert root["head"]["operationId"] == "HEAD_root"


def test_each_question_has_one_thread_of_duckdb_as_long_as_requests_are_served() -> None:
    """Many small questions come at once; a notebook's few large ones get all threads back."""
    with ta.connect(":memory:") as store:
        engine = store._engine
        own = "current_setting('threads') - current_setting('external_threads')"
        ask = f"SELECT {own} + 1 AS n"  # with the one that asks: see `engines.duckdb_threads`
        before = engine.query(ask)["n"][0].as_py()
        with served(store):
            assert engine.query(ask)["n"][0].as_py() == 1
        with served(store, TAMS_QUERY_THREADS="3"):
            assert engine.query(ask)["n"][0].as_py() == 3
        assert engine.query(ask)["n"][0].as_py() == before
