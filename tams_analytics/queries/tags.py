"""Questions about tags."""

from __future__ import annotations

import ibis.expr.types as ir
from ibis import _

from tams_analytics.span import Text
from tams_analytics.tables import Tables


def of(tables: Tables, *, entity_type: Text, entity_ids: Text) -> ir.Table:
    """The tags of these entities, by entity, name and position; all columns of ``tags``."""
    rows = tables.tags.filter(_.entity_type == entity_type, _.entity_id.isin(entity_ids))
    return rows.order_by("entity_id", "name", "position", "value")
