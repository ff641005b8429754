"""Sources over HTTP."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from fastapi.testclient import TestClient

import tams_analytics as ta
from tams_server.app import create_app
from tests.server.catalogue import (
    AUDIO,
    MULTI,
    ON_DUCKDB,
    VIDEO,
    ask,
    headers_of,
    ids,
    multi,
    numbered,
    pages,
    put,
    video,
)
from tests.server.worlds import F1, F2, UNKNOWN, S

PATH = f"/sources/{S}"


def source(number: int, **more: Any) -> dict[str, Any]:
    return {"id": numbered(number), "format": VIDEO, **more}


def test_a_source_is_made_read_and_deleted(client: TestClient) -> None:
    """W1, R1, R6, R9, F6 to F8, §7, §20, §82."""
    made = ask(client, "POST", "/sources", 201, json=source(1, label="a"))
    assert made == ask(client, "GET", f"/sources/{numbered(1)}", 200)
    assert made["created"] == made["updated"]
    ask(client, "POST", "/sources", 409, json=source(1))
    ask(client, "POST", "/sources", 400, json=source(1, format="video"))
    ask(client, "POST", "/sources/batch", 409, json=[source(2), source(1)])
    assert ids(client, "/sources") == [numbered(1)]
    assert len(ask(client, "POST", "/sources/batch", 201, json=[source(2), source(3)])) == 2
    ask(client, "POST", "/sources/batch", 400, json=[source(2)] * 1001)
    ask(client, "POST", "/sources/batch", 400, json={})
    ask(client, "PUT", f"/sources/{numbered(1)}", 405, json=source(1))
    ask(client, "DELETE", f"/sources/{numbered(1)}", 204)
    ask(client, "DELETE", f"/sources/{numbered(1)}", 404)
    for unknown in (numbered(1), "x", "ABCDEF00-0000-4000-8000-000000000000"):
        ask(client, "GET", f"/sources/{unknown}", 404)


def test_deleting_a_source_takes_its_flows_or_is_refused(
    client: TestClient, store: ta.Store
) -> None:
    """R1, R6: 409 with dependents, 403 for a read-only flow, 202 above the threshold, 204."""
    engine = store._engine
    engine.settings = dataclasses.replace(engine.settings, async_deletion_threshold=1)
    put(client, video(F1), video(F2))
    for flow, seconds in ((F1, 0), (F2, 0), (F2, 1)):
        timerange = f"{seconds}:0_{seconds + 1}:0"
        body = {"object_id": f"{flow}-{seconds}", "timerange": timerange}
        ask(client, "POST", f"/flows/{flow}/segments", 201, json=body)
    refused = ask(client, "DELETE", f"{PATH}?cascade=false", 409)
    assert refused["dependents"] == {"flows": {"count": 2, "sample": [F1, F2]}}
    ask(client, "DELETE", f"{PATH}?cascade=perhaps", 400)
    ask(client, "PUT", f"/flows/{F2}/read_only", 204, json=True)
    ask(client, "DELETE", PATH, 403)
    assert ids(client, "/flows", source_id=S) == [F2, F1]
    ask(client, "PUT", f"/flows/{F2}/read_only", 204, json=False)
    answer = client.delete(PATH, params={"cascade": "true"})
    assert answer.status_code == 202
    assert {each["flow_id"] for each in answer.json()} == {F1, F2}
    assert answer.headers["location"] == "http://testserver/flow-delete-requests"
    assert ask(client, "GET", answer.headers["location"], 200)
    store.writes.work_deletion_requests()
    ask(client, "GET", PATH, 404)


@ON_DUCKDB
def test_listing_pages_and_their_headers(client: TestClient) -> None:
    """§21 to §36, §38, §39, §44, §45: labels that are long, alike, or not there."""
    labels = ["b", "a", None, "ü" * 6000, "ü" * 6000 + "1", "a", None]
    bodies = [
        source(number, **({} if label is None else {"label": label}))
        for number, label in enumerate(labels)
    ]
    ask(client, "POST", "/sources/batch", 201, json=bodies)
    by_label = [numbered(number) for number in (1, 5, 0, 3, 4, 2, 6)]
    assert ids(client, "/sources", sort_by="label") == by_label
    for limit in (1, 2, 7):
        for is_reversed, wanted in (("false", by_label), ("true", by_label[::-1])):
            asked = {"sort_by": "label", "reverse_order": is_reversed, "limit": limit}
            found = pages(client, "/sources", **asked)
            assert [item["id"] for page in found for item in page.json()] == wanted
            for page in found:
                assert page.json()
                assert page.headers["x-paging-limit"] == str(limit)
                assert page.headers["x-paging-count"] == str(len(page.json()))
                assert page.headers["x-paging-reverse-order"] == is_reversed
                assert sum(len(name) + len(value) for name, value in page.headers.items()) < 2000
                again = client.head(str(page.request.url))
                assert headers_of(again) == headers_of(page)
    assert client.get("/sources", params={"limit": 5000}).headers["x-paging-limit"] == "1000"


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=-1",
        "limit=x",
        "page=x",
        "page=bm90IGpzb24",
        "sort_by=id",
        "sort_by=",
        "sort_by=metadata_updated",
        "reverse_order=1",
        "reverse_order=yes",
        "format=video",
        "format=",
        "collected_by_ids=x",
        f"collected_by_ids={S},",
        "tag_exists.a=maybe",
        "tag.a=1,,2",
    ],
)
def test_bad_parameters_are_refused(query: str) -> None:
    """§5, §31, §32, §38, §46, §52, §83."""
    with ta.connect(":memory:") as store:
        answer = TestClient(create_app(store)).get(f"/sources?{query}")
    assert answer.status_code == 400
    assert {"type", "summary", "time", "message"} <= {*answer.json()}


def test_a_page_key_belongs_to_its_listing_and_order(client: TestClient) -> None:
    """§25, §27, §31."""
    ask(client, "POST", "/sources/batch", 201, json=[source(number) for number in range(4)])
    first = client.get("/sources", params={"limit": 2})
    key = first.headers["x-paging-nextkey"]
    second = ids(client, "/sources", limit=2, page=key)
    assert {*second} | {item["id"] for item in first.json()} == {numbered(n) for n in range(4)}
    for other in ({"sort_by": "label"}, {"reverse_order": "true"}):
        ask(client, "GET", "/sources", 400, params={"page": key, **other})
    ask(client, "GET", "/flows", 400, params={"page": key})
    ask(client, "DELETE", f"/sources/{first.json()[1]['id']}", 204)
    ask(client, "POST", "/sources", 201, json=source(9))
    assert ids(client, "/sources", limit=2, page=key) == second


def test_filters_by_property_collection_and_tag(client: TestClient) -> None:
    """§47 to §54, §79 to §87, F5: two filters at once, and ``tag_exists=false``."""
    whole, part = numbered(1), numbered(2)
    put(client, video(F1, source_id=part, label="x", tags={"a.b/c": "1", "kind": ["x", "y"]}))
    put(client, multi(F2, F1, source_id=whole))
    shown = {item["id"]: item for item in ask(client, "GET", "/sources", 200)}
    assert shown[whole]["source_collection"] == [{"id": part, "role": "part"}]
    assert shown[part]["collected_by"] == [whole]
    assert shown[part] == ask(client, "GET", f"/sources/{part}", 200)
    assert shown[part]["tags"] == {"a.b/c": "1", "kind": ["x", "y"]}
    cases: list[tuple[dict[str, str], list[str]]] = [
        ({"label": "x"}, [part]),
        ({"label": "x", "format": MULTI}, []),
        ({"label": "x", "format": VIDEO}, [part]),
        ({"format": AUDIO}, []),
        ({"collected_by_ids": whole}, [part]),
        ({"collected_by_ids": f"{UNKNOWN},{whole}"}, [part]),
        ({"collected_by_ids": ""}, [whole]),
        ({"tag.a.b/c": "1"}, [part]),
        ({"tag.a.b/c": "2,1"}, [part]),
        ({"tag.a.b/c": "1", "tag.kind": "z"}, []),
        ({"tag.a.b/c": "1", "tag.kind": "z,y"}, [part]),
        ({"tag.kind": "X"}, []),
        ({"tag_exists.kind": "true"}, [part]),
        ({"tag_exists.kind": "false"}, [whole]),
    ]
    for asked, wanted in cases:
        assert ids(client, "/sources", **asked) == wanted, asked


@ON_DUCKDB
def test_properties_and_tags_one_by_one(client: TestClient) -> None:
    """§11, §55 to §60, §88, §89, F9."""
    ask(client, "POST", "/sources", 201, json={"id": S, "format": VIDEO})
    for name in ("label", "description"):
        path = f"{PATH}/{name}"
        ask(client, "GET", path, 404)
        ask(client, "DELETE", path, 204)
        ask(client, "PUT", path, 204, json="né")
        assert ask(client, "GET", path, 200) == "né"
        for bad in (1, None, ["a"], {}):
            ask(client, "PUT", path, 400, json=bad)
        ask(client, "PUT", path, 400, content=b"no json")
        ask(client, "DELETE", path, 204)
        ask(client, "GET", path, 404)
        for method in ("GET", "PUT", "DELETE"):
            ask(client, method, f"/sources/{UNKNOWN}/{name}", 404, json="x")
    assert ask(client, "GET", f"{PATH}/tags", 200) == {}
    for name, value in (("a%2Fb", "1"), ("50%25", ["x", "y"]), ("caf%C3%A9", []), ("a%2Fb", "")):
        ask(client, "PUT", f"{PATH}/tags/{name}", 204, json=value)
        assert ask(client, "GET", f"{PATH}/tags/{name}", 200) == value
    assert ask(client, "GET", f"{PATH}/tags", 200) == {"a/b": "", "50%": ["x", "y"], "café": []}
    for bad in (1, None, {}, [1]):
        ask(client, "PUT", f"{PATH}/tags/t", 400, json=bad)
    ask(client, "GET", f"{PATH}/tags/t", 404)
    ask(client, "DELETE", f"{PATH}/tags/t", 404)
    ask(client, "DELETE", f"{PATH}/tags/a%2Fb", 204)
    assert {*ask(client, "GET", f"{PATH}/tags", 200)} == {"50%", "café"}
    for method in ("GET", "PUT", "DELETE"):
        ask(client, method, f"/sources/{UNKNOWN}/tags/t", 404, json="x")
    ask(client, "GET", f"/sources/{UNKNOWN}/tags", 404)
