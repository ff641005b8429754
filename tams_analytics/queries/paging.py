"""How many rows a listing gives."""

from __future__ import annotations

from typing import Any

import ibis.expr.types as ir

from tams_analytics.errors import BadParameter

HIGHEST_LIMIT = 2**63 - 1


def limited(rows: ir.Table, limit: Any) -> ir.Table:
    """The first ``limit`` rows, or all for ``None``. Raises `BadParameter` for anything else."""
    if limit is None:
        return rows
    if type(limit) is not int or not 0 <= limit <= HIGHEST_LIMIT:
        raise BadParameter("limit", limit, "is no number of rows", "a whole number from 0")
    return rows.limit(limit)
