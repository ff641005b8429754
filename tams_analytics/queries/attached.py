"""What other tables say of an entity, as nested columns of its row: one question for a GET.

An `Attachment` is a table of items, each ``of`` the entity with that id. `with_items` adds to each
row of a page the list of its items, `with_items_of_one` to the row of one id; a list is NULL where
there is none. `flow_of` and its like make the specification's documents of such rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir
from ibis import _

from tams_analytics.queries import documents, keyset
from tams_analytics.queries.collections import of_sources
from tams_analytics.queries.documents import Document
from tams_analytics.queries.keyset import After, Order
from tams_analytics.tables import Tables

Row = Mapping[str, Any]

OF_TAG = ("name", "position", "value")
OF_MEMBER = ("position", "member_id", "role", "container_mapping", "body")


@dataclass(frozen=True)
class Attachment:
    """A nested column: its name, and the items in it with the id that each is ``of``."""

    name: str
    items: ir.Table

    def collected(self, items: ir.Table) -> ir.Value:
        """All ``items`` as one list of structs."""
        fields = {name: items[name] for name in items.columns if name != "of"}
        return ibis.struct(fields).collect()


def tags(tables: Tables, entity_type: str) -> Attachment:
    """``tags``: name, position and value of each (F36)."""
    rows = tables.tags.filter(_.entity_type == entity_type)
    return Attachment("tags", rows.select(*OF_TAG, of="entity_id"))


def of_flows(tables: Tables) -> tuple[Attachment, ...]:
    """``tags``, ``members`` and ``collectors`` of flows (§123, §125)."""
    members = tables.collections.select(*OF_MEMBER, of="flow_id")
    collectors = tables.collections.select("flow_id", of="member_id")
    return (
        tags(tables, "flows"),
        Attachment("members", members),
        Attachment("collectors", collectors),
    )


def of_all_sources(tables: Tables) -> tuple[Attachment, ...]:
    """``tags``, ``members`` and ``collectors`` of sources, as their flows' collections say."""
    rows = of_sources(tables)
    members = rows.select("flow_id", "position", "member_id", "role", of="source_id")
    collectors = rows.select("source_id", of="member_id")
    return (
        tags(tables, "sources"),
        Attachment("members", members),
        Attachment("collectors", collectors),
    )


def collected_by(rows: ir.Table, attachments: Iterable[Attachment], ids: Any) -> ir.Table:
    """Those of ``rows`` that one of ``ids`` collects; of no ids: those that nothing collects.

    ``None`` asks for nothing (§84, §85, §128).
    """
    if ids is None:
        return rows
    (items,) = (each.items for each in attachments if each.name == "collectors")
    if not len(ids):
        return rows.anti_join(items, rows.id == items.of)
    (collector,) = (name for name in items.columns if name != "of")
    among = items.filter(items[collector].isin(ids))
    return rows.filter(rows.id.isin(among.of))


def page(
    rows: ir.Table,
    entity: ir.Table,
    order: Order,
    after: After,
    attachments: Iterable[Attachment],
    *,
    reverse: bool = False,
    limit: int | None,
) -> ir.Table:
    """`keyset.page` of ``rows``, each with its items, in order again."""
    found = keyset.page(rows, entity, order, after, reverse=reverse, limit=limit)
    found = with_items(found, attachments)
    return found.order_by(keyset.sorting(found, order, reverse=reverse))


def with_items(page: ir.Table, attachments: Iterable[Attachment]) -> ir.Table:
    """``page`` with a column for each attachment; only items of its rows are read.

    Each brings ``owner_of_…`` too, which to drop would cost more than to keep.
    """
    found, ids = page, page.select("id").distinct()
    for each in attachments:
        items = each.items.filter(each.items.of.isin(ids.id))
        owner = f"owner_of_{each.name}"
        lists = items.group_by(**{owner: items.of}).agg(**{each.name: each.collected(items)})
        found = found.left_join(lists, page.id == lists[owner])
    return found


def with_items_of_one(rows: ir.Table, id: Any, attachments: Iterable[Attachment]) -> ir.Table:
    """``rows``, which all have this ``id``, with a column for each attachment.

    Each is a sub-query about the id itself, which takes half the time of a join.
    """
    lists = {each.name: each.items.filter(each.items.of == id) for each in attachments}
    collected = {
        each.name: lists[each.name].agg(items=each.collected(lists[each.name])).as_scalar()
        for each in attachments
    }
    return rows.mutate(**collected)


def flow_of(row: Row) -> Document:
    """The document of a row with the items of `of_flows`."""
    members = [documents.member_document(item) for item in _in_order(row["members"], OF_MEMBER[:2])]
    collectors = sorted({item["flow_id"] for item in row["collectors"] or ()})
    return documents.flow_document(row, tags_of(row), members, collectors)


def source_of(row: Row) -> Document:
    """The document of a row with the items of `of_all_sources`; none is said twice."""
    members = _in_order(row["members"], ("flow_id", "position", "member_id"))
    pairs = dict.fromkeys((item["member_id"], item["role"]) for item in members)
    collection = [{"id": id} if role is None else {"id": id, "role": role} for id, role in pairs]
    collectors = sorted({item["source_id"] for item in row["collectors"] or ()})
    return documents.source_document(row, tags_of(row), collection, collectors)


def profile_of(row: Row) -> Document:
    """The document of a profile's row with its tags."""
    return documents.profile_document(row, tags_of(row))


def tags_of(row: Row) -> dict[str, str | list[str]]:
    """The tags of a row, by name."""
    items = row["tags"] or ()
    return documents.tags_document(
        sorted(items, key=lambda item: (item["name"], item["position"] or 0))
    )


def _in_order(items: Sequence[Row] | None, by: Sequence[str]) -> list[Row]:
    return sorted(items or (), key=lambda item: tuple(item[name] for name in by))
