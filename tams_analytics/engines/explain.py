"""What of an expression is pushed into scans, what is refused, and what runs above them."""

from __future__ import annotations

import ibis.expr.types as ir
from ibis.backends import BaseBackend

from tams_analytics.engines.duckdb_plan import explain_duckdb
from tams_analytics.engines.explanation import Explanation
from tams_analytics.errors import BadParameter, Unsupported


def _explain_vast(backend: BaseBackend, expression: ir.Expr, run: bool) -> Explanation:
    from tams_analytics.engines.vast.explaining import explain_vast  # noqa: PLC0415 - the driver

    return explain_vast(backend, expression, run)


def _explain_trino(backend: BaseBackend, expression: ir.Expr, run: bool) -> Explanation:
    from tams_analytics.engines.trino.explaining import explain_trino  # noqa: PLC0415 - the driver

    return explain_trino(backend, expression, run)


EXPLAINERS = {"duckdb": explain_duckdb, "vast": _explain_vast, "trino": _explain_trino}
"""How each ibis backend is asked for its plan."""


def explain(expression: ir.Expr, *, run: bool = False) -> Explanation:
    """Which columns and conditions each scan takes, what it refuses and why, and what runs above.

    With ``run`` the query is executed, and the scans carry the rows that really left them. Raises
    `BadParameter` for an expression without a table, `Unsupported` for an unknown backend.
    """
    if not isinstance(expression, ir.Expr):
        raise BadParameter(
            "expression", expression, "is no ibis expression", "store.segments.filter(…)"
        )
    backends, _unbound = expression._find_backends()
    if len(backends) != 1:
        raise BadParameter("expression", expression.get_name(), "reads no store, or several")
    backend = backends[0]
    if backend.name not in EXPLAINERS:
        raise Unsupported(backend.name, "explain", f"use {' or '.join(EXPLAINERS)}")
    return EXPLAINERS[backend.name](backend, expression, run)
