"""Profiles: made once, never changed (statements 69 to 78)."""

from __future__ import annotations

from typing import Any

from tams_analytics.engines import Engine, Transaction
from tams_analytics.engines.rows import now
from tams_analytics.errors import AlreadyExists
from tams_analytics.queries import profiles
from tams_analytics.queries.documents import Document, profile_document, to_row
from tams_analytics.tables import PROFILES
from tams_analytics.writes import bodies
from tams_analytics.writes.audit import audited
from tams_analytics.writes.given import Given, refuse_other_id
from tams_analytics.writes.rows import insert, refuse_large
from tams_analytics.writes.tag_rows import insert_tags


def create_profile(
    engine: Engine, body: Any, *, profile_id: str | None = None, principal: str | None = None
) -> Document:
    """A new profile; its document as GET gives it. ``profile_id`` is the id in the path.

    Raises `BadParameter`, `NotFound` (another id in the path), `AlreadyExists`, even for the same
    body (§70).
    """
    given = Given(bodies.profile(body))
    refuse_other_id("profile", profile_id, given.document)
    with audited("create", "profile", given.id, principal):
        return engine.transact(lambda tx: _create(tx, given, principal))


def _create(tx: Transaction, given: Given, principal: str | None) -> Document:
    if tx.ask(profiles.by_ids, ids=[given.id]).num_rows:
        raise AlreadyExists("profile", given.id, specified=True)
    row = {**to_row(PROFILES, given.fields), "created": now()}
    refuse_large(row["body"], given.named("flow_metadata"))
    if row["created_by"] is None:
        row["created_by"] = principal
    insert(tx, "profiles", [row])
    insert_tags(tx, "profiles", {given.id: given.tags})
    return profile_document(row, given.tags)
