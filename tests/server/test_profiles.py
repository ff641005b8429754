"""Profiles over HTTP."""

from __future__ import annotations

from typing import Any

from fastapi.testclient import TestClient

from tests.server.catalogue import AUDIO, ON_DUCKDB, VIDEO, ask, ids, numbered, pages, video
from tests.server.worlds import F1, UNKNOWN, S

PATH = "/service/profiles"


def profile(number: int, **more: Any) -> dict[str, Any]:
    body = video(F1)
    metadata = {name: body[name] for name in ("format", "codec", "container", "essence_parameters")}
    return {"id": numbered(number), "flow_metadata": {**metadata, "avg_bit_rate": 5}, **more}


def sound(number: int) -> dict[str, Any]:
    essence = {"sample_rate": 48000, "channels": 2}
    metadata = {"format": AUDIO, "codec": "audio/aac", "essence_parameters": essence}
    return {"id": numbered(number), "label": "sound", "flow_metadata": metadata}


def test_profiles_are_made_read_and_listed(client: TestClient) -> None:
    """§30, §69 to §73."""
    for body in (profile(1, label="a", tags={"x": ["1"]}), profile(3, label="a"), sound(2)):
        made = ask(client, "POST", f"{PATH}/{body['id']}", 201, json=body)
        assert made == ask(client, "GET", f"{PATH}/{body['id']}", 200)
    ask(client, "POST", f"{PATH}/{numbered(1)}", 400, json=profile(1, label="a"))
    ask(client, "POST", f"{PATH}/{numbered(4)}", 404, json=profile(5))
    ask(client, "POST", f"{PATH}/{numbered(4)}", 400, json={"id": numbered(4)})
    ask(client, "GET", f"{PATH}/{numbered(4)}", 404)
    ask(client, "GET", f"{PATH}/x", 404)
    cases: list[tuple[dict[str, str], list[int]]] = [
        ({}, [1, 2, 3]),
        ({"format": VIDEO}, [1, 3]),
        ({"codec": "audio/aac"}, [2]),
        ({"label": "a", "format": AUDIO}, []),
        ({"label": "sound", "format": AUDIO, "codec": "audio/aac"}, [2]),
    ]
    for asked, wanted in cases:
        assert ids(client, PATH, **asked) == [numbered(each) for each in wanted], asked
    for bad in ({"format": "video"}, {"codec": "aac"}, {"limit": "0"}, {"page": "x"}):
        ask(client, "GET", PATH, 400, params=bad)
    found = pages(client, PATH, limit=2)
    assert [len(page.json()) for page in found] == [2, 1]
    assert found[0].json()[0]["tags"] == {"x": ["1"]}
    for page in found:
        assert page.headers["x-paging-limit"] == "2"
        assert not {"x-paging-count", "x-paging-reverse-order"} & {*page.headers}


@ON_DUCKDB
def test_a_flow_of_a_profile(client: TestClient) -> None:
    """§74 to §78."""
    ask(client, "POST", f"{PATH}/{numbered(1)}", 201, json=profile(1))
    linked = {"id": F1, "source_id": S, "label": "x", "profile_id": numbered(1)}
    made = ask(client, "PUT", f"/flows/{F1}", 201, json=linked)
    shown = ask(client, "GET", f"/flows/{F1}", 200)
    assert made == shown
    assert (shown["codec"], shown["profile_id"]) == ("video/h264", numbered(1))
    assert shown["essence_parameters"] == profile(1)["flow_metadata"]["essence_parameters"]
    assert ids(client, "/flows", profile_id=numbered(1), label="x") == [F1]
    assert ids(client, "/flows", profile_id=numbered(1), label="y") == []
    ask(client, "PUT", f"/flows/{F1}", 400, json={**linked, **video(F1)})
    ask(client, "PUT", f"/flows/{F1}", 400, json={**linked, "profile_id": UNKNOWN})
    assert ask(client, "GET", f"/flows/{F1}/avg_bit_rate", 200) == 5
    ask(client, "PUT", f"/flows/{F1}/avg_bit_rate", 400, json=7)
    ask(client, "PUT", f"/flows/{F1}/max_bit_rate", 204, json=7)
    ask(client, "PUT", f"/flows/{F1}", 204, json={**video(F1), "profile_id": ""})
    assert ids(client, "/flows", profile_id=numbered(1)) == []
