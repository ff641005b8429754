"""Integrity: rows that should not be there (mission Q1 to Q38, `design.md` §4).

Each check is one function from a store's tables to the violating rows (`check.Check`), listed in
`catalogue`; third parties add theirs by the entry point group ``tams.checks``.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from importlib.metadata import entry_points

import ibis.expr.types as ir
from tqdm.auto import tqdm

from tams_analytics.checks.catalogue import CHECKS
from tams_analytics.checks.check import FINDING, SEVERITIES, Check, Scope, Severity, of_segments
from tams_analytics.checks.checked import Checked
from tams_analytics.checks.counting import SAMPLE
from tams_analytics.checks.deadline import Deadline
from tams_analytics.checks.remembered import MOST_CHANGED, Remembered, changed_since, remembered
from tams_analytics.checks.run import ended
from tams_analytics.checks.running import Outcome, chosen, results, why_not
from tams_analytics.engines import Engine
from tams_analytics.engines.rows import now
from tams_analytics.errors import BadParameter, one_of
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


def named(id: str) -> Check:
    """The check of this name. Raises `BadParameter`."""
    checks = {check.id: check for check in all_checks()}
    if id not in checks:
        raise BadParameter("check", id, "is no check", one_of(id, checks))
    return checks[id]


def check(
    engine: Engine,
    *,
    during: TimeRangeLike | None = None,
    only: Collection[str] | None = None,
    objects: ir.Table | None = None,
    since_last: bool = False,
    deadline: Deadline | None = None,
    progress: bool = False,
) -> Checked:
    """Run the checks, or ``only`` these. Raises `BadParameter`, `BadTimeRange`, `EngineFailed`.

    ``during``: checks of segments look at those that overlap it; all others have no time, and look
    at everything. ``objects`` is a listing of the buckets, without which those of bytes do not run.
    When the ``deadline`` is over, what runs is interrupted and the rest does not run.

    ``since_last``: checks of segments (and of fences, and of the columns of segments) look at the
    flows that changed since the last runs that are remembered of all of these checks; where there
    is none, or more than `MOST_CHANGED` flows have changed, at everything, as all other checks do.
    Such a run does not see what became wrong in a
    flow that did not change: its segments' objects were deleted or changed, its fence was, or a
    row was changed by SQL that leaves the times as they are.

    What somebody acknowledged is no failure until that expires. Nothing is remembered of the run:
    `writes.remember_checks` does that. ``progress`` shows a bar.
    """
    checks = chosen(all_checks(), only)
    before = remembered(engine, now())
    scope = Scope(
        tables=engine.tables,
        until=collecting.until(engine.settings, before.at),
        during=None if during is None else as_timerange(during),
        objects=objects,
    )
    time = deadline or Deadline()
    if since_last:
        scope = _of_changed(engine, scope, checks, before, time)
    with tqdm(total=len(checks), unit=" checks", disable=not progress, desc="check") as bar:
        ran = results(engine, checks, scope, time, before, bar.update)
    run = ended(before, engine.versions)
    return Checked(redacted(engine.url), engine.name, scope, checks, ran, run)


def _of_changed(
    engine: Engine, scope: Scope, checks: Sequence[Check], before: Remembered, deadline: Deadline
) -> Scope:
    """The scope, of the flows that changed since all of ``checks`` have looked at the store."""
    since = before.since([check for check in checks if why_not(check, scope) is None])
    if since is None:
        return scope
    found: list[tuple[str | None, ...] | None] = []
    deadline.run(lambda: found.append(changed_since(engine, since)), engine.interrupter())
    changed = found[0] if found else None  # without any the time is over
    return scope if changed is None else replace(scope, since=since, changed=changed)


__all__ = [
    "CHECKS",
    "ENTRY_POINTS",
    "FINDING",
    "MOST_CHANGED",
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
    "named",
    "of_segments",
    "results",
]
