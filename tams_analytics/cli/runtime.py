"""An answer that is there in time, or not at all: ``--max-runtime`` of what is asked once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tams_analytics.checks.deadline import OVER, Deadline
from tams_analytics.cli import options
from tams_analytics.errors import NotFound
from tams_analytics.store import Store
from tams_command.group import Failure


@contextmanager
def or_failed() -> Iterator[None]:
    """What is not there could not be asked: that is no finding, with which a command ends as 1."""
    try:
        yield
    except NotFound as error:
        raise Failure(str(error)) from error


class Runtime:
    """Begins when it is made; ``typed`` is a length of time as seconds or 10m, None: no end.

    Raises `BadParameter`, `BadTimeRange`.
    """

    def __init__(self, typed: str | None) -> None:
        self._typed = typed
        self._deadline = Deadline(options.seconds(typed, "max_runtime"))

    def run(self, work: Callable[[], object], store: Store) -> None:
        """Call ``work``, which asks ``store``. Raises `Failure` where the time was not enough."""
        done: list[object] = []
        self._deadline.run(lambda: done.append(work()), store.interrupter())
        if not done:
            raise Failure(f"{OVER} after --max-runtime {self._typed}: the answer is not whole")
