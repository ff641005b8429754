"""Objects that were allocated and wait for their registration, as far as this process knows them.

Most segments show an object that was allocated a moment ago: its row need not be read again, which
is a third of registering many. Who else may write to the store (VAST) remembers none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tams_analytics.engines import Transaction
from tams_analytics.engines.topics import OBJECT, Topic
from tams_analytics.queries import objects
from tams_analytics.tables import BY_NAME
from tams_analytics.writes.rows import found

MOST_AT_ONCE = 1000
"""Of more than so many that are allocated together none is remembered."""
NO_VALUES: Mapping[str, None] = dict.fromkeys(BY_NAME["objects"].names)


def remember_waiting(tx: Transaction, rows: Sequence[Mapping[str, Any]]) -> None:
    """Said of rows of ``objects`` after they were added."""
    if len(rows) <= MOST_AT_ONCE:
        for row in rows:
            tx.remember(Topic(OBJECT, row["id"]), {**NO_VALUES, **row})


def stored_objects(tx: Transaction, ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    """The rows of those of these objects that there are, by id; whoever asks may change them."""
    wanted = set(ids)
    waiting = {id: dict(row) for id in wanted if (row := tx.recall(Topic(OBJECT, id)))}
    asked = found(tx, objects.by_ids, "ids", wanted - waiting.keys())
    return waiting | {row["id"]: row for row in asked}
