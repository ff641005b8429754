"""A later state of a small store, as rows: what went, came, changed, was released."""

from __future__ import annotations

import random
from typing import Any

from tams_analytics.queries.differences import KEYS
from tams_analytics.store import Store

Row = dict[str, Any]
Rows = dict[str, list[Row]]
LOST = {
    "sources": 0.2,
    "flows": 0.2,
    "segments": 0.3,
    "tags": 0.1,
    "objects": 0.15,
    "object_instances": 0.15,
}
"""Such a share of the rows goes."""


def as_rows(store: Store) -> Rows:
    """All rows of the tables that are compared, with every column."""
    return {name: getattr(store, name).to_pyarrow().to_pylist() for name in KEYS}


def later(rows: Rows, seed: int) -> Rows:
    """Some of it is another, of each table."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    found = {name: [dict(row) for row in each] for name, each in rows.items()}
    for name, share in LOST.items():
        gone = {id(row) for row in _some(found[name], share, chance)}
        found[name] = [row for row in found[name] if id(row) not in gone]
    _add(found, chance)
    _change_media(found, chance)
    _change_words(found, chance)
    for each in found.values():
        chance.shuffle(each)
    return found


def _some(rows: list[Row], share: float, chance: random.Random) -> list[Row]:
    return [row for row in rows if chance.random() < share]


def _change_media(found: Rows, chance: random.Random) -> None:
    for row in _some(found["segments"], 0.2, chance):
        row["sample_count"] = 5
    for row in _some(found["objects"], 0.2, chance):
        row["size"] = chance.choice([None, 7, 2**41])
    for row in _some(found["objects"], 0.3, chance):
        row["released_at"] = None if row["released_at"] else row["created"]


def _change_words(found: Rows, chance: random.Random) -> None:
    for name in ("flows", "sources"):
        for row in _some(found[name], 0.3, chance):
            row["label"] = chance.choice([None, "another", row["label"]])
            row["created_by"] = "ann"
    for row in _some(found["flows"], 0.3, chance):
        row |= {"read_only": not row["read_only"], "codec": "video/x"}
    for row in _some(found["tags"], 0.2, chance):
        row["value"] = chance.choice(["other", None])


def _add(found: Rows, chance: random.Random) -> None:
    for row in chance.choices(found["segments"], k=6):
        at = row["start_ns"] + chance.choice([0, 10**9, 10**15])
        more = {"start_ns": at, "end_ns": at + chance.choice([1, 10**12])}
        found["segments"].append(row | more | {"object_id": "o9"})
    found["segments"].append(found["segments"][0] | {"flow_id": "f new"})
    found["sources"].append(found["sources"][0] | {"id": "s new"})
    found["flows"].append(found["flows"][0] | {"id": "f new", "label": "New"})
    for n, row in enumerate(chance.choices(found["objects"], k=3)):
        found["objects"].append(row | {"id": f"o new {n}"})
        found["object_instances"] += [
            copy | {"object_id": f"o new {n}", "key": copy["key"] and f"{copy['key']} new"}
            for copy in found["object_instances"]
            if copy["object_id"] == row["id"]
        ]
