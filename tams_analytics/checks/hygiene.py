"""Checks of what people wrote, or did not: labels, descriptions, names of tags (Q33).

Values of tags are not judged: `Sport` and `sport` may be a slip, but many values are names and keys
of others, where case and a letter make a difference.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
from ibis import _

from tams_analytics.checks.check import Scope
from tams_analytics.queries.hygiene import spelt
from tams_analytics.tables.formats import MULTI

WRITTEN = ("label", "description", "created_by")


def metadata_missing(scope: Scope) -> ir.Table:
    """Flows and sources without what tells people about them: ``entity, id, detail``.

    A flow needs a container too, unless it is of format multi and may have no objects.
    """
    flows, sources = scope.tables.flows, scope.tables.sources
    no_container = _is_empty(flows.container) & (flows.format != MULTI)
    return _lacking(flows, "flows", container=no_container).union(_lacking(sources, "sources"))


def _lacking(rows: ir.Table, name: str, **more: ir.BooleanValue) -> ir.Table:
    lacks = {column: _is_empty(rows[column]) for column in WRITTEN} | more
    parts = [ibis.ifelse(is_so, ", " + column, "") for column, is_so in lacks.items()]
    said = ibis.literal("").concat(*parts)
    found = rows.select(entity=ibis.literal(name), id="id", lacking=said).filter(_.lacking != "")
    return found.select("entity", "id", detail="has no " + _.lacking.substr(2)).distinct()


def _is_empty(text: ir.StringValue) -> ir.BooleanValue:
    return text.coalesce("") == ""


def tag_names_varying(scope: Scope) -> ir.Table:
    """Tags whose name is mostly written otherwise: ``entity, id, name, usual``.

    With other capitals, or another character between its words. Of two names that are used as often
    it is the later by the alphabet.
    """
    tags = scope.tables.tags.select(entity="entity_type", id="entity_id", name="name").distinct()
    tags = tags.mutate(spelt=spelt(tags.name))
    uses = tags.group_by("spelt", "name").agg(uses=_.count())
    best = ibis.window(group_by="spelt", order_by=[ibis.desc("uses"), "name"])
    placed = uses.mutate(place=ibis.row_number().over(best))
    usual = placed.filter(_.place == 0).select(of="spelt", usual="name", often="uses")
    found = tags.join(usual, tags.spelt == usual.of).filter(_.name != _.usual)
    often = _.often.cast("string") + " times"
    said = "its tag " + _.name + " is mostly called " + _.usual + ", " + often
    return found.select("entity", "id", "name", "usual", detail=said)
