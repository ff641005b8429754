"""Questions about what collects what: flows as stored, sources as it follows from their flows."""

from __future__ import annotations

import ibis.expr.types as ir
from ibis import _

from tams_analytics.span import Text
from tams_analytics.tables import Tables


def members(tables: Tables, *, flow_ids: Text) -> ir.Table:
    """What these flows collect, in order (statement 123); all columns of ``collections``."""
    rows = tables.collections.filter(_.flow_id.isin(flow_ids))
    return rows.order_by("flow_id", "position", "member_id")


def collectors(tables: Tables, *, member_ids: Text) -> ir.Table:
    """Who collects these flows: ``member_id, flow_id``, each pair once."""
    rows = tables.collections.filter(_.member_id.isin(member_ids))
    return rows.select("member_id", "flow_id").distinct().order_by("member_id", "flow_id")


def of_sources(tables: Tables) -> ir.Table:
    """Which source collects which: ``source_id, member_id, role, flow_id, position``.

    A source collects the sources of the flows that its flows collect (statement 86), itself never.
    That is not said by ``!=``: where no statistics warn DuckDB, as of rows that come from VAST, it
    joins by that first, each flow with nearly all others.
    """
    flows = tables.flows.select("id", "source_id")
    member = flows.select(member_flow="id", member_id="source_id")
    rows = tables.collections.rename(member_flow="member_id")
    joined = rows.join(flows, rows.flow_id == flows.id).join(member, "member_flow")
    chosen = joined.select("source_id", "member_id", "role", "flow_id", "position")
    return chosen.filter(_.source_id.nullif(_.member_id).notnull())


def collectors_of_sources(tables: Tables, *, member_ids: Text) -> ir.Table:
    """Who collects these sources: ``member_id, source_id``, each pair once."""
    rows = of_sources(tables).filter(_.member_id.isin(member_ids))
    return rows.select("member_id", "source_id").distinct().order_by("member_id", "source_id")
