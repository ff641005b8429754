"""``make vast-peer``: says where it listens and where its log is, ends with Ctrl-C."""

from __future__ import annotations

import contextlib
import http.client
import json
import re
import signal
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import vastdb

from tests.support.vast_peer import VastPeer
from tests.support.vast_peer.__main__ import opened, parsed


def test_it_says_where_it_is_and_logs_and_ends_with_an_interrupt(root: Path, tmp_path: Path):
    log = tmp_path / "requests.jsonl"
    command = [sys.executable, "-m", "tests.support.vast_peer", "--port", "0", "--log", str(log)]
    with (
        subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True) as process,
        contextlib.ExitStack() as end,
    ):
        end.callback(process.kill)  # leaving the block waits for it
        told = "".join(process.stdout.readline() for _ in range(7))
        url = re.search(r'endpoint="(http://127\.0\.0\.1:\d+)"', told).group(1)
        assert f'ta.connect("vast://{url[7:]}/tams/newsroom")' in told
        assert str(log) in told
        session = vastdb.connect(endpoint=url, access="any", secret="any")  # noqa: S106
        with session.transaction() as tx:
            assert [schema.name for schema in tx.bucket("tams").schemas()] == ["newsroom"]
        monday = re.search(r"curl -X PUT (http://\S+/tams/\.snapshot/monday)$", told, re.M).group(1)
        assert [asked("PUT", monday), asked("PUT", monday)] == [200, 409]
        with session.transaction() as tx:
            assert [each.name for each in tx.bucket("tams").snapshots()] == [
                "tams/.snapshot/monday"
            ]
        assert [asked("DELETE", monday), asked("DELETE", monday)] == [204, 404]
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 0
    entries = [json.loads(line) for line in log.read_text().splitlines()]
    assert "transaction" in {entry["command"] for entry in entries}
    assert {entry["status"] for entry in entries} == {200, 204, 404, 409}


def asked(method: str, url: str) -> int:
    """The status of the answer."""
    with contextlib.closing(http.client.HTTPConnection(urlsplit(url).netloc)) as connection:
        connection.request(method, urlsplit(url).path)
        return connection.getresponse().status


def test_a_transaction_that_is_no_number_is_none_that_is_open():
    with VastPeer() as peer, contextlib.closing(http.client.HTTPConnection(peer.address)) as asked:
        asked.request("GET", "/tams?schema", headers={"tabular-txid": "None"})

        assert asked.getresponse().status == 404


def test_make_offers_it(root: Path):
    recipes = (root / "Makefile").read_text()
    assert re.search(r"^vast-peer: .*\n\t.*-m tests\.support\.vast_peer", recipes, re.MULTILINE)


def test_a_port_that_is_taken_is_said_with_the_way_out():
    with VastPeer() as there:
        port = there.address.rpartition(":")[2]

        with pytest.raises(SystemExit, match=rf'port {port} cannot be used .*ARGS="--port 9191"'):
            opened(parsed(["--port", port]))
