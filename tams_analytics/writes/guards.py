"""Flows that may be written to (statements 102, 118; mission R2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tams_analytics.engines import Transaction
from tams_analytics.errors import NotFound, ReadOnlyFlow
from tams_analytics.queries import entities, flows


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
    """Raise `ReadOnlyFlow` for a flow that is being deleted (mission R2)."""
    if row["being_deleted"]:
        raise ReadOnlyFlow(row["id"], f"{change} while it is being deleted")
