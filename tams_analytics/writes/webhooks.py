"""Webhooks: registered, replaced, deleted (statements 220 to 225)."""

from __future__ import annotations

import uuid
from typing import Any

from tams_analytics.engines import Engine, Transaction
from tams_analytics.engines.rows import now
from tams_analytics.errors import NotFound, Refused
from tams_analytics.queries import webhooks
from tams_analytics.queries.documents import Document, json_text
from tams_analytics.writes.audit import audited
from tams_analytics.writes.bodies.webhook import changed_webhook, new_webhook
from tams_analytics.writes.given import refuse_other_id
from tams_analytics.writes.rows import insert, refuse_large
from tams_analytics.writes.tag_rows import insert_tags, replace_tags
from tams_analytics.writes.targets import refuse_private_target

COLUMNS = ("id", "url", "status", "api_key_name", "api_key_value")
"""What of a body has a column of its own; tags are rows."""


def create_webhook(engine: Engine, body: Any, *, principal: str | None = None) -> Document:
    """Register a webhook under a new id; its document as GET gives it.

    Raises `BadParameter`, also for an address that nothing may be delivered to (§232).
    """
    given = {"id": str(uuid.uuid4()), **new_webhook(body)}
    refuse_private_target(given["url"], engine.settings.webhook_allow_private)
    with audited("create", "webhook", given["id"], principal):
        return engine.transact(lambda tx: _create(tx, given))


def put_webhook(
    engine: Engine, body: Any, *, webhook_id: str | None = None, principal: str | None = None
) -> Document:
    """Replace a webhook but for its key, where the body has none (§223); its document.

    ``webhook_id`` is the id in the path. ``created`` re-enables what was disabled or in error, and
    what waits is tried again; what waits when a client disables it is forgotten. Raises
    `BadParameter`, `NotFound`, `Refused` for disabling one that is in error (§224).
    """
    given = changed_webhook(body)
    refuse_other_id("webhook", webhook_id, given)
    refuse_private_target(given["url"], engine.settings.webhook_allow_private)
    with audited("put", "webhook", given["id"], principal):
        return engine.transact(lambda tx: _put(tx, given))


def delete_webhook(engine: Engine, webhook_id: str, *, principal: str | None = None) -> None:
    """Delete a webhook; what waits for it is not delivered (§225). Raises `NotFound`."""
    with audited("delete", "webhook", webhook_id, principal):
        engine.transact(lambda tx: _delete(tx, webhook_id))


def _create(tx: Transaction, given: dict[str, Any]) -> Document:
    row = {**_row(given), "error": None, "created": now()}
    insert(tx, "webhooks", [row])
    insert_tags(tx, "webhooks", {given["id"]: given.get("tags", {})})
    return webhooks.document(row, given.get("tags"))


def _row(given: dict[str, Any]) -> dict[str, Any]:
    rest = {name: value for name, value in given.items() if name not in (*COLUMNS, "tags")}
    body = json_text(rest)
    refuse_large(body, "body")
    return {**{name: given.get(name) for name in COLUMNS}, "body": body}


def _put(tx: Transaction, given: dict[str, Any]) -> Document:
    stored = stored_webhook(tx, given["id"])
    if stored["status"] == "error" and given["status"] == "disabled":
        instead = "set its status to created first, or delete it"
        raise Refused(f"disabling webhook {given['id']}", "it is in error", instead)
    row = {**_row(given), "error": None}
    row["api_key_value"] = given.get("api_key_value", stored["api_key_value"])
    tx.update("webhooks", {"id": row["id"]}, row)
    replace_tags(tx, "webhooks", row["id"], given.get("tags", {}))
    if "disabled" in (stored["status"], given["status"]):
        tx.delete("events", {"webhook_id": row["id"]})
    else:
        tx.update("events", {"webhook_id": row["id"]}, {"attempts": 0, "due": now()})
    return webhooks.document(row, given.get("tags"))


def stored_webhook(tx: Transaction, webhook_id: str) -> dict[str, Any]:
    """The row of a webhook. Raises `NotFound`."""
    rows = tx.few(webhooks.by_ids, ids=[webhook_id])
    if not rows:
        raise NotFound("webhook", webhook_id)
    return rows[0]


def _delete(tx: Transaction, webhook_id: str) -> None:
    if not tx.delete("webhooks", {"id": webhook_id}):
        raise NotFound("webhook", webhook_id)
    tx.delete("tags", {"entity_type": "webhooks", "entity_id": webhook_id})
    tx.delete("events", {"webhook_id": webhook_id})
