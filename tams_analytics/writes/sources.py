"""Sources: made explicitly, or by the first flow that names them (mission R9)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from tams_analytics.engines import Engine, Transaction
from tams_analytics.engines.rows import now
from tams_analytics.errors import AlreadyExists, BadParameter
from tams_analytics.queries import flows, sources
from tams_analytics.queries.documents import Document, source_document, to_row
from tams_analytics.tables import SOURCES
from tams_analytics.writes import events
from tams_analytics.writes.audit import audited, audited_batch
from tams_analytics.writes.bodies import source as source_body
from tams_analytics.writes.given import Given, batch
from tams_analytics.writes.rows import found, insert, refuse_large
from tams_analytics.writes.tag_rows import insert_tags


def create_source(engine: Engine, body: Any, *, principal: str | None = None) -> Document:
    """A new source, which lives until it is deleted; its document as GET gives it.

    Raises `BadParameter`, `AlreadyExists`. An extension: TAMS 8.2 makes sources by flows only.
    """
    given = Given(source_body(body))
    with audited("create", "source", given.id, principal):
        return engine.transact(lambda tx: _create(tx, [given], principal))[0]


def create_sources(
    engine: Engine, bodies: Sequence[Any], *, principal: str | None = None
) -> list[Document]:
    """Up to 1000 new sources in one transaction, all or none (mission F6).

    Raises `BadParameter` that names place and field (``3.format``), `AlreadyExists`.
    """
    documents = batch(bodies, source_body)
    with audited_batch("create", "source", [given.id for given in documents], principal):
        return engine.transact(lambda tx: _create(tx, documents, principal))


def _create(tx: Transaction, documents: Sequence[Given], principal: str | None) -> list[Document]:
    taken = found(tx, sources.by_ids, "ids", [given.id for given in documents])
    if taken:
        raise AlreadyExists("source", [row["id"] for row in taken])
    moment = now()
    rows = [_new_row(given, principal, moment) for given in documents]
    insert(tx, "sources", rows)
    insert_tags(tx, "sources", {given.id: given.tags for given in documents})
    made = [source_document(row, given.tags) for row, given in zip(rows, documents, strict=True)]
    events.sources_created(tx, [given.id for given in documents], made)
    return made


def _new_row(given: Given, principal: str | None, moment: dt.datetime) -> dict[str, Any]:
    row = to_row(SOURCES, given.fields)
    refuse_large(row["body"], given.named("body"))
    for author in ("created_by", "updated_by"):
        row[author] = principal if row[author] is None else row[author]
    return {**row, "explicit": True, "created": moment, "updated": moment}


def ensure_sources(
    tx: Transaction, documents: Sequence[Given], principal: str | None, moment: dt.datetime
) -> list[str]:
    """Make the sources that these flows name and that do not exist (statements 79, 80); their ids.

    A new source takes format, label, description and tags of its first flow. Raises `BadParameter`
    for a flow whose format is not its source's (statement 81).
    """
    ids = [given.document["source_id"] for given in documents]
    formats = {row["id"]: row["format"] for row in found(tx, sources.by_ids, "ids", ids)}
    founders: dict[str, Given] = {}
    for given in documents:
        source_id, format = given.document["source_id"], given.document["format"]
        if source_id not in formats:
            formats[source_id] = format
            founders[source_id] = given
        elif formats[source_id] != format:
            problem = f"is not the format of source {source_id}"
            raise BadParameter(given.named("format"), format, problem, formats[source_id])
    insert(tx, "sources", [_founded(given, principal, moment) for given in founders.values()])
    insert_tags(tx, "sources", {id: given.tags for id, given in founders.items()})
    return [*founders]


def _founded(given: Given, principal: str | None, moment: dt.datetime) -> dict[str, Any]:
    """The row of the source that a flow brings with it."""
    flow = given.document
    return {
        "id": flow["source_id"],
        "format": flow["format"],
        "label": flow.get("label"),
        "description": flow.get("description"),
        "created_by": principal,
        "updated_by": principal,
        "created": moment,
        "updated": moment,
    }


def drop_implicit_source(tx: Transaction, source_id: str) -> bool:
    """Delete a source that flows made when its last flow is gone (mission R9); whether it went."""
    if tx.ask(flows.of_source, source_id=source_id, limit=1).num_rows:
        return False
    if not tx.delete("sources", {"id": source_id, "explicit": False}):
        return False
    tx.delete("tags", {"entity_type": "sources", "entity_id": source_id})
    return True
