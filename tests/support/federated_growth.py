"""Listings of buckets that become empty, and what each adds to the bucket before it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tests.support import shipped_sql
from tests.support.federated import at

BEFORE, MON, TUE, WED = (at(f"2026-09-0{day}") for day in (1, 7, 8, 9))
KEYS: list[tuple[str, str, str, dt.datetime]] = [
    *[("gone", name, "STANDARD", MON) for name in ("a", "b")],
    ("gone", "c", "GLACIER", MON),
    *[("back", "a", "STANDARD", day) for day in (MON, WED)],
    *[("stays", "a", "STANDARD", day) for day in (MON, TUE, WED)],
    ("new", "a", "STANDARD", WED),
    ("alone", "a", "STANDARD", BEFORE),  # never listed beside others
]
GROWTH: list[tuple[Any, ...]] = [
    ("alone", "STANDARD", BEFORE, 1, 10, None, None),
    ("back", "STANDARD", MON, 1, 10, None, None),
    ("back", "STANDARD", TUE, 0, 0, -1, -10),
    ("back", "STANDARD", WED, 1, 10, 1, 10),
    ("gone", "GLACIER", MON, 1, 10, None, None),
    ("gone", "GLACIER", TUE, 0, 0, -1, -10),
    ("gone", "GLACIER", WED, 0, 0, 0, 0),
    ("gone", "STANDARD", MON, 2, 20, None, None),
    ("gone", "STANDARD", TUE, 0, 0, -2, -20),
    ("gone", "STANDARD", WED, 0, 0, 0, 0),
    ("new", "STANDARD", WED, 1, 10, None, None),
    ("stays", "STANDARD", MON, 1, 10, None, None),
    ("stays", "STANDARD", TUE, 1, 10, 0, 0),
    ("stays", "STANDARD", WED, 1, 10, 0, 0),
]


def asked() -> str:
    """The question of the shipped file, of these listings instead of a table."""
    rows = ", ".join(
        f"('{bucket}', '{key}', '{kind}', 10, TIMESTAMP '{day:%Y-%m-%d} 00:00:00.000000')"
        for bucket, key, kind, day in KEYS
    )
    listed = f"(VALUES {rows}) AS o (bucket, key, storage_class, size, listed_at)"
    text = shipped_sql.text("federation/growth_between_listings.sql")
    return text.replace("FROM objects.s3.objects", f"FROM {listed}")
