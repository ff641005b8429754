"""Timing in turns: what is compared takes part in every round, and shares the machine's mood."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

Work = Callable[[], Any]


def in_turns(works: Mapping[str, Work], rounds: int) -> dict[str, list[float]]:
    """Seconds of each work in each round, after one round that is not counted."""
    taken: dict[str, list[float]] = {name: [] for name in works}
    for turn in range(rounds + 1):
        for name, work in works.items():
            started = time.perf_counter()
            work()
            if turn:
                taken[name].append(time.perf_counter() - started)
    return taken


def median(seconds: list[float]) -> float:
    return sorted(seconds)[len(seconds) // 2]
