"""Flows over HTTP: listed, read, put, made and deleted."""

from __future__ import annotations

import dataclasses
from typing import Any

from fastapi.testclient import TestClient

import tams_analytics as ta
from tests.server.catalogue import (
    AUDIO,
    ON_DUCKDB,
    VIDEO,
    ask,
    ids,
    multi,
    numbered,
    pages,
    put,
    video,
)
from tests.server.worlds import F1, F2, UNKNOWN, S

PATH = f"/flows/{F1}"
UPPER = "ABCDEF00-0000-4000-8000-000000000000"
TOKEN = {"access_token": "t/ü"}
FLAT = {"codec": "video/h264", "frame_width": 1920, "frame_height": 1080, "frame_rate": "25/1"}


def test_put_makes_and_replaces(client: TestClient) -> None:
    """§10, §59, §91 to §95, §98, §100, §102, F12."""
    body = video(F1, label="a", tags={"x": "1"}, own="kept", metadata_version="seven")
    made = ask(client, "PUT", PATH, 201, json=body)
    shown = ask(client, "GET", PATH, 200)
    assert made == shown
    assert (shown["own"], shown["metadata_version"]) == ("kept", "seven")
    assert "timerange" not in shown
    assert None not in shown.values()
    ask(client, "PUT", PATH, 204, json={**shown, "timerange": "[0:0_1:0)", "collected_by": [F2]})
    again = ask(client, "GET", PATH, 200)
    assert again["created"] == shown["created"]
    assert again["metadata_version"] != "seven"
    assert "timerange" not in again
    ask(client, "PUT", PATH, 204, json=video(F1))
    assert not {"tags", "label", "own"} & {*ask(client, "GET", PATH, 200)}
    ask(client, "PUT", f"/flows/{F2}", 404, json=video(F1))
    ask(client, "GET", f"/flows/{F2}", 404)
    ask(client, "PUT", PATH, 400, json=video(F1, essence_parameters={"frame_width": 1}))
    ask(client, "PUT", PATH, 400, content=b"{")
    ask(client, "PUT", "/flows/x", 404, json=video(F1))
    ask(client, "PUT", f"{PATH}/read_only", 204, json=True)
    ask(client, "PUT", PATH, 403, json=video(F1))
    ask(client, "DELETE", PATH, 403)


def test_posts_make_flows_of_flat_bodies(client: TestClient) -> None:
    """W2, R12, F6, F11: an existing id is 409, a batch is all or nothing."""
    made = ask(client, "POST", "/flows", 201, json={"id": F1, "source_id": S, **FLAT})
    assert (made["format"], made["container"]) == (VIDEO, "video/mp4")
    assert made["essence_parameters"]["frame_rate"] == {"numerator": 25, "denominator": 1}
    assert made == ask(client, "GET", PATH, 200)
    ask(client, "POST", "/flows", 409, json={"id": F1, "source_id": S, **FLAT})
    ask(client, "POST", "/flows", 400, json={"id": F2, "source_id": S})
    both = [{"id": id, "source_id": S, **FLAT} for id in (F1, F2)]
    ask(client, "POST", "/flows/batch", 409, json=both)
    assert ids(client, "/flows") == [F1]
    assert len(ask(client, "POST", "/flows/batch", 201, json=both[1:])) == 1
    ask(client, "GET", "/flows/batch", 404)


@ON_DUCKDB
def test_filters_and_orders_of_the_listing(client: TestClient, store: ta.Store) -> None:
    """§40, §47 to §54, §76, §103 to §110, §128, F10."""
    sound = {"id": numbered(2), "source_id": numbered(9), "format": AUDIO, "codec": "audio/aac"}
    sound |= {"essence_parameters": {"sample_rate": 48000, "channels": 2}, "status": "ingesting"}
    init = {"frame_width": 1280, "frame_height": 720, "vfr": True, "init_segments": True}
    whole = multi(numbered(4), numbered(1), source_id=numbered(8))
    put(
        client,
        video(numbered(1), label="a", tags={"a.b/c": ["1", "2"]}),
        sound,
        video(numbered(3), label="b", essence_parameters=init),
        whole,
    )
    body = {"object_id": "o", "timerange": "[10:0_20:0)"}
    ask(client, "POST", f"/flows/{numbered(1)}/segments", 201, json=body)
    newest_first = [numbered(number) for number in (4, 3, 2, 1)]
    assert ids(client, "/flows") == newest_first
    assert ids(client, "/flows", reverse_order="true") == newest_first[::-1]
    cases: list[tuple[dict[str, Any], list[int]]] = [
        ({"source_id": S}, [3, 1]),
        ({"format": AUDIO}, [2]),
        ({"codec": "video/h264"}, [3, 1]),
        ({"codec": "video/h264", "label": "a"}, [1]),
        ({"status": "ingesting"}, [2]),
        ({"frame_width": 1280}, [3]),
        ({"frame_width": 1280, "frame_height": 1080}, []),
        ({"init_segments": "true"}, [3]),
        ({"init_segments": "false"}, [4, 2, 1]),
        ({"profile_id": UNKNOWN}, []),
        ({"collected_by_ids": f"{numbered(4)},{UNKNOWN}"}, [1]),
        ({"collected_by_ids": ""}, [4, 3, 2]),
        ({"tag.a.b/c": "2,3"}, [1]),
        ({"tag_exists.a.b/c": "false"}, [4, 3, 2]),
        ({"timerange": "_"}, [1]),
        ({"timerange": "()"}, [4, 3, 2]),
        ({"timerange": ""}, [4, 3, 2]),
        ({"timerange": "[5:0_10:0)"}, []),
        ({"timerange": "5:0_10:0"}, [1]),
        ({"timerange": "[20:0_"}, []),
        ({"sort_by": "label"}, [1, 3, 2, 4]),
        ({"sort_by": "label", "reverse_order": "true"}, [4, 2, 3, 1]),
        ({"limit": 2}, [4, 3]),
    ]
    for asked, wanted in cases:
        assert ids(client, "/flows", **asked) == [numbered(each) for each in wanted], asked
    shown = ask(client, "GET", "/flows", 200)
    assert shown == [ask(client, "GET", f"/flows/{item['id']}", 200) for item in shown]
    assert not any("timerange" in item for item in shown)
    for name, bad in BAD.items():
        for value in bad:
            ask(client, "GET", "/flows", 400, params={name: value})
    found = pages(client, "/flows", limit=3, timerange="()", **TOKEN)
    assert [len(page.json()) for page in found] == [3]
    found = pages(client, "/flows", limit=2, timerange="()", **TOKEN)
    assert [len(page.json()) for page in found] == [2, 1]


BAD = {
    "source_id": ["x", "", UPPER],
    "profile_id": ["x"],
    "format": ["video"],
    "codec": ["h264", ""],
    "status": ["done", ""],
    "frame_width": ["wide", "", "1e400", str(2**63)],
    "init_segments": ["1", ""],
    "timerange": ["x", "(5:0)", "_\n", "0:1000000000"],
    "sort_by": ["updated", "segments_updated", "id"],
    "collected_by_ids": [f"{S},x"],
}
"""§5, §104, §114, §233, §238."""


def test_the_extent_of_a_flow(client: TestClient) -> None:
    """§111 to §114, F13."""
    put(client, video(F1))
    path = f"{PATH}?include_timerange=true"
    assert ask(client, "GET", path, 200)["timerange"] == "()"
    for number, text in enumerate(("[20:0_30:0]", "[0:0_10:0)", "[40:0]")):
        body = {"object_id": f"o{number}", "timerange": text}
        ask(client, "POST", f"{PATH}/segments", 201, json=body)
    cases = {
        "": "[0:0_40:0]",
        "_": "[0:0_40:0]",
        "[5:0_25:0)": "[0:0_30:0]",
        "[10:0_20:0)": "()",
        "()": "()",
        "40:0": "[40:0]",
        "_10:0)": "[0:0_10:0)",
    }
    for asked, wanted in cases.items():
        query = {"timerange": asked} if asked else {}
        assert (
            ask(client, "GET", path, 200, params={**query, "include_timerange": "true"})[
                "timerange"
            ]
            == wanted
        ), asked
    for bad in ("x", "(5:0)", "[0:0_1:0_2:0)"):
        ask(client, "GET", PATH, 400, params={"timerange": bad})
        ask(client, "GET", f"/flows/{UNKNOWN}", 400, params={"timerange": bad})
    ask(client, "GET", f"/flows/{UNKNOWN}?include_timerange=true", 404)
    ask(client, "GET", f"{PATH}?include_timerange=yes", 400)


def test_deleting_a_flow(client: TestClient, store: ta.Store) -> None:
    """R2, R6, F14, §119 to §122, §216 to §219: 409, 202 with a location that resolves, 204, 404."""
    put(client, video(F1), multi(F2, F1, source_id=numbered(8)))
    for number in range(2):
        body = {"object_id": f"o{number}", "timerange": f"{number}:0_{number + 1}:0"}
        ask(client, "POST", f"{PATH}/segments", 201, json=body)
    refused = ask(client, "DELETE", f"{PATH}?cascade=false", 409)
    assert refused["dependents"]["segments"]["count"] == 2
    engine = store._engine
    engine.settings = dataclasses.replace(engine.settings, async_deletion_threshold=1)
    answer = client.delete(PATH)
    assert answer.status_code == 202
    assert ask(client, "GET", answer.headers["location"], 200) == answer.json()
    ask(client, "GET", PATH, 200)
    ask(client, "PUT", f"{PATH}/label", 403, json="x")
    store.writes.work_deletion_requests()
    ask(client, "GET", PATH, 404)
    ended = ask(client, "GET", answer.headers["location"], 200)
    assert (ended["status"], ended["timerange_remaining"]) == ("done", "()")
    assert ask(client, "GET", f"/flows/{F2}/flow_collection", 200) == []
    ask(client, "DELETE", f"/flows/{F2}?cascade=false", 204)
    ask(client, "DELETE", f"/flows/{F2}", 404)
    assert ids(client, "/sources") == []
