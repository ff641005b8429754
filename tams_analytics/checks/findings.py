"""The findings of a check as lazy tables: failures, new ones, those that somebody answers for."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
from ibis import _

from tams_analytics.checks import answered
from tams_analytics.checks.check import FINDING, Check, Scope
from tams_analytics.checks.remembered import Remembered, known

FOUND = ("entity", "id", "severity", "detail")


def rows(check: Check, scope: Scope, before: Remembered) -> ir.Table:
    """The failing rows: own columns, ``id``, ``detail``."""
    found = check.rows(scope)
    acknowledged = before.acknowledged.get(check.id)
    if not acknowledged:
        return found
    entity = found.entity if "entity" in found.columns else ibis.literal(check.entity)
    return answered.unanswered(found, entity, acknowledged)


def failing(check: Check, scope: Scope, before: Remembered) -> ir.Table:
    """The failing rows as findings."""
    found = check.findings(scope)
    acknowledged = before.acknowledged.get(check.id)
    return answered.unanswered(found, found.entity, acknowledged) if acknowledged else found


def unknown(check: Check, scope: Scope, before: Remembered) -> ir.Table:
    """The failing rows as findings that no remembered run has told of."""
    found = failing(check, scope, before)
    if not before.kept(check.id):
        return found
    there = known(scope.tables, check, before.at)
    return found.anti_join(there, [found.entity == there.known_entity, found.id == there.known_id])


def acknowledged(check: Check, scope: Scope, before: Remembered) -> ir.Table:
    """The findings that somebody answers for: `answered.ANSWERED`."""
    return answered.answered(check.findings(scope), before.acknowledged.get(check.id, ()))


def kept(check: Check, scope: Scope, most: int) -> ir.Table:
    """All that a check finds, the first by ``entity, id``, each once: `FOUND`."""
    found = check.findings(scope).group_by("entity", "id")
    once = found.agg(severity=_.severity.min(), detail=_.detail.min())
    return once.select(*FOUND).order_by("entity", "id").limit(most)


def none() -> ir.Table:
    """No findings."""
    return ibis.memtable([], schema=dict.fromkeys(FINDING, "string"))
