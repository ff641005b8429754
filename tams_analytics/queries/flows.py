"""Questions about flows."""

from __future__ import annotations

import ibis.expr.types as ir
from ibis import _

from tams_analytics.queries.paging import limited
from tams_analytics.span import Text
from tams_analytics.tables import Tables
from tams_analytics.tables.formats import MULTI

UNDER_WAY = ("created", "started")
"""What a deletion request is before it ends."""


def by_ids(tables: Tables, *, ids: Text) -> ir.Table:
    """The flows with these ids, by id; all columns of ``flows``."""
    return tables.flows.filter(_.id.isin(ids)).order_by("id")


def known(tables: Tables, *, ids: Text) -> ir.Table:
    """Those of these ids that flows have: ``id``."""
    return tables.flows.filter(_.id.isin(ids)).select("id").order_by("id")


def for_writing(tables: Tables, *, ids: Text) -> ir.Table:
    """The flows with these ids, and ``being_deleted``: a deletion request is under way."""
    requests = tables.deletion_requests.filter(_.delete_flow, _.status.isin(UNDER_WAY))
    rows = tables.flows.filter(_.id.isin(ids))
    return rows.mutate(being_deleted=rows.id.isin(requests.flow_id)).order_by("id")


def expected(tables: Tables) -> ir.Table:
    """The flows that should have media of their own, each once: ``flow_id``.

    Not of them, as long as they have no segment: multi flows (most only collect others), and flows
    that one with segments itself collects, since their media lies there.
    """
    return expected_among(tables.flows, tables.segments, tables.collections)


def expected_among(
    flows: ir.Table, segments: ir.Table, collections: ir.Table | None = None
) -> ir.Table:
    """`expected` of tables that were narrowed: those of ``flows``."""
    there = segments.select("flow_id").distinct()  # read once: it is by far the largest table
    have = flows.semi_join(there, flows.id == there.flow_id)
    should = flows.filter(_.format.coalesce("") != MULTI)
    if collections is not None:
        held = collections.semi_join(there, collections.flow_id == there.flow_id)
        should = should.anti_join(held, should.id == held.member_id)
    each = [rows.select(flow_id="id") for rows in (have, should)]
    return each[0].union(each[1], distinct=True)


def of_source(tables: Tables, *, source_id: Text, limit: int | None = None) -> ir.Table:
    """The flows of a source, by id; all columns of ``flows``."""
    rows = tables.flows.filter(_.source_id == source_id).order_by("id")
    return limited(rows, limit)
