"""From a request to a receiver, with the server as a process of its own (F80, L3)."""

from __future__ import annotations

import time
from pathlib import Path

import httpx2

from tests.server.process import Process
from tests.support.receiver import Receiver

F1 = "11111111-1111-4111-8111-111111111111"
S = "99999999-9999-4999-8999-999999999999"
FLOW = {"id": F1, "source_id": S, "codec": "audio/aac", "sample_rate": 48000, "channels": 2}
KEY = "Bearer very-secret-7f2a"
CONTENT = b"bytes of a segment"
ALLOWED = {"TAMS_WEBHOOK_ALLOW_PRIVATE": "127.0.0.1", "LOG_LEVEL": "DEBUG"}


def test_f80_a_receiver_hears_of_segments_and_reads_their_bytes(tmp_path: Path) -> None:
    """§226, §228, §232, F69: no request waits for a receiver, and no log knows its key."""
    with Receiver() as receiver, Process(tmp_path, "x.duckdb", **ALLOWED) as served:
        receiver.gate.clear()
        with httpx2.Client(base_url=served.url, timeout=30, trust_env=False) as client:
            body = {"url": receiver.url, "events": ["flows/created", "flows/segments_added"]}
            key = {"api_key_name": "Authorization", "api_key_value": KEY}
            assert client.post("/service/webhooks", json={**body, **key}).status_code == 201
            assert client.post("/flows", json=FLOW).status_code == 201
            stored = client.post(f"/flows/{F1}/storage", json={"object_ids": ["a"]}).json()
            put = stored["media_objects"][0]["put_url"]["url"]
            assert client.put(put, content=CONTENT).status_code == 200
            assert receiver.wait_for(1)  # and has not answered yet
            segment = {"object_id": "a", "timerange": "[0:0_1:0)"}
            assert client.post(f"/flows/{F1}/segments", json=segment).status_code == 201
            receiver.gate.set()
            assert receiver.wait_for(2)
            created, added = receiver.events
            assert created["event"]["flow"]["id"] == F1
            (told,) = added["event"]["segments"]
            assert client.get(told["get_urls"][0]["url"]).content == CONTENT
            assert [KEY, KEY] == [each["Authorization"] for each in receiver.headers]
            patience = time.monotonic() + 20
            while client.get("/service/webhooks").json()[0]["status"] != "started":
                assert time.monotonic() < patience
                time.sleep(0.05)
        assert KEY not in served.told
        assert "Traceback" not in served.told
