"""Requests that have to wait for one another anyway, done together.

A store commits one change at a time, and a commit costs the same whatever it holds. So while one
is under way the others gather; the first of them to have its turn works for all.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Generic, TypeVar

Asked = TypeVar("Asked")
Given = TypeVar("Given")

MOST_TOGETHER = 64
"""So many requests share a turn; more would make the first of them wait for long."""


class Joined(Generic[Asked, Given]):
    """`work` for several requests at once, called for one request at a time."""

    def __init__(self, work: Callable[[Sequence[Asked]], Sequence[Given]]) -> None:
        self._work = work
        self._turn = threading.Lock()
        self._gathering = threading.Lock()
        self._waiting: list[tuple[Asked, Future[Given]]] = []

    def do(self, asked: Asked) -> Given:
        """What `work` gives for this request. Raises what it raises."""
        mine: Future[Given] = Future()
        with self._gathering:
            self._waiting.append((asked, mine))
        while not mine.done():
            with self._turn:
                if not mine.done():
                    self._work_for_all()
        return mine.result()

    def _work_for_all(self) -> None:
        with self._gathering:
            taken, self._waiting = (
                self._waiting[:MOST_TOGETHER],
                self._waiting[MOST_TOGETHER:],
            )
        try:
            given = self._work([asked for asked, _ in taken])
        except BaseException as error:
            for _, each in taken:
                each.set_exception(error)
            raise
        for (_, each), found in zip(taken, given, strict=True):
            each.set_result(found)
