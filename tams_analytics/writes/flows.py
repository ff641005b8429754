"""Flows: created, replaced, and taken away (statements 79 to 102, mission R12)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, NamedTuple

from tams_analytics.engines import Engine, Transaction
from tams_analytics.engines.rows import now
from tams_analytics.errors import AlreadyExists, BadParameter
from tams_analytics.queries import entities, flows, segments
from tams_analytics.queries.documents import Document, flow_document, flow_row
from tams_analytics.writes import events
from tams_analytics.writes.audit import audited, audited_batch
from tams_analytics.writes.bodies import flow as flow_body
from tams_analytics.writes.bodies.flat import flat_flow
from tams_analytics.writes.collection_rows import (
    insert_members,
    refuse_bad_members,
    replace_members,
)
from tams_analytics.writes.given import Given, batch, refuse_other_id
from tams_analytics.writes.guards import refuse_going_sources, refuse_read_only
from tams_analytics.writes.links import with_profiles
from tams_analytics.writes.rows import found, insert, refuse_large
from tams_analytics.writes.sources import drop_implicit_source, ensure_sources
from tams_analytics.writes.stamps import changed_flow, new_version
from tams_analytics.writes.tag_rows import insert_tags, replace_tags


class Written(NamedTuple):
    """What a PUT did: the document as GET gives it, and whether the entity is new."""

    document: Document
    created: bool


def put_flow(
    engine: Engine, body: Any, *, flow_id: str | None = None, principal: str | None = None
) -> Written:
    """Create the flow of this body or replace its metadata, tags and collection (§91 to §102).

    What only the server says is ignored, so that what GET gave can be put; ``flow_id`` is the id
    in the path. Raises `BadParameter`, `NotFound` (another id in the path), `ReadOnlyFlow`,
    `Refused` (a source that is being deleted, R1).
    """
    given = Given(flow_body(body))
    refuse_other_id("flow", flow_id, given.document)
    with audited("put", "flow", given.id, principal):
        return engine.transact(lambda tx: _put(tx, given, principal))


def create_flow(engine: Engine, body: Any, *, principal: str | None = None) -> Document:
    """A new flow from a flat or nested body (mission R12); its document as GET gives it.

    Raises `BadParameter`, `AlreadyExists`, `Refused`. An extension: TAMS 8.2 has PUT only.
    """
    given = Given(flat_flow(body))
    with audited("create", "flow", given.id, principal):
        return engine.transact(lambda tx: _create(tx, [given], principal))[0]


def create_flows(
    engine: Engine, bodies: Sequence[Any], *, principal: str | None = None
) -> list[Document]:
    """Up to 1000 new flows in one transaction, all or none; they may collect each other.

    Raises `BadParameter` that names place and field (``3.codec``), `AlreadyExists`, `Refused`.
    """
    documents = batch(bodies, flat_flow)
    with audited_batch("create", "flow", [given.id for given in documents], principal):
        return engine.transact(lambda tx: _create(tx, documents, principal))


def _put(tx: Transaction, given: Given, principal: str | None) -> Written:
    stored = tx.ask(flows.for_writing, ids=[given.id]).to_pylist()
    if stored:
        return Written(_replace(tx, stored[0], given, principal), created=False)
    return Written(_insert(tx, [given], principal)[0], created=True)


def _create(tx: Transaction, documents: Sequence[Given], principal: str | None) -> list[Document]:
    taken = found(tx, flows.known, "ids", [given.id for given in documents])
    if taken:
        raise AlreadyExists("flow", [row["id"] for row in taken])
    return _insert(tx, documents, principal)


def _insert(tx: Transaction, documents: Sequence[Given], principal: str | None) -> list[Document]:
    moment = now()
    documents = with_profiles(tx, documents)
    refuse_going_sources(tx, {given.document["source_id"] for given in documents})
    founded = ensure_sources(tx, documents, principal, moment)
    refuse_bad_members(tx, documents)
    rows = [_new_row(given, principal, moment) for given in documents]
    insert(tx, "flows", rows)
    insert(tx, "flow_fences", [{"flow_id": given.id} for given in documents])
    insert_tags(tx, "flows", {given.id: given.tags for given in documents})
    insert_members(tx, documents)
    made = [
        flow_document(row, given.tags, given.members)
        for row, given in zip(rows, documents, strict=True)
    ]
    collect = any(given.members for given in documents)  # then some of them may be collected
    events.sources_created(tx, founded)
    events.flows_created(tx, [given.id for given in documents], () if collect else made)
    return made


def _new_row(given: Given, principal: str | None, moment: dt.datetime) -> dict[str, Any]:
    row = _checked_row(given)
    for author in ("created_by", "updated_by"):
        row[author] = principal if row[author] is None else row[author]
    row["metadata_version"] = row["metadata_version"] or new_version()
    return {**row, "created": moment, "metadata_updated": moment}


def _checked_row(given: Given) -> dict[str, Any]:
    row = flow_row(given.fields)
    refuse_large(row["body"], given.named("body"))
    return row


def _replace(
    tx: Transaction, stored: dict[str, Any], given: Given, principal: str | None
) -> Document:
    refuse_read_only(stored, "replacing it")
    [given] = with_profiles(tx, [given])
    if given.document["source_id"] != stored["source_id"]:
        refuse_going_sources(tx, [given.document["source_id"]])
    before = events.source_before(tx, stored["source_id"])
    founded = ensure_sources(tx, [given], principal, now())
    refuse_bad_members(tx, [given])
    values = _replaced(stored, given, principal)
    _refuse_other_init_segments(tx, stored, values)
    tx.update("flows", {"id": given.id}, values)
    replace_tags(tx, "flows", given.id, given.tags)
    replace_members(tx, given)
    events.sources_created(tx, founded)
    events.flows_updated(tx, [given.id])
    if stored["source_id"] != values["source_id"] and drop_implicit_source(tx, stored["source_id"]):
        events.source_deleted(tx, before)
    collectors = entities.collectors_of(tx.ask, given.id)
    return flow_document({**stored, **values}, given.tags, given.members, collectors)


def _refuse_other_init_segments(
    tx: Transaction, stored: dict[str, Any], values: dict[str, Any]
) -> None:
    """Raise `BadParameter` where the objects of the flow's segments would break §180."""
    value = values["init_segments"]
    if bool(value) == bool(stored["init_segments"]):
        return
    if tx.ask(segments.listing, flow_id=stored["id"], limit=1).num_rows:
        name = "essence_parameters.init_segments"
        raise BadParameter(name, value, "cannot change while the flow has segments")


def _replaced(stored: dict[str, Any], given: Given, principal: str | None) -> dict[str, Any]:
    """The columns that a PUT sets: all but those that only the server says."""
    row = _checked_row(given)
    for kept in ("created", "segments_updated"):
        del row[kept]
    if row["created_by"] is None:
        row["created_by"] = stored["created_by"]
    return {**row, **changed_flow(stored, principal, row)}


def delete_flow_rows(tx: Transaction, flow_id: str) -> None:
    """Delete a flow's own rows: itself, its tags, what it collects, its fence; no segment."""
    tx.delete("flows", {"id": flow_id})
    tx.delete("tags", {"entity_type": "flows", "entity_id": flow_id})
    tx.delete("collections", {"flow_id": flow_id})
    tx.delete("flow_fences", {"flow_id": flow_id})
