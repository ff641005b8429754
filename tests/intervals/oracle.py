"""The verbs once more, over small integers: every nanosecond is looked at by itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

Row = dict[str, Any]


def taking_part(rows: Iterable[Row]) -> list[Row]:
    return [
        row
        for row in rows
        if row["start_ns"] is not None
        and row["end_ns"] is not None
        and row["start_ns"] < row["end_ns"]
    ]


def clip(rows: Iterable[Row], within: tuple[int | None, int | None] | None) -> list[Row]:
    if within is None:
        return taking_part(rows)
    low, high = (
        (-(10**6) if within[0] is None else within[0]),
        (10**6 if within[1] is None else within[1]),
    )
    cut = [
        {**row, "start_ns": max(row["start_ns"], low), "end_ns": min(row["end_ns"], high)}
        for row in taking_part(rows)
    ]
    return taking_part(cut)


def grouped(rows: Iterable[Row], by: Sequence[str]) -> dict[tuple[Any, ...], list[Row]]:
    groups = defaultdict(list)
    for row in rows:
        groups[tuple(row[name] for name in by)].append(row)
    return groups


def seconds(row: Row) -> range:
    return range(row["start_ns"], row["end_ns"])


def stretches(points: Iterable[int]) -> list[tuple[int, int]]:
    """Consecutive integers as half-open ranges."""
    found = []
    for _, run in groupby(enumerate(sorted(set(points))), key=lambda pair: pair[1] - pair[0]):
        members = [point for _, point in run]
        found.append((members[0], members[-1] + 1))
    return found


def covered(rows: Iterable[Row]) -> set[int]:
    return {point for row in rows for point in seconds(row)}


def merge(rows: list[Row], by: Sequence[str], max_gap: int = 0) -> list[tuple[Any, ...]]:
    found = []
    for key, members in grouped(taking_part(rows), by).items():
        islands: list[list[int]] = []
        for start, end in stretches(covered(members)):
            if islands and start - islands[-1][1] <= max_gap:
                islands[-1][1] = end
            else:
                islands.append([start, end])
        for start, end in islands:
            pieces = sum(start <= row["start_ns"] < end for row in members)
            found.append((*key, start, end, pieces))
    return found


def gaps(
    rows: list[Row],
    by: Sequence[str],
    within: tuple[int | None, int | None] | None = None,
    min_duration: int = 0,
    groups: Iterable[tuple[Any, ...]] = (),
) -> list[tuple[Any, ...]]:
    members = grouped(clip(rows, within), by)
    for key in groups:
        members.setdefault(key, [])
    found = []
    for key, inside in members.items():
        points = covered(inside)
        low, high = within or (None, None)
        low = min(points) if low is None else low
        high = max(points) + 1 if high is None else high
        free = stretches(point for point in range(low, high) if point not in points)
        found += [(*key, *gap) for gap in free if gap[1] - gap[0] >= max(min_duration, 1)]
    return found


def coverage(
    rows: list[Row], by: Sequence[str], within: tuple[int | None, int | None] | None = None
) -> list[tuple[Any, ...]]:
    found = []
    for key, members in grouped(clip(rows, within), by).items():
        points = covered(members)
        first, last = min(points), max(points) + 1
        whole = last - first
        if within and None not in within:
            whole = within[1] - within[0]
        pieces = len(stretches(points))
        found.append((*key, len(points), pieces, first, last, round(len(points) / whole, 9)))
    return found


def depth(rows: list[Row], by: Sequence[str]) -> list[tuple[Any, ...]]:
    found = []
    for key, members in grouped(taking_part(rows), by).items():
        depths = {
            point: sum(point in seconds(row) for row in members) for point in covered(members)
        }
        for level in set(depths.values()):
            points = [point for point, value in depths.items() if value == level]
            found += [(*key, *stretch, level) for stretch in stretches(points)]
    return found


def shared(one: Row, other: Row) -> tuple[int, int] | None:
    start = max(one["start_ns"], other["start_ns"])
    end = min(one["end_ns"], other["end_ns"])
    return (start, end) if start < end else None


def earlier(row: Row) -> tuple[Any, ...]:
    rest = [row[name] for name in row if name not in ("start_ns", "end_ns")]
    return (row["start_ns"], row["end_ns"], *((value is None, value or 0) for value in rest))


def overlaps(rows: list[Row], by: Sequence[str]) -> list[tuple[Any, ...]]:
    found = []
    for members in grouped(taking_part(rows), by).values():
        ordered = sorted(members, key=earlier)
        for position, left in enumerate(ordered):
            for right in ordered[position + 1 :]:
                if both := shared(left, right):
                    others = [right[name] for name in right if name not in by]
                    found.append((*left.values(), *others, *both))
    return found


def matches(one: Row, other: Row, on: Sequence[str]) -> bool:
    return all(one[name] is not None and one[name] == other[name] for name in on)


def join_overlaps(a: list[Row], b: list[Row], on: Sequence[str], how: str) -> list[tuple[Any, ...]]:
    found: list[tuple[Any, ...]] = []
    blank = [None] * (len(b[0]) - len(on) + 2 if b else 0)
    for left in taking_part(a):
        met = [
            (*left.values(), *(right[name] for name in right if name not in on), *both)
            for right in taking_part(b)
            if matches(left, right, on) and (both := shared(left, right))
        ]
        if how == "semi":
            found += [tuple(left.values())] * bool(met)
        elif how == "anti":
            found += [tuple(left.values())] * (not met)
        elif how == "left":
            found += met or [(*left.values(), *blank)]
        else:
            found += met
    return found


def subtract(a: list[Row], b: list[Row], on: Sequence[str]) -> list[tuple[Any, ...]]:
    found = []
    for left in taking_part(a):
        away = covered(right for right in taking_part(b) if matches(left, right, on))
        for start, end in stretches(point for point in seconds(left) if point not in away):
            found.append(tuple({**left, "start_ns": start, "end_ns": end}.values()))
    return found


def distance(one: Row, other: Row) -> int:
    return max(0, one["start_ns"] - other["end_ns"], other["start_ns"] - one["end_ns"])


def closest(a: list[Row], b: list[Row], on: Sequence[str]) -> list[tuple[Any, ...]]:
    found = []
    for left in taking_part(a):
        partners = [right for right in taking_part(b) if matches(left, right, on)]
        if partners:
            best = min(partners, key=lambda right: (distance(left, right), *earlier(right)))
            found.append((*left.values(), *best.values(), distance(left, best)))
        else:
            found.append((*left.values(), *([None] * (len(b[0]) + 1 if b else 0))))
    return found
