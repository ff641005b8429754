"""`tams work`: the background work of a store, without a server."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

import tams_analytics as ta
from tams_analytics.work.collector import Collected
from tams_analytics.work.told import Told
from tams_analytics.writes import leases
from tests.cli.conftest import Run
from tests.work.conftest import FLOW, made_flow


@pytest.fixture
def large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store with a delete that is still to be done."""
    monkeypatch.setenv("TAMS_ASYNC_DELETION_THRESHOLD", "1")
    file = tmp_path / "large.duckdb"
    with ta.connect(file) as store:
        made_flow(store)
        rows = [{"object_id": f"o{at}", "timerange": f"[{at}:0_{at + 1}:0)"} for at in range(3)]
        store.writes.create_segments(FLOW, rows)
        assert store.writes.delete_flow(FLOW) is not None
    return file


def test_once_does_what_there_is_to_do(run: Run, large: Path) -> None:
    """F22, R7."""
    done = run("work", large, "--once")
    assert (done.exit_code, done.stdout.splitlines(), done.stderr) == (
        0,
        [
            "deletions: 1 delete request ended",
            "deliveries: nothing to do",
            "collector: nothing to do",
        ],
        "",
    )
    with ta.connect(large, read_only=True) as store:
        assert store.flows.count().execute() == 0
        assert store.deletion_requests.status.to_list() == ["done"]
    again = run("work", large, "--once")
    assert (again.exit_code, again.stdout.count("nothing to do")) == (0, 3)


def test_a_store_that_is_not_there_is_not_begun(run: Run, tmp_path: Path) -> None:
    told = run("work", tmp_path / "mistyped.duckdb", "--once")
    assert (told.exit_code, told.stdout) == (1, "")
    assert "there is no store" in told.stderr
    assert [*tmp_path.glob("mistyped*")] == []


def test_a_store_of_an_earlier_version_is_brought_forward(run: Run, large: Path) -> None:
    with duckdb.connect(str(large)) as store:
        store.execute("UPDATE store_metadata SET value = '1' WHERE name = 'schema_version'")
    done = run("work", large, "--once")
    assert (done.exit_code, done.stdout.splitlines()[0]) == (0, "deletions: 1 delete request ended")


def test_what_fails_is_told(run: Run, large: Path) -> None:
    with ta.connect(large) as store:
        store._engine.transact(
            lambda tx: tx.insert("store_metadata", [{"name": "lease deletions", "value": "{"}])
        )
    told = run("work", large, "--once")
    assert (told.exit_code, told.stderr.strip().splitlines()[-1]) == (
        2,
        "tams: deletions failed; the log says why",
    )
    assert told.stdout.splitlines()[0] == "deletions: failed; the log says why"


def test_what_another_process_does_is_told(run: Run, large: Path) -> None:
    with ta.connect(large) as store:
        assert leases.hold(store._engine, "deletions", "another", 60)
    told = run("work", large, "--once")
    assert (told.exit_code, told.stdout.splitlines()[0]) == (
        0,
        "deletions: another process does it",
    )
    with ta.connect(large, read_only=True) as store:
        assert store.deletion_requests.status.to_list() == ["created"]


def test_what_a_run_did_reads_as_a_phrase() -> None:
    assert str(Told(1)) == "1 event delivered"
    assert str(Told(20, 3)) == "20 events delivered, 3 failed"
    assert str(Collected(1)) == "1 object collected"
    assert str(Collected(2, 1, 3)) == (
        "2 objects and 1 instance collected, 3 objects kept by a storage"
    )


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGTERM")
def test_it_works_until_it_is_told_to_end(large: Path, root: Path) -> None:
    command = [sys.executable, "-m", "tams_analytics", "work", str(large)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=root)
    assert process.stderr is not None
    with process.stderr as said:
        assert "working on" in next(said)
        process.send_signal(signal.SIGTERM)
        assert (process.wait(30), said.read()) == (0, "")
    with ta.connect(large) as store:
        assert store.writes.work_deletion_requests() <= 1
