"""``/_mgmt``: the parts are truly asked, and one that is down is told."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from fastapi.testclient import TestClient

import tams_analytics as ta
from tams_server.health import Health
from tests.server.served import served
from tests.support.vast_stores import BUCKET, VastStores


@contextlib.contextmanager
def prepared() -> Iterator[TestClient]:
    """The API over a store as `tams serve` begins it."""
    with ta.connect(":memory:") as store:
        store.writes.prepare_storage_backends()
        with served(store) as client:
            yield client


def test_ping_asks_nothing(client: TestClient) -> None:
    client.app.state.context.store.close()
    assert {"status": "up"} == client.get("/_mgmt/ping").json()


def test_health_tells_of_each_part(client: TestClient) -> None:
    """F25."""
    client.app.state.context.store.writes.prepare_storage_backends()
    answer = client.get("/_mgmt/health")
    assert (200, "up") == (answer.status_code, answer.json()["status"])
    parts = answer.json()["parts"]
    assert ["engine", "storage"] == sorted(name.split()[0] for name in parts)
    assert all(part["status"] == "up" and part["seconds"] >= 0 for part in parts.values())
    assert ["default"] == [part["label"] for part in parts.values() if "label" in part]


def test_an_engine_that_takes_no_writes_is_down(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ta.connect(tmp_path / "x.duckdb") as store, served(store) as client:
        store.writes.prepare_storage_backends()
        assert 200 == client.get("/_mgmt/health").status_code
        monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=1 << 20))
        answer = client.get("/_mgmt/health")
        assert (503, "down") == (answer.status_code, answer.json()["parts"]["engine"]["status"])
        assert "1 MiB left, and needs 32" in answer.json()["parts"]["engine"]["error"]


def test_the_threshold_of_deletes_can_be_read(client: TestClient) -> None:
    """F23."""
    answer = client.get("/config/async-deletion-threshold")
    assert {"async_deletion_threshold": 1000} == answer.json()


def test_an_engine_that_is_gone_is_down(vast_stores: VastStores) -> None:
    """F25: no failed read is an empty success (B14)."""
    url = vast_stores.new_url()
    with ta.connect(url) as store, served(store, TAMS_HEALTH_TIMEOUT="2") as client:
        store.writes.prepare_storage_backends()
        assert 200 == client.get("/_mgmt/health").status_code
        vast_stores.peer.drop_schema(BUCKET, url.rpartition("/")[2])
        answer = client.get("/_mgmt/health")
        assert (503, "down") == (answer.status_code, answer.json()["status"])


def test_a_folder_that_cannot_be_used_is_down(media_folder: Path) -> None:
    with prepared() as client:
        shutil.rmtree(media_folder)
        media_folder.write_text("no folder")
        answer = client.get("/_mgmt/health")
        assert 503 == answer.status_code
        (storage,) = (part for name, part in answer.json()["parts"].items() if "storage" in name)
        assert ("down", True) == (storage["status"], "cannot be used" in storage["error"])
        assert "up" == answer.json()["parts"]["engine"]["status"]


def test_a_folder_that_is_gone_is_down(media_folder: Path) -> None:
    """F25: one that nobody has put anything into is made at the start, so that it can be missed.

    Of a disk that is not mounted any more the mount point may be left.
    """
    with prepared() as client:
        assert 200 == client.get("/_mgmt/health").status_code
        shutil.rmtree(media_folder)
        for _ in range(2):
            answer = client.get("/_mgmt/health")
            assert 503 == answer.status_code
            assert "No such file or directory" in answer.text
            media_folder.mkdir(exist_ok=True)


def test_a_folder_that_takes_no_bytes_is_down(
    media_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F25: bytes are truly tried, as a folder's permissions say nothing of a full disk."""
    with prepared() as client:
        assert [] == [each for each in media_folder.rglob("*") if each.is_file()]
        monkeypatch.setattr("tempfile.TemporaryFile", full)
        answer = client.get("/_mgmt/health")
        assert 503 == answer.status_code
        assert "No space left" in answer.text


def full(**_options: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


class Hangs:
    """A storage that answers when it is let go."""

    def __init__(self) -> None:
        self.asked = 0
        self.let_go = threading.Event()

    def exists(self, _key: str) -> bool:
        self.asked += 1
        return self.let_go.wait(10)


def test_a_part_that_hangs_is_down_and_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """F25: with a timeout; looking again and again takes no more threads."""
    hangs = Hangs()
    with ta.connect(":memory:") as store:
        health = Health(store, timeout_s=0.2)
        asked = health._asked("storage x", lambda: hangs.exists("k"))
        for _ in range(3):
            assert asked is health._asked("storage x", lambda: hangs.exists("k"))
            told = health._told(asked, began=0)
            assert {"status": "down", "error": "no answer within 0.2 s"} == told
        assert 1 == hangs.asked
        hangs.let_go.set()
        assert 0 <= asked.result(5)
