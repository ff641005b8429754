"""Questions about profiles."""

from __future__ import annotations

import ibis.expr.types as ir
from ibis import _

from tams_analytics.queries import attached, keyset
from tams_analytics.queries.keyset import After, Order
from tams_analytics.span import Limit, Text
from tams_analytics.tables import Tables

ORDER = Order("id")
"""The specification asks for a steady order and names none."""


def listing(
    tables: Tables,
    *,
    format: Text = None,
    codec: Text = None,
    label: Text = None,
    limit: Limit = None,
    after_key: Text = None,
    after_id: Text = None,
    after_is_cut: bool = False,
) -> ir.Table:
    """Profiles that fulfil all filters, by id, with their ``tags`` (§73)."""
    rows = keyset.equal(tables.profiles, {"format": format, "codec": codec, "label": label})
    after = After(after_key, after_id, after_is_cut)
    items = [attached.tags(tables, "profiles")]
    return attached.page(rows, tables.profiles, ORDER, after, items, limit=limit)


def one(tables: Tables, *, id: Text) -> ir.Table:
    """The profile with this id: its row with its ``tags``."""
    rows = tables.profiles.filter(_.id == id)
    return attached.with_items_of_one(rows, id, [attached.tags(tables, "profiles")])


def by_ids(tables: Tables, *, ids: Text) -> ir.Table:
    """The profiles with these ids, by id; all columns of ``profiles``."""
    return tables.profiles.filter(_.id.isin(ids)).order_by("id")
