"""Tags as rows, whatever they belong to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tams_analytics.engines import Transaction
from tams_analytics.queries.documents import tag_rows
from tams_analytics.writes.rows import insert


def insert_tags(tx: Transaction, entity_type: str, tags: Mapping[str, Mapping[str, Any]]) -> None:
    """Add the tags of several entities, by their ids."""
    rows = [
        {"entity_type": entity_type, "entity_id": id, **row}
        for id, named in tags.items()
        for row in tag_rows(named)
    ]
    insert(tx, "tags", rows)


def replace_tags(tx: Transaction, entity_type: str, id: str, tags: Mapping[str, Any]) -> None:
    """Make these the only tags of an entity (statement 59)."""
    tx.delete("tags", {"entity_type": entity_type, "entity_id": id})
    insert_tags(tx, entity_type, {id: tags})
