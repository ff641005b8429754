"""Segments registered and deleted over HTTP: what the library's rules look like as answers."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from fastapi.testclient import TestClient

import tams_analytics as ta
from tests.server.worlds import F1, F2, UNKNOWN, make_flow

SEGMENTS = f"/flows/{F1}/segments"


def segment(object_id: str, timerange: str, **more: Any) -> dict[str, Any]:
    return {"object_id": object_id, "timerange": timerange, **more}


def said(answer: Any) -> tuple[int, str]:
    """The status and the error's type."""
    return answer.status_code, answer.json()["type"]


@pytest.fixture
def flow(store: ta.Store) -> ta.Store:
    """A store with the flow F1."""
    make_flow(store, F1)
    return store


def on_record(store: ta.Store) -> list[tuple[str, str]]:
    rows = store.ask(ta.queries.segments.listing, flow_id=F1).to_pylist()
    return [(row["object_id"], row["timerange"]) for row in rows]


def test_one_segment_is_echoed_and_an_array_is_answered_null(
    client: TestClient, flow: ta.Store
) -> None:
    """W5, §158, §163, §184."""
    one = client.post(SEGMENTS, json=segment("c", "0:0_3600:0", ts_offset="0:0"))
    assert one.status_code == 201
    assert one.headers["content-type"] == "application/json"
    echo = one.json()
    assert echo.pop("storage_path").endswith("/c")
    assert echo == segment("c", "[0:0_3600:0)", ts_offset="0:0")

    many = [segment(f"m{n}", f"[{3600 + n}:0_{3601 + n}:0)") for n in range(1000)]
    for array in ([segment("d", "[9000:0_9001:0)")], [], many):
        answer = client.post(SEGMENTS, json=array)
        assert (answer.status_code, answer.json()) == (201, None)
    assert len(on_record(flow)) == 1002


def test_of_an_array_the_sound_ones_are_stored_and_the_others_named(
    client: TestClient, flow: ta.Store
) -> None:
    """§159, §160, §162, §165."""
    posted = [
        segment("a", "[0:0_10:0)"),
        segment("b", "[5:0_15:0)"),
        segment("c", "no timerange"),
        segment("d", "[10:0_20:0)"),
    ]
    answer = client.post(SEGMENTS, json=posted)
    assert answer.status_code == 200
    failed = answer.json()["failed_segments"]
    assert [(each["object_id"], each["timerange"]) for each in failed] == [
        ("b", "[5:0_15:0)"),
        ("c", "no timerange"),
    ]
    assert all({*each["error"]} == {"type", "summary", "time"} for each in failed)
    again = client.post(SEGMENTS, json=posted[:1])  # all of them fail: still 200
    assert (again.status_code, len(again.json()["failed_segments"])) == (200, 1)
    assert [id for id, _ in on_record(flow)] == ["a", "d"]


def test_refusals_have_the_codes_of_r6_in_their_order(client: TestClient, flow: ta.Store) -> None:
    """R6, §161, §164, §171."""
    sound = segment("a", "[0:0_1:0)")
    assert client.post(SEGMENTS, json=sound).status_code == 201
    assert said(client.post(SEGMENTS, json=sound)) == (400, "SegmentsOverlap")
    assert said(client.post(SEGMENTS, content=b"{")) == (400, "BadParameter")
    assert said(client.post(SEGMENTS, json=7)) == (400, "BadParameter")
    assert said(client.post(SEGMENTS, json=[{"timerange": "_"}])) == (400, "BadParameter")
    unknown = f"/flows/{UNKNOWN}/segments"
    assert said(client.post(unknown, json=sound)) == (404, "NotFound")
    assert said(client.post(unknown, json={})) == (400, "BadParameter")
    assert said(client.post(f"/flows/{F1.upper()}x/segments", json=sound)) == (404, "NotFound")
    flow.writes.set_flow_read_only(F1, True)
    assert said(client.post(SEGMENTS, json=segment("b", "[1:0_2:0)"))) == (403, "ReadOnlyFlow")
    assert said(client.delete(SEGMENTS)) == (403, "ReadOnlyFlow")


def test_delete_takes_what_the_timerange_covers(client: TestClient, flow: ta.Store) -> None:
    """R4, R10, W13, F18, §185 to §187, §189, §191."""
    parts = [segment("a", "[0:0_1:0)"), segment("b", "[1:0_2:0)"), segment("c", "[2:0_3:0)")]
    client.post(SEGMENTS, json=parts)

    for nothing in ({"timerange": ""}, {"timerange": "()"}, {"object_id": "zzz"}):
        assert client.delete(SEGMENTS, params=nothing).status_code == 204
    refused = client.delete(SEGMENTS, params={"timerange": "[1:0_2:0)", "cascade": "false"})
    assert said(refused) == (409, "StillReferenced")
    assert refused.json()["dependents"] == {"objects": {"count": 1, "sample": ["b"]}}
    assert len(on_record(flow)) == 3
    assert client.delete(f"{SEGMENTS}?timerange=[0:5_2:0)").status_code == 204
    assert [id for id, _ in on_record(flow)] == ["a", "c"]
    both = {"timerange": "_", "object_id": "c", "cascade": "true"}
    assert client.delete(SEGMENTS, params=both).status_code == 204
    assert client.post(SEGMENTS, json=segment("new", "[1:0_2:0)")).status_code == 201
    assert client.delete(SEGMENTS).status_code == 204
    assert on_record(flow) == []

    assert said(client.delete(SEGMENTS, params={"timerange": "x"})) == (400, "BadTimeRange")
    assert said(client.delete(SEGMENTS, params={"cascade": "perhaps"})) == (400, "BadParameter")
    assert said(client.delete(f"/flows/{UNKNOWN}/segments")) == (404, "NotFound")


def test_a_large_delete_is_a_request_at_an_absolute_location(
    client: TestClient, flow: ta.Store
) -> None:
    """R4, F46, §188, §219."""
    flow._engine.settings = dataclasses.replace(flow._engine.settings, async_deletion_threshold=2)
    many = [segment(f"m{n}", f"[{n}:0_{n + 1}:0)") for n in range(3)]
    client.post(SEGMENTS, json=many)

    answer = client.delete(SEGMENTS)

    assert answer.status_code == 202
    request = answer.json()
    assert (request["flow_id"], request["delete_flow"]) == (F1, False)
    assert answer.headers["location"] == f"http://testserver/flow-delete-requests/{request['id']}"


def test_another_flow_s_segments_of_the_same_object_stay(
    client: TestClient, flow: ta.Store
) -> None:
    """R3, B13: what another flow has of an object is not touched, and keeps the object."""
    make_flow(flow, F2)
    for each in (F1, F2):
        posted = client.post(f"/flows/{each}/segments", json=segment("shared", "[0:0_1:0)"))
        assert posted.status_code == 201
    assert client.delete(SEGMENTS, params={"cascade": "false"}).status_code == 204
    left = flow.ask(ta.queries.segments.listing, flow_id=F2)
    assert left["object_id"].to_pylist() == ["shared"]
