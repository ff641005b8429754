"""How many rows a listing gives."""

from __future__ import annotations

from typing import Any

import ibis.expr.types as ir

from tams_analytics.span import as_limit


def limited(rows: ir.Table, limit: Any) -> ir.Table:
    """The first ``limit`` rows, or all for ``None``. Raises `BadParameter` for anything else."""
    if limit is None:
        return rows
    return rows.limit(as_limit(limit))
