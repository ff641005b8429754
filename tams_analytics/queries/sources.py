"""Questions about sources."""

from __future__ import annotations

import ibis.expr.types as ir
from ibis import _

from tams_analytics.span import Text
from tams_analytics.tables import Tables


def by_ids(tables: Tables, *, ids: Text) -> ir.Table:
    """The sources with these ids, by id; all columns of ``sources``."""
    return tables.sources.filter(_.id.isin(ids)).order_by("id")
