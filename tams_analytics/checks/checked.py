"""What checks found: outcomes, and the violating rows as lazy tables."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from html import escape
from typing import Any

import ibis
import ibis.expr.types as ir

from tams_analytics.checks import answered, findings
from tams_analytics.checks.check import Check, Scope
from tams_analytics.checks.counting import SAMPLE
from tams_analytics.checks.deadline import OVER
from tams_analytics.checks.narrowing import LookedAt, looked_at
from tams_analytics.checks.remembered import Remembered
from tams_analytics.checks.run import Run
from tams_analytics.checks.running import Outcome
from tams_analytics.display import tables as shown
from tams_analytics.display import text
from tams_analytics.errors import ChecksFailed, NotFound
from tams_analytics.queries import runs


class Checked:
    """The outcome of a run of checks.

    ``checks``: a dict for each, ``id, severity, failures, acknowledged, new, reason, sample,
    took_s``: ``failures`` is how many rows it found that nobody acknowledged, ``None`` where it did
    not run, for the ``reason``; ``new``, how many of them no run has told of that is remembered,
    ``None`` where none has told of the check; ``sample``, the first failures. Tables are read anew
    when they are asked for, so the store has to be open.
    """

    def __init__(
        self,
        store: str,
        engine: str,
        scope: Scope,
        checks: Sequence[Check],
        ran: list[Outcome],
        run: Run,
    ) -> None:
        self.store = store
        self.engine = engine
        self.during = scope.during
        self.checks = ran
        self._scope = scope
        self._run = run
        self._asked = {check.id: check for check in checks}

    @property
    def run_id(self) -> str:
        """What the run is remembered by."""
        return self._run.id

    @property
    def started(self) -> dt.datetime:
        """When it began, in UTC."""
        return _in_utc(self._run.started)

    @property
    def finished(self) -> dt.datetime:
        """When it had asked everything, in UTC."""
        return _in_utc(self._run.finished)

    @property
    def watermark(self) -> dt.datetime:
        """It has seen all that was written before, in UTC: see `queries.runs.MARGIN`."""
        return _in_utc(runs.watermark(self._run.started))

    @property
    def since(self) -> dt.datetime | None:
        """It looked at segments of flows that changed since, in UTC; ``None``: at all of them."""
        return None if self._scope.since is None else _in_utc(self._scope.since)

    @property
    def engine_version(self) -> str | None:
        """The version of what answered."""
        return next(iter(self._run.versions.values()), None)

    @property
    def passed(self) -> bool:
        """The run is complete, and no check of severity ``error`` failed.

        One that did not run because it lacks what it needs is no failure, unless nothing ran.
        """
        return self.is_complete and not self._failed("error")

    @property
    def is_complete(self) -> bool:
        """The time was enough, and something ran: not every check lacks something that it needs."""
        is_over = any((each["reason"] or "").startswith(OVER) for each in self.checks)
        return not is_over and not self.is_idle

    @property
    def is_idle(self) -> bool:
        """No check could run, so that nothing is known."""
        return bool(self.checks) and all(each["failures"] is None for each in self.checks)

    @property
    def looked_at_what(self) -> str:
        """Which segments it looked at, in words."""
        parts = []
        if self.since is not None:
            parts.append(f"of flows that changed since {self.since:%Y-%m-%d %H:%M:%S} UTC")
        if self.during is not None:
            parts.append(f"that overlap {self.during}")
        return f"segments {' and '.join(parts)}" if parts else "all segments"

    @property
    def status(self) -> str:
        """``incomplete`` where the time was over or nothing ran, else ``passed`` or ``failed``."""
        if not self.is_complete:
            return runs.INCOMPLETE
        return "passed" if self.passed else "failed"

    @property
    def failures(self) -> Mapping[str, ir.Table]:
        """For each check that ran, its violating rows: own columns, ``id``, ``detail``.

        Without those that somebody answers for.
        """
        return self._tables(findings.rows)

    @property
    def new(self) -> Mapping[str, ir.Table]:
        """For each check that ran, the failures that no remembered run has told of.

        Tables as `findings`. What is remembered of this run itself changes nothing in them.
        """
        return self._tables(findings.unknown)

    @functools.cached_property
    def findings(self) -> ir.Table:
        """All failures, as one table: ``check, severity, entity, id, detail``."""
        each = self._tables(findings.failing)
        return ibis.union(*each.values()) if each else findings.none()

    @functools.cached_property
    def acknowledged(self) -> ir.Table:
        """What somebody answers for: as `findings`, with ``owner, reason, expires``."""
        every = self._tables(findings.acknowledged)
        each = [every[id] for id in every if id in self._run.before.acknowledged]
        return ibis.union(*each) if each else answered.none_answered()

    def raise_for_errors(self) -> None:
        """Raise `ChecksFailed`, which names the checks of severity ``error`` that found rows."""
        failed = self._failed("error")
        if failed:
            raise ChecksFailed({each["id"]: each["failures"] or 0 for each in failed})

    def found(self, outcome: Mapping[str, Any], most: int) -> list[dict[str, str]]:
        """All that one of ``checks`` found, to be remembered, also what somebody answers for.

        ``entity, id, severity, detail``: the first ``most`` by entity and id, each of them once.
        """
        if not outcome["acknowledged"] and outcome["failures"] <= SAMPLE:
            each = {(row["entity"], row["id"]): row for row in reversed(outcome["sample"])}
            return [row | {"severity": outcome["severity"]} for row in each.values()][:most]
        check = self._asked[outcome["id"]]
        rows: list[dict[str, str]] = (
            findings.kept(check, self._scope, most).to_pyarrow().to_pylist()
        )
        return rows

    def looked_at(self, id: str) -> LookedAt | None:
        """Whether a check would have found something again, if it were there; ``None``: always."""
        return looked_at(self._asked[id], self._scope)

    def _tables(self, make: Make) -> Failures:
        ran = [each["id"] for each in self.checks if each["failures"] is not None]
        return Failures({id: self._asked[id] for id in ran}, self._scope, self._run.before, make)

    def _failed(self, severity: str) -> list[Outcome]:
        return [each for each in self.checks if each["failures"] and each["severity"] == severity]

    def __repr__(self) -> str:
        return f"{self._heading()}\n{shown.plain(COLUMNS, self._rows())}"

    def _repr_html_(self) -> str:
        return f"<p>{escape(self._heading())}</p>{shown.html(COLUMNS, self._rows())}"

    def _heading(self) -> str:
        part = "" if self.during is None and self.since is None else f"; only {self.looked_at_what}"
        return shown.one_line(f"Checks of {self.store} {self.status}{self._told_of_new()}{part}")

    def _told_of_new(self) -> str:
        """How many of the failures are new; of a check that no run has told of, all of them."""
        found = [each for each in self.checks if each["failures"]]
        if all(each["new"] is None for each in found):
            return ""
        new = [each["failures"] if each["new"] is None else each["new"] for each in found]
        return f"; {text.count(sum(number or 0 for number in new))} of the failures are new"

    def _rows(self) -> list[tuple[object, ...]]:
        return [
            (each["id"], each["severity"], each["failures"], each["reason"] or _first(each))
            for each in self.checks
        ]


COLUMNS = ("check", "severity", "failures", "first, or why it did not run")


def _in_utc(moment: dt.datetime) -> dt.datetime:
    return moment.replace(tzinfo=dt.timezone.utc)


def told_beside(outcome: Outcome) -> list[str]:
    """What is told beside the number of failures: ``1 new``, ``2 acknowledged``; not what is 0."""
    counts = {"new": outcome["new"], "acknowledged": outcome["acknowledged"]}
    return [f"{number} {what}" for what, number in counts.items() if number]


def _first(outcome: Outcome) -> str:
    beside = ", ".join(told_beside(outcome))
    if not outcome["sample"]:
        return beside
    first = outcome["sample"][0]
    said = f"{first['entity']} {first['id']}: {first['detail']}"
    return f"{said} ({beside})" if beside else said


Make = Callable[[Check, Scope, Remembered], ir.Table]


class Failures(Mapping[str, ir.Table]):
    """The violating rows of each check, a table that is made when it is asked for."""

    def __init__(
        self, checks: Mapping[str, Check], scope: Scope, before: Remembered, make: Make
    ) -> None:
        self._checks = checks
        self._scope = scope
        self._before = before
        self._make = make

    def __getitem__(self, id: str) -> ir.Table:
        if id not in self._checks:
            raise NotFound("check that ran", id, f"one of {', '.join(self._checks)}")
        return self._make(self._checks[id], self._scope, self._before)

    def __contains__(self, id: object) -> bool:
        return id in self._checks

    def __iter__(self) -> Iterator[str]:
        return iter(self._checks)

    def __len__(self) -> int:
        return len(self._checks)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(self._checks)})"

    def _ipython_key_completions_(self) -> list[str]:
        return list(self._checks)
