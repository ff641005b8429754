"""What checks found: outcomes, and the violating rows as lazy tables."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from html import escape

import ibis
import ibis.expr.types as ir

from tams_analytics.checks.check import FINDING, Check, Scope
from tams_analytics.checks.deadline import OVER
from tams_analytics.checks.running import Outcome
from tams_analytics.display import tables as shown
from tams_analytics.errors import ChecksFailed, NotFound


class Checked:
    """The outcome of a run of checks.

    ``checks``: a dict for each, ``id, severity, failures, reason, sample, took_s``: ``failures`` is
    how many rows it found, ``None`` where it did not run, for the ``reason``; ``sample`` the first
    of them. Tables are read anew when they are asked for, so the store has to be open.
    """

    def __init__(
        self, store: str, engine: str, scope: Scope, checks: Sequence[Check], ran: list[Outcome]
    ) -> None:
        self.store = store
        self.engine = engine
        self.during = scope.during
        self.checks = ran
        self._scope = scope
        self._asked = {check.id: check for check in checks}

    @property
    def passed(self) -> bool:
        """No check of severity ``error`` found anything; those that did not run are no failure."""
        return not self._failed("error")

    @property
    def is_complete(self) -> bool:
        """The time was enough: each check ran, or lacks something that it needs."""
        return not any((each["reason"] or "").startswith(OVER) for each in self.checks)

    @property
    def failures(self) -> Mapping[str, ir.Table]:
        """For each check that ran, its violating rows: own columns, ``id``, ``detail``."""
        return Failures({id: self._asked[id] for id in self._ran()}, self._scope)

    @functools.cached_property
    def findings(self) -> ir.Table:
        """All that was found, as one table: ``check, severity, entity, id, detail``."""
        each = [self._asked[id].findings(self._scope) for id in self._ran()]
        if not each:
            return ibis.memtable([], schema=dict.fromkeys(FINDING, "string"))
        return ibis.union(*each) if len(each) > 1 else each[0]

    def raise_for_errors(self) -> None:
        """Raise `ChecksFailed`, which names the checks of severity ``error`` that found rows."""
        failed = self._failed("error")
        if failed:
            raise ChecksFailed({each["id"]: each["failures"] or 0 for each in failed})

    def _failed(self, severity: str) -> list[Outcome]:
        return [each for each in self.checks if each["failures"] and each["severity"] == severity]

    def _ran(self) -> list[str]:
        return [each["id"] for each in self.checks if each["failures"] is not None]

    def __repr__(self) -> str:
        return f"{self._heading()}\n{shown.plain(COLUMNS, self._rows())}"

    def _repr_html_(self) -> str:
        return f"<p>{escape(self._heading())}</p>{shown.html(COLUMNS, self._rows())}"

    def _heading(self) -> str:
        said = "passed" if self.passed else "failed"
        return shown.one_line(f"Checks of {self.store} {said}")

    def _rows(self) -> list[tuple[object, ...]]:
        return [
            (each["id"], each["severity"], each["failures"], each["reason"] or _first(each))
            for each in self.checks
        ]


COLUMNS = ("check", "severity", "failures", "first, or why it did not run")


def _first(outcome: Outcome) -> str:
    if not outcome["sample"]:
        return ""
    first = outcome["sample"][0]
    return f"{first['entity']} {first['id']}: {first['detail']}"


class Failures(Mapping[str, ir.Table]):
    """The violating rows of each check, a table that is made when it is asked for."""

    def __init__(self, checks: Mapping[str, Check], scope: Scope) -> None:
        self._checks = checks
        self._scope = scope

    def __getitem__(self, id: str) -> ir.Table:
        if id not in self._checks:
            raise NotFound("check that ran", id, f"one of {', '.join(self._checks)}")
        return self._checks[id].rows(self._scope)

    def __contains__(self, id: object) -> bool:
        return id in self._checks

    def __iter__(self) -> Iterator[str]:
        return iter(self._checks)

    def __len__(self) -> int:
        return len(self._checks)

    def _ipython_key_completions_(self) -> list[str]:
        return list(self._checks)
