"""Where the segments of a flow lie: live ones one after the other until the day ends."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tams_analytics.examples.clock import END_NS, FRAME_NS, HOUR_US, Ints, wall_clock_us
from tams_analytics.examples.essences import Essence
from tams_analytics.examples.plan import Flow, Group
from tams_analytics.timerange import SECOND

SHORTEST_NS, LONGEST_NS = 2 * SECOND, 10 * SECOND
IRREGULAR = 0.1
"""The share of live segments that are not of the target length."""
OUTAGES = 0.03
"""The share of a live group's time in which nothing came in."""
SLOTS_BETWEEN_OUTAGES = 400


@dataclass(frozen=True)
class Track:
    """The segments of one flow, in order.

    ``object_start_ns`` and ``object_end_ns`` bound each segment's object, on the flow's timeline;
    ``origin_ns`` is where on it the object's own timeline has its zero. ``sequence`` numbers the
    objects of the flow that made them.
    """

    start_ns: Ints
    end_ns: Ints
    object_start_ns: Ints
    object_end_ns: Ints
    origin_ns: Ints
    sequence: Ints
    created_us: Ints


def target_ns(group: Group) -> int:
    """The segment length that a group aims at."""
    return int((group.origin or group).random(1).integers(2, 11)) * SECOND


def track(flow: Flow) -> Track:
    """The segments of a flow."""
    if flow.group.origin is not None:
        return _cut(flow.group, flow.group.origin)
    start, end = slots(flow.group)
    kept = _kept(flow)
    start, end, sequence = start[kept], end[kept], np.flatnonzero(kept)
    created = _registered(flow, end)
    return Track(start, end, start, end, _zeros(flow.essence, start), sequence, created)


def slots(group: Group) -> tuple[Ints, Ints]:
    """The stretches of a group's timeline, on whole frames, the last one ending with the day."""
    chance = group.random(2)
    target = target_ns(group) // FRAME_NS
    length = np.full(group.slots, target, np.int64)
    pause = np.zeros(group.slots, np.int64)
    if group.is_live:
        odd = chance.random(group.slots) < IRREGULAR
        shortest, longest = SHORTEST_NS // FRAME_NS, LONGEST_NS // FRAME_NS
        length[odd] = chance.integers(shortest, longest + 1, int(odd.sum()))
        pause = _outages(chance, length)
    end = _end(group) - (np.cumsum((length + pause)[::-1])[::-1] - length - pause) * FRAME_NS
    return end - length * FRAME_NS, end


def _end(group: Group) -> int:
    """The end of the last slot; a programme went out in the hours before."""
    if group.is_live:
        return END_NS
    return END_NS - int(group.random(3).integers(1, 3600)) * SECOND


def _outages(chance: np.random.Generator, length: Ints) -> Ints:
    """How many frames are missing before each slot."""
    places = chance.integers(1, len(length), max(1, len(length) // SLOTS_BETWEEN_OUTAGES))
    share = chance.exponential(size=len(places))
    missing = length.sum() * OUTAGES / (1 - OUTAGES) * share / share.sum()
    pause = np.zeros(len(length), np.int64)
    np.add.at(pause, places, np.maximum(missing, 1).astype(np.int64))
    return pause


def _kept(flow: Flow) -> npt.NDArray[np.bool_]:
    """Which slots the flow has a segment for: the first and the last always."""
    kept = np.ones(flow.group.slots, np.bool_)
    inner = np.arange(1, flow.group.slots - 1)
    chance = flow.group.random(4, flow.group.essences.index(flow.essence))
    kept[chance.choice(inner, flow.lost, replace=False)] = False
    return kept


def _zeros(essence: Essence, start: Ints) -> Ints:
    return start if essence.own_clock else np.zeros_like(start)


def _registered(flow: Flow, end_ns: Ints) -> Ints:
    """When each segment was registered: a live one seconds after its end, a file's one by one."""
    chance = flow.group.random(5, flow.group.essences.index(flow.essence))
    if flow.group.is_live:
        delay_s = 1 + chance.exponential(1.5, len(end_ns))
        return wall_clock_us(end_ns) + (delay_s * 1e6).astype(np.int64)
    hours = int(flow.group.random(8).integers(1, 30 * 24))
    return wall_clock_us(end_ns[:1]) - hours * HOUR_US + np.arange(len(end_ns)) * 50_000


def _cut(group: Group, origin: Group) -> Track:
    """A stretch of the origin without the first and last second, laid where it went out."""
    start, end = slots(origin)
    chance = group.random(6)
    first = int(chance.integers(0, max(1, origin.slots // 2 - group.slots)))
    chosen = slice(first, first + group.slots)
    start, end = start[chosen], end[chosen]
    shift = int(chance.integers(10, 60)) * SECOND + end[-1] - start[0]
    used_start, used_end = start.copy(), end.copy()
    used_start[0] += SECOND // 2
    used_end[-1] -= SECOND // 2
    return Track(
        start_ns=used_start + shift,
        end_ns=used_end + shift,
        object_start_ns=start + shift,
        object_end_ns=end + shift,
        origin_ns=np.full(len(start), shift),
        sequence=np.arange(first, first + group.slots),
        created_us=np.full(len(start), wall_clock_us(end[-1:])[0] + 30_000_000),
    )
