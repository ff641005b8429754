"""What is different between two stores, told row by row in plain Python."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import zip_longest
from typing import Any

from tams_analytics.queries.differences import KEYS
from tams_analytics.queries.two_stores import NOTES
from tests.reports.later import Row, Rows

Told = dict[Any, Any]
Ranges = Iterable[tuple[int, int]]


def covered(ranges: Ranges) -> int:
    total, until = 0, None
    for start, end in sorted(ranges):
        begin = start if until is None else max(start, until)
        total += max(0, end - begin)
        until = end if until is None else max(until, end)
    return total


def pairs(before: list[Row], after: list[Row], key: tuple[str, ...]) -> list[tuple[Any, Any]]:
    """The rows that differ: what it was and what it is, ``None`` where it was, or is, not."""
    sides = [Counter(tuple(row.items()) for row in rows) for rows in (before, after)]
    left, right = sides[0] - sides[1], sides[1] - sides[0]
    by_key: dict[Any, tuple[list[Row], list[Row]]] = defaultdict(lambda: ([], []))
    for side, rows in enumerate((left, right)):
        for row in map(dict, rows.elements()):
            by_key[tuple(row[name] for name in key)][side].append(row)
    found = []
    for had, has in by_key.values():
        found += list(zip_longest(had, has))
    return found


def change(pair: tuple[Any, Any]) -> str:
    return "added" if pair[0] is None else "removed" if pair[1] is None else "modified"


def summary(before: Rows, after: Rows) -> Told:
    found = {}
    for name, key in KEYS.items():
        kinds = Counter(map(change, pairs(before[name], after[name], key)))
        found[name] = tuple(kinds[each] for each in ("added", "removed", "modified"))
    return found


def ranges(rows: Rows, flow: str) -> list[tuple[int, int]]:
    return [(r["start_ns"], r["end_ns"]) for r in rows["segments"] if r["flow_id"] == flow]


def apart(here: Rows, there: Rows, flow: str) -> tuple[int, int, int, int]:
    """Covered here, there; here alone, there alone."""
    ours, theirs = ranges(here, flow), ranges(there, flow)
    either = covered(ours + theirs)
    return covered(ours), covered(theirs), either - covered(theirs), either - covered(ours)


def segments(before: Rows, after: Rows) -> Told:
    found: Told = {}
    for pair in pairs(before["segments"], after["segments"], KEYS["segments"]):
        row = pair[1] or pair[0]
        told = found.setdefault(row["flow_id"], Counter())
        told[change(pair)] += 1
        told[f"time_{change(pair)}_ns"] += row["end_ns"] - row["start_ns"]
    for flow, told in found.items():
        told["lost_ns"], told["gained_ns"] = apart(before, after, flow)[2:]
    return found


def changed(before: list[Row], after: list[Row], *shown: str) -> Counter[Any]:
    """Rows of flows or sources: change, what is shown, which columns."""
    found: Counter[Any] = Counter()
    for pair in pairs(before, after, ("id",)):
        row = pair[1] or pair[0]
        names = None
        if None not in pair:
            names = ", ".join(name for name in row if pair[0][name] != pair[1][name])
        found[(change(pair), *(row[name] for name in shown), names)] += 1
    return found


def stored(rows: Rows) -> Told:
    """By object: size, copies, all bytes, whether it is released."""
    kept = {
        (row["object_id"], row["storage_id"], row["bucket"], row["key"])
        for row in rows["object_instances"]
        if row["controlled"]
    }
    copies = Counter(each[0] for each in kept)
    found = {}
    for id in {row["id"] for row in rows["objects"]}:
        own = [row for row in rows["objects"] if row["id"] == id]
        size = max((row["size"] for row in own if row["size"] is not None), default=None)
        is_released = any(row["released_at"] for row in own)
        total = 0 if not copies[id] else None if size is None else size * copies[id]
        found[id] = (size, copies[id], total, is_released)
    return found


def objects(before: Rows, after: Rows) -> Told:
    """By object: change, sizes, copies, bytes."""
    had, has = stored(before), stored(after)
    found = {}
    for id in had.keys() | has.keys():
        then, now = had.get(id), has.get(id)
        if then == now:
            continue
        if then is None or now is None:
            kind = "added" if then is None else "removed"
        else:
            kind = "released" if now[3] > then[3] else "modified"
        sides = (then or (None,) * 3, now or (None,) * 3)
        bytes_of = (now or then)[2]  # type: ignore[index]
        found[id] = (kind, sides[0][0], sides[1][0], sides[0][1], sides[1][1], bytes_of)
    return found


def registered(rows: Rows) -> Told:
    """By object that is there: size, path, when it was registered."""
    found: Told = {}
    for id in {row["id"] for row in rows["objects"]}:
        own = [row for row in rows["objects"] if row["id"] == id]
        if any(row["released_at"] for row in own) or not any(row["registered_at"] for row in own):
            continue
        found[id] = tuple(
            max((row[name] for row in own if row[name] is not None), default=None)
            for name in ("size", "storage_path", "registered_at")
        )
    return found


def metadata(here: Rows, there: Rows) -> Counter[Any]:
    found: Counter[Any] = Counter()
    for name in ("flows", "sources"):
        sides = [
            [{k: v for k, v in row.items() if k not in NOTES} for row in rows[name]]
            for rows in (here, there)
        ]
        for (kind, id, label, names), number in changed(*sides, "id", "label").items():
            if kind == "modified":
                found[name, id, label, names] += number
    return found


def tags(here: Rows, there: Rows) -> Told:
    key = ("entity_type", "entity_id", "name")
    both = {
        (name, row["id"])
        for name in ("flows", "sources")
        for row in here[name]
        if row["id"] in {each["id"] for each in there[name]}
    }
    found: Told = defaultdict(lambda: [0, 0])
    for had, has in pairs(here["tags"], there["tags"], key):
        of = tuple((had or has)[name] for name in key)
        if of[:2] in both:
            found[of][0] += had is not None
            found[of][1] += has is not None
    return {of: tuple(counts) for of, counts in found.items()}
