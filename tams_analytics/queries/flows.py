"""Questions about flows."""

from __future__ import annotations

import ibis.expr.types as ir
from ibis import _

from tams_analytics.queries.paging import limited
from tams_analytics.span import Text
from tams_analytics.tables import Tables

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


def of_source(tables: Tables, *, source_id: Text, limit: int | None = None) -> ir.Table:
    """The flows of a source, by id; all columns of ``flows``."""
    rows = tables.flows.filter(_.source_id == source_id).order_by("id")
    return limited(rows, limit)
