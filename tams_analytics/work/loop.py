"""Runs the jobs of a store again and again, in the server or by `tams work`.

A thread for each job, so that a long delete delays nothing else. A job that fails is logged and
tried again, later each time. Of several processes on a store one does a job at a time; when it is
killed, another goes on once its lease has ended.
"""

from __future__ import annotations

import contextlib
import enum
import logging
import os
import socket
import threading
import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import TracebackType

from tams_analytics import watching
from tams_analytics.engines import Engine
from tams_analytics.errors import TamsError
from tams_analytics.media.storages import Storages
from tams_analytics.work.jobs import JOBS, Job
from tams_analytics.writes import leases

LOG = logging.getLogger(__name__)
PATIENCE_S = 10.0
IDLE_S = 8.0
"""Where there is nothing to do a job pauses twice as long each time, up to this, or its own rhythm:
each look is a question to the store. A change in this process ends the pause."""
LONGEST_PAUSE_S = 60.0
"""After failures up to this; nothing ends that pause."""


class Found(enum.Enum):
    """What a look at a job came to."""

    WORK = enum.auto()
    NOTHING = enum.auto()
    ELSEWHERE = enum.auto()
    FAILURE = enum.auto()


@dataclass(frozen=True)
class Look:
    """One look at a job: what it found, and where there was work ``done``, which is its text."""

    job: str
    found: Found
    done: str = ""

    def __str__(self) -> str:
        return f"{self.job}: {SAID.get(self.found, self.done)}"


SAID = {
    Found.NOTHING: "nothing to do",
    Found.ELSEWHERE: "another process does it",
    Found.FAILURE: "failed; the log says why",
}


class Background:
    """The jobs of one store in this process; as a context manager it runs them in threads."""

    def __init__(
        self,
        engine: Engine,
        storages: Storages,
        jobs: Sequence[Job] = JOBS,
        *,
        lease_s: float | None = None,
    ) -> None:
        self.worker = f"{socket.gethostname()} {os.getpid()} {uuid.uuid4().hex[:8]}"
        self._engine = engine
        self._storages = storages
        self._jobs = jobs
        self._lease_s = engine.settings.work_lease if lease_s is None else lease_s
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []
        self._runs = 0

    def run_once(self) -> Iterator[Look]:
        """Do what there is to do now: each job when its look is asked for."""
        return map(self._looked, self._jobs)

    def start(self) -> None:
        """Begin, in threads of their own; the caller goes on."""
        for job in self._jobs:
            name = f"tams {job.name}"
            thread = threading.Thread(target=self._repeat, args=(job,), name=name, daemon=True)
            self._threads.append(thread)
            thread.start()

    def stop(self, patience_s: float = PATIENCE_S) -> None:
        """End after the batches that are under way; what is left is for the next start.

        Those that take longer than ``patience_s``, all together, are left to end alone.
        """
        self.stop_soon()
        deadline = time.monotonic() + patience_s
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        self._threads.clear()

    def stop_soon(self) -> None:
        """Say that no further batch is to begin; returns at once, as a signal's handler has to."""
        self._stopping.set()

    def wait(self) -> None:
        """Until somebody stops it."""
        while not self._stopping.wait(1):  # in steps: a signal is answered between them
            pass

    def _repeat(self, job: Job) -> None:
        pause = job.every_s
        while not self._stopping.is_set():
            before = self._changes()
            found = self._looked(job).found
            longest = max(LONGEST_PAUSE_S if found is Found.FAILURE else IDLE_S, job.every_s)
            pause = job.every_s if found is Found.WORK else min(2 * pause, longest)
            self._pause(job, pause, None if found is Found.FAILURE else before)

    def _pause(self, job: Job, seconds: float, before: tuple[int, int] | None) -> None:
        """Not as long where there was a change in this process since ``before``."""
        end = time.monotonic() + seconds
        while not self._stopping.wait(max(0.0, min(job.every_s, end - time.monotonic()))):
            is_news = before is not None and before != self._changes()
            if is_news or time.monotonic() >= end:
                return

    def _changes(self) -> tuple[int, int]:
        return watching.changes(), self._runs

    def _looked(self, job: Job) -> Look:
        """Do a job, if there is anything to do and no other process does it."""
        try:
            if not job.has_work(self._engine):
                return Look(job.name, Found.NOTHING)
            look = self._run(job)
        except Exception as error:  # the last boundary of a thread: the job has to be tried again
            if not self._stopping.is_set():  # else the store may be closed by now
                said = "%s failed, and will be tried again: %s"
                is_foreseen = isinstance(error, TamsError) and not LOG.isEnabledFor(logging.DEBUG)
                LOG.error(said, job.name, error, exc_info=not is_foreseen)
            return Look(job.name, Found.FAILURE)
        self._runs += look.found is Found.WORK
        return look

    def _run(self, job: Job) -> Look:
        with self._held(job) as is_held:
            if not is_held:
                return Look(job.name, Found.ELSEWHERE)
            done = job.run(self._engine, self._storages, lambda: self._goes_on(job))
            look = Look(job.name, Found.WORK, str(done))
            LOG.info("%s", look)
            return look

    @contextlib.contextmanager
    def _held(self, job: Job) -> Iterator[bool]:
        is_held = leases.hold(self._engine, job.name, self.worker, self._lease_s)
        try:
            yield is_held
        finally:
            if is_held:
                leases.release(self._engine, job.name, self.worker)

    def _goes_on(self, job: Job) -> bool:
        """Before each batch: nobody stops us, and the lease is ours for another while."""
        if self._stopping.is_set():
            return False
        return leases.hold(self._engine, job.name, self.worker, self._lease_s)

    def __enter__(self) -> Background:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
