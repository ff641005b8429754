"""Deletion requests over HTTP."""

from __future__ import annotations

import datetime as dt
from typing import Any

from fastapi.testclient import TestClient

import tams_analytics as ta
from tests.server.catalogue import ask, ids, numbered, pages
from tests.server.worlds import F1, UNKNOWN

PATH = "/flow-delete-requests"
MOMENT = dt.datetime(2026, 9, 1, 12)


def request(number: int, seconds: int, expires: int | None = None, **more: Any) -> dict[str, Any]:
    return {
        "id": numbered(number),
        "flow_id": F1,
        "timerange_to_delete": "_",
        "timerange_remaining": "[0:0_1:0)",
        "delete_flow": True,
        "status": "created",
        "error": None,
        "created": MOMENT + dt.timedelta(seconds=seconds),
        "expiry": None if expires is None else MOMENT + dt.timedelta(hours=expires),
        **more,
    }


def test_deletion_requests_are_listed_and_read(client: TestClient, store: ta.Store) -> None:
    """§41, §44, §45, §216 to §218, F22."""
    assert ask(client, "GET", PATH, 200) == []
    failed = {"status": "error", "error": '{"type":"x","summary":"y","time":"z"}'}
    rows = [request(1, 0), request(2, 1, 24), request(3, 1, 48, **failed), request(4, 2)]
    store._engine.transact(lambda tx: tx.insert("deletion_requests", rows))
    newest_first = [numbered(number) for number in (4, 2, 3, 1)]
    assert ids(client, PATH) == ids(client, PATH, sort_by="created") == newest_first
    assert ids(client, PATH, reverse_order="true") == newest_first[::-1]
    by_expiry = [numbered(number) for number in (3, 2, 1, 4)]
    for is_reversed, wanted in (("false", by_expiry), ("true", by_expiry[::-1])):
        for limit in (1, 3):
            found = pages(client, PATH, sort_by="expiry", reverse_order=is_reversed, limit=limit)
            assert [each["id"] for page in found for each in page.json()] == wanted
    shown = ask(client, "GET", f"{PATH}/{numbered(3)}", 200)
    assert shown["error"] == {"type": "x", "summary": "y", "time": "z"}
    assert shown["expiry"] == "2026-09-03T12:00:00Z"
    assert shown in ask(client, "GET", PATH, 200)
    for unknown in (UNKNOWN, "x"):
        ask(client, "GET", f"{PATH}/{unknown}", 404)
    for bad in ({"sort_by": "updated"}, {"limit": "0"}, {"reverse_order": "1"}, {"page": "x"}):
        ask(client, "GET", PATH, 400, params=bad)
