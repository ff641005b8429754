"""Runs that a store remembers, as rows that an oracle can read too.

Of both kinds, one incomplete, two that began at the same moment; measurements of groups and
periods of every length that several runs made; acknowledgements that expired, that will, that
never do.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from typing import Any

Row = dict[str, Any]
PERIODS = ("2026-09", "2026-10", "2026-W41", "2026-10-05", "2026-10-06", None)
GROUPS = (("tag:channel", "one"), ("tag:channel", "two"), ("tag:channel", None), ("source", "s1"))


def remembered(seed: int, now: dt.datetime) -> dict[str, list[Row]]:
    """The rows of the tables of runs."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    runs = [_run(n, kind, now) for n, kind in enumerate(["check", "measure", "check", "measure"])]
    runs += [_run(3, "measure", now) | {"id": "run 3b"}, _run(2, "check", now) | {"id": "run 2b"}]
    chance.shuffle(runs)
    return {
        "runs": runs,
        "run_checks": [row for run in runs if run["kind"] == "check" for row in _told(chance, run)],
        "measurements": [
            row for run in runs if run["kind"] == "measure" for row in _measured(chance, run)
        ],
        "acknowledgements": list(_answers(chance, now)),
    }


def _run(n: int, kind: str, now: dt.datetime) -> Row:
    started = now - dt.timedelta(hours=30 - n)
    return {
        "id": f"run {n}",
        "kind": kind,
        "started": started,
        "finished": started + dt.timedelta(minutes=n),
        "engine": ("duckdb", "vast", "trino")[n % 3],
        "engine_version": None if n == 1 else "1",
        "library_version": "0.1.0",
        "during": "[0:0_10:0)" if n == 2 else None,
        "start_ns": 0 if n == 2 else None,
        "end_ns": 10**10 if n == 2 else None,
        "since": started - dt.timedelta(days=1) if n == 2 else None,
        "status": ("failed", "passed", "incomplete")[n % 3],
        "watermark": started - dt.timedelta(hours=1),
    }


def _told(chance: random.Random, run: Row) -> Iterator[Row]:
    for n in range(6):
        failures = chance.choice([None, 0, 3, 3, 12])
        yield {
            "run_id": run["id"],
            "check_id": f"check {n}",
            "severity": ("error", "warn")[n % 2],
            "failures": failures,
            "new_failures": None if failures is None else chance.choice([None, failures]),
            "acknowledged": 0 if failures is None else n,
            "reason": "no listing" if failures is None else None,
            "took_ms": chance.randrange(10_000),
        }


def _measured(chance: random.Random, run: Row) -> Iterator[Row]:
    for dimension, member in GROUPS:
        for period in PERIODS:
            for measure in ("availability", "hours_covered"):
                if chance.random() < 0.7:
                    yield {
                        "run_id": run["id"],
                        "measured": run["started"],
                        "measure": measure,
                        "unit": "ratio" if measure == "availability" else "h",
                        "dimension": dimension,
                        "member": member,
                        "period": period,
                        "start_ns": None if period is None else 10**9,
                        "end_ns": None if period is None else 2 * 10**9,
                        "value": chance.choice([None, chance.random()]),
                    }


def _answers(chance: random.Random, now: dt.datetime) -> Iterator[Row]:
    for n, hours in enumerate([-1, 0, None, 1, 200, 200, None]):
        is_one = chance.random() < 0.5
        yield {
            "check_id": f"check {n % 3}",
            "entity": "segments" if is_one else None,
            "id": f"f0@[{n}:0_9:0)" if is_one else None,
            "owner": ("Ann", "Bob")[n % 2],
            "reason": f"reason {n}",
            "created": now - dt.timedelta(days=n),
            "expires": None if hours is None else now + dt.timedelta(hours=hours),
        }
