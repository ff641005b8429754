"""``make vast-peer``: says where it listens and where its log is, ends with Ctrl-C."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from pathlib import Path

import vastdb


def test_it_says_where_it_is_and_logs_and_ends_with_an_interrupt(root: Path, tmp_path: Path):
    log = tmp_path / "requests.jsonl"
    command = [sys.executable, "-m", "tests.support.vast_peer", "--port", "0", "--log", str(log)]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True) as process:
        told = "".join(process.stdout.readline() for _ in range(5))
        url = re.search(r'endpoint="(http://127\.0\.0\.1:\d+)"', told).group(1)
        assert f'ta.connect("vast://{url[7:]}/tams/newsroom")' in told
        assert str(log) in told
        session = vastdb.connect(endpoint=url, access="any", secret="any")  # noqa: S106
        with session.transaction() as tx:
            assert [schema.name for schema in tx.bucket("tams").schemas()] == ["newsroom"]
        process.send_signal(signal.SIGINT)
        try:
            assert process.wait(timeout=30) == 0
        finally:
            process.kill()  # leaving the block waits for it
    entries = [json.loads(line) for line in log.read_text().splitlines()]
    assert [entry["command"] for entry in entries][-1] == "transaction"
    assert {entry["status"] for entry in entries} == {200}


def test_make_offers_it(root: Path):
    recipes = (root / "Makefile").read_text()
    assert re.search(r"^vast-peer: .*\n\t.*-m tests\.support\.vast_peer", recipes, re.MULTILINE)
