"""What flows are taken together by: themselves, their source, their label, or a tag."""

from __future__ import annotations

import ibis.expr.types as ir
from ibis import _

from tams_analytics.errors import BadParameter
from tams_analytics.queries.united import united
from tams_analytics.tables import Tables
from tams_analytics.tables.formats import STATUSES

KINDS = ("flow", "source", "label", "tag:NAME")
TAG = "tag:"
ALL = "all"


def as_kind(by: str) -> str:
    """``by`` itself. Raises `BadParameter` for what flows are not taken together by."""
    is_tag = isinstance(by, str) and by.startswith(TAG) and by != TAG
    if not is_tag and by not in KINDS[:-1]:
        raise BadParameter("by", by, "is unknown", f"one of {', '.join(KINDS)}")
    return by


def members(tables: Tables, by: str) -> ir.Table:
    """Which flow is in which group: ``flow_id, key, label``, each pair once.

    By ``flow`` and ``source`` ``key`` is the id, ``label`` its label, if it has any. By ``label``
    both are the flow's label. By ``tag:NAME`` both are the value of the flow's tag, each value of
    an array; of a flow without the tag, that of its source's. A flow that has none is in no group.
    Raises `BadParameter`.
    """
    flows = flows_once(tables)
    if as_kind(by).startswith(TAG):
        return _of_tag(tables, flows, by.removeprefix(TAG))
    if by == "source":
        sources = tables.sources.distinct(on="id", keep="first").select(key="id", label="label")
        found = flows.select(flow_id="id", source_id="source_id")
        found = found.left_join(sources, found.source_id == sources.key)
        return found.select("flow_id", key="source_id", label="label")
    found = flows.select(flow_id="id", key=by if by == "label" else "id", label="label")
    return found.filter(_.key.notnull())


def flows_once(tables: Tables) -> ir.Table:
    """The flows, one row of each id."""
    return tables.flows.distinct(on="id", keep="first")


def _of_tag(tables: Tables, flows: ir.Table, name: str) -> ir.Table:
    tags = tables.tags.filter(_.name == name, _.value.notnull())
    own, of_sources = (
        tags.filter(_.entity_type == kind).select(of="entity_id", key="value").distinct()
        for kind in ("flows", "sources")
    )
    rest = flows.anti_join(own, flows.id == own["of"]).select("id", "source_id")
    rest = rest.inner_join(of_sources, rest.source_id == of_sources["of"])
    both = (own.select(flow_id="of", key="key"), rest.select(flow_id="id", key="key"))
    return united(*both).mutate(label=_.key)


def narrowed(tables: Tables, which: str) -> ir.Table:
    """The flows that ``which`` names, one row of each id; all columns of ``flows``.

    ``all``; one of `STATUSES`, as ``ingesting``; ``tag:NAME`` or ``tag:NAME=VALUE``, the flow's or
    its source's. Raises `BadParameter`.
    """
    flows = flows_once(tables)
    if which == ALL:
        return flows
    if which in STATUSES:
        return flows.filter(_.status == which)
    name, equals, value = which.removeprefix(TAG).partition("=")
    if not (which.startswith(TAG) and name):
        known = f"one of {', '.join([ALL, *STATUSES, 'tag:NAME', 'tag:NAME=VALUE'])}"
        raise BadParameter("flows", which, "is unknown", known)
    tagged = members(tables, f"{TAG}{name}")
    tagged = tagged.filter(_.key == value) if equals else tagged
    return flows.semi_join(tagged, flows.id == tagged.flow_id)
