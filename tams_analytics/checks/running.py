"""Checks, run: how many rows each finds, and some of them."""

from __future__ import annotations

import contextlib
import dataclasses
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, TypedDict

import ibis.expr.types as ir

from tams_analytics.checks.check import Check, Scope
from tams_analytics.checks.counting import SHOWN, counted
from tams_analytics.checks.deadline import Deadline
from tams_analytics.checks.remembered import Remembered
from tams_analytics.checks.suspects import suspected
from tams_analytics.engines import Engine
from tams_analytics.engines.rows import now
from tams_analytics.errors import BadParameter, Unsupported, one_of
from tams_analytics.tables import Tables

MEETING = 3
"""With fewer checks that meet all objects, each by itself is quicker."""
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
    known = [check.id for check in checks]
    names = [only] if isinstance(only, str) else _listed(only)
    if not names:
        raise BadParameter("only", names, "names no check", "only=None for all of them")
    for name in names:
        if name not in known:
            raise BadParameter("only", name, "is no check", one_of(name, known))
    return [check for check in checks if check.id in names]


def _listed(only: Any) -> list[Any]:
    """What ``only`` has. Raises `BadParameter`."""
    try:
        return list(only)
    except TypeError:
        raise BadParameter("only", only, "is no list", "names of checks, or one of them") from None


def results(
    engine: Engine,
    checks: Sequence[Check],
    scope: Scope,
    deadline: Deadline,
    before: Remembered | None = None,
    ended: Callable[[], object] = lambda: None,
) -> list[Outcome]:
    """What became of each check, in order; an engine that is far away is read once for all.

    When the time is over, the one that runs is interrupted, and the others do not run.

    ``before`` is what was known when the run began; ``None``: nothing. ``ended`` is called after
    each check.
    """
    known_before = before or Remembered(now())

    def questions(tables: Tables) -> list[ir.Table]:
        there, asked = dataclasses.replace(scope, tables=tables), []
        for check in checks:
            if why_not(check, scope) is None:
                with contextlib.suppress(Unsupported):  # `outcome` tells of it
                    asked.append(counted(check, there, known_before))
        return asked

    ran: list[Outcome] = []
    began: dict[str, float] = {}

    def run() -> None:
        with engine.swept(questions) as tables, _suspected(engine, tables, checks) as suspects:
            there = dataclasses.replace(scope, tables=tables, suspects=suspects)
            for check in checks:
                if deadline.is_over:
                    return
                began[check.id] = time.perf_counter()
                ran.append(outcome(check, there, known_before))
                ended()

    deadline.run(run, engine.interrupter())
    return [*ran, *(_unfinished(check, deadline, began) for check in checks[len(ran) :])]


@contextlib.contextmanager
def _suspected(
    engine: Engine, tables: Tables, checks: Sequence[Check]
) -> Iterator[ir.Table | None]:
    """What objects are looked at, where enough of ``checks`` meet them to pay for that."""
    if sum(check.meets_objects for check in checks) < MEETING:
        yield None
    else:
        with suspected(engine, tables) as found:
            yield found


def _unfinished(check: Check, deadline: Deadline, began: Mapping[str, float]) -> Outcome:
    """Of a check that the time was not enough for."""
    since = began.get(check.id)
    took_s = 0.0 if since is None else time.perf_counter() - since
    return _not_run(check, deadline.reason(has_begun=since is not None), took_s)


def _not_run(check: Check, reason: str, took_s: float = 0.0) -> Outcome:
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


def _lacks(check: Check, scope: Scope) -> str | None:
    """What the listing does not tell, though it has rows."""
    if check.needs_listed is None:
        return None
    listed = scope.listing
    counted = listed.agg(rows=listed.count(), known=listed[check.needs_listed].count())
    (told,) = counted.to_pyarrow().to_pylist()
    return (
        f"needs {check.needs_listed} in the listing" if told["known"] < 1 <= told["rows"] else None
    )


def outcome(check: Check, scope: Scope, before: Remembered) -> Outcome:
    """Run one check: one question, whose answer has at most `SAMPLE` rows."""
    reason = why_not(check, scope)
    if reason is not None:
        return _not_run(check, reason)
    began = time.perf_counter()
    try:
        found = counted(check, scope, before).to_pyarrow().to_pylist()
    except Unsupported as error:
        return _not_run(check, str(error), time.perf_counter() - began)
    lacks = None if found else _lacks(check, scope)
    if lacks is not None:
        return _not_run(check, lacks, time.perf_counter() - began)
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
