"""Questions about profiles."""

from __future__ import annotations

import ibis.expr.types as ir
from ibis import _

from tams_analytics.span import Text
from tams_analytics.tables import Tables


def by_ids(tables: Tables, *, ids: Text) -> ir.Table:
    """The profiles with these ids, by id; all columns of ``profiles``."""
    return tables.profiles.filter(_.id.isin(ids)).order_by("id")
