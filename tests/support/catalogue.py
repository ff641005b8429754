"""Random catalogues, and what a listing of one has to give: worked out row by row in Python."""

from __future__ import annotations

import datetime as dt
import functools
import random
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

import tams_analytics as ta
from tams_analytics import tr
from tams_analytics.tables import BY_NAME, arrow_schema
from tams_analytics.tables.formats import AUDIO, MULTI, VIDEO

Row = dict[str, Any]

LONG = "é" * 70
LABELS = [
    None,
    "",
    "a",
    "B",
    "b",
    "ü",
    "a b",
    LONG,
    LONG + "1",
    LONG + "2",
    LONG + "22",
    "x" * 6000,
]
NAMES = ["plain", "a.b/c d", "50%", "naïve", "it's", ""]
VALUES = ["1", "2", "", "one two", "ö", "x'y"]
MOMENTS = [dt.datetime(2026, 9, 1, 12, 0, 0, micro) for micro in (0, 1, 2, 999_999)]
SECOND = 10**9


@dataclass(frozen=True)
class Catalogue:
    """Rows by table."""

    rows: Mapping[str, list[Row]]

    def fill(self, store: ta.Store) -> None:
        for name, rows in self.rows.items():
            schema = arrow_schema(BY_NAME[name])
            columns = pa.schema([schema.field(each) for each in rows[0]])
            table = pa.Table.from_pylist(rows, columns)
            store._engine.transact(lambda tx, name=name, table=table: tx.insert(name, table))

    def tags_of(self, entity_type: str, id: str) -> dict[str, Any]:
        """Each tag: a text, or the texts of an array."""
        mine = [
            row
            for row in self.rows["tags"]
            if (row["entity_type"], row["entity_id"]) == (entity_type, id)
        ]
        found: dict[str, Any] = {}
        for row in sorted(mine, key=lambda row: row["position"] or 0):
            if row["position"] is None:
                found[row["name"]] = row["value"]
            else:
                found.setdefault(row["name"], [])
                found[row["name"]] += [] if row["value"] is None else [row["value"]]
        return found

    def collectors_of(self, entity_type: str, id: str) -> set[str]:
        if entity_type == "flows":
            return {row["flow_id"] for row in self.rows["collections"] if row["member_id"] == id}
        source = {row["id"]: row["source_id"] for row in self.rows["flows"]}
        pairs = [
            (source[row["flow_id"]], source[row["member_id"]]) for row in self.rows["collections"]
        ]
        return {one for one, other in pairs if other == id and one != id}

    def members_of_flow(self, id: str) -> list[Row]:
        mine = [row for row in self.rows["collections"] if row["flow_id"] == id]
        mine.sort(key=lambda row: row["position"])
        return [
            {"id": row["member_id"]} | ({"role": row["role"]} if row["role"] else {})
            for row in mine
        ]

    def has_segment(self, flow_id: str, window: str) -> bool:
        return any(
            row["flow_id"] == flow_id
            and tr(window).overlaps(ta.TimeRange.from_ns(row["start_ns"], row["end_ns"]))
            for row in self.rows["segments"]
        )


def random_catalogue(seed: int, flows: int = 40) -> Catalogue:
    chance = random.Random(seed)  # noqa: S311 - no secret
    sources = [_source(chance) for _each in range(flows // 3)]
    made = [_flow(chance, chance.choice(sources)) for _each in range(flows)]
    tags = [
        tag
        for kind, rows in (("flows", made), ("sources", sources))
        for row in rows
        for tag in _tags(chance, kind, row["id"])
    ]
    members = [
        {
            "flow_id": one["id"],
            "member_id": other["id"],
            "position": place,
            "role": chance.choice([None, "r"]),
            "container_mapping": None,
        }
        for one in chance.sample(made, flows // 5)
        for place, other in enumerate(chance.sample(made, chance.randint(1, 4)))
        if other is not one
    ]
    segments = [segment for row in made for segment in _segments(chance, row["id"])]
    return Catalogue(
        {
            "sources": sources,
            "flows": made,
            "tags": tags,
            "collections": members,
            "segments": segments,
        }
    )


def _id(chance: random.Random) -> str:
    return str(uuid.UUID(int=chance.getrandbits(128), version=4))


def _source(chance: random.Random) -> Row:
    return {
        "id": _id(chance),
        "format": chance.choice([VIDEO, AUDIO, MULTI]),
        "label": chance.choice(LABELS),
        "created": chance.choice(MOMENTS),
        "updated": chance.choice(MOMENTS),
    }


def _flow(chance: random.Random, source: Row) -> Row:
    return {
        "id": _id(chance),
        "source_id": source["id"],
        "format": source["format"],
        "codec": chance.choice(["video/h264", "audio/aac", None]),
        "label": chance.choice(LABELS),
        "status": chance.choice([None, "ingesting", "closed_complete"]),
        "profile_id": chance.choice([None, None, "p"]),
        "frame_width": chance.choice([None, 1280, 1920]),
        "frame_height": chance.choice([None, 720, 1080]),
        "init_segments": chance.choice([None, False, True]),
        "created": chance.choice(MOMENTS),
        "metadata_updated": chance.choice(MOMENTS),
    }


def _tags(chance: random.Random, kind: str, id: str) -> list[Row]:
    found: list[Row] = []
    for name in chance.sample(NAMES, chance.randint(0, 3)):
        form = chance.choice(["text", "array", "empty"])
        if form == "array":
            values = list(enumerate(chance.sample(VALUES, chance.randint(1, 3))))
        else:
            values = [(None, chance.choice(VALUES))] if form == "text" else [(0, None)]
        found += [
            {"entity_type": kind, "entity_id": id, "name": name, "position": at, "value": value}
            for at, value in values
        ]
    return found


def _segments(chance: random.Random, flow_id: str) -> list[Row]:
    starts = chance.sample(range(0, 50, 10), chance.choice([0, 0, 1, 3]))
    return [
        {
            "flow_id": flow_id,
            "object_id": f"{flow_id}-{start}",
            "start_ns": start * SECOND,
            "end_ns": (start + 5) * SECOND,
            "timerange": f"[{start}:0_{start + 5}:0)",
        }
        for start in starts
    ]


def random_question(seed: int, catalogue: Catalogue, entity: str) -> Row:
    """Filters, an order and a direction, some of which find something."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    asked: Row = {"reverse": chance.random() < 0.5}
    asked["sort_by"] = chance.choice(SORTS[entity])
    few = chance.sample(sorted(FILTERS[entity]), chance.choice([0, 0, 1, 1, 2, 3]))
    rows = catalogue.rows[entity]
    for name in few:
        if name == "collected_by_ids":
            some = sorted(
                {each for row in rows for each in catalogue.collectors_of(entity, row["id"])}
            )
            asked[name] = chance.sample(some, min(len(some), chance.randint(0, 3)))
        elif name == "timerange":
            asked[name] = chance.choice(
                ["_", "()", "[5:0_10:0)", "[5:0_10:0]", "12:0", "_20:0", ""]
            )
        elif name == "values":
            asked[name] = {
                each: chance.sample(VALUES, chance.randint(1, 2))
                for each in chance.sample(NAMES, chance.randint(1, 2))
            }
        elif name == "exists":
            asked[name] = {
                each: chance.random() < 0.5 for each in chance.sample(NAMES, chance.randint(1, 2))
            }
        else:
            value = chance.choice(rows)[name]
            asked |= {} if value is None else {name: value}
    return asked


SORTS = {
    "flows": ["created", "metadata_updated", "label", "label"],
    "sources": ["created", "updated", "label", "label"],
}
EQUAL = {
    "flows": ["source_id", "format", "codec", "profile_id", "label", "status"],
    "sources": ["label", "format"],
}
FILTERS = {
    "flows": [
        *EQUAL["flows"],
        "frame_width",
        "frame_height",
        "init_segments",
        "timerange",
        "collected_by_ids",
        "values",
        "exists",
    ],
    "sources": [*EQUAL["sources"], "collected_by_ids", "values", "exists"],
}


def expected(catalogue: Catalogue, entity: str, asked: Row) -> list[str]:
    """The ids that a listing gives, in order."""
    rows = [row for row in catalogue.rows[entity] if _fulfils(catalogue, entity, row, asked)]
    in_order = functools.partial(_compare, column=asked["sort_by"])
    rows.sort(key=functools.cmp_to_key(in_order), reverse=asked["reverse"])
    return [row["id"] for row in rows]


def _compare(one: Row, other: Row, column: str) -> int:
    """Dates newest first, labels ascending, what has none last, then by id."""
    left, right = one[column], other[column]
    if left != right:
        if left is None or right is None:
            return 1 if left is None else -1
        is_first = left < right if isinstance(left, str) else left > right
        return -1 if is_first else 1
    return -1 if one["id"] < other["id"] else int(one["id"] > other["id"])


def _fulfils(catalogue: Catalogue, entity: str, row: Row, asked: Row) -> bool:
    tags = catalogue.tags_of(entity, row["id"])
    return (
        all(row[name] == asked[name] for name in EQUAL[entity] if name in asked)
        and all(_has(tags, name, values) for name, values in asked.get("values", {}).items())
        and all((name in tags) == there for name, there in asked.get("exists", {}).items())
        and _is_collected(catalogue.collectors_of(entity, row["id"]), asked.get("collected_by_ids"))
        and (entity != "flows" or _flow_fulfils(catalogue, row, asked))
    )


def _has(tags: Row, name: str, values: Sequence[str]) -> bool:
    if name not in tags:
        return False
    own = [tags[name]] if isinstance(tags[name], str) else tags[name]
    return any(value in own for value in values)


def _is_collected(collectors: set[str], ids: Sequence[str] | None) -> bool:
    if ids is None:
        return True
    return bool(collectors & {*ids}) if ids else not collectors


def _flow_fulfils(catalogue: Catalogue, row: Row, asked: Row) -> bool:
    for name in ("frame_width", "frame_height"):
        if name in asked and (row["format"], row[name]) != (VIDEO, asked[name]):
            return False
    if "init_segments" in asked and bool(row["init_segments"]) != asked["init_segments"]:
        return False
    window = asked.get("timerange")
    if window is None:
        return True
    if tr(window).is_empty:
        return not catalogue.has_segment(row["id"], "_")
    return catalogue.has_segment(row["id"], window)
