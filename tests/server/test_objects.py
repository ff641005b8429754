"""GET of an object: what it is, who references it, its URLs."""

from __future__ import annotations

from urllib.parse import quote

from fastapi.testclient import TestClient

import tams_analytics as ta
from tests.representations import worlds
from tests.representations.worlds import AWKWARD, F1, F2, segment
from tests.server.worlds import make_flow


def test_an_object_is_what_its_first_registration_said(client: TestClient, store: ta.Store) -> None:
    """§203 to §205, §208, §209, §11, F34."""
    worlds.fill(store)

    assert client.get("/objects/b").json() == {
        "id": "b",
        "timerange": "[1:0_2:0)",
        "first_referenced_by_flow": F1,
        "referenced_by_flows": [F1],
        "get_urls": [{"url": "http://else/b?x=1&y=2", "presigned": False, "label": "theirs"}],
    }
    assert client.get("/objects/a").json()["key_frame_count"] == 3
    theirs = {"url": "http://else/i", "presigned": False, "label": "theirs"}
    media = client.get("/objects/e?presigned=false").json()
    assert media["init_object"] == {"id": "i", "get_urls": [theirs]}
    init = client.get("/objects/i?accept_get_urls=").json()
    assert init == {
        "id": "i",
        "first_referenced_by_flow": F2,
        "referenced_by_flows": [F2],
        "get_urls": [],
    }
    answer = client.get(f"/objects/{quote(AWKWARD, safe='')}")
    assert answer.json()["id"] == AWKWARD
    assert answer.headers["X-Paging-Limit"] == "100"
    assert "X-Paging-Count" not in answer.headers


def test_an_object_is_seen_while_it_is_referenced(client: TestClient, store: ta.Store) -> None:
    """§202, §210."""
    make_flow(store, F1)
    store.writes.allocate_storage(F1, {"object_ids": ["x"]})
    assert client.get("/objects/x").status_code == 404
    store.writes.create_segments(F1, segment("x", 0))
    assert client.get("/objects/x").status_code == 200
    store.writes.delete_segments(F1)
    assert client.get("/objects/x").status_code == 404
    assert client.head("/objects/x").status_code == 404


def test_flows_are_listed_once_in_pages_by_their_tags(client: TestClient, store: ta.Store) -> None:
    """§37, §30, §203, §206, F20."""
    flows = [f"{at}1111111-1111-4111-8111-111111111111" for at in "54321"]
    for at, flow in enumerate(flows):
        make_flow(store, flow, tags={"odd": str(at % 2), "n": ["x", str(at)]})
        store.writes.create_segments(
            flow, [segment("x", 2 * n, ts_offset=f"{2 * n}:0") for n in range(2)]
        )
    whole = client.get("/objects/x").json()
    assert whole["referenced_by_flows"] == sorted(flows)

    link, found = "/objects/x?limit=2", []
    while link:
        answer = client.get(link)
        page = answer.json()
        found += page.pop("referenced_by_flows")
        assert page == {name: whole[name] for name in page}
        link = answer.headers.get("Link", "<").split(">")[0][1:]
    assert found == sorted(flows)

    def tagged(asked: str) -> list[str]:
        answer = client.get(f"/objects/x?{asked}").json()
        listed: list[str] = answer["referenced_by_flows"]
        return listed

    assert tagged("flow_tag.odd=1") == sorted(flows[1::2])
    assert tagged("flow_tag.n=x,0&flow_tag.odd=0&limit=9") == sorted(flows[::2])
    assert tagged("flow_tag_exists.odd=false") == []
    assert client.get("/objects/x?page=x").status_code == 400
    assert client.get("/objects/x?flow_tag_exists.odd=x").status_code == 400
