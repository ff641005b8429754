"""Flows that may be written to (statements 102, 118; mission R2), sources that may have more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tams_analytics.engines import Transaction
from tams_analytics.errors import FlowBeingDeleted, NotFound, ReadOnlyFlow, Refused
from tams_analytics.queries import deletions, entities, flows
from tams_analytics.writes.rows import found


def writable_flow(tx: Transaction, flow_id: str, change: str) -> dict[str, Any]:
    """The row of a flow that ``change`` may be done to. Raises `NotFound`, `ReadOnlyFlow`."""
    row = existing_flow(tx, flow_id)
    refuse_read_only(row, change)
    return row


def existing_flow(tx: Transaction, flow_id: str) -> dict[str, Any]:
    """The row of a flow, and ``being_deleted``. Raises `NotFound`."""
    askable = entities.is_askable(flow_id)
    rows = tx.ask(flows.for_writing, ids=[flow_id]).to_pylist() if askable else []
    if not rows:
        raise NotFound("flow", flow_id)
    row: dict[str, Any] = rows[0]
    return row


def refuse_read_only(row: Mapping[str, Any], change: str) -> None:
    """Raise `ReadOnlyFlow` for a flow that is read-only or is being deleted."""
    refuse_being_deleted(row, change)
    if row["read_only"]:
        raise ReadOnlyFlow(row["id"], change)


def refuse_being_deleted(row: Mapping[str, Any], change: str) -> None:
    """Raise `FlowBeingDeleted` for a flow with a deletion request under way (mission R2)."""
    if row["being_deleted"]:
        raise FlowBeingDeleted(row["id"], change)


def refuse_going_sources(tx: Transaction, source_ids: Iterable[str]) -> None:
    """Raise `Refused` for a source that goes with its last flow: it takes no other (R1)."""
    going = found(tx, deletions.going_sources, "source_ids", source_ids)
    if going:
        raise source_goes(going[0]["source_id"])


def source_goes(source_id: str, where: str = "") -> Refused:
    """What adding a flow to a source that is being deleted raises."""
    reason = f"source {source_id} is being deleted{where}"
    return Refused("adding a flow", reason, "wait until it is gone, or name another source")
