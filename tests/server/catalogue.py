"""Bodies and walks that the tests of the catalogue's routes share."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx2
import pytest
from fastapi.testclient import TestClient

from tests.server.worlds import S

ON_DUCKDB = pytest.mark.parametrize("engine_name", ["duckdb"])
"""Of tests of routes alone: what engines do differently, tests of the library ask of both."""
VIDEO = "urn:x-nmos:format:video"
AUDIO = "urn:x-nmos:format:audio"
MULTI = "urn:x-nmos:format:multi"
OF_THE_MOMENT = {"x-request-duration", "x-correlation-id"}
"""Headers that no two answers share."""


def numbered(number: int) -> str:
    """An id; they sort as their numbers do."""
    return f"{number:08x}-0000-4000-8000-000000000000"


def video(id: str, **more: Any) -> dict[str, Any]:
    """The body of a PUT of a video flow."""
    essence = {"frame_width": 1920, "frame_height": 1080, "frame_rate": {"numerator": 25}}
    body = {"id": id, "source_id": S, "format": VIDEO, "codec": "video/h264"}
    return {**body, "container": "video/mp4", "essence_parameters": essence, **more}


def multi(id: str, *members: str, source_id: str = S) -> dict[str, Any]:
    """The body of a flow that collects others."""
    collection = [{"id": member, "role": "part"} for member in members]
    return {"id": id, "source_id": source_id, "format": MULTI, "flow_collection": collection}


def ask(client: TestClient, method: str, path: str, expected: int, **more: Any) -> Any:
    """The JSON of an answer that has to have this status."""
    answer = client.request(method, path, **more)
    assert answer.status_code == expected, (method, path, answer.status_code, answer.text)
    return answer.json() if answer.content else None


def put(client: TestClient, *bodies: dict[str, Any]) -> None:
    """New flows."""
    for body in bodies:
        ask(client, "PUT", f"/flows/{body['id']}", 201, json=body)


def ids(client: TestClient, path: str, **parameters: Any) -> list[str]:
    """Of all that a listing gives."""
    return [item["id"] for item in ask(client, "GET", path, 200, params=parameters)]


def pages(client: TestClient, path: str, **parameters: Any) -> list[httpx2.Response]:
    """All pages of a listing, each found by the ``Link`` of the one before it."""
    found = [client.get(path, params=parameters)]
    while "link" in found[-1].headers:
        url, relation = found[-1].headers["link"].split("; ")
        assert relation == 'rel="next"'
        asked = dict(parse_qsl(urlsplit(url[1:-1]).query, keep_blank_values=True))
        assert asked.pop("page") == found[-1].headers["x-paging-nextkey"]
        assert asked == {name: str(value) for name, value in parameters.items()}
        found.append(client.get(url[1:-1]))
    return found


def headers_of(answer: httpx2.Response) -> dict[str, str]:
    """All that a HEAD has to repeat."""
    return {name: each for name, each in answer.headers.items() if name not in OF_THE_MOMENT}
