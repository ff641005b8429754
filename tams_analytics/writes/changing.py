"""A change of an entity's own metadata: the row, what each change leaves behind, and its event."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tams_analytics.engines import Transaction
from tams_analytics.writes import events
from tams_analytics.writes.stamps import changed_flow, changed_source


def change_flow(
    tx: Transaction, row: Mapping[str, Any], principal: str | None, **values: Any
) -> None:
    """Set columns of a flow; ``row`` is what it was. Its other tables are written before."""
    tx.update("flows", {"id": row["id"]}, {**values, **changed_flow(row, principal)})
    events.flows_updated(tx, [row["id"]])


def change_source(
    tx: Transaction, row: Mapping[str, Any], principal: str | None, **values: Any
) -> None:
    """Set columns of a source; ``row`` is what it was. Its tags are written before."""
    tx.update("sources", {"id": row["id"]}, {**values, **changed_source(row, principal)})
    events.source_updated(tx, row["id"])
