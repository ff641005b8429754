"""Checks of deletion requests: deletes that were too large for one transaction (Q32)."""

from __future__ import annotations

import ibis.expr.types as ir
from ibis import _

from tams_analytics.checks.check import Scope
from tams_analytics.queries.flows import UNDER_WAY

SHOWN = ("id", "flow_id", "status", "timerange_remaining", "updated")


def failed(scope: Scope) -> ir.Table:
    """Requests that ended with an error, and what is left of them."""
    found = scope.tables.deletion_requests.filter(_.status == "error").select(*SHOWN)
    return found.mutate(detail="failed, of flow " + _left())


def stuck(scope: Scope) -> ir.Table:
    """Requests under way that have not moved for as long as an upload may take."""
    found = scope.tables.deletion_requests.filter(_.status.isin(UNDER_WAY))
    found = found.filter(_.updated < scope.until.unused).select(*SHOWN)
    return found.mutate(
        detail=_.status + ", not moved since " + _.updated.cast("string") + ", of flow " + _left()
    )


def _left() -> ir.StringValue:
    return _.flow_id + " is left " + _.timerange_remaining
