"""Files as answers, where they go at the wrong moment."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI
from fastapi.testclient import TestClient

from tams_server import errors
from tams_server.routes.media import Bytes


def test_a_file_that_goes_before_it_is_read_is_404_and_not_half_an_answer(tmp_path: Path) -> None:
    app = FastAPI()
    errors.install(app)
    there, gone = tmp_path / "there", tmp_path / "gone"
    there.write_bytes(b"bytes")
    app.add_api_route("/", lambda: Bytes(gone, stat_result=there.stat()))
    with TestClient(app) as client:
        for headers in ({}, {"range": "bytes=1-2"}):
            answer = client.get("/", headers=headers)
            assert (answer.status_code, answer.json()["type"]) == (404, "NotFound")
