"""Requests that have to wait for one another anyway, done together.

A store commits one change at a time, and a commit costs the same whatever it holds. So while one
is under way the others gather, without a thread of their own, and the next one is for all of them.

Clients that were answered together ask again together, but not in the same instant: the first of
them would go alone, and the others wait for its commit. So a turn waits for as many as there were a
moment ago, and never for longer than half of what it lasts.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from starlette.concurrency import run_in_threadpool

from tams_analytics.watching import watched_only

Asked = TypeVar("Asked")
Given = TypeVar("Given")

MOST_TOGETHER = 64
"""So many requests share a turn; more would make the first of them wait for long."""

MOST_PATIENCE_S = 0.005
"""So long a turn waits at most for those that are expected."""


class Joined(Generic[Asked, Given]):
    """`work` for several requests at once, in a thread, called for one turn after the other.

    All requests are of one event loop. The context of none of them is there: the log would name the
    first one in lines about others.
    """

    def __init__(self, work: Callable[[Sequence[Asked]], Sequence[Given]]) -> None:
        self._work = work
        self._waiting: list[tuple[Asked, asyncio.Future[Given]]] = []
        self._turns: asyncio.Task[None] | None = None
        self._expected = 1
        self._expected_until = 0.0
        self._are_there = asyncio.Event()

    async def do(self, asked: Asked) -> Given:
        """What `work` gives for this request. Raises what it raises."""
        mine: asyncio.Future[Given] = asyncio.get_running_loop().create_future()
        self._waiting.append((asked, mine))
        if self._turns is None:
            self._turns = watched_only().run(asyncio.create_task, self._work_for_all())
        elif len(self._waiting) >= self._expected:
            self._are_there.set()
        return await mine

    async def _work_for_all(self) -> None:
        try:
            while self._waiting:
                await self._gather()
                taken = self._waiting[:MOST_TOGETHER]
                del self._waiting[:MOST_TOGETHER]
                started = _now()
                await self._turn([asked for asked, _ in taken], [each for _, each in taken])
                self._expect(len(taken) + len(self._waiting), _now() - started)
        finally:
            self._turns = None

    def _expect(self, count: int, lasted_s: float) -> None:
        """So many will ask again, if they do, before another such turn would be half over."""
        self._expected = min(count, MOST_TOGETHER)
        self._expected_until = _now() + min(lasted_s / 2, MOST_PATIENCE_S)

    async def _gather(self) -> None:
        """Wait for those that are expected, as long as that is worth it."""
        left_s = self._expected_until - _now()
        if len(self._waiting) < self._expected and left_s > 0:
            self._are_there = asyncio.Event()  # of this event loop
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._are_there.wait(), left_s)

    async def _turn(self, asked: Sequence[Asked], places: Sequence[asyncio.Future[Given]]) -> None:
        """A client that has left meanwhile takes nothing; its request is done all the same."""
        try:
            given = await run_in_threadpool(self._work, asked)
        except BaseException as error:
            for each in places:
                if not each.done():
                    each.set_exception(error)
            if not isinstance(error, Exception):
                raise
            return
        for each, found in zip(places, given, strict=True):
            if not each.done():
                each.set_result(found)


def _now() -> float:
    return asyncio.get_running_loop().time()
