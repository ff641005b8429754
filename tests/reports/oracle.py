"""What reports say of `broadcast`, counted in sets of ticks: nothing of the library's is asked.

Media on the clock on the wall alone; what has a clock of its own is told in the tests.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Mapping
from zoneinfo import ZoneInfo

from tests.reports.broadcast import DAY, FIRST, FIRST_NS, NOW_TICK, TICK, Rows

Ticks = set[int]
LAST = 3 * DAY
"""The window is [0, LAST)."""


def media(rows: Rows) -> dict[str, Ticks]:
    """What each flow covers, by flow id."""
    found: dict[str, Ticks] = {}
    for row in rows["segments"]:
        start, end = (row[side] - FIRST_NS for side in ("start_ns", "end_ns"))
        if start % TICK == 0 and end % TICK == 0:
            found.setdefault(row["flow_id"], set()).update(range(start // TICK, end // TICK))
    return found


def together(covered: Mapping[str, Ticks], groups: Mapping[str, Iterable[str]]) -> dict[str, Ticks]:
    """What groups of flows cover."""
    return {
        key: set().union(*(covered.get(flow, set()) for flow in flows))
        for key, flows in groups.items()
    }


def stretches(ticks: Iterable[int]) -> list[tuple[int, int]]:
    """The runs of ticks, half-open, in order."""
    found: list[tuple[int, int]] = []
    for tick in sorted(ticks):
        if found and found[-1][1] == tick:
            found[-1] = found[-1][0], tick + 1
        else:
            found.append((tick, tick + 1))
    return found


def expected(
    covered: Mapping[str, Ticks], groups: Mapping[str, Iterable[str]], live: Mapping[str, int]
) -> dict[str, Ticks]:
    """From first to last media in the window; up to now where a flow is ``live`` (made then)."""
    found = {}
    for key, flows in groups.items():
        there = set().union(*(covered.get(flow, set()) for flow in flows)) & set(range(LAST))
        bounds = [*there]
        for flow in flows:
            if flow in live:
                has_media = bool(covered.get(flow, set()) & set(range(LAST)))
                bounds.append(NOW_TICK - 1)
                bounds += [0] if live[flow] <= 0 else [] if has_media else [live[flow]]
        if bounds:
            found[key] = set(range(min(bounds), max(bounds) + 1))
    return found


def days(zone: str, starts: int) -> dict[str, Ticks]:
    """The ticks of the window by the day that begins at this hour in a zone."""
    found: dict[str, Ticks] = {}
    for tick in range(LAST):
        at = (FIRST + dt.timedelta(seconds=30 * tick)).replace(tzinfo=dt.timezone.utc)
        day = (
            at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) - dt.timedelta(hours=starts)
        ).date()
        found.setdefault(day.isoformat(), set()).add(tick)
    return found


def daily(
    whole: Mapping[str, Ticks], covered: Mapping[str, Ticks], of_days: Mapping[str, Ticks]
) -> set[tuple[str, str, int, int, int, int]]:
    """``period, key, expected_ns, covered_ns, gaps, longest_ns``."""
    found = set()
    for (key, ticks), (day, within) in itertools.product(whole.items(), of_days.items()):
        there = ticks & within
        gaps = [end - start for start, end in stretches(there - covered[key])]
        if there:
            of_it = len(there & covered[key])
            longest = max(gaps, default=0)
            found.add((day, key, len(there) * TICK, of_it * TICK, len(gaps), longest * TICK))
    return found
