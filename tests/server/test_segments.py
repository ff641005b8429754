"""GET of segments: windows, order, pages, headers."""

from __future__ import annotations

import asyncio
import base64
import sys
from typing import Any

import pytest
from fastapi.testclient import TestClient

import tams_analytics as ta
from tams_server.app import create_app
from tams_server.settings import ServerSettings
from tests.representations import worlds
from tests.server.worlds import F1, UNKNOWN, make_flow

PATH = f"/flows/{F1}/segments"
WRITTEN = ["[-1:500000000_0:0)", "[0:0_10:0)", "[10:0_20:0]", "[30:0]", "[31:0_32:0)"]

GOOD = [
    "timerange=[0:0_10:0)",
    "timerange=_&reverse_order=true",
    "timerange=()",
    "object_id=same&include_object_timerange=true",
    "accept_get_urls=&verbose_storage=true",
    "presigned=false&accept_storage_ids=",
    "limit=+1",
]
BAD = [
    "timerange=x",
    "timerange=_%0A",
    "timerange=[0:0_99999999999999:0)",
    "limit=0",
    "limit=x",
    "page=x",
    "reverse_order=1",
    "presigned=yes",
    "verbose_storage=",
    "include_object_timerange=2",
    "accept_get_urls=a,,b",
    "accept_storage_ids=hot",
    "storage_backend_tag_exists.x=maybe",
]


@pytest.fixture
def filled(client: TestClient, store: ta.Store) -> TestClient:
    """F1 has a segment for each of `WRITTEN`, the last two of one object."""
    make_flow(store, F1)
    names = ["o0", "o1", "o2", "same", "same"]
    bodies = [
        {"object_id": name, "timerange": text, "object_timerange": "[-10:0_40:0)"}
        for name, text in zip(names, WRITTEN, strict=True)
    ]
    assert store.writes.create_segments(F1, bodies).failed == []
    return client


def ranges(client: TestClient, **asked: Any) -> list[str]:
    answer = client.get(PATH, params=asked)
    assert answer.status_code == 200, answer.text
    return [each["timerange"] for each in answer.json()]


@pytest.mark.usefixtures("filled")
def test_windows_overlap_and_markers_count(client: TestClient) -> None:
    """§130 to §135, §138, §157, R10."""
    before, first, second, instant, last = WRITTEN
    for asked, expected in {
        "[0:0_10:0)": [first],
        "0:0_10:0": [first, second],
        "[20:0]": [second],
        "(20:0_30:0)": [],
        "30:0": [instant],
        "_": WRITTEN,
        "()": [],
        "_0:0)": [before],
        "[-1:0_0:0)": [before],
        "(20:0_": [instant, last],
    }.items():
        assert ranges(client, timerange=asked) == expected, asked
    assert ranges(client, object_id="same") == [instant, last]
    assert ranges(client, object_id="same", timerange="[31:0_") == [last]
    assert ranges(client, object_id="nobody") == []
    assert (
        client.get(f"{PATH}?timerange=[0:0_10:0)").json()
        == client.get(f"{PATH}?timerange=%5B0%3A0_10%3A0%29").json()
    )


@pytest.mark.usefixtures("filled")
def test_pages_are_the_whole_in_either_order(client: TestClient) -> None:
    """§21 to §29, §35, §136, §137, §139."""
    for reverse in (False, True):
        whole = list(reversed(WRITTEN)) if reverse else WRITTEN
        for limit in (1, 2, 7):
            link: str | None = f"{PATH}?limit={limit}&reverse_order={str(reverse).lower()}"
            found: list[str] = []
            while link:
                answer = client.get(link)
                found += [each["timerange"] for each in answer.json()]
                assert answer.headers["X-Paging-Limit"] == str(limit)
                assert answer.headers["X-Paging-Count"] == str(len(answer.json()))
                assert answer.headers["X-Paging-Reverse-Order"] == str(reverse).lower()
                assert ("Link" in answer.headers) == ("X-Paging-NextKey" in answer.headers)
                link = answer.headers.get("Link", "<").split(">")[0][1:]
            assert found == whole
    headers = client.head(PATH, params={"limit": 2}).headers
    assert headers["X-Paging-NextKey"] in headers["Link"]


@pytest.mark.usefixtures("filled")
def test_the_extent_of_a_page_has_its_markers(client: TestClient) -> None:
    """§139."""
    for asked, extent in {
        "": "[-1:500000000_32:0)",
        "limit=3": "[-1:500000000_20:0]",
        "limit=2&reverse_order=true": "[30:0_32:0)",
        "timerange=[30:0]": "[30:0]",
        "timerange=()": "()",
    }.items():
        assert client.get(f"{PATH}?{asked}").headers["X-Paging-Timerange"] == extent


def test_rows_before_the_page_do_not_shift_it(filled: TestClient, store: ta.Store) -> None:
    """§27."""
    first = filled.get(PATH, params={"limit": 2})
    store.writes.delete_segments(F1, timerange="[0:0_10:0)")
    store.writes.create_segments(F1, {"object_id": "new", "timerange": "[-3:0_-2:0)"})

    second = filled.get(first.headers["Link"][1:].split(">")[0])

    assert [each["timerange"] for each in second.json()] == WRITTEN[2:4]


def test_what_is_ill_formed_is_refused(client: TestClient) -> None:
    """§4, §5, §31, §32, §46, §129."""
    assert client.get(f"/flows/{UNKNOWN}/segments").json() == []
    assert client.get("/flows/nonsense/segments").status_code == 404
    for asked in BAD:
        assert client.get(f"{PATH}?{asked}").status_code == 400, asked


@pytest.mark.usefixtures("filled")
def test_a_page_key_is_of_one_order(client: TestClient) -> None:
    """§31."""
    key = client.get(PATH, params={"limit": 1}).headers["X-Paging-NextKey"]

    refused = client.get(PATH, params={"page": key, "reverse_order": "true"})

    assert refused.status_code == 400


def test_long_ids_do_not_fill_headers(client: TestClient, store: ta.Store) -> None:
    """§36."""
    make_flow(store, F1)
    ids = ["☃" * 300 + str(at) for at in range(2)]
    bodies = [worlds.segment(each, at) for at, each in enumerate(ids)]
    assert store.writes.create_segments(F1, bodies).failed == []

    for reverse in ("false", "true"):
        first = client.get(PATH, params={"limit": 1, "reverse_order": reverse})
        second = client.get(first.headers["Link"][1:].split(">")[0])
        assert sum(map(len, first.headers.values())) < 2048
        found = [each["object_id"] for each in first.json() + second.json()]
        assert found == (ids if reverse == "false" else ids[::-1])


def test_url_parameters_reach_the_urls(client: TestClient, store: ta.Store) -> None:
    """§142 to §152: as `tests/representations` judge them, by their names in a query."""
    worlds.fill(store)
    path = f"/flows/{worlds.F1}/segments"

    def labels(asked: str) -> list[list[str]]:
        answer = client.get(f"{path}?{asked}").json()
        return [[url["label"] for url in each["get_urls"]] for each in answer]

    assert labels("accept_get_urls=theirs") == [[], ["theirs"], [], []]
    assert labels("accept_get_urls=") == [[], [], [], []]
    assert labels("presigned=false") == [[], ["theirs"], [], []]
    assert labels("storage_backend_tag_exists.tier=false") == [[], ["theirs"], [], []]
    assert labels(f"accept_storage_ids={worlds.HOT}") == [[], [], [], []]
    shown = client.get(f"{path}?include_object_timerange=true&verbose_storage=true").json()
    assert shown[2]["object_timerange"] == "[0:0_1:0)"
    assert shown[1]["get_urls"][0]["controlled"] is False


@pytest.mark.parametrize("number", [2**63, -(2**63) - 1, 2**64])
def test_a_forged_page_key_is_refused(client: TestClient, number: int) -> None:
    """§31: what no segment can have."""
    assert client.get(PATH, params={"page": _forged(number)}).status_code == 400


def _forged(number: int) -> str:
    text = f'["segments",{number},{number},"a"]'
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def test_what_is_kept_is_never_older_than_a_write(filled: TestClient, store: ta.Store) -> None:
    """Each write over HTTP is seen by the next GET, also where the flow is kept whole."""
    kept = filled.app.state.context.kept  # type: ignore[attr-defined]
    for at in range(40, 44):
        kept.read_whole(F1)
        before = len(ranges(filled))
        posted = {"object_id": f"n{at}", "timerange": f"[{at}:0_{at + 1}:0)"}
        assert filled.post(PATH, json=posted).status_code == 201
        assert len(ranges(filled)) == before + 1
        kept.read_whole(F1)
        assert filled.delete(PATH, params={"object_id": f"n{at}"}).status_code == 204
        assert len(ranges(filled)) == before
    kept.read_whole(F1)
    store.writes.add_instance("same", {"label": "new", "url": "http://new"})
    assert filled.get(PATH).json()[-1]["get_urls"][0]["label"] == "new"


@pytest.mark.usefixtures("filled")
def test_what_is_kept_is_answered_as_what_is_asked_for(client: TestClient) -> None:
    """Status, body and headers, whatever is asked; what is refused is refused alike."""
    asked = ["", *GOOD, *(f"{each}&limit=2" for each in GOOD), *BAD, "limit=2&limit=3", "other=1"]
    kept = client.app.state.context.kept  # type: ignore[attr-defined]
    usual = [_seen(client, each) for each in asked]
    kept.read_whole(F1)
    assert usual == [_seen(client, each) for each in asked]
    assert usual[1][2]["x-paging-limit"] == "100"
    assert usual[-2][0] == 400


def _seen(client: TestClient, asked: str) -> tuple[int, Any, dict[str, str]]:
    answer = client.get(f"{PATH}?{asked}")
    body = answer.json()
    if answer.status_code != 200:
        del body["time"]
    named = {name: text for name, text in answer.headers.items() if "paging" in name}
    return answer.status_code, body, {**named, "link": answer.headers.get("link", "")}


@pytest.mark.parametrize("megabytes", [0, 1])
def test_a_setting_bounds_what_is_kept(megabytes: int) -> None:
    settings = ServerSettings(kept_megabytes=megabytes)
    with ta.connect(":memory:") as store, TestClient(create_app(store, settings)) as client:
        make_flow(store, F1)
        client.post(PATH, json=[{"object_id": "a", "timerange": "[0:0_1:0)"}])
        assert [len(client.get(PATH).json()) for _ in range(2)] == [1, 1]
        assert bool(client.app.state.context.kept.size_bytes) == bool(megabytes)  # type: ignore[attr-defined]


def test_what_is_kept_is_answered_before_parameters_are_read() -> None:
    """That takes more calls than all else, also with a token in the URL (§17)."""
    with ta.connect(":memory:") as store, TestClient(create_app(store)) as client:
        make_flow(store, F1)
        client.post(PATH, json=[{"object_id": "a", "timerange": "[0:0_1:0)"}])
        client.app.state.context.kept.read_whole(F1)  # type: ignore[attr-defined]
        usual = calls_of(client.app, "limit=5&other=1")
        for query in ("limit=5", "limit=5&access_token=x", "access_token=x&timerange=[0:0_1:0)"):
            assert calls_of(client.app, query) < usual / 2


def calls_of(app: Any, query: str) -> int:
    """How many functions of Python an answer takes, but for those in threads."""
    scope = {"type": "http", "method": "GET", "path": PATH, "raw_path": PATH.encode()}
    scope |= {"query_string": query.encode(), "headers": [(b"host", b"here")], "scheme": "http"}
    calls = 0

    def count(_frame: Any, event: str, _argument: Any) -> None:
        nonlocal calls
        calls += event == "call"

    async def receive() -> dict[str, Any]:
        return {"type": "http.request"}

    async def send(_message: Any) -> None:
        pass

    async def ask() -> None:
        await app(dict(scope), receive, send)
        sys.setprofile(count)
        try:
            await app(dict(scope), receive, send)
        finally:
            sys.setprofile(None)

    asyncio.run(ask())
    return calls
