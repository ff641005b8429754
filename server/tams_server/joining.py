"""Requests that have to wait for one another anyway, done together.

A store commits one change at a time, and a commit costs the same whatever it holds. So while one
is under way the others gather, without a thread of their own, and the next one is for all of them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from starlette.concurrency import run_in_threadpool

from tams_analytics.watching import watched_only

Asked = TypeVar("Asked")
Given = TypeVar("Given")

MOST_TOGETHER = 64
"""So many requests share a turn; more would make the first of them wait for long."""


class Joined(Generic[Asked, Given]):
    """`work` for several requests at once, in a thread, called for one turn after the other.

    All requests are of one event loop. The context of none of them is there: the log would name the
    first one in lines about others.
    """

    def __init__(self, work: Callable[[Sequence[Asked]], Sequence[Given]]) -> None:
        self._work = work
        self._waiting: list[tuple[Asked, asyncio.Future[Given]]] = []
        self._turns: asyncio.Task[None] | None = None

    async def do(self, asked: Asked) -> Given:
        """What `work` gives for this request. Raises what it raises."""
        mine: asyncio.Future[Given] = asyncio.get_running_loop().create_future()
        self._waiting.append((asked, mine))
        if self._turns is None:
            self._turns = watched_only().run(asyncio.create_task, self._work_for_all())
        return await mine

    async def _work_for_all(self) -> None:
        try:
            while self._waiting:
                taken = self._waiting[:MOST_TOGETHER]
                del self._waiting[:MOST_TOGETHER]
                await self._turn([asked for asked, _ in taken], [each for _, each in taken])
        finally:
            self._turns = None

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
