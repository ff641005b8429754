"""Multipart registration: a segment, and the bytes of its object (W5, W6, F17, F64)."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

import tams_analytics as ta
from tams_server.app import create_app
from tams_server.settings import ServerSettings
from tests.server.worlds import F1, make_flow

SEGMENTS = f"/flows/{F1}/segments"
BOUNDARY = "between-parts"


@pytest.fixture
def flow(store: ta.Store) -> ta.Store:
    """A store with the flow F1."""
    make_flow(store, F1)
    return store


def segment(object_id: str, timerange: str, **more: Any) -> dict[str, Any]:
    return {"object_id": object_id, "timerange": timerange, **more}


def parts(posted: Any, content: bytes | None = None) -> dict[str, Any]:
    """What httpx sends: the segment without a filename, the file with one."""
    sent: dict[str, Any] = {"segment_data": (None, json.dumps(posted))}
    return sent if content is None else sent | {"file": ("d.mp4", content, "video/mp4")}


def stored(folder: Path) -> dict[str, bytes]:
    """Bytes by key; what the folder keeps for itself has a dot in front."""
    found = [path for path in folder.rglob("*") if path.is_file() and path.name[0] != "."]
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}


def said(answer: Any) -> tuple[int, str]:
    """The status and the error's type."""
    return answer.status_code, answer.json()["type"]


def test_w5_and_w6_in_parts(client: TestClient, flow: ta.Store, media_folder: Path) -> None:
    """W5, W6, R8, §158."""
    c = client.post(SEGMENTS, files=parts(segment("c", "0:0_3600:0", ts_offset="0:0")))
    assert c.status_code == 201
    assert c.json()["timerange"] == "[0:0_3600:0)"
    assert stored(media_folder) == {}

    posted = segment("d", "3600:0_7200:0", ts_offset="3600:0")
    d = client.post(SEGMENTS, files=parts(posted, b"x" * 3072))
    assert d.status_code == 201
    assert d.headers["content-type"] == "application/json"
    path = d.json()["storage_path"]
    assert d.json() == posted | {"timerange": "[3600:0_7200:0)", "storage_path": path}
    assert stored(media_folder) == {path: b"x" * 3072}
    row = flow.ask(ta.queries.objects.by_ids, ids=["d"]).to_pylist()[0]
    assert (row["size"], row["storage_path"]) == (3072, path)


def test_an_allocated_object_keeps_its_path(
    client: TestClient, flow: ta.Store, media_folder: Path
) -> None:
    """R8; a part with the segment may have a filename too."""
    asked = {"object_ids": ["a/b"], "content_type": "video/iso.segment"}
    allocated = client.post(f"/flows/{F1}/storage", json=asked).json()["media_objects"][0]
    both = parts(None, b"12345")
    both["segment_data"] = ("s.json", json.dumps(segment("a/b", "[0:0_1:0)")), "application/json")
    answer = client.post(SEGMENTS, files=both)
    assert answer.status_code == 201
    assert answer.json()["storage_path"] == allocated["metadata"]["storage_path"]
    assert stored(media_folder) == {allocated["metadata"]["storage_path"]: b"12345"}


def test_refusals_leave_nothing(client: TestClient, flow: ta.Store, media_folder: Path) -> None:
    """R6, R7."""
    assert client.post(SEGMENTS, json=segment("old", "[0:0_10:0)")).status_code == 201

    def refused(posted: Any, content: bytes = b"x") -> tuple[int, str]:
        return said(client.post(SEGMENTS, files=parts(posted, content)))

    sound = segment("d", "[20:0_30:0)")
    assert refused(segment("d", "[5:0_15:0)")) == (400, "SegmentsOverlap")
    assert refused([sound]) == (400, "BadParameter")
    assert refused({"object_id": "d"}) == (400, "BadParameter")
    without = {"file": ("d.mp4", b"x", "video/mp4")}
    assert said(client.post(SEGMENTS, files=without)) == (400, "BadParameter")
    no_json = parts(sound, b"x") | {"segment_data": (None, "{")}
    assert said(client.post(SEGMENTS, files=no_json)) == (400, "BadParameter")
    no_file = parts(sound) | {"file": (None, "text")}
    assert said(client.post(SEGMENTS, files=no_file)) == (400, "BadParameter")
    unknown = client.post(SEGMENTS.replace("1111", "2222"), files=parts(sound, b"x"))
    assert unknown.status_code == 404
    flow.writes.set_flow_read_only(F1, True)
    assert refused(sound) == (403, "ReadOnlyFlow")
    assert stored(media_folder) == {}
    assert flow.objects.count().to_pyarrow().as_py() == 1


def body(posted: Any, content: bytes) -> bytes:
    """The two parts as they go over the line."""
    name = 'Content-Disposition: form-data; name="{}"'
    lines = [f"--{BOUNDARY}", name.format("segment_data"), "", json.dumps(posted)]
    lines += [f"--{BOUNDARY}", name.format("file") + '; filename="d"', "", ""]
    return "\r\n".join(lines).encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode()


@pytest.mark.parametrize("engine_name", ["duckdb"])
def test_what_is_broken_off_or_no_multipart_is_400(
    client: TestClient, flow: ta.Store, media_folder: Path
) -> None:
    """F64: a body that ends anywhere before its last boundary registers nothing."""
    whole = body(segment("d", "[0:0_1:0)"), b"x" * 5000)
    kind = {"content-type": f"multipart/form-data; boundary={BOUNDARY}"}

    def post(content: bytes, headers: dict[str, str] = kind) -> Any:
        return client.post(SEGMENTS, content=content, headers=headers)

    for end in (0, 10, 60, 150, 300, 4000, len(whole) - 5):
        assert said(post(whole[:end])) == (400, "BadParameter"), end
    assert said(post(b"no parts at all")) == (400, "BadParameter")
    nameless = {"content-type": "multipart/form-data"}
    assert said(post(whole, nameless)) == (400, "BadParameter")
    many = whole.replace(b"--\r\n", b"\r\n") * 9
    assert said(post(many)) == (400, "BadParameter")
    assert stored(media_folder) == {}
    assert flow.objects.count().to_pyarrow().as_py() == 0
    assert post(whole).status_code == 201


@pytest.mark.parametrize("engine_name", ["duckdb"])
def test_a_body_above_the_limit_is_refused_while_it_comes(
    flow: ta.Store, media_folder: Path
) -> None:
    """The limit is a setting; without it large files go through a temporary file (F64)."""
    app = create_app(flow)
    context = app.state.context
    app.state.context = dataclasses.replace(context, settings=ServerSettings(upload_limit=10_000))
    with TestClient(app, raise_server_exceptions=False) as client:
        sound = segment("d", "[0:0_1:0)")
        large = client.post(SEGMENTS, files=parts(sound, b"x" * 20_000))
        assert said(large) == (400, "BadParameter")
        assert stored(media_folder) == {}
        app.state.context = context
        many = 20 << 20
        assert client.post(SEGMENTS, files=parts(sound, b"y" * many)).status_code == 201
        assert [len(content) for content in stored(media_folder).values()] == [many]
