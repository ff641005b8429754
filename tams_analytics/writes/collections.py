"""The ``flow_collection`` of a flow as a property of its own (statements 123 to 127)."""

from __future__ import annotations

from typing import Any

from tams_analytics.engines import Engine, Transaction
from tams_analytics.writes.audit import audited
from tams_analytics.writes.bodies.properties import members
from tams_analytics.writes.changing import change_flow
from tams_analytics.writes.collection_rows import refuse_bad_members, replace_members
from tams_analytics.writes.given import Given
from tams_analytics.writes.guards import writable_flow


def set_flow_collection(
    engine: Engine, flow_id: str, flow_collection: Any, *, principal: str | None = None
) -> None:
    """Make these the members of a flow, in this order; an empty list is none.

    Raises `BadParameter` for a member that is no flow and for a circle, `NotFound`, `ReadOnlyFlow`.
    """
    given = Given({"id": flow_id, "flow_collection": members(flow_collection)})
    with audited("set flow_collection of", "flow", flow_id, principal):
        engine.transact(lambda tx: _set(tx, given, principal))


def delete_flow_collection(engine: Engine, flow_id: str, *, principal: str | None = None) -> None:
    """Let a flow collect nothing. Raises `NotFound`, `ReadOnlyFlow`."""
    with audited("delete flow_collection of", "flow", flow_id, principal):
        engine.transact(lambda tx: _delete(tx, flow_id, principal))


CHANGE = "changing its flow_collection"


def _set(tx: Transaction, given: Given, principal: str | None) -> None:
    row = writable_flow(tx, given.id, CHANGE)
    refuse_bad_members(tx, [given])
    replace_members(tx, given)
    change_flow(tx, row, principal)


def _delete(tx: Transaction, flow_id: str, principal: str | None) -> None:
    row = writable_flow(tx, flow_id, CHANGE)
    if tx.delete("collections", {"flow_id": flow_id}):
        change_flow(tx, row, principal)
