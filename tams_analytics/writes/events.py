"""The eight events of TAMS 8.2, each told in the transaction of its change (statements 227 to 231).

A source or flow is updated when its ``updated`` or ``metadata_updated`` moves; what is only derived
from others moves nothing. A flow that goes with its segments is told as both. Nothing is read or
made of an event that no webhook wants.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tams_analytics.engines import Transaction
from tams_analytics.queries import entities
from tams_analytics.queries.deletions import Selection
from tams_analytics.queries.documents import Document
from tams_analytics.queries.segments import OF_SEGMENT
from tams_analytics.timerange import TimeRange
from tams_analytics.writes.outbox import Event, Outbox, Subject, outbox
from tams_analytics.writes.releasing import extent

SOURCE_CREATED = "sources/created"
SOURCE_UPDATED = "sources/updated"
SOURCE_DELETED = "sources/deleted"
FLOW_CREATED = "flows/created"
FLOW_UPDATED = "flows/updated"
FLOW_DELETED = "flows/deleted"
SEGMENTS_ADDED = "flows/segments_added"
SEGMENTS_DELETED = "flows/segments_deleted"
MOST_SEGMENTS = 100
"""So many are told at once: with several URLs each they are 100 KB, what many receivers take."""


def sources_created(
    tx: Transaction, ids: Iterable[str], documents: Iterable[Document] = ()
) -> None:
    """These sources are new; ``documents`` are those that need not be read."""
    _tell_sources(tx, SOURCE_CREATED, ids, documents)


def source_updated(tx: Transaction, id: str) -> None:
    """The source's own metadata changed."""
    _tell_sources(tx, SOURCE_UPDATED, [id])


def flows_created(tx: Transaction, ids: Iterable[str], documents: Iterable[Document] = ()) -> None:
    """These flows are new; ``documents`` are those that need not be read."""
    _tell_flows(tx, FLOW_CREATED, ids, documents)


def flows_updated(tx: Transaction, ids: Iterable[str]) -> None:
    """Metadata, tags or collections of these flows changed."""
    _tell_flows(tx, FLOW_UPDATED, ids)


def _tell_sources(
    tx: Transaction, event_type: str, ids: Iterable[str], documents: Iterable[Document] = ()
) -> None:
    box = outbox(tx)
    if not box.wants(event_type):
        return
    known = {each["id"]: each for each in documents}

    def event(id: str) -> Event:
        return Event(
            box.about(id), lambda: {"source": known.get(id) or entities.source(tx.ask, id)}
        )

    box.tell(event_type, map(event, ids))


def _tell_flows(
    tx: Transaction, event_type: str, ids: Iterable[str], documents: Iterable[Document] = ()
) -> None:
    box = outbox(tx)
    if not box.wants(event_type):
        return
    known = {each["id"]: each for each in documents}

    def event(id: str) -> Event:
        flow = known.get(id) or entities.flow(tx.ask, id)
        return Event(box.about(flow["source_id"], id), lambda: {"flow": flow})

    box.tell(event_type, map(event, ids))


def segments_added(tx: Transaction, flow_id: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """These rows of ``segments`` are new on the flow; their URLs are made when they are told."""
    box = outbox(tx)
    if not box.wants(SEGMENTS_ADDED):
        return
    subject = _about_flow(tx, box, flow_id)
    chunks = [rows[at : at + MOST_SEGMENTS] for at in range(0, len(rows), MOST_SEGMENTS)]
    box.tell(SEGMENTS_ADDED, [_of_segments(subject, chunk) for chunk in chunks])


def _of_segments(subject: Subject, rows: Sequence[Mapping[str, Any]]) -> Event:
    said = {"flow_id": subject.flow_id, "segments": [_said(row) for row in rows]}
    return Event(subject, lambda: said)


def _said(row: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a segment that its document is made of, those that have a value."""
    return {name: row[name] for name in OF_SEGMENT if row[name] is not None}


def segments_going(tx: Transaction, flow_id: str, selection: Selection) -> None:
    """These segments of the flow are about to be deleted.

    What is told begins with the first and ends with the last of them (statement 229).
    """
    box = outbox(tx)
    if not box.wants(SEGMENTS_DELETED):
        return
    found = extent(tx, selection)
    if found["segments"]:
        timerange = str(TimeRange.from_ns(found["start_ns"], found["end_ns"]))
        payload = {"flow_id": flow_id, "timerange": timerange}
        box.tell(SEGMENTS_DELETED, [Event(_about_flow(tx, box, flow_id), lambda: payload)])


def _about_flow(tx: Transaction, box: Outbox, id: str) -> Subject:
    return box.about(entities.row(tx.ask, "flow", id)["source_id"], id)


def flows_going(tx: Transaction, rows: Iterable[Mapping[str, Any]]) -> None:
    """These rows of ``flows`` are about to go; their collections are those of now (§231)."""
    box = outbox(tx)
    if box.wants(FLOW_DELETED):
        box.tell(FLOW_DELETED, [_of_going(box, row) for row in rows])


def _of_going(box: Outbox, row: Mapping[str, Any]) -> Event:
    return Event(box.about(row["source_id"], row["id"]), lambda: {"flow_id": row["id"]})


def source_before(tx: Transaction, id: str) -> Subject | None:
    """A source that may go, with its collections of now; ``None`` where nobody wants to hear it."""
    box = outbox(tx)
    return box.about(id) if box.wants(SOURCE_DELETED) else None


def source_deleted(tx: Transaction, before: Subject | None) -> None:
    """The source of `source_before` is gone."""
    if before is not None:
        payload = {"source_id": before.source_id}
        outbox(tx).tell(SOURCE_DELETED, [Event(before, lambda: payload)])
