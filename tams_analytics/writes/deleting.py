"""Deletes inside a transaction that has already been found to be allowed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from tams_analytics.engines import Transaction
from tams_analytics.engines.rows import now
from tams_analytics.queries import flows
from tams_analytics.queries.deletions import Selection
from tams_analytics.writes import events
from tams_analytics.writes.collection_rows import leave_collections
from tams_analytics.writes.flows import delete_flow_rows
from tams_analytics.writes.outbox import Subject
from tams_analytics.writes.releasing import delete_selected
from tams_analytics.writes.rows import found
from tams_analytics.writes.sources import drop_implicit_source
from tams_analytics.writes.standing import raise_fence


def delete_segments_now(tx: Transaction, flow: dict[str, Any], selection: Selection) -> int:
    """Delete a selection of one flow's segments; how many there were."""
    moment = now()
    raise_fence(tx, flow)
    events.segments_going(tx, flow["id"], selection)
    count = delete_selected(tx, selection, moment)
    if count:
        tx.update("flows", {"id": flow["id"]}, {"segments_updated": moment})
    return count


def delete_flows_now(tx: Transaction, flow_ids: Sequence[str], moment: dt.datetime) -> None:
    """Delete flows with their segments, and implicit sources with their last flow (R9)."""
    rows = found(tx, flows.by_ids, "ids", flow_ids)
    sources = {row["source_id"] for row in rows}
    before = {source_id: events.source_before(tx, source_id) for source_id in sorted(sources)}
    for flow_id in flow_ids:
        events.segments_going(tx, flow_id, {"flow_ids": [flow_id]})
    events.flows_going(tx, rows)
    delete_selected(tx, {"flow_ids": list(flow_ids)}, moment)
    collectors: set[str] = set()
    for flow_id in flow_ids:
        collectors.update(leave_collections(tx, flow_id))
        delete_flow_rows(tx, flow_id)
    events.flows_updated(tx, sorted(collectors.difference(flow_ids)))
    for source_id, subject in before.items():
        if drop_implicit_source(tx, source_id):
            events.source_deleted(tx, subject)


def delete_source_rows(tx: Transaction, source_id: str, before: Subject | None) -> None:
    """Delete a source's own rows: itself and its tags; no flow. ``before``: `source_before`."""
    if tx.delete("sources", {"id": source_id}):
        events.source_deleted(tx, before)
    tx.delete("tags", {"entity_type": "sources", "entity_id": source_id})
