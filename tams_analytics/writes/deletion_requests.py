"""Deletes that take more than one transaction (mission R2, R4, R7).

A request is a row, written in the transaction that asks for it; `deletion_work` does what it says.
Segments registered after the request are later than it and stay.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ibis import _

from tams_analytics.engines import Transaction
from tams_analytics.engines.rows import now
from tams_analytics.queries import deletions
from tams_analytics.queries.deletions import Selection
from tams_analytics.queries.documents import Document
from tams_analytics.span import Window
from tams_analytics.timerange import TimeRange
from tams_analytics.writes.releasing import extent
from tams_analytics.writes.rows import insert


@dataclass(frozen=True)
class Asked:
    """What a deletion request is to delete of a flow."""

    text: str
    window: Window
    object_id: str | None = None
    delete_flow: bool = False
    source_id: str | None = None
    principal: str | None = None


def request_deletion(tx: Transaction, flow_id: str, asked: Asked) -> Document:
    """Write a request down; its document."""
    moment = _after_all_segments(tx, flow_id)
    row = {
        "id": str(uuid.uuid4()),
        "flow_id": flow_id,
        "timerange_to_delete": asked.text,
        "start_ns": asked.window.start_ns,
        "end_ns": asked.window.end_ns,
        "object_id": asked.object_id,
        "source_id": asked.source_id,
        "delete_flow": asked.delete_flow,
        "status": "created",
        "error": None,
        "created": moment,
        "created_by": asked.principal,
        "updated": moment,
        "expiry": None,
    }
    row["timerange_remaining"] = remaining(extent(tx, selection_of(row)))
    insert(tx, "deletion_requests", [row])
    return deletions.request_document(row)


def _after_all_segments(tx: Transaction, flow_id: str) -> dt.datetime:
    """Now, and not before any segment that the flow has: what comes is later than the request.

    A segment is from later than now where another machine's clock is ahead.
    """
    moment = now()
    later = tx.tables.segments.filter(_.flow_id == flow_id, _.created > moment)
    last = tx.rows(later.agg(last=_.created.max())).to_pylist()[0]["last"]
    return moment if last is None else max(moment, last)


def selection_of(row: Mapping[str, Any]) -> Selection:
    """Which segments a request is still to delete."""
    selection: Selection = {
        "flow_ids": [row["flow_id"]],
        "timerange": Window(row["start_ns"], row["end_ns"]),
        "created_until": row["created"],
    }
    if row["object_id"] is not None:
        selection["object_id"] = row["object_id"]
    return selection


def remaining(left: Mapping[str, Any]) -> str:
    """The text of ``timerange_remaining``: from the first to the last segment that is left."""
    if not left["segments"]:
        return "()"
    return str(TimeRange.from_ns(left["start_ns"], left["end_ns"]))
