"""Questions about tags, and the rows of entities that have them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ibis.expr.types as ir
from ibis import _

from tams_analytics.span import Text
from tams_analytics.tables import Tables


def of(tables: Tables, *, entity_type: Text, entity_ids: Text) -> ir.Table:
    """The tags of these entities, by entity, name and position; all columns of ``tags``."""
    rows = tables.tags.filter(_.entity_type == entity_type, _.entity_id.isin(entity_ids))
    return rows.order_by("entity_id", "name", "position", "value")


def asked(
    values: Mapping[str, Sequence[str]], exists: Mapping[str, bool] | None = None
) -> dict[str, Any]:
    """The arguments of a listing for filters by tags (§47 to §53); none for no filter.

    ``values``: the tag of this name has one of these values. ``exists``: it is there, or is not.
    """
    there = dict(exists or {})
    found = {
        "tag_names": list(values),
        "tag_values": [value for each in values.values() for value in each],
        "tag_counts": tuple(len(each) for each in values.values()),
        "tags_present": [name for name, is_there in there.items() if is_there],
        "tags_absent": [name for name, is_there in there.items() if not is_there],
    }
    return {name: value for name, value in found.items() if value}


@dataclass(frozen=True)
class TagFilter:
    """What `asked` says: ``counts`` tells how many of ``values`` belong to each of ``names``."""

    names: Sequence[Any] = ()
    values: Sequence[Any] = ()
    counts: Sequence[int] = ()
    present: Sequence[Any] = ()
    absent: Sequence[Any] = ()

    def applied(self, rows: ir.Table, tables: Tables, entity_type: str) -> ir.Table:
        """Those of ``rows``, entities of this type, whose tags fulfil all of it."""
        tags = tables.tags.filter(_.entity_type == entity_type)
        values = iter(self.values)
        for name, count in zip(self.names, self.counts, strict=True):
            wanted = [next(values) for _each in range(count)]
            having = tags.filter(_.name == name, _.value.isin(wanted))
            rows = rows.filter(rows.id.isin(having.entity_id))
        for name in self.present:
            having = tags.filter(_.name == name)
            rows = rows.filter(rows.id.isin(having.entity_id))
        for name in self.absent:
            having = tags.filter(_.name == name)
            rows = rows.anti_join(having, rows.id == having.entity_id)
        return rows
