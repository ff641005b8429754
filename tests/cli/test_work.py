"""`tams work`: the background work of a store, without a server."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import tams_analytics as ta
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
    assert run("work", large, "--once").exit_code == 0
    with ta.connect(large, read_only=True) as store:
        assert store.flows.count().execute() == 0
        assert store.deletion_requests.status.to_list() == ["done"]
    assert run("work", large, "--once").exit_code == 0


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
