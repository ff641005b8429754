"""Checks, run: how many rows each finds, and some of them."""

from __future__ import annotations

import contextlib
import dataclasses
import time
from collections.abc import Collection, Sequence
from typing import TypedDict

import ibis.expr.types as ir
from ibis import _

from tams_analytics.checks.check import FINDING, Check, Scope
from tams_analytics.engines import Engine
from tams_analytics.errors import BadParameter, Unsupported
from tams_analytics.tables import Tables

SAMPLE = 20
"""So many findings of a check are shown; all of them are in `Checked.failures`."""
WITHOUT_OBJECTS = "needs a listing of the buckets: objects=, on the command line --objects"


class Outcome(TypedDict):
    """What became of one check, as JSON has it."""

    id: str
    severity: str
    failures: int | None
    """How many findings; ``None``: it did not run."""
    reason: str | None
    """Why it did not run."""
    sample: list[dict[str, str]]
    """The first findings by id: ``entity, id, detail``, at most `SAMPLE`."""
    took_s: float


def chosen(checks: Sequence[Check], only: Collection[str] | None) -> list[Check]:
    """Those of these names, in the order of ``checks``; all for ``None``. Raises `BadParameter`."""
    if only is None:
        return list(checks)
    names = [only] if isinstance(only, str) else list(only)
    known = [check.id for check in checks]
    for name in names:
        if name not in known:
            raise BadParameter("only", name, "is no check", f"one of {', '.join(known)}")
    return [check for check in checks if check.id in names]


def results(engine: Engine, checks: Sequence[Check], scope: Scope) -> list[Outcome]:
    """What became of each check, in order; an engine that is far away is read once for all."""

    def findings(tables: Tables) -> list[ir.Table]:
        there, found = dataclasses.replace(scope, tables=tables), []
        for check in checks:
            if why_not(check, scope) is None:
                with contextlib.suppress(Unsupported):  # `outcome` tells of it
                    found.append(_counted(check.findings(there)))
        return found

    with engine.swept(findings) as tables:
        there = dataclasses.replace(scope, tables=tables)
        return [outcome(check, there) for check in checks]


def why_not(check: Check, scope: Scope) -> str | None:
    """Why a check does not run; ``None``: it does."""
    return WITHOUT_OBJECTS if check.needs_objects and scope.objects is None else None


def outcome(check: Check, scope: Scope) -> Outcome:
    """Run one check: one question, whose answer has at most `SAMPLE` rows."""
    began = time.perf_counter()
    found: list[dict[str, str | int]] = []
    reason = why_not(check, scope)
    if reason is None:
        try:
            found = _counted(check.findings(scope)).to_pyarrow().to_pylist()
        except Unsupported as error:
            reason = str(error)
    failures = (int(found[0]["failures"]) if found else 0) if reason is None else None
    return Outcome(
        id=check.id,
        severity=check.severity,
        failures=failures,
        reason=reason,
        sample=[{name: str(row[name]) for name in FINDING[2:]} for row in found],
        took_s=round(time.perf_counter() - began, 3),
    )


def _counted(findings: ir.Table) -> ir.Table:
    """The first findings, each beside the number of all: nothing else leaves the engine."""
    counted = findings.mutate(failures=_.count().over())
    order = ["entity", "id", "detail"]
    return counted.select(*order, "failures").order_by(order).limit(SAMPLE)
