"""Requests that share a turn."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from tams_server.joining import MOST_TOGETHER, Joined


def test_those_that_wait_for_a_turn_share_the_next_one() -> None:
    """One works, the others gather meanwhile; each gets what is its own."""
    turns: list[int] = []
    first_is_at_work, may_go_on = threading.Event(), threading.Event()

    def double(asked: Sequence[int]) -> list[int]:
        turns.append(len(asked))
        first_is_at_work.set()
        assert may_go_on.wait(10)
        return [2 * each for each in asked]

    joined: Joined[int, int] = Joined(double)
    count = MOST_TOGETHER + 10
    with ThreadPoolExecutor(count) as threads:
        first = threads.submit(joined.do, 0)
        assert first_is_at_work.wait(10)
        others = [threads.submit(joined.do, n) for n in range(1, count)]
        while len(joined._waiting) < count - 1:
            pass
        may_go_on.set()
        assert [each.result(10) for each in (first, *others)] == [2 * n for n in range(count)]
    assert turns == [1, MOST_TOGETHER, count - 1 - MOST_TOGETHER]


def test_what_fails_for_all_fails_for_each_and_the_next_one_is_tried() -> None:
    def fail(asked: Sequence[int]) -> list[int]:
        if 7 in asked:
            raise LookupError("seven")
        return list(asked)

    joined = Joined(fail)
    for _again in range(2):
        with pytest.raises(LookupError, match="seven"):
            joined.do(7)
        assert joined.do(1) == 1
