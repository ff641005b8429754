"""Questions about the store itself: the facts of ``store_metadata``."""

from __future__ import annotations

import ibis.expr.types as ir
from ibis import _

from tams_analytics.span import Text
from tams_analytics.tables import Tables


def fact(tables: Tables, *, name: Text) -> ir.Table:
    """What the store keeps under a name: ``name, value, updated``; no row: nothing."""
    return tables.store_metadata.filter(_.name == name)
