"""Registrations that are done before a route is looked for, and those that are not: one answer."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fastapi.testclient import TestClient

import tams_analytics as ta
from tams_server.quick_posts import QuickPosts
from tests.server.documents import without
from tests.server.served import served

F = "11111111-1111-4111-8111-111111111111"
FLOW = {"id": F, "source_id": F, "format": "urn:x-nmos:format:multi", "container": "a/b"}
USUAL = "?access_token=x"
"""A query: FastAPI reads it. Nobody asks for a token."""


def body(*said: Any) -> bytes:
    return json.dumps(said[0] if len(said) == 1 else list(said)).encode()


def segment(at: int, **more: Any) -> dict[str, Any]:
    return {"object_id": f"o{at}", "timerange": f"[{at}:0_{at + 1}:0)", **more}


ONE = body(segment(10))
NAMED = {"X-Correlation-Id": "mine", "Origin": "http://else"}
BODIES = {
    "one": ONE,
    "an array": body(segment(10), segment(11)),
    "some of it overlaps": body(segment(10), segment(0)),
    "overlaps": body(segment(0)),
    "no timerange": body({"object_id": "o"}),
    "no JSON": b"{",
    "nothing": b"",
    "too large": b" " * (9 << 20),
}


def posted(path: str, content: bytes, **headers: str) -> tuple[Any, ...]:
    with ta.connect(":memory:") as store, served(store) as client:
        store.writes.put_flow(FLOW)
        store.writes.create_segments(F, segment(0))
        answer = client.post(path, content=content, headers=headers)
        kept = sorted(store.segments.object_id.to_pyarrow().to_pylist())
        metrics = [line for line in client.get("/metrics").text.splitlines() if "POST" in line]
    said = answer.json() if answer.content else None
    named = {"content-type", "x-correlation-id", "access-control-allow-origin"}
    headers = {name: value for name, value in answer.headers.items() if name in named}
    requests = [line for line in metrics if line.startswith("tams_http_requests")]
    return answer.status_code, without("time", said), headers, kept, requests


@pytest.mark.parametrize("what", BODIES)
def test_a_body_is_judged_the_same_with_and_without_a_query(what: str) -> None:
    path = f"/flows/{F}/segments"
    quick = posted(path, BODIES[what], **NAMED)
    assert quick == posted(path + USUAL, BODIES[what], **NAMED)
    assert quick[2]["x-correlation-id"] == "mine"


@pytest.mark.parametrize("flow", ["no-id", F.replace("1", "2"), F.upper(), "%31" + F[1:], "a%00"])
def test_so_is_a_flow(flow: str) -> None:
    path = f"/flows/{flow}/segments"
    assert posted(path, ONE, **NAMED) == posted(path + USUAL, ONE, **NAMED)


def test_without_a_query_or_parts_no_route_is_looked_for(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Parts hold bytes, and take the usual way."""
    client.app.state.context.store.writes.put_flow(FLOW)  # type: ignore[attr-defined]
    passed = []
    usual = QuickPosts._found
    monkeypatch.setattr(
        QuickPosts, "_found", lambda self, scope: passed.append(usual(self, scope)) or passed[-1]
    )
    path = f"/flows/{F}/segments"
    assert client.post(path, content=body(segment(0))).status_code == 201
    assert client.post(path + USUAL, content=body(segment(1))).status_code == 201
    parts = {"segment_data": (None, body(segment(2))), "file": ("f", b"bytes")}
    assert client.post(path, files=parts).status_code == 201
    assert [found is not None for found in passed] == [True, False, False]
