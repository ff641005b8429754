"""Transactions kept valid while a long question is answered: a server forgets silent ones."""

from __future__ import annotations

import logging
import threading
import time

from tams_analytics.engines.vast.api import Api
from tams_analytics.engines.vast.errors import Conflict, translated
from tams_analytics.errors import TamsError

EVERY_S = 30.0
"""VAST's own Trino connector asks every 60 s; the SDK never does."""

log = logging.getLogger(__name__)


class Keeper:
    """Asks after transactions that have been open for `EVERY_S`, so that they do not expire."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._every_s = EVERY_S
        self._open: dict[int, float] = {}
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._is_closed = False

    def keep(self, number: int) -> None:
        """From now on, until `let_go`."""
        with self._changed:
            self._open[number] = time.monotonic() + self._every_s
            if self._thread is None and not self._is_closed:
                self._thread = threading.Thread(target=self._work, daemon=True, name="vast-keeper")
                self._thread.start()

    def let_go(self, number: int) -> None:
        """It has ended, or is about to."""
        with self._changed:
            self._open.pop(number, None)

    def close(self) -> None:
        """Let go of all."""
        with self._changed:
            self._is_closed = True
            self._open.clear()
            self._changed.notify_all()

    def _work(self) -> None:
        while True:
            with self._changed:
                if self._is_closed or not self._open:
                    self._changed.wait(timeout=self._every_s)
                if self._is_closed or not self._open:
                    self._thread = None
                    return
                due = [number for number, when in self._open.items() if when <= time.monotonic()]
                if not due:
                    self._changed.wait(timeout=self._next_s())
                    continue
                for number in due:
                    self._open[number] = time.monotonic() + self._every_s
            for number in due:
                self._ask_after(number)

    def _next_s(self) -> float:
        return max(0.01, min(self._open.values()) - time.monotonic())

    def _ask_after(self, number: int) -> None:
        """What fails here fails again, and is told, with the next request of the transaction."""
        try:
            with translated("keeping a transaction"):
                self._api.get_transaction(number)
        except (TamsError, Conflict) as error:
            log.info("transaction %d could not be kept: %s", number, error)
