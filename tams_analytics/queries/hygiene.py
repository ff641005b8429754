"""Questions about what people wrote: words of tags, who made and changed what (Q33, Q35)."""

from __future__ import annotations

import ibis.expr.types as ir
from ibis import _

from tams_analytics.tables import Tables

BETWEEN_WORDS = ("-", ".", " ")
"""What stands between the words of a name, and would be as well a ``_``."""


def tag_names(tables: Tables) -> ir.Table:
    """The vocabulary of tags: ``name, spelt, entities, values``, most used first.

    ``entities`` is how many flows and sources have the tag, ``values`` how many different values it
    has; names with one ``spelt`` differ in nothing but capitals and what stands between words.
    """
    rows = tables.tags.mutate(spelt=spelt(tables.tags.name))
    found = rows.group_by("name", "spelt").agg(
        entities=_.entity_id.nunique(), values=_.value.nunique()
    )
    return found.order_by(_.entities.desc(), "name")


def spelt(name: ir.StringValue) -> ir.StringValue:
    """A name without what spellings differ in."""
    key = name.lower()
    for character in BETWEEN_WORDS:
        key = key.replace(character, "_")
    return key


def read_only_flows(tables: Tables) -> ir.Table:
    """Flows that refuse changes: ``id, label, source_id, updated_by, metadata_updated``."""
    flows = tables.flows.distinct(on="id", keep="first").filter(_.read_only)
    found = flows.select("id", "label", "source_id", "updated_by", "metadata_updated")
    return found.order_by("label", "id")


def writers(tables: Tables) -> ir.Table:
    """Who made and who changed flows: ``principal, made, changed, last``, the last one first.

    ``last`` is the last time that one of theirs was written (UTC); NULL: nobody said who.
    """
    flows = tables.flows.distinct(on="id", keep="first")
    made = flows.select(principal="created_by", made=1, changed=0, at="created")
    changed = flows.filter(_.updated_by.notnull())
    changed = changed.select(principal="updated_by", made=0, changed=1, at="metadata_updated")
    found = made.union(changed).group_by("principal")
    found = found.agg(
        made=_.made.sum().cast("int64"), changed=_.changed.sum().cast("int64"), last=_.at.max()
    )
    return found.order_by(_.last.desc(), "principal")
