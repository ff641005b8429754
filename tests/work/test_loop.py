"""Jobs run by themselves, in several processes, and through a kill -9 (R7)."""

from __future__ import annotations

import dataclasses
import itertools
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import tams_analytics as ta
from tams_analytics.errors import EngineFailed
from tams_analytics.work.jobs import JOBS, Job
from tams_analytics.work.loop import Background, Found
from tams_analytics.writes import leases
from tests.support.vast_stores import VastStores
from tests.work.conftest import FLOW, Kept, made_flow, names_in

SEGMENTS = 30
PATIENCE_S = 60


def wait_until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.02)


def counted(name: str = "count") -> tuple[Job, list[int]]:
    """A job that counts its runs."""
    runs: list[int] = []
    return Job(name, 0.01, lambda _engine: True, lambda *_: runs.append(1)), runs


@pytest.mark.parametrize("engine_name", ["duckdb"], indirect=True)
class TestBackground:
    """On one engine: what holds for both is in `tests.writes.test_leases`."""

    def test_jobs_run_until_they_are_stopped(self, kept: Kept) -> None:
        job, runs = counted()
        with Background(kept.engine, kept.store.storages, [job]):
            wait_until(lambda: len(runs) > 2)
        after = len(runs)
        time.sleep(0.1)
        assert len(runs) == after
        assert leases.hold(kept.engine, job.name, "another", 1)

    def test_a_job_that_fails_is_logged_and_tried_again_and_stops_no_other(
        self, kept: Kept, caplog: pytest.LogCaptureFixture
    ) -> None:
        def fail(*_: object) -> None:
            failures.append(1)
            raise EngineFailed("it", "working", "on purpose")

        caplog.set_level("WARNING", "tams_analytics.work.loop")  # at DEBUG there are traces
        failures: list[int] = []
        job, runs = counted()
        broken = dataclasses.replace(job, name="broken", run=fail)
        background = Background(kept.engine, kept.store.storages, [broken, job])
        looks = [(look.job, look.found) for look in background.run_once()]
        assert looks == [("broken", Found.FAILURE), ("count", Found.WORK)]
        with background:
            wait_until(lambda: len(failures) > 2 and len(runs) > 2)
        assert "broken failed" in caplog.text
        assert "on purpose" in caplog.text
        assert "Traceback" not in caplog.text  # of what was foreseen a line says all

    def test_one_worker_does_a_job_at_a_time(self, kept: Kept) -> None:
        job, runs = counted()
        assert leases.hold(kept.engine, job.name, "another", 60)
        background = Background(kept.engine, kept.store.storages, [job])
        assert [look.found for look in background.run_once()] == [Found.ELSEWHERE]
        leases.release(kept.engine, job.name, "another")
        assert ([look.found for look in background.run_once()], runs) == ([Found.WORK], [1])

    def test_an_idle_job_looks_less_and_less_often_until_something_changes_here(
        self, kept: Kept
    ) -> None:
        """Each look is a question to the store; a change in this process is looked at soon."""
        looks: list[float] = []

        def has_work(_engine: object) -> bool:
            looks.append(time.monotonic())
            return False

        job = Job("idle", 0.05, has_work, lambda *_: None)
        with Background(kept.engine, kept.store.storages, [job]):
            wait_until(lambda: len(looks) == 5)
            pauses = [after - before for before, after in itertools.pairwise(looks)]
            planned = [0.1, 0.2, 0.4, 0.8]  # a busy machine makes them longer, never shorter
            assert all(took > 0.9 * plan for took, plan in zip(pauses, planned, strict=True))
            kept.store.writes.set_flow_label(FLOW, "changed")
            wait_until(lambda: len(looks) == 6)
        assert looks[5] - looks[4] < 1.6

    def test_a_job_that_another_process_does_is_none_to_look_at_often(self, kept: Kept) -> None:
        """Nor a reason for the other jobs of this process to look."""
        looks: list[str] = []

        def looked(name: str, has_work: bool) -> Job:
            return Job(name, 0.05, lambda _: bool(looks.append(name)) or has_work, lambda *_: None)

        assert leases.hold(kept.engine, "long", "another", 60)
        jobs = [looked("long", True), looked("idle", False)]
        with Background(kept.engine, kept.store.storages, jobs):
            time.sleep(0.6)
        assert looks.count("long") <= 4
        assert looks.count("idle") <= 4

    def test_nothing_is_written_where_there_is_nothing_to_do(self, kept: Kept) -> None:
        before = facts(kept.store)
        assert {look.found for look in kept.store.background().run_once()} == {Found.NOTHING}
        assert facts(kept.store) == before


def facts(store: ta.Store) -> list[tuple[object, ...]]:
    return [tuple(row.values()) for row in store.tables.store_metadata.to_pyarrow().to_pylist()]


@contextmanager
def worker(url: str, root: Path) -> Iterator[subprocess.Popen[str]]:
    path = {"PYTHONPATH": str(root)}
    command = [sys.executable, "-m", "tests.work.worker", url]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env={**os.environ, **path}, cwd=root
    )
    assert process.stdout is not None
    with process.stdout as lines:
        try:
            assert next(lines).strip() == "working"
            yield process
        finally:
            process.kill()
            process.wait()


def filled(store: ta.Store, folder: Path) -> Kept:
    """A flow that is being deleted, objects of it that another flow keeps, and unused ones."""
    made_flow(store)
    kept = Kept(store, folder)
    kept.allocate(*(f"o{at:02}" for at in range(SEGMENTS)))
    kept.allocate(*(f"unused{at:02}" for at in range(10)))
    rows = [
        {"object_id": f"o{at:02}", "timerange": f"[{at}:0_{at + 1}:0)"} for at in range(SEGMENTS)
    ]
    store.writes.create_segments(FLOW, rows)
    shared = {**FLOW_BODY, "id": OTHER}
    store.writes.create_flow(shared)
    store.writes.create_segments(OTHER, rows[::3])
    assert store.writes.delete_flow(FLOW) is not None
    return kept


OTHER = "22222222-2222-4222-8222-222222222222"
FLOW_BODY = {
    "source_id": "99999999-9999-4999-8999-999999999999",
    "codec": "video/h264",
    "frame_width": 16,
    "frame_height": 9,
    "frame_rate": "25/1",
}
SHARED = {f"o{at:02}" for at in range(0, SEGMENTS, 3)}


def status(store: ta.Store) -> str:
    (found,) = store.deletion_requests.status.to_list()
    return str(found)


def left(store: ta.Store) -> int:
    return int(store.segments.filter(ta._.flow_id == FLOW).count().execute())


def is_done(kept: Kept) -> bool:
    return status(kept.store) == "done" and kept.objects() == SHARED == kept.files()


@pytest.mark.skipif(os.name == "nt", reason="there is no kill -9")
def test_r7_after_a_kill_another_process_goes_on_and_nothing_is_lost(
    folder: Path, root: Path, vast_stores: VastStores, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two processes on VAST; one is killed at work, and its open transaction expires."""
    monkeypatch.setattr(vast_stores.peer.switches, "transaction_seconds", 5)
    monkeypatch.setenv("TAMS_ASYNC_DELETION_THRESHOLD", "10")
    url = vast_stores.new_url()
    with ta.connect(url) as store:
        kept = filled(store, folder)
        with worker(url, root) as first, worker(url, root):
            wait_until(lambda: left(store) < SEGMENTS)
            os.kill(first.pid, signal.SIGKILL)
            wait_until(lambda: is_done(kept))
        assert left(store) == 0
        assert set(store.flows.id.to_list()) == {OTHER}


@pytest.mark.skipif(os.name == "nt", reason="there is no kill -9")
def test_r7_after_a_kill_the_next_start_goes_on(
    folder: Path, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One process at a time on DuckDB."""
    monkeypatch.setenv("TAMS_ASYNC_DELETION_THRESHOLD", "10")
    file = str(folder / "store.duckdb")
    with ta.connect(file) as store:
        filled(store, folder)
    with worker(file, root) as first:
        wait_until(lambda: len(names_in(folder / "media")) < SEGMENTS + 10)
        os.kill(first.pid, signal.SIGKILL)
        first.wait()
    with ta.connect(file) as store:
        assert SHARED <= names_in(folder / "media")
    with worker(file, root):
        wait_until(lambda: names_in(folder / "media") == SHARED)
    with ta.connect(file) as store:
        wait = store.writes.work_deletion_requests()
        assert (wait, status(store), left(store)) == (0, "done", 0)


def test_every_job_can_be_asked_whether_it_has_work(kept: Kept) -> None:
    assert [job.name for job in JOBS if job.has_work(kept.engine)] == []
