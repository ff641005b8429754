"""Questions about deletion requests as clients see them; `deletions` has those of the writers."""

from __future__ import annotations

import ibis.expr.types as ir
from ibis import _

from tams_analytics.queries import keyset
from tams_analytics.queries.keyset import After, Order
from tams_analytics.span import Limit, Text
from tams_analytics.tables import Tables

ORDERS = {
    "created": Order("created", newest_first=True),
    "expiry": Order("expiry", newest_first=True),
}
"""What a listing is sorted by (§41)."""


def listing(
    tables: Tables,
    *,
    sort_by: str = "created",
    reverse: bool = False,
    limit: Limit = None,
    after_key: Text = None,
    after_id: Text = None,
    after_is_cut: bool = False,
) -> ir.Table:
    """Deletion requests in order; all columns of ``deletion_requests`` (§218)."""
    order = keyset.chosen(ORDERS, sort_by)
    rows = tables.deletion_requests
    after = After(after_key, after_id, after_is_cut)
    return keyset.page(rows, rows, order, after, reverse=reverse, limit=limit)


def one(tables: Tables, *, id: Text) -> ir.Table:
    """The deletion request with this id; all columns of ``deletion_requests``."""
    return tables.deletion_requests.filter(_.id == id)
