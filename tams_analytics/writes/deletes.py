"""Deletes of segments, flows and sources (mission R1 to R7).

A delete is one transaction over all tables. What is larger than the threshold becomes a deletion
request instead, which `tams_analytics.writes.deletion_requests` works on. Read-only is never got
round. ``cascade`` is true, false or ``None``: then the setting ``delete_default`` decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tams_analytics.engines import Engine, Transaction
from tams_analytics.engines.rows import now
from tams_analytics.errors import BadParameter, NotFound, StillReferenced
from tams_analytics.queries import deletions, flows, sources
from tams_analytics.queries.deletions import Selection
from tams_analytics.queries.documents import Document
from tams_analytics.span import Window, as_window
from tams_analytics.timerange import TimeRangeLike, as_timerange
from tams_analytics.writes.audit import audited
from tams_analytics.writes.deleting import (
    delete_flows_now,
    delete_segments_now,
    delete_source_rows,
)
from tams_analytics.writes.deletion_requests import Asked, request_deletion
from tams_analytics.writes.events import source_before
from tams_analytics.writes.ids import refuse_bad_name
from tams_analytics.writes.releasing import amount, losing
from tams_analytics.writes.standing import raise_fence, writable_standing

MOST_NAMED = 20
"""So many dependents are named."""


def delete_segments(
    engine: Engine,
    flow_id: str,
    *,
    timerange: TimeRangeLike | None = None,
    object_id: str | None = None,
    cascade: bool | None = None,
    principal: str | None = None,
) -> Document | None:
    """Delete the segments of a flow that ``timerange`` covers wholly, of that object if given (R4).

    The deletion request's document when there are more than ``async_deletion_threshold``, else
    ``None``: it is done. Without ``cascade``: `StillReferenced` names the objects that would lose
    their last reference. Raises `BadTimeRange`, `NotFound`, `ReadOnlyFlow`.
    """
    window = as_window(timerange)
    selection: Selection = {"flow_ids": [flow_id], "timerange": window}
    if object_id is not None:
        refuse_bad_name("object_id", object_id)
        selection["object_id"] = object_id
    asked = Asked(_text(timerange), window, object_id, principal=principal)

    def work(tx: Transaction) -> Document | None:
        flow = writable_standing(tx, flow_id, "deleting segments")
        if window.never:
            return None
        if not _cascades(engine, cascade):
            _refuse_losing(tx, flow_id, selection)
        if amount(tx, selection) > engine.settings.async_deletion_threshold:
            return request_deletion(tx, flow_id, asked)
        delete_segments_now(tx, flow, selection)
        return None

    with audited("delete segments of", "flow", flow_id, principal):
        return engine.transact(work)


def _cascades(engine: Engine, cascade: bool | None) -> bool:
    if cascade is None:
        return engine.settings.delete_default == "cascade"
    if isinstance(cascade, bool):
        return cascade
    raise BadParameter("cascade", cascade, "is neither true nor false", "true or false")


def _text(timerange: TimeRangeLike | None) -> str:
    if timerange is None:
        return "_"
    return timerange if isinstance(timerange, str) else str(as_timerange(timerange))


def _refuse_losing(tx: Transaction, flow_id: str, selection: Selection) -> None:
    lost = losing(tx, selection)
    if lost:
        raise StillReferenced("segments of flow", flow_id, {"objects": _dependents(lost)})


def _dependents(ids: Sequence[str], count: int | None = None) -> dict[str, Any]:
    return {"count": len(ids) if count is None else count, "sample": list(ids[:MOST_NAMED])}


def delete_flow(
    engine: Engine, flow_id: str, *, cascade: bool | None = None, principal: str | None = None
) -> Document | None:
    """Delete a flow with its segments (R2); it leaves the collections that it was in.

    The deletion request's document when it has more segments than ``async_deletion_threshold``:
    until that is done the flow can be read and refuses writes. Without ``cascade`` a flow with
    segments is `StillReferenced`. Raises `NotFound`, `ReadOnlyFlow`.
    """

    def work(tx: Transaction) -> Document | None:
        flow = writable_standing(tx, flow_id, "deleting it")
        count = amount(tx, {"flow_ids": [flow_id]})
        if count and not _cascades(engine, cascade):
            raise StillReferenced("flow", flow_id, {"segments": _some_segments(tx, flow_id, count)})
        if count > engine.settings.async_deletion_threshold:
            raise_fence(tx, flow)
            asked = Asked("_", Window(), delete_flow=True, principal=principal)
            return request_deletion(tx, flow_id, asked)
        delete_flows_now(tx, [flow_id], now())
        return None

    with audited("delete", "flow", flow_id, principal):
        return engine.transact(work)


def _some_segments(tx: Transaction, flow_id: str, count: int) -> dict[str, Any]:
    rows = tx.ask(deletions.some_of, flow_id=flow_id, limit=MOST_NAMED)
    return _dependents([f"{flow_id}@{text}" for text in rows["timerange"].to_pylist()], count)


def delete_source(
    engine: Engine, source_id: str, *, cascade: bool | None = None, principal: str | None = None
) -> list[Document]:
    """Delete a source with all its flows (R1, an extension).

    A deletion request's document for each flow when they have more segments than
    ``async_deletion_threshold`` together; the source goes with the last of them. Else an empty
    list: it is done. Without ``cascade`` a source with flows is `StillReferenced`. Raises
    `NotFound`, and `ReadOnlyFlow` when one of the flows is: then nothing is deleted.
    """

    def work(tx: Transaction) -> list[Document]:
        _existing_source(tx, source_id)
        ids = sorted(tx.ask(flows.of_source, source_id=source_id).column("id").to_pylist())
        if ids and not _cascades(engine, cascade):
            raise StillReferenced("source", source_id, {"flows": _dependents(ids)})
        standing = [writable_standing(tx, flow_id, "deleting its source") for flow_id in ids]
        if ids and _is_large(engine, tx, ids):
            asked = Asked("_", Window(), delete_flow=True, source_id=source_id, principal=principal)
            for flow in standing:
                raise_fence(tx, flow)
            return [request_deletion(tx, flow_id, asked) for flow_id in ids]
        before = source_before(tx, source_id)
        if ids:
            delete_flows_now(tx, ids, now())
        delete_source_rows(tx, source_id, before)
        return []

    with audited("delete", "source", source_id, principal):
        return engine.transact(work)


def _existing_source(tx: Transaction, source_id: str) -> None:
    if not tx.ask(sources.by_ids, ids=[source_id]).num_rows:
        raise NotFound("source", source_id)


def _is_large(engine: Engine, tx: Transaction, flow_ids: list[str]) -> bool:
    return amount(tx, {"flow_ids": flow_ids}) > engine.settings.async_deletion_threshold
