"""A run of checks as it is told, and the document of it that JSON has."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tams_analytics.checks import Checked, Outcome, all_checks
from tams_analytics.checks.check import Check
from tams_analytics.checks.deadline import OVER
from tams_command.commands import own_version

FORMAT = "%Y-%m-%dT%H:%M:%S.%fZ"
VERSION = 1
"""Of the form of the document; keys may come to it, and none goes or changes in it."""


@dataclass(frozen=True)
class Kept:
    """The failing rows of a check that are in a file."""

    file: str
    rows: int
    is_cut: bool
    """There were more."""


@dataclass(frozen=True)
class Run:
    """What was checked, when, and what is kept of it."""

    checked: Checked
    fail_on: str = "error"
    rows: Mapping[str, Kept] = field(default_factory=dict)
    """By check."""
    files: Sequence[str] = ()
    """All that is written into its folder."""

    @property
    def took_s(self) -> float:
        return (self.checked.finished - self.checked.started).total_seconds()

    def with_files(self, rows: Mapping[str, Kept], files: Sequence[str]) -> Run:
        """The run with what is kept of it."""
        return replace(self, rows=rows, files=files)

    @staticmethod
    def is_late(outcome: Outcome) -> bool:
        """Whether the time was not enough for a check."""
        return (outcome["reason"] or "").startswith(OVER)

    @functools.cached_property
    def about(self) -> Mapping[str, Check]:
        """What is known of each check, by its id."""
        return {check.id: check for check in all_checks()}


def fails(outcome: Outcome, fail_on: str) -> bool:
    """Whether it found something, of severity ``error`` or, for ``warn``, of any.

    For ``new`` something that no remembered run has told of; where none has told of the check, all
    is new.
    """
    is_known = fail_on == "new" and outcome["new"] == 0
    is_judged = fail_on == "warn" or outcome["severity"] == "error"
    return bool(outcome["failures"]) and is_judged and not is_known


def document(run: Run) -> dict[str, Any]:
    """The documented form (`interface.md`, ``check.schema.json``), of a run and of each check."""
    checked = run.checked
    return {
        "version": VERSION,
        "store": checked.store,
        "engine": checked.engine,
        "during": None if checked.during is None else str(checked.during),
        "passed": checked.passed,
        "complete": checked.is_complete,
        "run_id": checked.run_id,
        "started": moment(checked.started),
        "finished": moment(checked.finished),
        "watermark": moment(checked.watermark),
        "since": None if checked.since is None else moment(checked.since),
        "library": own_version(),
        "files": list(run.files),
        "checks": [_outcome(run, each) for each in checked.checks],
    }


def _outcome(run: Run, outcome: Outcome) -> dict[str, Any]:
    check, kept = run.about[outcome["id"]], run.rows.get(outcome["id"])
    return {
        **outcome,
        "meaning": check.meaning,
        "repair": check.repair,
        "rows_kept": None if kept is None else kept.rows,
        "rows_cut": None if kept is None else kept.is_cut,
        "rows_file": None if kept is None else kept.file,
    }


def moment(at: dt.datetime) -> str:
    """UTC, as moments are written in JSON."""
    return at.astimezone(dt.timezone.utc).strftime(FORMAT)
