"""Questions about sources."""

from __future__ import annotations

import ibis.expr.types as ir
from ibis import _

from tams_analytics.queries import attached, keyset
from tams_analytics.queries.keyset import After, Order
from tams_analytics.queries.tags import TagFilter
from tams_analytics.span import Limit, Text
from tams_analytics.tables import Tables

ORDERS = {
    "created": Order("created", newest_first=True),
    "updated": Order("updated", newest_first=True),
    "label": Order("label"),
}
"""What a listing is sorted by (§38)."""


def listing(  # noqa: PLR0913 - what the specification lets a client say
    tables: Tables,
    *,
    label: Text = None,
    format: Text = None,
    collected_by_ids: Text = None,
    tag_names: Text = (),
    tag_values: Text = (),
    tag_counts: tuple[int, ...] = (),
    tags_present: Text = (),
    tags_absent: Text = (),
    sort_by: str = "created",
    reverse: bool = False,
    limit: Limit = None,
    after_key: Text = None,
    after_id: Text = None,
    after_is_cut: bool = False,
) -> ir.Table:
    """Sources that fulfil all filters, in order, with the columns of `attached.of_all_sources`.

    ``collected_by_ids``: any of these collects it; of an empty list: none at all (§83 to §85).
    ``tag_…`` are what `tags.asked` gives, ``after_…`` what `keyset.arguments_after` gives. Raises
    `BadParameter`.
    """
    order = keyset.chosen(ORDERS, sort_by)
    rows = keyset.equal(tables.sources, {"label": label, "format": format})
    rows = attached.collected_by(rows, attached.of_all_sources(tables), collected_by_ids)
    tags = TagFilter(tag_names, tag_values, tag_counts, tags_present, tags_absent)
    rows = tags.applied(rows, tables, "sources")
    after = After(after_key, after_id, after_is_cut)
    items = attached.of_all_sources(tables)
    return attached.page(rows, tables.sources, order, after, items, reverse=reverse, limit=limit)


def one(tables: Tables, *, id: Text) -> ir.Table:
    """The source with this id: its row with the columns of `attached.of_all_sources`."""
    rows = tables.sources.filter(_.id == id)
    return attached.with_items_of_one(rows, id, attached.of_all_sources(tables))


def by_ids(tables: Tables, *, ids: Text) -> ir.Table:
    """The sources with these ids, by id; all columns of ``sources``."""
    return tables.sources.filter(_.id.isin(ids)).order_by("id")
