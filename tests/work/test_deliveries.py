"""Deliveries of events to real receivers on loopback (F80, statements 225 to 232)."""

from __future__ import annotations

import dataclasses
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

import tams_analytics as ta
from tams_analytics.queries import webhooks
from tams_analytics.work.deliveries import deliver, has_work
from tams_analytics.work.told import Told
from tests.server.contract.specification import Specification
from tests.support.receiver import Receiver

VIDEO = "urn:x-nmos:format:video"
FLOW = "11111111-1111-4111-8111-111111111111"
SOURCE = "99999999-9999-4999-8999-999999999999"
LOOPBACK = (ip_network("127.0.0.0/8"),)
ON_DUCKDB = pytest.mark.parametrize("engine_name", ["duckdb"])
SOON_S = 0.02


@pytest.fixture
def heard(store: ta.Store) -> ta.Store:
    """A store that may deliver to this machine."""
    set_(store, webhook_allow_private=LOOPBACK)
    return store


def set_(store: ta.Store, **settings: Any) -> None:
    engine = store._engine
    engine.settings = dataclasses.replace(engine.settings, **settings)


def listen(store: ta.Store, receiver: Receiver, *events: str, **more: Any) -> str:
    body = {"url": receiver.url, "events": [*(events or ("sources/created",))], **more}
    return str(store.writes.create_webhook(body)["id"])


def make_sources(store: ta.Store, count: int, first: int = 0) -> list[str]:
    ids = [f"{at:08x}-0000-4000-8000-000000000000" for at in range(first, first + count)]
    for at in range(0, count, 1000):
        store.writes.create_sources([{"id": id, "format": VIDEO} for id in ids[at : at + 1000]])
    return ids


def run(store: ta.Store, **more: Any) -> Told:
    return deliver(store._engine, store.storages, retry_s=SOON_S, **more)


def status(store: ta.Store, id: str) -> dict[str, Any]:
    return webhooks.document_of(store.ask(webhooks.one, id=id).to_pylist()[0])


def told_ids(receiver: Receiver) -> list[str]:
    return [each["event"]["source"]["id"] for each in receiver.events]


def waiting(store: ta.Store) -> int:
    return int(store.tables.events.count().execute())


def test_226_events_are_delivered_in_order_with_the_key(heard: ta.Store, shared: Path) -> None:
    """§226, §227, F80: and the webhook is started then."""
    with Receiver() as receiver:
        id = listen(heard, receiver, api_key_name="X-Key", api_key_value="secret")
        ids = make_sources(heard, 3) + make_sources(heard, 2, first=3)
        assert status(heard, id)["status"] == "created"
        assert has_work(heard._engine)

        assert Told(5, 0) == run(heard)

        assert ids == told_ids(receiver)
        assert ["secret"] * 5 == [each["X-Key"] for each in receiver.headers]
        assert {"application/json"} == {each["Content-Type"] for each in receiver.headers}
        assert 5 == len(set(receiver.ids))
        steps = "#/webhooks/sources~1created/post/requestBody/content/application~1json/schema"
        for event in receiver.events:
            Specification(shared).validator(steps).validate(event)
        assert (status(heard, id)["status"], waiting(heard)) == ("started", 0)
        assert not has_work(heard._engine)


@ON_DUCKDB
def test_a_thousand_events_keep_their_order(heard: ta.Store) -> None:
    with Receiver() as receiver:
        listen(heard, receiver)
        ids = make_sources(heard, 1000)
        assert Told(1000, 0) == run(heard)
        assert ids == told_ids(receiver)


def test_f80_what_fails_is_tried_again_and_the_others_wait(heard: ta.Store) -> None:
    """F80: one retry at a time, later each time, kept in the store; the event keeps its id."""
    with Receiver(500, 503, 200) as receiver:
        id = listen(heard, receiver)
        first, second = make_sources(heard, 2)
        assert Told(0, 1) == deliver(heard._engine, heard.storages, retry_s=600)
        assert not has_work(heard._engine)
        due = heard.tables.events.select("attempts", "due").order_by("due").execute()
        assert [0, 1] == due["attempts"].tolist()
        assert 500 < (due["due"][1] - due["due"][0]).total_seconds() < 700

        soon(heard)
        assert Told(0, 1) == deliver(heard._engine, heard.storages, retry_s=600)
        soon(heard)
        assert Told(2, 0) == run(heard)
        assert [first, first, first, second] == told_ids(receiver)
        assert [receiver.ids[0]] * 3 == receiver.ids[:3]
        assert receiver.ids[3] != receiver.ids[0]
        assert status(heard, id)["status"] == "started"


def soon(store: ta.Store) -> None:
    """What was put off is due now."""
    moment = store.tables.events.created.min().to_pyarrow()
    store._engine.transact(lambda tx: tx.update("events", {}, {"due": moment.as_py()}))


def wait_until(holds: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.01)


def fail_until_error(store: ta.Store, id: str) -> None:
    """A slow run may make two attempts, as the next one is due meanwhile: what came tells."""
    while status(store, id)["status"] != "error":
        wait_until(lambda: has_work(store._engine))
        run(store)


@ON_DUCKDB
def test_224_the_last_failure_is_an_error_until_a_client_enables_it(
    heard: ta.Store, shared: Path
) -> None:
    """§224, F80: three retries, then silence; what waited is told once it is enabled."""
    with Receiver(500) as receiver:
        id = listen(heard, receiver)
        make_sources(heard, 1)
        fail_until_error(heard, id)
        document = status(heard, id)
        Specification(shared).validator("webhook-get.json").validate(document)
        assert (document["status"], document["error"]["type"]) == ("error", "HTTPStatus")
        assert "500" in document["error"]["summary"]
        assert len(receiver.events) == 4

        make_sources(heard, 1, first=7)
        assert not has_work(heard._engine)
        receiver.answers = [200]
        heard.writes.put_webhook({**document, "status": "created"})
        assert Told(1, 0) == run(heard)
        assert 1 == len(set(receiver.ids))
        assert "error" not in status(heard, id)


@ON_DUCKDB
def test_225_who_is_disabled_or_deleted_hears_nothing_more(heard: ta.Store) -> None:
    """§225."""
    with Receiver() as receiver:
        id = listen(heard, receiver)
        make_sources(heard, 1)
        document = status(heard, id)
        heard.writes.put_webhook({**document, "status": "disabled"})
        assert not has_work(heard._engine)
        heard.writes.put_webhook({**document, "status": "created"})
        assert not has_work(heard._engine)

        make_sources(heard, 1, first=1)
        heard.writes.delete_webhook(id)
        row = {"id": "e", "webhook_id": id, "event_type": "sources/created", "payload": "{}"}
        heard._engine.transact(lambda tx: tx.insert("events", [row]))  # of a slow transaction
        assert Told(0, 0) == run(heard)
        assert (receiver.events, waiting(heard)) == ([], 0)


@ON_DUCKDB
def test_232_no_redirect_is_followed(heard: ta.Store) -> None:
    """§232."""
    with Receiver() as inside, Receiver(307, location=inside.url) as receiver:
        id = listen(heard, receiver)
        make_sources(heard, 1)
        fail_until_error(heard, id)
        assert "307" in status(heard, id)["error"]["summary"]
        assert [] == inside.events


@ON_DUCKDB
def test_a_slow_receiver_ends_in_time_and_delays_nobody(heard: ta.Store) -> None:
    """F80: the timeout is that of the whole delivery, however slowly an answer drips."""
    set_(heard, webhook_timeout=1)
    with Receiver(drip_s=0.1) as slow, Receiver() as fast:
        slow_id = listen(heard, slow)
        listen(heard, fast)
        make_sources(heard, 20)
        began = time.monotonic()
        told = run(heard, goes_on=lambda: time.monotonic() < began + 1)
        assert told.failures >= 1
        assert time.monotonic() - began < 5
        assert (20, 1) == (len(fast.events), len(set(slow.ids)))
        fail_until_error(heard, slow_id)
        assert "1 s" in status(heard, slow_id)["error"]["summary"]


@ON_DUCKDB
def test_232_an_address_is_checked_again_for_each_delivery(
    heard: ta.Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """§232: a name that was public when it was registered and leads inside now."""
    places = {"rebind.example": "93.184.216.34"}
    real = socket.getaddrinfo

    def look_up(host: Any, *args: Any, **more: Any) -> Any:
        return real(places.get(host, host), *args, **more)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    with Receiver() as receiver:
        url = f"http://rebind.example:{receiver.port}/hook"
        set_(heard, webhook_allow_private=(), webhook_retry_attempts=0)
        body = {"url": url, "events": ["sources/created"]}
        id = str(heard.writes.create_webhook(body)["id"])
        make_sources(heard, 1)
        places["rebind.example"] = "127.0.0.1"
        assert Told(0, 1) == run(heard)
        assert "127.0.0.1, which is no public address" in status(heard, id)["error"]["summary"]
        assert [] == receiver.events

        set_(heard, webhook_allow_private=LOOPBACK)
        heard.writes.put_webhook({**status(heard, id), "status": "created"})
        assert Told(1, 0) == run(heard)
        assert f"rebind.example:{receiver.port}" == receiver.headers[0]["Host"]


@ON_DUCKDB
def test_a_name_that_is_looked_up_for_too_long_is_a_failure(
    heard: ta.Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The timeout is that of the whole delivery."""
    set_(heard, webhook_timeout=1, webhook_retry_attempts=0)
    body = {"url": "http://slow.example/x", "events": ["sources/created"]}
    real, ends = socket.getaddrinfo, threading.Event()

    def look_up(host: Any, *args: Any, **more: Any) -> Any:
        ends.wait(20)
        return real("127.0.0.1", *args, **more)

    with monkeypatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", lambda *args, **more: real("127.0.0.1", *args[1:]))
        id = str(heard.writes.create_webhook(body)["id"])
        make_sources(heard, 1)
        patch.setattr(socket, "getaddrinfo", look_up)
        began = time.monotonic()
        assert Told(0, 1) == run(heard)
        assert time.monotonic() - began < 15
        ends.set()
    assert status(heard, id)["error"]["type"] == "Timeout"


@ON_DUCKDB
def test_nobody_there_is_a_failure_that_says_so(heard: ta.Store) -> None:
    set_(heard, webhook_retry_attempts=0)
    with closing(socket.socket()) as door:
        door.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{door.getsockname()[1]}/"
        id = heard.writes.create_webhook({"url": url, "events": ["sources/created"]})["id"]
        make_sources(heard, 1)
        assert Told(0, 1) == run(heard)
    assert status(heard, id)["error"]["type"] == "ConnectError"


@ON_DUCKDB
@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("", r"to 127\.0\.0\.1:\d+: attempt 1 of event \S+ failed: HTTPStatus: .*answered 500; it"),
        ("http://u:geheim@127.0.0.1:9/geheim?geheim", r"to 127\.0\.0\.1:9: .*: ConnectError: "),
        ("http://192.168.7.7:80/geheim#geheim", "to 192.168.7.7:80: .*, which is no public addr"),
        ("http://nowhere.invalid/geheim", "to nowhere.invalid: .*: NoAddress: its name leads now"),
        ("http://h:geheim/geheim", r"failed: \w+; "),
    ],
)
def test_the_log_says_where_and_why_a_delivery_failed_and_no_url(
    heard: ta.Store, caplog: pytest.LogCaptureFixture, url: str, said: str
) -> None:
    """L3: what follows the host may be a secret."""
    set_(heard, webhook_retry_attempts=0)
    with Receiver(500) as receiver:
        id = listen(heard, receiver)
        if url:
            heard._engine.transact(lambda tx: tx.update("webhooks", {"id": id}, {"url": url}))
        make_sources(heard, 1)
        assert Told(0, 1) == run(heard)
    warned = [each for each in caplog.records if each.levelname == "WARNING"]
    (line,) = (each.getMessage() for each in warned if id in each.getMessage())
    assert re.search(said, line), line
    assert line.endswith("it is in error until a client sets its status to created")
    assert "geheim/" not in line
    assert "/geheim" not in line
    assert "?geheim" not in line
    assert "/hook" not in line


@ON_DUCKDB
@pytest.mark.parametrize("url", ["http://☃.example/x", "http://xn--n3h.example/x", "https://.x/"])
def test_a_url_that_cannot_be_used_fails_alone(heard: ta.Store, url: str) -> None:
    """F80: a store from before such URLs were refused tells the others, and the owner of this."""
    set_(heard, webhook_retry_attempts=0)
    with Receiver() as receiver:
        bad = listen(heard, receiver)
        heard._engine.transact(lambda tx: tx.update("webhooks", {"id": bad}, {"url": url}))
        good = listen(heard, receiver)
        make_sources(heard, 1)
        assert Told(1, 1) == run(heard)
    assert ("error", "started") == (status(heard, bad)["status"], status(heard, good)["status"])


def make_flow(store: ta.Store) -> None:
    flat = {"codec": "video/h264", "frame_width": 16, "frame_height": 16, "frame_rate": "25/1"}
    store.writes.create_flow({"id": FLOW, "source_id": SOURCE, **flat})


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[ta.Store]:
    """A store with a folder for bytes, on DuckDB."""
    with ta.connect(str(tmp_path / "x.duckdb")) as store:
        set_(store, webhook_allow_private=LOOPBACK, public_url="https://tams.example/api")
        make_flow(store)
        yield store


def test_228_segments_are_told_as_get_gives_them_under_the_webhooks_options(
    kept: ta.Store, shared: Path
) -> None:
    """§228, F69: URLs are made when they are told."""
    with Receiver() as plain, Receiver() as verbose, Receiver() as none:
        listen(kept, plain, "flows/segments_added")
        options = {"verbose_storage": True, "include_object_timerange": True, "presigned": True}
        listen(kept, verbose, "flows/segments_added", **options)
        listen(kept, none, "flows/segments_added", accept_get_urls=[])
        kept.writes.allocate_storage(FLOW, {"object_ids": ["a"]})
        url = {"url": "https://there.example/b", "label": "there"}
        more = {"ts_offset": "1:0", "note": "kept"}
        posted = [
            {"object_id": "a", "timerange": "0:0_1:0"},
            {"object_id": "b", "timerange": "[1:0_2:0)", "get_urls": [url], **more},
        ]
        kept.writes.create_segments(FLOW, posted)
        run(kept)

        steps = "#/webhooks/flows~1segments_added/post/requestBody/content/application~1json/schema"
        for receiver in (plain, verbose, none):
            (event,) = receiver.events
            Specification(shared).validator(steps).validate(event)
        first, second = plain.events[0]["event"]["segments"]
        assert ("a", "[0:0_1:0)") == (first["object_id"], first["timerange"])
        (item,) = first["get_urls"]
        assert item["url"].startswith("https://tams.example/api/media/")
        assert {"url", "label", "presigned"} == {*item}
        assert second == {
            "object_id": "b", "timerange": "[1:0_2:0)", "get_urls": [{**url, "presigned": False}],
            **more,
        }  # fmt: skip
        first, second = verbose.events[0]["event"]["segments"]
        assert "storage_id" in first["get_urls"][0]
        assert ("[0:0_1:0)", []) == (second["object_timerange"], second["get_urls"])
        assert [[], []] == [each["get_urls"] for each in none.events[0]["event"]["segments"]]


def test_what_is_gone_by_then_is_told_without_urls(kept: ta.Store) -> None:
    with Receiver() as receiver:
        listen(kept, receiver, "flows/segments_added")
        said = {"object_id": "a", "timerange": "[0:0_1:0)", "ts_offset": "0:0", "note": "kept"}
        kept.writes.create_segments(FLOW, said)
        kept.writes.delete_segments(FLOW)
        run(kept)
        assert [{**said, "get_urls": []}] == receiver.events[0]["event"]["segments"]


WORKER = """
import sys, tams_analytics as ta
from tams_analytics.work.jobs import DELIVERIES
from tams_analytics.work.loop import Background
with ta.connect(sys.argv[1]) as store:
    background = Background(store._engine, store.storages, [DELIVERIES], lease_s=1.5)
    background.start()
    background.wait()
"""


def start_worker(file: Path) -> subprocess.Popen[bytes]:
    environ = {**os.environ, "TAMS_WEBHOOK_ALLOW_PRIVATE": "127.0.0.1"}
    return subprocess.Popen([sys.executable, "-c", WORKER, str(file)], env=environ)


def test_f80_a_kill_loses_no_event_and_keeps_its_id(tmp_path: Path) -> None:
    """R7: killed while a delivery is under way; the next worker tells it again, then the others."""
    file = tmp_path / "x.duckdb"
    with Receiver() as receiver:
        with ta.connect(str(file)) as store:
            set_(store, webhook_allow_private=LOOPBACK)
            listen(store, receiver)
            ids = make_sources(store, 3)
        receiver.gate.clear()
        killed = start_worker(file)
        try:
            assert receiver.wait_for(1)
        finally:
            os.kill(killed.pid, signal.SIGKILL)
            killed.wait()
        receiver.gate.set()
        second = start_worker(file)
        try:
            assert receiver.wait_for(4)
        finally:
            second.terminate()
            second.wait()
        assert [ids[0], *ids] == told_ids(receiver)
        assert receiver.ids[0] == receiver.ids[1]
        assert 3 == len(set(receiver.ids))
