"""The 15-step workflow of mission §1 over the API, step by step, with the bodies it names.

S is a source, F1 and F2 flows, a…d objects. One walk goes through W1 to W15 in the default mode; a
second lets F2 reuse object d; the others show what strict and ``delete_default=restrict`` change.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi.testclient import TestClient

import tams_analytics as ta
from tams_analytics.engines.rows import now
from tams_analytics.tables import TABLES
from tams_analytics.work.collector import collect
from tests.server.documents import without
from tests.server.worlds import F1, F2, UNKNOWN, S

VIDEO = "urn:x-nmos:format:video"
DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
MP4 = bytes(range(256)) * 12
"""W3: a file of 3072 bytes."""
SOURCE = {"id": S, "format": VIDEO, "label": "match", "description": "a match"}
FIRST = {
    "object_id": "c",
    "timerange": "0:0_3600:0",
    "ts_offset": "0:0",
    "last_duration": "3600:0",
}
SECOND = {"object_id": "d", "timerange": "3600:0_7200:0", "ts_offset": "3600:0"}
ON_DUCKDB = pytest.mark.parametrize("engine_name", ["duckdb"], indirect=True)
"""The rest of the walks differ in settings, not in what an engine does."""
LATE = "[3600:0_7200:0)"
EARLY = "[0:0_3600:0)"


def flow(id: str) -> dict[str, Any]:
    """W2's flat body, without format or container."""
    picture = {"frame_width": 1920, "frame_height": 1080, "frame_rate": "25/1"}
    texts = {"label": "camera 1", "description": "the main camera"}
    return {"id": id, "source_id": S, "codec": "video/h264", **picture, **texts}


class Walk:
    """The steps, each a method that asks and says what has to come back."""

    def __init__(self, client: TestClient, store: ta.Store, media: Path) -> None:
        self.client = client
        self.store = store
        self.media = media

    def ask(self, method: str, path: str, expected: int, **more: Any) -> Any:
        answer = self.client.request(method, path, **more)
        assert answer.status_code == expected, (method, path, answer.status_code, answer.text)
        return answer.json() if answer.content else None

    def get(self, path: str, expected: int = 200) -> Any:
        return self.ask("GET", path, expected)

    def segments(self, flow_id: str) -> list[Any]:
        found: list[Any] = self.get(f"/flows/{flow_id}/segments")
        return found

    def w1_a_source_is_made(self) -> None:
        made = self.ask("POST", "/sources", 201, json=SOURCE)
        dates = {made.pop("created"), made.pop("updated")}
        assert made == SOURCE
        assert len(dates) == 1
        assert DATE.fullmatch(dates.pop())
        self.ask("POST", "/sources", 409, json=SOURCE)
        self.ask("POST", "/sources", 400, json={**SOURCE, "id": UNKNOWN, "format": "film"})
        self.ask("POST", "/sources", 400, json={**SOURCE, "id": "X"})
        bare = self.ask("POST", "/sources", 201, json={"id": UNKNOWN, "format": VIDEO})
        assert {*bare} == {"id", "format", "created", "updated"}
        self.ask("DELETE", f"/sources/{UNKNOWN}", 204)

    def w2_a_flow_is_made_of_a_flat_body(self, id: str = F1) -> None:
        made = self.ask("POST", "/flows", 201, json=flow(id))
        rate = {"numerator": 25, "denominator": 1}
        picture = {"frame_width": 1920, "frame_height": 1080, "frame_rate": rate}
        assert made["essence_parameters"] == picture
        assert (made["format"], made["container"]) == (VIDEO, "video/mp4")
        assert {"created", "metadata_updated"} <= {*made}
        assert not {"frame_width", "frame_rate", "updated"} & {*made}
        assert self.get(f"/flows/{id}") == made
        self.ask("POST", "/flows", 409, json=flow(id))

    def w4_storage_is_allocated(self) -> None:
        path = f"/flows/{F1}/storage"
        given = self.ask("POST", path, 201, json={"object_ids": ["a", "b"], "limit": 10})
        assert {*given} == {"media_objects"}
        assert [each["object_id"] for each in given["media_objects"]] == ["a", "b"]
        for each in given["media_objects"]:
            assert {*each} == {"object_id", "put_url", "presigned", "metadata"}
            assert {*each["put_url"]} == {"url", "content-type", "headers"}
            assert each["put_url"]["headers"] == {}
            assert each["presigned"] is True
            place = rf".*{F1}/\d{{4}}/\d\d/\d\d/{each['object_id']}"
            assert re.fullmatch(place, each["metadata"]["storage_path"])
        self.ask("POST", path, 400, json={"object_ids": ["new", "a"]})
        self.get("/objects/new", 404)
        self.ask("POST", f"/flows/{UNKNOWN}/storage", 404, json={"limit": 1})
        self.get("/objects/a", 404)

    def w5_a_segment_comes_in_one_part(self) -> None:
        parts = {"segment_data": (None, json.dumps(FIRST))}
        made = self.ask("POST", f"/flows/{F1}/segments", 201, files=parts)
        assert made["timerange"] == EARLY
        assert made["object_id"] == "c"
        assert made["storage_path"].endswith("/c")
        [listed] = self.segments(F1)
        assert listed.get("get_urls", []) == []

    def w6_a_segment_comes_with_its_bytes(self) -> None:
        parts = {
            "segment_data": (None, json.dumps(SECOND)),
            "file": ("d.mp4", MP4, "video/mp4"),
        }
        made = self.ask("POST", f"/flows/{F1}/segments", 201, files=parts)
        assert made["timerange"] == LATE
        assert made["storage_path"].endswith("/d")

    def w7_a_client_reads_its_own_writes(self) -> None:
        found = self.segments(F1)
        assert [each["timerange"] for each in found] == [EARLY, LATE]
        assert found[0]["last_duration"] == "3600:0"
        assert self.segments(UNKNOWN) == []

    def w8_the_bytes_are_equal(self) -> None:
        assert self.bytes_of_d(F1) == MP4
        self.no_url_that_the_server_made_is_kept()

    def bytes_of_d(self, flow_id: str) -> bytes:
        [d] = [each for each in self.segments(flow_id) if each["object_id"] == "d"]
        answer: httpx2.Response = self.client.get(d["get_urls"][0]["url"])
        assert answer.status_code == 200, answer.text
        return answer.content

    def no_url_that_the_server_made_is_kept(self) -> None:
        """F69."""
        for table in TABLES:
            for row in getattr(self.store.tables, table.name).to_pyarrow().to_pylist():
                assert not re.search(r"(?i)signature=|X-Amz-", str(row)), table.name

    def w9_a_source_with_flows_is_kept(self) -> None:
        before = [self.get(path) for path in ("/sources", "/flows", f"/flows/{F1}/segments")]
        refused = self.ask("DELETE", f"/sources/{S}?cascade=false", 409)
        assert refused["dependents"]["flows"] == {"count": 1, "sample": [F1]}
        after = [self.get(path) for path in ("/sources", "/flows", f"/flows/{F1}/segments")]
        assert without("url", before) == without("url", after)

    def w10_a_second_flow_is_made(self) -> None:
        self.w2_a_flow_is_made_of_a_flat_body(F2)
        assert {each["id"] for each in self.get(f"/flows?source_id={S}")} == {F1, F2}

    def w11_each_flow_has_its_segments(self) -> None:
        assert [len(self.segments(each)) for each in (F1, F2)] == [2, 0]

    def w12_a_flow_is_deleted_alone(self) -> None:
        before = self.segments(F1)
        self.ask("DELETE", f"/flows/{F2}", 204)
        self.get(f"/flows/{F2}", 404)
        assert without("url", before) == without("url", self.segments(F1))
        assert self.bytes_of_d(F1) == MP4

    def w13_a_last_reference_is_kept_where_that_is_asked_for(self) -> None:
        before = self.segments(F1)
        path = f"/flows/{F1}/segments?timerange={LATE}&cascade=false"
        refused = self.ask("DELETE", path, 409)
        assert refused["dependents"]["objects"] == {"count": 1, "sample": ["d"]}
        assert without("url", before) == without("url", self.segments(F1))

    def w14_all_is_cleaned_up(self) -> None:
        path = f"/flows/{F1}/segments"
        self.ask("DELETE", f"{path}?timerange={EARLY}", 204)
        self.ask("DELETE", f"{path}?timerange={LATE}&cascade=false", 409)
        self.ask("DELETE", f"{path}?timerange={LATE}", 204)
        self.get("/objects/d", 404)
        self.ask("DELETE", f"/flows/{F1}", 204)
        self.ask("DELETE", path, 404)

    def w15_nothing_is_left(self) -> None:
        assert self.get("/flows") == []
        assert [each["id"] for each in self.get("/sources")] == [S]
        self.ask("DELETE", f"/sources/{S}", 204)
        assert self.get("/sources") == []
        assert [each.name for each in self.media.rglob("*") if each.is_file()] == ["d"]
        collect(self.store._engine, self.store.storages, moment=now() + dt.timedelta(days=1))
        assert [each.name for each in self.media.rglob("*") if each.is_file()] == []
        for table in (self.store.objects, self.store.object_instances, self.store.segments):
            assert table.count().execute() == 0

    def steps(self) -> list[Callable[[], None]]:
        """W1 to W15; W3 is `MP4`."""
        names = [name for name in vars(Walk) if re.match(r"w\d", name)]
        return [getattr(self, name) for name in names]


@pytest.fixture
def walk(client: TestClient, store: ta.Store, media_folder: Path) -> Walk:
    return Walk(client, store, media_folder)


def test_the_workflow(walk: Walk) -> None:
    """W1 to W15, F88, in one store."""
    steps = walk.steps()
    assert len(steps) == 14

    for step in steps:
        step()


def filled(walk: Walk) -> None:
    """W1 to W6, and W10."""
    walk.w1_a_source_is_made()
    walk.w2_a_flow_is_made_of_a_flat_body()
    walk.w5_a_segment_comes_in_one_part()
    walk.w6_a_segment_comes_with_its_bytes()
    walk.w10_a_second_flow_is_made()


def test_the_workflow_with_an_object_that_two_flows_use(walk: Walk) -> None:
    """F2 reuses d: each delete takes its own flow's use, the last one frees d (R3, R5)."""
    filled(walk)
    walk.ask("POST", f"/flows/{F2}/segments", 201, json=SECOND)
    assert walk.get("/objects/d")["referenced_by_flows"] == [F1, F2]
    before = walk.segments(F1)

    walk.ask("DELETE", f"/flows/{F2}", 204)
    assert without("url", walk.segments(F1)) == without("url", before)
    assert walk.bytes_of_d(F1) == MP4

    walk.w10_a_second_flow_is_made()
    walk.ask("POST", f"/flows/{F2}/segments", 201, json=SECOND)
    walk.ask("DELETE", f"/flows/{F1}/segments?timerange={LATE}&cascade=false", 204)
    assert walk.get("/objects/d")["referenced_by_flows"] == [F2]
    assert walk.bytes_of_d(F2) == MP4

    walk.ask("DELETE", f"/flows/{F2}/segments?cascade=false", 409)
    walk.ask("DELETE", f"/flows/{F2}/segments", 204)
    walk.get("/objects/d", 404)


@pytest.fixture
def strict(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAMS_STRICT", "1")


@ON_DUCKDB
@pytest.mark.usefixtures("strict")
def test_strict_refuses_two_steps(walk: Walk) -> None:
    """W4 and W5 under ``TAMS_STRICT=1`` (R14)."""
    walk.w1_a_source_is_made()
    walk.w2_a_flow_is_made_of_a_flat_body()
    path = f"/flows/{F1}"
    walk.ask("POST", f"{path}/storage", 400, json={"object_ids": ["a", "b"], "limit": 10})
    walk.ask("POST", f"{path}/segments", 400, files={"segment_data": (None, json.dumps(FIRST))})
    walk.ask("GET", "/flows?colour=red", 400)
    assert walk.segments(F1) == []


@pytest.fixture
def restrict(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAMS_DELETE_DEFAULT", "restrict")


@ON_DUCKDB
@pytest.mark.usefixtures("restrict")
def test_restrict_turns_bare_deletes_into_refusals(walk: Walk) -> None:
    """W12 to W15 under ``TAMS_DELETE_DEFAULT=restrict``; a written ``cascade`` wins."""
    filled(walk)
    walk.ask("DELETE", f"/flows/{F2}", 204)
    for path in (f"/flows/{F1}/segments?timerange={LATE}", f"/flows/{F1}", f"/sources/{S}"):
        walk.ask("DELETE", path, 409)
    assert len(walk.segments(F1)) == 2

    walk.ask("DELETE", f"/flows/{F1}/segments?timerange={LATE}&cascade=true", 204)
    walk.ask("DELETE", f"/flows/{F1}?cascade=true", 204)
    walk.ask("DELETE", f"/sources/{S}", 204)
    assert walk.get("/flows") == walk.get("/sources") == []
