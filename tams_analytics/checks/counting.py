"""The one question that a check is asked: how many rows it finds, and the first of them."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
from ibis import _

from tams_analytics.checks.answered import OWNER, beside
from tams_analytics.checks.check import FINDING, Check, Scope
from tams_analytics.checks.remembered import Remembered, known

SAMPLE = 20
"""So many findings of a check are shown; all of them are in `Checked.failures`."""
SHOWN = list(FINDING[2:])


def counted(check: Check, scope: Scope, before: Remembered) -> ir.Table:
    """The first findings, each beside the number of all: nothing else leaves the engine.

    ``entity, id, detail, failures``. Where somebody answers for any, also ``is_answered`` (those
    come last) and ``acknowledged``, how many these are; where any were known, ``unknown``, how many
    of the failures were not.
    """
    findings = check.findings(scope)
    acknowledged = before.acknowledged.get(check.id, ())
    if not acknowledged and not before.kept(check.id):
        return _first(findings.mutate(failures=_.count().over()), [], ["failures"])
    findings = beside(findings, findings.entity, acknowledged)
    findings = findings.mutate(is_answered=_flag(findings[OWNER].notnull()))
    findings = _with_known(findings, check, scope, before)
    counts = {
        "failures": (1 - _.is_answered).sum().over(),
        "acknowledged": _.is_answered.sum().over(),
        "unknown": ((1 - _.is_answered) * (1 - _.is_known)).sum().over(),
    }
    return _first(findings.mutate(**counts), ["is_answered"], list(counts))


def _with_known(findings: ir.Table, check: Check, scope: Scope, before: Remembered) -> ir.Table:
    if not before.kept(check.id):
        return findings.mutate(is_known=_flag(ibis.literal(False)))
    there = known(scope.tables, check, before.at)
    same = [findings.entity == there.known_entity, findings.id == there.known_id]
    found = findings.left_join(there, same)
    return found.mutate(is_known=_flag(found.known_id.notnull()))


def _first(counted: ir.Table, before: list[str], counts: list[str]) -> ir.Table:
    order = [*before, *SHOWN]
    return counted.select(*order, *counts).order_by(order).limit(SAMPLE)


def _flag(condition: ir.BooleanValue) -> ir.IntegerValue:
    return ibis.ifelse(condition, 1, 0)
