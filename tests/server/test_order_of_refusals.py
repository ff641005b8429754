"""400, then 404, then 403, then 409: what is wrong first is what is told (mission R6, F28)."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

import tams_analytics as ta
from tests.server.worlds import F1, UNKNOWN, S, make_flow

pytestmark = pytest.mark.parametrize("engine_name", ["duckdb"], indirect=True)

SEGMENT = {"object_id": "x", "timerange": "[0:0_1:0)"}
NO_JSON = b"{"


@pytest.fixture
def closed(client: TestClient, store: ta.Store) -> TestClient:
    """A flow that is read-only and has a segment; its source."""
    make_flow(store, F1)
    store.writes.create_segments(F1, SEGMENT)
    store.writes.set_flow_read_only(F1, True)
    return client


@pytest.mark.parametrize(
    ("method", "path", "bad", "good"),
    [
        ("POST", "/flows/{}/segments", NO_JSON, SEGMENT),
        ("POST", "/flows/{}/segments", {"object_id": "x"}, SEGMENT),
        ("POST", "/flows/{}/storage", {"limit": "x"}, {"limit": 1}),
        ("PUT", "/flows/{}/label", 1, "x"),
        ("PUT", "/flows/{}/tags/a", 1, "x"),
        ("PUT", "/flows/{}/max_bit_rate", "x", 1),
        ("PUT", "/flows/{}/flow_collection", [{"id": 1}], []),
    ],
)
def test_a_bad_body_comes_before_an_unknown_flow_and_that_before_a_closed_one(
    closed: TestClient, method: str, path: str, bad: Any, good: Any
) -> None:
    """§5, §171, §118."""
    bodies = {"content": bad} if isinstance(bad, bytes) else {"json": bad}
    for flow in (UNKNOWN, F1):
        assert closed.request(method, path.format(flow), **bodies).status_code == 400
    assert closed.request(method, path.format(UNKNOWN), json=good).status_code == 404
    assert closed.request(method, path.format(F1), json=good).status_code == 403


@pytest.mark.parametrize("path", ["/flows/{}/segments", "/flows/{}"])
def test_a_bad_query_comes_first_and_a_closed_flow_before_its_dependents(
    closed: TestClient, path: str
) -> None:
    """§189, R2, R4."""
    for flow in (UNKNOWN, F1):
        assert closed.delete(path.format(flow), params={"cascade": "perhaps"}).status_code == 400
    refused = {"cascade": "false"}
    assert closed.delete(path.format(UNKNOWN), params=refused).status_code == 404
    assert closed.delete(path.format(F1), params=refused).status_code == 403


def test_a_source_with_a_closed_flow_stays(closed: TestClient) -> None:
    """R1: 403 where the flows would go too, 409 where they would not."""
    assert closed.delete(f"/sources/{S}").status_code == 403
    assert closed.delete(f"/sources/{S}", params={"cascade": "false"}).status_code == 409
    assert closed.delete(f"/sources/{UNKNOWN}").status_code == 404
    assert closed.delete("/sources/X").status_code == 404


def test_an_ill_formed_id_in_the_path_beside_a_bad_query_is_a_bad_query(
    closed: TestClient,
) -> None:
    """R6: 400 comes before 404."""
    assert closed.get("/flows/X", params={"include_timerange": "x"}).status_code == 400
    assert closed.get("/flows/X").status_code == 404
