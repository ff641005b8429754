"""What a store remembers of earlier runs, as the next one needs it."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import ibis.expr.types as ir
from ibis import _

from tams_analytics.checks.answered import Acknowledged
from tams_analytics.checks.check import Check
from tams_analytics.engines import Engine
from tams_analytics.errors import NotFound
from tams_analytics.queries import runs
from tams_analytics.tables import Tables

MOST_CHANGED = 1000
"""Of more flows than these a run since the last one looks at all: each is named to the engine."""


@dataclass(frozen=True)
class Remembered:
    """What was known when a run began."""

    at: dt.datetime
    """When it began: UTC without a zone."""
    watermarks: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """By check: how far it has looked, and how many of its findings are known."""
    acknowledged: Mapping[str, Acknowledged] = field(default_factory=dict)
    """By check: what somebody answers for now."""

    def knows(self, id: str) -> bool:
        """Whether any run has told of this check."""
        return id in self.watermarks

    def kept(self, id: str) -> int:
        """How many findings of this check are known."""
        return int(self.watermarks[id]["kept"]) if self.knows(id) else 0

    def unkept(self, id: str) -> int:
        """How many more there were, which nobody can tell from new ones."""
        return int(self.watermarks[id]["unkept"]) if self.knows(id) else 0

    def since(self, checks: Sequence[Check]) -> dt.datetime | None:
        """The moment up to which each of these has seen the store; ``None``: one of them never."""
        marks = [self.watermarks.get(check.id, {}).get("watermark") for check in checks]
        known = [mark for mark in marks if mark is not None]
        return min(known) if known and len(known) == len(marks) else None


def remembered(engine: Engine, at: dt.datetime) -> Remembered:
    """What the store knows at this moment: two small questions, and none of a store without such.

    A store that was made before there were runs has no tables for them; it knows nothing.
    """
    try:
        watermarks = engine.ask(runs.watermarks).to_pylist()
        standing = runs.acknowledged(engine.tables, at).to_pyarrow().to_pylist()
    except NotFound as error:
        if error.entity != "table":
            raise
        return Remembered(at)
    acknowledged = defaultdict(list)
    for row in sorted(standing, key=lambda row: (row["created"], row["owner"])):
        acknowledged[row["check_id"]].append(row)
    return Remembered(
        at,
        {row["check_id"]: row for row in watermarks},
        {check: tuple(rows) for check, rows in acknowledged.items()},
    )


def known(tables: Tables, check: Check, at: dt.datetime) -> ir.Table:
    """What was known of a check when a run began at this moment: ``known_entity, known_id``."""
    rows = tables.findings.filter(_.check_id == check.id, _.first_seen < at)
    return rows.select(known_entity="entity", known_id="id").distinct()


def changed_since(engine: Engine, since: dt.datetime) -> tuple[str | None, ...] | None:
    """The flows that changed since; ``None`` where they are more than `MOST_CHANGED`."""
    found = runs.changed_flows(engine.tables, since).limit(MOST_CHANGED + 1).to_pyarrow()
    ids = found.column("flow_id").to_pylist()
    return None if len(ids) > MOST_CHANGED else tuple(sorted(ids, key=str))
