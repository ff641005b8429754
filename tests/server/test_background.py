"""What `tams serve` does beside the requests: storage backends at its start, work all the time."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from click.testing import CliRunner
from fastapi.testclient import TestClient

import tams_analytics as ta
from tams_command.commands import main
from tams_server.app import create_app
from tests.server.process import Process

F1 = "11111111-1111-4111-8111-111111111111"
S = "99999999-9999-4999-8999-999999999999"
FLOW = {"id": F1, "source_id": S, "codec": "audio/aac", "sample_rate": 48000, "channels": 2}
PATIENCE_S = 30


def test_a_large_delete_is_done_while_it_serves(tmp_path: Path) -> None:
    """R2, F22, F43: and the default storage backend is known before anybody wrote."""
    with Process(tmp_path, "x.duckdb", TAMS_ASYNC_DELETION_THRESHOLD="1") as served:
        (backend,) = served.get("/service/storage-backends").json()
        assert (backend["label"], backend["default_storage"]) == ("default", True)
        with httpx2.Client(base_url=served.url, timeout=PATIENCE_S, trust_env=False) as client:
            assert client.post("/flows", json=FLOW).status_code == 201
            rows = [{"object_id": f"o{at}", "timerange": f"[{at}:0_{at + 1}:0)"} for at in range(3)]
            assert client.post(f"/flows/{F1}/segments", json=rows).status_code == 201
            accepted = client.delete(f"/flows/{F1}")
            assert accepted.status_code == 202
            patience = time.monotonic() + PATIENCE_S
            while client.get(accepted.headers["location"]).json()["status"] != "done":
                assert time.monotonic() < patience
                time.sleep(0.1)
            assert client.get(f"/flows/{F1}").status_code == 404
        assert "Traceback" not in served.told


def test_timeouts_that_would_lose_bytes_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F42a."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("S3_PRESIGNED_URL_UPLOAD_TIMEOUT", "7200")
    done = CliRunner().invoke(main, ["serve", str(tmp_path / "x.duckdb"), "--port", "0"])
    assert done.exit_code == 2
    assert "TAMS_MIN_OBJECT_TIMEOUT: '3600:0' is too short; expected at least 7200:0" in done.stderr


def test_the_time_for_the_end_begins_before_anything_ends() -> None:
    """Else it would not bound what is waited for earlier: gauges, another store, what is read."""
    ended: list[str] = []
    others = set(threading.enumerate())

    @contextlib.contextmanager
    def beside() -> Iterator[None]:
        yield
        ended.append("beside")

    def at_end() -> None:
        ours = set(threading.enumerate()) - others
        ended.extend(each.name for each in ours if each.name == "tams-gauges")

    with ta.connect(":memory:") as store:
        with TestClient(create_app(store, beside=beside(), at_end=at_end)):
            assert ended == []
        assert ended == ["tams-gauges", "beside"]
