"""Objects as such: giving one back, an extension (mission R5, F21)."""

from __future__ import annotations

from typing import Any

from tams_analytics.engines import Engine, Transaction
from tams_analytics.errors import NotFound, StillReferenced
from tams_analytics.queries import collecting, objects
from tams_analytics.writes.audit import audited
from tams_analytics.writes.collected import refuse_held
from tams_analytics.writes.rows import found

MOST_NAMED = 20
"""So many dependents are named."""


def delete_object(
    engine: Engine, object_id: str, *, principal: str | None = None
) -> list[dict[str, Any]]:
    """Give back an object that is allocated, or waits for the collector: its id is free again.

    The rows of its controlled instances, also of those that were discarded: their bytes are the
    caller's to delete, now that the transaction is over. Raises `NotFound`, `StillReferenced` that
    names the flows which use it, or the registered objects that need it, and `Refused` while bytes
    of it are being collected or an upload of it is under way.
    """
    with audited("delete", "object", object_id, principal):
        return engine.transact(lambda tx: _delete(tx, object_id))


def _delete(tx: Transaction, object_id: str) -> list[dict[str, Any]]:
    refuse_needed(tx, object_id)
    instances = tx.ask(objects.instances, object_ids=[object_id]).to_pylist()
    discarded = found(tx, collecting.discarded_of, "object_ids", [object_id])
    tx.delete("objects", {"id": object_id})
    for name in ("object_instances", "discarded_instances"):
        tx.delete(name, {"object_id": object_id})
    return [*(row for row in instances if row["controlled"]), *discarded]


def refuse_needed(tx: Transaction, object_id: str) -> None:
    """Raise `NotFound`, `StillReferenced` that names the flows or objects which need it.

    Else `Refused` where somebody is at work with its bytes.
    """
    rows = found(tx, objects.by_ids, "ids", [object_id])
    if not rows:
        raise NotFound("object", object_id)
    users = sorted(tx.ask(objects.flows_using, object_id=object_id).column("id").to_pylist())
    if users:
        named = {"count": len(users), "sample": users[:MOST_NAMED]}
        raise StillReferenced("object", object_id, {"flows": named})
    users = tx.ask(objects.needing, init_object_id=object_id).column("id").to_pylist()
    if users:
        named = {"count": len(users), "sample": users[:MOST_NAMED]}
        raise StillReferenced("object", object_id, {"objects": named})
    for row in (*rows, *found(tx, collecting.discarded_of, "object_ids", [object_id])):
        refuse_held(row, object_id)
