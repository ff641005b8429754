"""A flow as its writers find it, and the fence that makes two of them conflict (design §3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tams_analytics.engines import Transaction
from tams_analytics.engines.topics import FLOW, Topic
from tams_analytics.errors import FlowBeingDeleted, NotFound, ReadOnlyFlow
from tams_analytics.queries import segments as questions
from tams_analytics.timerange import HIGHEST_NS, TimeRange
from tams_analytics.writes.rows import insert


def writable_standing(tx: Transaction, flow_id: str, change: str) -> dict[str, Any]:
    """What `standing` says of a flow that may be changed. Raises `NotFound`, `ReadOnlyFlow`."""
    flow = standing(tx, flow_id)
    if flow is None:
        raise NotFound("flow", flow_id)
    if flow["being_deleted"]:
        raise FlowBeingDeleted(flow_id, change)
    refuse_read_only(flow, change)
    return flow


def standing(tx: Transaction, flow_id: str) -> dict[str, Any] | None:
    """A flow as `queries.segments.written_to` has it; ``None`` where there is no such flow.

    With ``epoch, max_segment_ns`` of its fence, NULL where it has none, ``being_deleted``, and
    ``open_request``: when the last deletion under way was asked for.
    """
    topic = Topic(FLOW, flow_id)
    known = tx.recall(topic)
    if known is None:
        known = _asked(tx, flow_id)
        tx.remember(topic, known)
    return None if known is None else dict(known)


def _asked(tx: Transaction, flow_id: str) -> dict[str, Any] | None:
    rows = tx.few(questions.written_to, flow_id=flow_id)
    if not rows:
        return None
    # three small questions: planning a join or a union of the three takes twice as long
    fences = tx.few(questions.fence, flow_id=flow_id)
    requests = tx.few(questions.deletions_under_way, flow_id=flow_id)
    fence = fences[0] if fences else {"epoch": None, "max_segment_ns": None}
    deletion = {
        "being_deleted": any(request["delete_flow"] for request in requests),
        "open_request": max((request["created"] for request in requests), default=None),
    }
    return rows[0] | fence | deletion


def refuse_read_only(flow: Mapping[str, Any], change: str) -> None:
    """Raise `ReadOnlyFlow` for a flow that is read-only."""
    if flow["read_only"]:
        raise ReadOnlyFlow(flow["id"], change)


def remember_standing(tx: Transaction, flow: Mapping[str, Any]) -> None:
    """Said of a flow after its rows were changed, where ``flow`` has what they are now."""
    tx.remember(Topic(FLOW, flow["id"]), flow)


def raise_fence(tx: Transaction, flow: dict[str, Any], ranges: Iterable[TimeRange] = ()) -> None:
    """Make a second writer of the flow conflict, before anything else is read (design §3).

    Where there can be none, only a segment longer than any before raises it. ``flow``, what
    `standing` gave, says afterwards what the fence is now.
    """
    longest = max(map(length, ranges), default=0)
    if flow["epoch"] is None:
        fence = {"epoch": 1, "max_segment_ns": longest}
        insert(tx, "flow_fences", [{"flow_id": flow["id"]} | fence])
    elif not tx.is_alone or longest > flow["max_segment_ns"]:
        fence = {
            "epoch": flow["epoch"] + 1,
            "max_segment_ns": max(flow["max_segment_ns"], longest),
        }
        tx.update("flow_fences", {"flow_id": flow["id"]}, fence)
    else:
        return
    flow |= fence


def length(timerange: TimeRange) -> int:
    """Nanoseconds of a bounded range, or ``HIGHEST_NS``: that many or more.

    A range may be longer than int64 holds, so a fence at ``HIGHEST_NS`` bounds nothing.
    """
    return min(timerange.duration_ns or 0, HIGHEST_NS)
