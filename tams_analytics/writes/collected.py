"""What others must know of the collector: whose bytes are going, and whose are to go."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tams_analytics.engines import Transaction
from tams_analytics.engines.rows import now
from tams_analytics.errors import Refused
from tams_analytics.queries import collecting
from tams_analytics.writes.rows import found, insert

Row = dict[str, Any]
BEING_COLLECTED = "it is being collected, or an upload of it is under way"
TAKEN_OVER_AFTER = dt.timedelta(minutes=15)
"""A mark that is older was left behind by one that ended, or has hung."""


def discard(tx: Transaction, instance: Row) -> None:
    """Write down that the bytes of a controlled instance, whose row goes, are to be deleted."""
    if instance["controlled"] and instance["storage_id"] and instance["key"]:
        kept = ("object_id", "storage_id", "key")
        row = {name: instance[name] for name in kept} | {"discarded_at": now()}
        insert(tx, "discarded_instances", [row])


def take_back(tx: Transaction, object_id: str, storage_id: str) -> bool:
    """A discarded instance is there again, its bytes stay. Raises `Refused` where they are going.

    Whoever adds an instance calls this in the same transaction. Says whether there was one.
    """
    was_there = False
    for row in found(tx, collecting.discarded_of, "object_ids", [object_id]):
        if row["storage_id"] == storage_id:
            refuse_collected(row, object_id)
            tx.delete("discarded_instances", {"object_id": object_id, "storage_id": storage_id})
            was_there = True
    return was_there


def refuse_collected(row: Row, object_id: str) -> None:
    """Raise `Refused` for a row of an object or instance whose bytes are going, or coming."""
    if row.get("collecting_since") is not None:
        raise Refused(f"using object {object_id}", BEING_COLLECTED, "try again in a minute")


def refuse_held(row: Row, object_id: str) -> None:
    """Raise `Refused` for an object whose mark is young: its bytes go already, or come just now.

    Whoever deleted it meanwhile would free its id, and bytes that come late replace a new owner's.
    """
    since = row["collecting_since"]
    if since is not None and now() - since < TAKEN_OVER_AFTER:
        refuse_collected(row, object_id)
