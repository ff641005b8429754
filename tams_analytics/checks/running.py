"""Checks, run: how many rows each finds, and some of them."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Collection, Sequence
from typing import TypedDict

import ibis.expr.types as ir

from tams_analytics.checks.check import Check, Scope
from tams_analytics.checks.counting import SHOWN, counted
from tams_analytics.checks.remembered import Remembered
from tams_analytics.engines import Engine
from tams_analytics.engines.rows import now
from tams_analytics.errors import BadParameter, Unsupported
from tams_analytics.tables import Tables

WITHOUT_OBJECTS = "needs a listing of the buckets: objects=, on the command line --objects"


class Outcome(TypedDict):
    """What became of one check, as JSON has it."""

    id: str
    severity: str
    failures: int | None
    """How many findings that nobody acknowledged; ``None``: it did not run."""
    acknowledged: int
    """How many findings somebody answers for."""
    new: int | None
    """How many of the failures no earlier run has told of; ``None``: none has told of this check.

    Where more were found than are kept, new ones that replace others are not noticed.
    """
    reason: str | None
    """Why it did not run."""
    sample: list[dict[str, str]]
    """The first failures by id: ``entity, id, detail``, at most `SAMPLE`."""
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


def results(
    engine: Engine,
    checks: Sequence[Check],
    scope: Scope,
    before: Remembered | None = None,
) -> list[Outcome]:
    """What became of each check, in order; an engine that is far away is read once for all.

    ``before`` is what was known when the run began; ``None``: nothing.
    """
    known_before = before or Remembered(now())

    def questions(tables: Tables) -> list[ir.Table]:
        there = dataclasses.replace(scope, tables=tables)
        runs = [check for check in checks if why_not(check, scope) is None]
        return [counted(check, there, known_before) for check in runs]

    with engine.swept(questions) as tables:
        there = dataclasses.replace(scope, tables=tables)
        return [outcome(check, there, known_before) for check in checks]


def is_unfinished(outcome: Outcome) -> bool:
    """Whether a check ended without an outcome, for another reason than that it lacks a listing."""
    return outcome["failures"] is None and outcome["reason"] != WITHOUT_OBJECTS


def not_run(check: Check, reason: str, took_s: float = 0.0) -> Outcome:
    """The outcome of a check that did not run, or not to its end."""
    return Outcome(
        id=check.id,
        severity=check.severity,
        failures=None,
        acknowledged=0,
        new=None,
        reason=reason,
        sample=[],
        took_s=round(took_s, 3),
    )


def why_not(check: Check, scope: Scope) -> str | None:
    """Why a check does not run; ``None``: it does."""
    return WITHOUT_OBJECTS if check.needs_objects and scope.objects is None else None


def outcome(check: Check, scope: Scope, before: Remembered) -> Outcome:
    """Run one check: one question, whose answer has at most `SAMPLE` rows."""
    reason = why_not(check, scope)
    if reason is not None:
        return not_run(check, reason)
    began = time.perf_counter()
    try:
        found = counted(check, scope, before).to_pyarrow().to_pylist()
    except Unsupported as error:
        return not_run(check, str(error), time.perf_counter() - began)
    counts = found[0] if found else {}
    failures = int(counts.get("failures", 0))
    unknown = int(counts.get("unknown", failures)) - before.unkept(check.id)
    told = [row for row in found if not row.get("is_answered")]
    return Outcome(
        id=check.id,
        severity=check.severity,
        failures=failures,
        acknowledged=int(counts.get("acknowledged", 0)),
        new=max(0, unknown) if before.knows(check.id) else None,
        reason=None,
        sample=[{name: str(row[name]) for name in SHOWN} for row in told],
        took_s=round(time.perf_counter() - began, 3),
    )
