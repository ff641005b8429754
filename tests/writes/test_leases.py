"""One worker at a time does a background job."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from tams_analytics.engines import Engine
from tams_analytics.writes.leases import hold, release


@pytest.fixture
def job() -> str:
    """Facts outlive a test: see `tests.writes.conftest.empty`."""
    return str(uuid.uuid4())


def test_one_worker_holds_a_job_until_it_releases_it(engine: Engine, job: str) -> None:
    assert hold(engine, job, "a", 60)
    assert hold(engine, job, "a", 60)
    assert not hold(engine, job, "b", 60)
    assert hold(engine, f"{job} another", "b", 60)
    release(engine, job, "b")
    assert not hold(engine, job, "b", 60)
    release(engine, job, "a")
    assert hold(engine, job, "b", 60)


def test_a_lease_of_a_dead_worker_ends(engine: Engine, job: str) -> None:
    assert hold(engine, job, "killed", -1)
    assert hold(engine, job, "b", 60)
    release(engine, job, "killed")
    assert not hold(engine, job, "c", 60)


def test_of_workers_that_try_at_once_one_wins(engine: Engine, job: str) -> None:
    at_once = Barrier(4)

    def tried(worker: int) -> bool:
        at_once.wait()
        return hold(engine, job, f"worker {worker}", 60)

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(tried, range(4))) == [False, False, False, True]
