"""Four workers on VAST, of which one is killed with -9 at work: nothing is lost (R7, F80)."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import signal
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx2
import pytest

import tams_analytics as ta
from tams_analytics import _
from tests.server.process import Process
from tests.support.receiver import Receiver
from tests.support.vast_stores import VastStores

F1, F2 = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"
S = "99999999-9999-4999-8999-999999999999"
FLOW = {"source_id": S, "codec": "audio/aac", "sample_rate": 48000, "channels": 2}
EVENTS = ["flows/created", "flows/segments_added", "flows/segments_deleted"]
SHORT = {"TAMS_WORK_LEASE": "6", "TAMS_ASYNC_DELETION_THRESHOLD": "10", "CORS": ""}
UPLOADS = 4
SHARED = [f"shared{at}" for at in range(12)]
PATIENCE_S = 60

pytestmark = pytest.mark.skipif(os.name == "nt", reason="there is no kill -9")


def wait_until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.5)


class Clients:
    """What they ask is asked again where a worker dies under it."""

    def __init__(self, served: Process) -> None:
        self._http = httpx2.Client(base_url=served.url, timeout=PATIENCE_S, trust_env=False)
        self.refused: list[str] = []

    def ask(self, method: str, path: str, **more: Any) -> httpx2.Response:
        end = time.monotonic() + PATIENCE_S
        while True:
            try:
                answer = self._http.request(method, path, **more)
                if answer.status_code < 500:
                    return answer
                self.refused.append(answer.text)
            except httpx2.TransportError as error:
                self.refused.append(str(error))
            assert time.monotonic() < end, self.refused
            time.sleep(0.5)

    def upload(self, id: str, at: int, content: bytes) -> int:
        segment = {"object_id": id, "timerange": f"[{at}:0_{at + 1}:0)", "ts_offset": f"{at}:0"}
        files = {"segment_data": (None, json.dumps(segment)), "file": ("x.mp4", content)}
        return self.ask("POST", f"/flows/{F1}/segments", files=files).status_code

    def upload_twice(self, at: int) -> list[int]:
        """Two clients, one new object."""
        with ThreadPoolExecutor(2) as pair:
            contents = [f"{who} of {at}".encode() for who in ("one", "two")]
            sent = [pair.submit(self.upload, f"u{at}", at, each) for each in contents]
            return [each.result() for each in sent]

    def delete_all(self) -> httpx2.Response:
        """The answer to a delete above the threshold."""
        rows = [
            {"object_id": id, "timerange": f"[{at}:0_{at + 1}:0)"} for at, id in enumerate(SHARED)
        ]
        self.ask("POST", f"/flows/{F2}/segments", json=rows)
        self.ask("POST", f"/flows/{F2}/storage", json={"object_ids": ["allocated"]})
        return self.ask("DELETE", f"/flows/{F2}/segments")

    def close(self) -> None:
        self._http.close()

    def segments(self, flow: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.ask("GET", f"/flows/{flow}/segments").json()
        return found


def holder(store: ta.Store, job: str) -> int:
    """The process that does a job."""
    facts = store.tables.store_metadata.filter(_.name == f"lease {job}")
    (value,) = facts.value.to_list()
    return int(json.loads(value)["worker"].split()[1])


def assert_bytes_are_whole(clients: Clients, folder: Path, kept: set[str]) -> None:
    """Those of these objects, of one upload each; not what was collected."""
    found = {each.name: each.read_bytes() for each in folder.rglob("*") if each.is_file()}
    assert "gone" not in found
    for id in kept:
        content = found[id]
        (url,) = clients.ask("GET", f"/objects/{id}").json()["get_urls"]
        assert clients.ask("GET", url["url"]).content == content
        assert content.endswith(f" of {id[1:]}".encode())


def told(receiver: Receiver) -> set[str]:
    """The objects of which it heard that they were added."""
    added = [each for each in receiver.events if each["event_type"] == "flows/segments_added"]
    return {one["object_id"] for each in added for one in each["event"]["segments"]}


def assert_ids_are_stable(receiver: Receiver) -> None:
    """What is told again is the same event with the same id, and no other one has it."""
    bodies: dict[str, dict[str, Any]] = {}
    for id, body in zip(receiver.ids, receiver.events, strict=True):
        assert without_urls(bodies.setdefault(id, body)) == without_urls(body)
    distinct = {json.dumps(without_urls(each), sort_keys=True) for each in bodies.values()}
    assert len(distinct) == len(bodies)


def without_urls(body: dict[str, Any]) -> dict[str, Any]:
    """URLs are signed anew each time."""
    segments = [each["object_id"] for each in body["event"].get("segments", [])]
    return {**body, "event": {**body["event"], "segments": segments}}


def release_long_ago(clients: Clients, store: ta.Store, id: str) -> None:
    """An object with bytes that nobody has needed for years."""
    assert clients.upload(id, 1000, b"gone") == 201
    clients.ask("DELETE", f"/flows/{F1}/segments", params={"object_id": id})
    long_ago = {"released_at": dt.datetime(2020, 1, 1)}
    store._engine.transact(lambda tx: tx.update("objects", {"id": id}, long_ago))


def listen(clients: Clients, receiver: Receiver) -> None:
    """A webhook, then two flows."""
    hook = {"url": receiver.url, "events": EVENTS}
    assert clients.ask("POST", "/service/webhooks", json=hook).status_code == 201
    for flow in (F1, F2):
        assert clients.ask("POST", "/flows", json={**FLOW, "id": flow}).status_code == 201


def test_r7_four_workers_lose_nothing_when_one_is_killed(
    tmp_path: Path, vast_stores: VastStores, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vast_stores.peer.switches, "transaction_seconds", 3)
    media, url = tmp_path / "media", vast_stores.new_url()
    environ = {"TAMS_MEDIA": media.as_uri(), "TAMS_WEBHOOK_ALLOW_PRIVATE": "127.0.0.1", **SHORT}
    with (
        Receiver() as receiver,
        ta.connect(url) as store,
        Process(tmp_path, url, "--workers", "4", **environ) as served,
        contextlib.closing(Clients(served)) as clients,
    ):
        receiver.gate.clear()
        listen(clients, receiver)
        release_long_ago(clients, store, "gone")
        with ThreadPoolExecutor(2 + UPLOADS) as pool:
            uploads = [pool.submit(clients.upload_twice, at) for at in range(UPLOADS)]
            deleted = pool.submit(clients.delete_all)
            assert receiver.wait_for(1, PATIENCE_S)
            os.kill(holder(store, "deliveries"), signal.SIGKILL)  # in the middle of a delivery
            receiver.gate.set()
            request = deleted.result().headers["location"]
            statuses = [each.result() for each in uploads]
        kept = {each["object_id"] for each in clients.segments(F1)}
        assert {f"u{at}" for at, codes in enumerate(statuses) if 201 in codes} <= kept
        assert max(codes.count(201) for codes in statuses) == 1
        wait_until(lambda: clients.ask("GET", request).json()["status"] == "done")
        assert clients.segments(F2) == []
        wait_until(lambda: {*kept, *SHARED} <= told(receiver))
        assert receiver.ids[0] in receiver.ids[1:]
        assert_ids_are_stable(receiver)

        wait_until(lambda: "gone" not in store.objects.id.to_list())  # a new worker looks at once
        assert_bytes_are_whole(clients, media, kept)
        assert 0 == served.end(signal.SIGTERM)
