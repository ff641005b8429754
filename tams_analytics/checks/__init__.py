"""Integrity: rows that should not be there (mission Q1 to Q38, `design.md` §4).

Each check is one function from a store's tables to the violating rows (`check.Check`), listed in
`catalogue`; third parties add theirs by the entry point group ``tams.checks``.
"""

from __future__ import annotations

from collections.abc import Collection
from importlib.metadata import entry_points

import ibis.expr.types as ir

from tams_analytics.checks.catalogue import CHECKS
from tams_analytics.checks.check import FINDING, SEVERITIES, Check, Scope, Severity, of_segments
from tams_analytics.checks.checked import Checked
from tams_analytics.checks.deadline import Deadline
from tams_analytics.checks.running import SAMPLE, Outcome, chosen, results
from tams_analytics.engines import Engine
from tams_analytics.engines.rows import now
from tams_analytics.errors import BadParameter
from tams_analytics.settings import redacted
from tams_analytics.timerange import TimeRangeLike, as_timerange
from tams_analytics.writes import collecting

ENTRY_POINTS = "tams.checks"


def all_checks() -> tuple[Check, ...]:
    """The library's checks, then those of third parties by name. Raises `BadParameter`."""
    found = list(CHECKS)
    known = {check.id for check in found}
    for entry in sorted(entry_points(group=ENTRY_POINTS)):
        check = entry.load()
        if not isinstance(check, Check):
            problem = f"is a {type(check).__name__}, no check"
            raise BadParameter(f"{ENTRY_POINTS} {entry.name}", entry.value, problem, "a Check")
        if check.id in known:
            raise BadParameter(f"{ENTRY_POINTS} {entry.name}", check.id, "is taken", "another id")
        known.add(check.id)
        found.append(check)
    return tuple(found)


def check(
    engine: Engine,
    *,
    during: TimeRangeLike | None = None,
    only: Collection[str] | None = None,
    objects: ir.Table | None = None,
    deadline: Deadline | None = None,
) -> Checked:
    """Run the checks, or ``only`` these. Raises `BadParameter`, `BadTimeRange`, `EngineFailed`.

    ``during``: checks of segments look at those that overlap it; all others have no time, and look
    at everything. ``objects`` is a listing of the buckets, without which those of bytes do not run.
    When the ``deadline`` is over, what runs is interrupted and the rest does not run.
    """
    checks = chosen(all_checks(), only)
    scope = Scope(
        tables=engine.tables,
        until=collecting.until(engine.settings, now()),
        during=None if during is None else as_timerange(during),
        objects=objects,
    )
    ran = results(engine, checks, scope, deadline or Deadline())
    return Checked(redacted(engine.url), engine.name, scope, checks, ran)


__all__ = [
    "CHECKS",
    "ENTRY_POINTS",
    "FINDING",
    "SAMPLE",
    "SEVERITIES",
    "Check",
    "Checked",
    "Deadline",
    "Outcome",
    "Scope",
    "Severity",
    "all_checks",
    "check",
    "chosen",
    "of_segments",
    "results",
]
