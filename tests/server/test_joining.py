"""Requests that share a turn."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Sequence

import pytest

from tams_analytics.watching import Accepted, Event, tell, watched_by
from tams_server.current import begin, current
from tams_server.joining import MOST_TOGETHER, Joined


class Slow:
    """Doubles what it is asked, when it may."""

    def __init__(self) -> None:
        self.turns: list[Sequence[int]] = []
        self.is_at_work, self.may_go_on = threading.Event(), threading.Event()

    def __call__(self, asked: Sequence[int]) -> list[int]:
        self.turns.append(asked)
        self.is_at_work.set()
        assert self.may_go_on.wait(10)
        return [2 * each for each in asked]

    async def begun(self, joined: Joined[int, int]) -> asyncio.Task[int]:
        """A request that is being worked for."""
        first = asyncio.create_task(joined.do(0))
        await asyncio.to_thread(self.is_at_work.wait, 10)
        return first


def test_those_that_wait_for_a_turn_share_the_next_one() -> None:
    """One is worked for, the others gather meanwhile; each gets what is its own."""
    slow = Slow()
    count = MOST_TOGETHER + 10

    async def ask() -> list[int]:
        joined = Joined(slow)
        first = await slow.begun(joined)
        others = [asyncio.create_task(joined.do(n)) for n in range(1, count)]
        await asyncio.sleep(0)
        slow.may_go_on.set()
        return await asyncio.gather(first, *others)

    assert asyncio.run(ask()) == [2 * n for n in range(count)]
    assert [len(turn) for turn in slow.turns] == [1, MOST_TOGETHER, count - 1 - MOST_TOGETHER]


def test_a_client_that_leaves_stops_neither_its_request_nor_those_of_others() -> None:
    slow = Slow()

    async def ask() -> int:
        joined = Joined(slow)
        first = await slow.begun(joined)
        gone, other = asyncio.create_task(joined.do(1)), asyncio.create_task(joined.do(2))
        await asyncio.sleep(0)
        first.cancel()
        gone.cancel()
        slow.may_go_on.set()
        return await other

    assert asyncio.run(ask()) == 4
    assert slow.turns == [[0], [1, 2]]


def test_what_fails_for_all_fails_for_each_and_the_next_one_is_tried() -> None:
    def fail(asked: Sequence[int]) -> list[int]:
        if 7 in asked:
            raise LookupError("seven")
        return list(asked)

    async def ask() -> None:
        joined = Joined(fail)
        for _again in range(2):
            both = await asyncio.gather(joined.do(7), joined.do(8), return_exceptions=True)
            assert [str(each) for each in both] == ["seven", "seven"]
            assert await joined.do(1) == 1
        with pytest.raises(LookupError, match="seven"):
            await joined.do(7)

    asyncio.run(ask())


def test_a_turn_is_no_request_s_own_and_who_looks_on_is_told_of_it() -> None:
    """What is logged in it has no correlation id; numbers are counted all the same."""

    def work(asked: Sequence[str]) -> list[str]:
        tell(Accepted("R14", len(asked)))
        return [current().correlation_id for _ in asked]

    async def ask() -> list[str]:
        begin("of the first")
        joined = Joined(work)
        with watched_by(told.append):
            return await asyncio.gather(joined.do("a"), joined.do("b"))

    told: list[Event] = []
    assert asyncio.run(ask()) == ["", ""]
    assert told == [Accepted("R14", 2)]


def test_those_who_were_answered_together_go_together_again() -> None:
    """Each asks again a little later than the one before; one that stays away is not waited for."""
    turns: list[int] = []

    def work(asked: Sequence[int]) -> Sequence[int]:
        turns.append(len(asked))
        time.sleep(0.02)
        return asked

    async def client(joined: Joined[int, int], number: int, times: int) -> None:
        for _again in range(times):
            await joined.do(number)
            for _step in range(5 * number):
                await asyncio.sleep(0)

    async def ask() -> None:
        joined = Joined(work)
        await asyncio.gather(*(client(joined, number, 6) for number in range(4)))
        await client(joined, 0, 1)

    asyncio.run(ask())
    assert sum(turns) == 25
    assert turns.count(4) > len(turns) / 2


def test_who_is_served_by_another_event_loop_is_waited_for_too() -> None:
    """An application may be run again: what waits belongs to the loop of that moment."""

    def work(asked: Sequence[int]) -> Sequence[int]:
        time.sleep(0.01)
        return asked

    joined = Joined(work)

    async def ask() -> list[int]:
        await asyncio.gather(joined.do(0), joined.do(1))
        return [await asyncio.wait_for(joined.do(2), 5)]

    assert [asyncio.run(ask()) for _loop in range(2)] == [[2], [2]]
