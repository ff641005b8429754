"""``tams serve``: it starts, answers, ends in order, and says in a sentence why it cannot."""

from __future__ import annotations

import errno
import os
import re
import signal
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest
from click.testing import CliRunner
from uvicorn.config import STARTUP_FAILURE

import tams_analytics as ta
from tams_analytics.errors import BadParameter
from tams_command.commands import main
from tams_server import worker
from tams_server.metrics import FOLDER
from tams_server.serving import bound, environment_of_workers, told
from tams_server.settings import ServerSettings, load
from tests.server.process import Process
from tests.support.receiver import Receiver
from tests.support.vast_stores import VastStores

F1 = "11111111-1111-4111-8111-111111111111"


@pytest.fixture(autouse=True)
def _plain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("TAMS_AUTH")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)


def connected(process: Process) -> socket.socket:
    parts = urlsplit(process.url)
    opened = socket.create_connection((str(parts.hostname), int(parts.port or 0)))
    opened.settimeout(30)
    return opened


def all_of(opened: socket.socket) -> bytes:
    parts = []
    while part := opened.recv(65536):
        parts.append(part)
    return b"".join(parts)


HEAD = f"POST /flows/{F1}/segments HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n".encode()


def test_it_serves_until_a_signal_and_ends_what_it_has_begun(tmp_path: Path) -> None:
    """A request that is under way at SIGTERM is answered; nobody new is let in; exit 0."""
    with Process(tmp_path, "x.duckdb") as served:
        assert "serving x.duckdb (new or empty: no flow yet) at" in served.told
        assert "no auth: every program and page on this machine may ask" in served.told
        assert 200 == served.get("/").status_code
        assert "up" == served.get("/_mgmt/health").json()["status"]
        with connected(served) as slow:
            slow.sendall(HEAD + b"[")
            time.sleep(0.5)
            served.process.send_signal(signal.SIGTERM)
            time.sleep(0.5)
            with pytest.raises(ConnectionRefusedError):
                connected(served).close()
            slow.sendall(b"]")
            answer = all_of(slow)
        assert answer.startswith(b"HTTP/1.1 404 ")
        assert answer.endswith(b"}")
        assert 0 == served.process.wait(30)
        assert "stopping: 1 request to answer first" in served.told
        assert "Traceback" not in served.told
    with ta.connect("x.duckdb"):  # let go of
        pass


@pytest.mark.parametrize(("word", "status"), [("--ui", 200), ("--no-ui", 404)])
def test_pages_are_served_or_not_whatever_the_environment_says(
    tmp_path: Path, word: str, status: int
) -> None:
    environ = {"TAMS_UI": "0" if word == "--ui" else "1"}
    with Process(tmp_path, "x.duckdb", word, **environ) as served:
        assert status == served.get("/ui").status_code


@pytest.mark.parametrize("ui", [True, False])
def test_workers_serve_pages_as_the_command_said(ui: bool) -> None:
    assert "TAMS_UI" not in os.environ
    with environment_of_workers("x.duckdb", ServerSettings(ui=ui)):
        assert ui == load().ui
    assert "TAMS_UI" not in os.environ


def test_ctrl_c_ends_it_and_a_second_one_cuts_off_what_it_waits_for(tmp_path: Path) -> None:
    with ta.connect("x.duckdb") as store:
        store.writes.create_flow({"id": F1, "source_id": F1, "format": "urn:x-nmos:format:multi"})
    with Process(tmp_path, "-s", "x.duckdb", TAMS_AUTH_BASIC="ann:geheim") as served:
        assert 401 == served.get("/").status_code
        assert 200 == served.get("/?access_token=x", auth=("ann", "geheim")).status_code
        deadline = time.monotonic() + 30
        while "GET / 200 " not in served.told:  # it is logged after the answer
            assert time.monotonic() < deadline
            time.sleep(0.05)
        before = served.told
        with connected(served) as slow:
            slow.sendall(HEAD.replace(b"Host", b"Authorization: Basic YW5uOmdlaGVpbQ==\r\nHost"))
            time.sleep(0.5)
            served.process.send_signal(signal.SIGINT)
            while "stopping: 1 request to answer first, within 30 s" not in served.told:
                assert time.monotonic() < deadline + 30
                time.sleep(0.05)
            assert 0 == served.end(signal.SIGINT)
            answer = all_of(slow)
        assert answer.startswith(b"HTTP/1.1 503 ")
        assert b"nobody knows whether it was done" in answer
        stopping, cut_off = served.told.removeprefix(before).splitlines()
        assert "tams_server.ending: stopping" in stopping
        assert f"POST /flows/{F1}/segments 503" in cut_off
    assert "serving x.duckdb at" in before
    assert "auth: basic;" in before
    assert "geheim" not in before
    assert "access_token" not in before


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield other.getsockname()[1]


def refused(*words: str, **environ: str) -> str:
    """The one sentence that it ends with; no store is left behind."""
    done = CliRunner().invoke(main, ["serve", *words], env=environ)
    assert [] == list(Path().glob("*.duckdb"))
    assert 2 == done.exit_code, done.output
    assert 1 == len(done.output.splitlines()), done.output
    return done.output


def test_a_port_that_is_taken_is_said(taken: int) -> None:
    assert f"127.0.0.1 port {taken} cannot be served: " in refused("x.duckdb", "--port", str(taken))


def test_a_host_without_an_address_is_said() -> None:
    said = refused("x.duckdb", "--host", "no such host", TAMS_AUTH_TOKENS="geheim")
    assert "no such host port 8000 cannot be served: " in said
    assert "; try --host" in said
    assert "Unknown error" not in said
    said = refused("x.duckdb", "--host", "192.0.2.1", TAMS_AUTH_TOKENS="geheim")
    assert "try --host" in said


def test_several_workers_on_duckdb_are_refused_with_the_reason() -> None:
    said = refused("x.duckdb", "--workers", "2", "--port", "0")
    assert "duckdb" in said
    assert "one process holds the file" in said


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "tams.example"])  # noqa: S104
def test_without_a_credential_only_this_machine_is_served(host: str) -> None:
    """F84."""
    assert "TAMS_AUTH_TOKENS" in refused("x.duckdb", "--host", host, "--port", "0")


@pytest.mark.parametrize("public", [None, "http://media.example"])
def test_who_serves_every_network_is_told_that_events_need_an_address(public: str | None) -> None:
    settings = ServerSettings(host="0.0.0.0", port=0, public_url=public)  # noqa: S104
    with ta.connect(":memory:") as store, bound("127.0.0.1", 0) as door:
        assert ("TAMS_PUBLIC_URL" in told(store, settings, door)) == (public is None)


def test_the_start_says_what_is_changed_and_by_what(tmp_path: Path) -> None:
    file = str(tmp_path / "x.duckdb")
    with bound("127.0.0.1", 0) as door:
        with ta.connect(file) as store:
            (_first, of_a_file) = told(store, ServerSettings(), door).splitlines()
        with ta.connect(":memory:") as store:
            (_first, of_memory) = told(store, ServerSettings(), door).splitlines()
    assert f"it changes {file}: by what clients send" in of_a_file
    assert "jobs that run beside that (deletions, deliveries, collector)" in of_a_file
    assert of_a_file.endswith("serve a copy of the file")
    assert "copy" not in of_memory


def test_settings_that_cannot_be_are_one_sentence() -> None:
    assert "TAMS_AUTH_TOKENS" in refused("x.duckdb", TAMS_AUTH_TOKENS="ge=heim")
    assert "LOG_LEVEL" in refused("x.duckdb", LOG_LEVEL="LOUD")
    assert "TAMS_MIN_OBJECT_TIMEOUT" in refused("x.duckdb", TAMS_MIN_OBJECT_TIMEOUT="60:0")
    Path("settings.toml").write_text('[storage_backends.x]\nfolder = "fast"')
    assert "no absolute path" in refused("x.duckdb", TAMS_SETTINGS="settings.toml")
    assert "STORE" in refused()


def test_another_store_for_analytics_that_is_not_there_is_refused_at_the_start() -> None:
    said = refused("x.duckdb", "--port", "0", TAMS_ANALYTICS_URL="nope.duckdb")
    assert "TAMS_ANALYTICS_URL: 'nope.duckdb' cannot be opened: there is no store" in said


def test_a_worker_without_another_store_for_analytics_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TAMS_ANALYTICS_URL", "nope.duckdb")
    monkeypatch.setenv("TAMS_URL", ":memory:")
    monkeypatch.setenv(FOLDER, str(tmp_path))
    with pytest.raises(SystemExit) as ended:
        worker.application()
    assert STARTUP_FAILURE == ended.value.code
    [said] = capsys.readouterr().err.splitlines()
    assert "TAMS_ANALYTICS_URL: 'nope.duckdb' cannot be opened: there is no store" in said


def test_s3_without_what_reaches_it_is_refused_at_the_start(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Not told to the first client who wants to store something."""
    monkeypatch.setitem(sys.modules, "boto3", None)
    said = refused("x.duckdb", "--port", "0", TAMS_MEDIA="s3", S3_BUCKET_NAME="media")
    assert 'without boto3; pip install "tams-analytics[media]"' in said


@pytest.mark.parametrize("place", ["file", "file/below", "full"])
def test_a_folder_for_media_that_cannot_be_used_is_refused_at_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    """Not told to the first client who wants to store something."""
    (tmp_path / "file").write_text("no folder")
    if place == "full":
        monkeypatch.setattr("tempfile.TemporaryFile", full)
    media = tmp_path / place
    said = refused("x.duckdb", "--port", "0", TAMS_MEDIA=media.as_uri())
    assert f"the media directory failed at reaching {media}: it cannot be used: " in said
    assert "TAMS_MEDIA" in said


def full(**_options: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_workers_on_vast_share_the_port_and_the_numbers(
    tmp_path: Path, vast_stores: VastStores
) -> None:
    """One that is killed is started again; a scrape of any tells of all; F81."""
    words = (vast_stores.new_url(), "--workers", "2")
    with Process(tmp_path, *words, TAMS_MEDIA=tmp_path.as_uri(), LOG_FORMAT="json") as served:
        for _ in range(20):
            assert 200 == served.get("/").status_code
        assert 'tams_http_requests_total{endpoint="/",method="GET",status_code="200"} 20.0' in (
            served.get("/metrics").text
        )
        before = served.children()
        assert len(before) >= 2
        os.kill(before[-1], signal.SIGSTOP)
        time.sleep(1)  # it is asked whether it is alive, and cannot answer
        os.kill(before[-1], signal.SIGKILL)
        deadline = time.monotonic() + 30
        while set(served.children()) == set(before) - {before[-1]}:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        assert 200 == served.get("/_mgmt/ping").status_code
        while (
            len(of_processes := re.findall("tams_memory.*pid=", served.get("/metrics").text)) != 2
        ):
            assert time.monotonic() < deadline, of_processes
            time.sleep(0.2)
        while "tams_active_connections 1.0" not in served.get("/metrics").text:
            assert time.monotonic() < deadline  # the one before may not be counted off yet
        assert 0 == served.end(signal.SIGTERM)
    assert "stopping: 2 workers" in served.told
    assert "Traceback" not in served.told


def test_a_signal_ends_it_though_a_receiver_of_events_does_not_answer(tmp_path: Path) -> None:
    """What waits goes on at the next start; so the end of a process is bounded."""
    environ = {"TAMS_WEBHOOK_ALLOW_PRIVATE": "127.0.0.1", "WEBHOOK_TIMEOUT": "600"}
    with Receiver() as receiver:
        receiver.gate.clear()
        with Process(tmp_path, "x.duckdb", TAMS_SHUTDOWN_TIMEOUT="1", **environ) as served:
            hook = {"url": receiver.url, "events": ["sources/created"]}
            source = {"id": F1, "format": "urn:x-nmos:format:video"}
            for path, body in (("/service/webhooks", hook), ("/sources", source)):
                answer = httpx2.post(f"{served.url}{path}", json=body, trust_env=False)
                assert 201 == answer.status_code, answer.text
            assert receiver.wait_for(1)
            began = time.monotonic()
            assert 0 == served.end(signal.SIGTERM)
            assert time.monotonic() - began < 20
        assert "cut off after 1 s: " in served.told
        assert "tams webhook" in served.told


@pytest.mark.parametrize(
    ("name", "digits", "most"),
    [
        ("TAMS_UPLOAD_LIMIT", 5000, "1152921504606846976"),
        ("TAMS_METRICS_INTERVAL", 30, "1000000000"),
        ("TAMS_QUERY_THREADS", 5, "1024"),
    ],
)
def test_a_number_that_would_fail_later_is_refused_at_the_start(
    name: str, digits: int, most: str
) -> None:
    with pytest.raises(BadParameter, match=rf"^{name}: '9+['…] is too many; expected {most} or"):
        load({name: "9" * digits})
