"""Other threads that read for somebody: their results, and their end if nobody waits for them."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, wait
from typing import TypeVar

from tams_analytics.engines.vast.api import Tally

HEARD_S = 0.1
"""So soon Ctrl-C is heard while other threads read."""

T = TypeVar("T")


class Stopped(Exception):
    """Nobody waits for the scan any more."""


class Stop:
    """Ends what other threads read for somebody who does not wait for it any more."""

    def __init__(self) -> None:
        self._is_set = threading.Event()
        self._tallies: list[Tally] = []

    def watch(self, tally: Tally) -> None:
        """End the answers of ``tally`` too."""
        self._tallies.append(tally)
        if self._is_set.is_set():
            tally.stop()

    def set(self) -> None:
        """Now."""
        self._is_set.set()
        for tally in self._tallies:
            tally.stop()

    def check(self) -> None:
        """Raise `Stopped`."""
        if self._is_set.is_set():
            raise Stopped


def results(futures: Sequence[Future[T]]) -> list[T]:
    """The results in order, or the first error; Ctrl-C is heard meanwhile.

    A wait without an end is not: libraries are loaded that let the system resume it.
    """
    pending = set(futures)
    while pending:
        done, pending = wait(pending, timeout=HEARD_S, return_when=FIRST_EXCEPTION)
        for future in done:
            future.result()
    return [future.result() for future in futures]
