"""Questions about storage backends, as clients see them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ibis.expr.types as ir

from tams_analytics.queries import attached
from tams_analytics.queries.documents import Document
from tams_analytics.queries.keyset import After, Order
from tams_analytics.queries.tags import TagFilter
from tams_analytics.span import Limit, Text
from tams_analytics.tables import STORAGE_BACKENDS, Tables

ORDER = Order("label")
"""What a listing is sorted by (§42)."""


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
    """Storage backends that fulfil all filters, by label, with their ``tags`` (F3).

    ``tag_…`` are what `tags.asked` gives, ``after_…`` what `keyset.arguments_after` gives.
    """
    tags = TagFilter(tag_names, tag_values, tag_counts, tags_present, tags_absent)
    known = tables.storage_backends
    rows = tags.applied(known, tables, "storage_backends")
    after = After(after_key, after_id, after_is_cut)
    items = [attached.tags(tables, "storage_backends")]
    return attached.page(rows, known, ORDER, after, items, reverse=reverse, limit=limit)


def document_of(row: Mapping[str, Any]) -> Document:
    """A storage backend as GET gives it, from its row with its ``tags`` (§66, §67)."""
    named = {each.spec: row[each.name] for each in STORAGE_BACKENDS.columns if each.spec}
    shown = {name: value for name, value in named.items() if value is not None}
    tags = attached.tags_of(row)
    return {**shown, "tags": tags} if tags else shown
