"""Questions about webhooks and the events that wait for them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import ibis.expr.types as ir
from ibis import _

from tams_analytics.queries import attached
from tams_analytics.queries.documents import Document, with_present
from tams_analytics.queries.keyset import After, Order
from tams_analytics.queries.paging import limited
from tams_analytics.queries.tags import TagFilter
from tams_analytics.span import Limit, Text
from tams_analytics.tables import Tables

ORDER = Order("url")
"""What a listing is sorted by (§43)."""
LISTENING = ("created", "started")
"""The statuses of webhooks that hear of changes."""


def listing(  # noqa: PLR0913 - what the specification lets a client say
    tables: Tables,
    *,
    tag_names: Text = (),
    tag_values: Text = (),
    tag_counts: tuple[int, ...] = (),
    tags_present: Text = (),
    tags_absent: Text = (),
    reverse: bool = False,
    limit: Limit = None,
    after_key: Text = None,
    after_id: Text = None,
    after_is_cut: bool = False,
) -> ir.Table:
    """Webhooks that fulfil all filters, by URL, with their ``tags`` (§43).

    ``tag_…`` are what `tags.asked` gives, ``after_…`` what `keyset.arguments_after` gives.
    """
    tags = TagFilter(tag_names, tag_values, tag_counts, tags_present, tags_absent)
    known = tables.webhooks
    rows = tags.applied(known, tables, "webhooks")
    after = After(after_key, after_id, after_is_cut)
    items = [attached.tags(tables, "webhooks")]
    return attached.page(rows, known, ORDER, after, items, reverse=reverse, limit=limit)


def one(tables: Tables, *, id: Text) -> ir.Table:
    """The webhook with this id: its row with its ``tags``."""
    rows = tables.webhooks.filter(_.id == id)
    return attached.with_items_of_one(rows, id, [attached.tags(tables, "webhooks")])


def by_ids(tables: Tables, *, ids: Text) -> ir.Table:
    """The webhooks with these ids, by id; all columns of ``webhooks``."""
    return tables.webhooks.filter(_.id.isin(ids)).order_by("id")


def listening(tables: Tables) -> ir.Table:
    """The webhooks that hear of changes: ``id, body``."""
    return tables.webhooks.filter(_.status.isin(LISTENING)).select("id", "body")


def waiting(tables: Tables) -> ir.Table:
    """The webhooks that events wait for: ``webhook_id, due, status``.

    ``due`` is when the first event may be delivered: only that one was ever put off. ``status``
    is NULL where the webhook is gone.
    """
    events = tables.events.group_by("webhook_id").agg(due=_.due.max())
    webhooks = tables.webhooks.select("id", "status")
    joined = events.left_join(webhooks, events.webhook_id == webhooks.id)
    return joined.select("webhook_id", "due", "status").order_by("due", "webhook_id")


def pending(tables: Tables, *, webhook_id: Text, limit: Limit = None) -> ir.Table:
    """The first rows of what waits for a webhook, in order; all columns of ``events``."""
    rows = tables.events.filter(_.webhook_id == webhook_id)
    return limited(rows.order_by("created", "position", "id", "part"), limit)


def document(row: Mapping[str, Any], tags: Mapping[str, Any] | None = None) -> Document:
    """A webhook as GET gives it, from its row: with all but its key (§220)."""
    shown = {name: row[name] for name in ("id", "url", "api_key_name") if row[name] is not None}
    error = {} if row["error"] is None else {"error": json.loads(row["error"])}
    said = {**shown, **json.loads(row["body"]), "status": row["status"], **error}
    return with_present(said, {"tags": tags})


def document_of(row: Mapping[str, Any]) -> Document:
    """The document of a row with its tags."""
    return document(row, attached.tags_of(row))
