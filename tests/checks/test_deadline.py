"""A run of checks ends when its time is over, also in the middle of a question, on each engine."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from types import FrameType
from typing import Any

import pytest

from tams_analytics.checks import Deadline, results
from tams_analytics.engines import duckdb_threads
from tams_analytics.errors import BadParameter
from tams_analytics.store import Store
from tests.checks.endless import CHECKS, ENOUGH_S, scope_of


def test_what_runs_is_interrupted_and_the_rest_does_not_run(clean: Store) -> None:
    ran = results(clean._engine, CHECKS, scope_of(clean), Deadline(ENOUGH_S))

    assert [0, None, None] == [each["failures"] for each in ran]
    assert [
        None,
        "the time was over after 2 s, while it ran",
        "the time was over after 2 s, before it began",
    ] == [each["reason"] for each in ran]
    assert clean.check(only=["flow_without_source"]).passed


@pytest.fixture
def alone(clean: Store) -> Iterator[Store]:
    """Its DuckDB has one thread, the one that asks: it hears no signal before its work is done."""
    local = getattr(clean.con, "_local", clean.con)
    duckdb_threads.use(local.con, 1)
    yield clean
    duckdb_threads.use_all(local.con)


def test_a_database_that_hears_no_signal_is_interrupted(alone: Store) -> None:
    scope = scope_of(alone)
    (ended,) = results(alone._engine, CHECKS[1:2], scope, Deadline(ENOUGH_S))
    (after,) = results(alone._engine, CHECKS[:1], scope, Deadline())

    assert ("the time was over after 2 s, while it ran", 0) == (ended["reason"], after["failures"])


def test_a_run_that_has_time_is_complete(clean: Store) -> None:
    checked = clean.check(only=["flow_without_source", "bytes_unknown"], max_runtime=3_600)

    assert checked.is_complete
    assert [0, None] == [each["failures"] for each in checked.checks]


def test_without_any_time_nothing_runs_and_all_of_it_is_told(clean: Store) -> None:
    checked = clean.check(max_runtime=0)

    assert not checked.is_complete
    assert {None} == {each["failures"] for each in checked.checks}


def test_in_a_thread_the_run_ends_between_two_checks(clean: Store) -> None:
    ran: list[object] = []
    thread = threading.Thread(target=lambda: ran.append(clean.check(max_runtime=0).is_complete))
    thread.start()
    thread.join()

    assert [False] == ran


@pytest.fixture
def heard() -> Iterator[list[int]]:
    """What came to the handler that was there before."""
    found: list[int] = []

    def hear(number: int, _frame: FrameType | None) -> None:
        found.append(number)

    before = signal.signal(signal.SIGALRM, hear)
    yield found
    signal.signal(signal.SIGALRM, before)


def test_somebody_elses_alarm_is_heard_by_them_and_theirs_again_after_it(heard: list[int]) -> None:
    def work() -> None:
        signal.raise_signal(signal.SIGALRM)

    Deadline(3_600).run(work)
    signal.raise_signal(signal.SIGALRM)

    assert [signal.SIGALRM, signal.SIGALRM] == heard


def test_of_two_deadlines_the_one_that_is_over_ends_its_own_work() -> None:
    done: list[str] = []

    def inner() -> None:
        while True:
            done[:] = ["began"]

    def outer() -> None:
        Deadline(0.05).run(inner)
        done.append("went on")

    Deadline(3_600).run(outer)

    assert ["began", "went on"] == done


class Slow:
    """Goes slowly: what is raised meanwhile, Python would drop, with a word on stderr."""

    def __del__(self) -> None:
        end = time.monotonic() + 0.3
        while time.monotonic() < end:
            pass


def test_work_is_not_left_while_an_object_goes() -> None:
    def work() -> None:
        Slow()
        while True:
            pass

    deadline = Deadline(0.1)
    deadline.run(work)

    assert deadline.is_over


@pytest.mark.parametrize("seconds", [-1, float("nan"), "10", True])
def test_what_is_no_length_of_time_is_refused(clean: Store, seconds: Any) -> None:
    with pytest.raises(BadParameter, match="max_runtime"):
        clean.check(only=["flow_without_source"], max_runtime=seconds)


@pytest.mark.parametrize("seconds", [float("inf"), 1e300])
def test_a_very_long_time_is_enough(clean: Store, seconds: float) -> None:
    assert clean.check(only=["flow_without_source"], max_runtime=seconds).is_complete


def test_a_run_that_did_not_end_has_not_passed(clean: Store) -> None:
    checked = clean.check(max_runtime=0)

    assert ("incomplete", False) == (checked.status, checked.passed)
    assert "incomplete" in repr(checked).splitlines()[0]
