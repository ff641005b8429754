"""What checks find, kept from run to run: what is new, what stays, what is gone."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from tams_analytics.engines import Transaction
from tams_analytics.queries import runs
from tams_analytics.timerange import TimeRange
from tams_analytics.writes.rows import insert
from tams_analytics.writes.utc import without_zone

KEPT = 10_000
"""So many findings of a check are kept; of those beyond nobody can tell whether they are new."""

Row = dict[str, Any]
Rows = dict[tuple[str, str], Row]
"""Findings of a check, by their ``entity, id``."""
LookedAt = Callable[[str, str], bool]
"""Whether a finding (``entity, id``) would have been found again, if it were still there."""


class CheckRun(Protocol):
    """A run of checks, as `tams_analytics.checks.Checked` is one; its moments bear their zone."""

    @property
    def run_id(self) -> str: ...
    @property
    def engine(self) -> str: ...
    @property
    def engine_version(self) -> str | None: ...
    @property
    def started(self) -> dt.datetime: ...
    @property
    def finished(self) -> dt.datetime: ...
    @property
    def watermark(self) -> dt.datetime: ...

    during: TimeRange | None

    @property
    def since(self) -> dt.datetime | None: ...
    @property
    def status(self) -> str: ...
    @property
    def checks(self) -> Sequence[Mapping[str, Any]]: ...

    def found(self, outcome: Mapping[str, Any], most: int) -> list[dict[str, str]]:
        """What one of ``checks`` found: ``entity, id, severity, detail``, each once."""

    def looked_at(self, id: str) -> LookedAt | None:
        """What a check has looked at; ``None``: everything."""


@dataclass(frozen=True)
class Told:
    """What one check of a run has told."""

    check: str
    found: Rows
    beyond: int
    """How many more there were."""
    looked_at: LookedAt | None

    @classmethod
    def of(cls, checked: CheckRun, outcome: Mapping[str, Any]) -> Told:
        """Ask a run what one of its checks has found."""
        rows = checked.found(outcome, KEPT)
        every = outcome["failures"] + outcome["acknowledged"]
        beyond = max(0, every - KEPT) if len(rows) == KEPT else 0
        found = {(row["entity"], row["id"]): dict(row) for row in rows}
        return cls(outcome["id"], found, beyond, checked.looked_at(outcome["id"]))


def replace_findings(tx: Transaction, checked: CheckRun, told: Sequence[Told]) -> None:
    """Bring ``findings`` and ``watermarks`` forward, of the checks that a run tells of.

    What a later run has told of already is left as that left it.
    """
    marks = {row["check_id"]: row for row in tx.few(runs.watermarks)}
    started = without_zone(checked.started)
    told = [
        each for each in told if each.check not in marks or marks[each.check]["updated"] <= started
    ]
    known = _known(tx, [each.check for each in told if each.check in marks])
    findings: list[Row] = []
    new_marks: list[Row] = []
    for each in told:
        mark = marks.get(each.check)
        rows, unkept = _merged(each, known[each.check], mark, _seen(checked))
        findings += rows
        new_marks.append(_mark(each.check, checked, mark) | {"kept": len(rows), "unkept": unkept})
    _replace(tx, "findings", [check for check, rows in known.items() if rows], findings)
    _replace(tx, "watermarks", [row["check_id"] for row in new_marks], new_marks)


def _known(tx: Transaction, checks: Sequence[str]) -> dict[str, Rows]:
    known: dict[str, Rows] = defaultdict(dict)
    if checks:
        for row in tx.ask(runs.known_findings, checks=list(checks)).to_pylist():
            known[row["check_id"]][row["entity"], row["id"]] = row
    return known


def _seen(checked: CheckRun) -> Row:
    """What a run says of each finding."""
    started = without_zone(checked.started)
    return {"run_id": checked.run_id, "first_seen": started, "last_seen": started}


def _merged(told: Told, known: Rows, mark: Row | None, seen: Row) -> tuple[list[Row], int]:
    """The findings of a check that are kept from now on, and how many there are beside them."""
    found = {
        key: {"check_id": told.check, **row, **seen}
        | ({"first_seen": known[key]["first_seen"]} if key in known else {})
        for key, row in told.found.items()
    }
    stays = {
        key: row
        for key, row in known.items()
        if key not in found and told.looked_at is not None and not told.looked_at(*key)
    }
    every = sorted({**found, **stays}.items(), key=lambda each: each[0] not in known)
    unkept = told.beyond + len(every[KEPT:])
    if told.looked_at is not None and mark is not None:
        unkept = max(unkept, mark["unkept"])
    return [row for _key, row in every[:KEPT]], unkept


def _mark(check: str, checked: CheckRun, mark: Row | None) -> Row:
    """How far a check has looked after a run: further where nothing was left out in between."""
    before = None if mark is None else mark["watermark"]
    since = None if checked.since is None else without_zone(checked.since)
    reached = before
    if checked.during is None and (since is None or (before is not None and since <= before)):
        reached = max(without_zone(checked.watermark), before or dt.datetime.min)
    updated = without_zone(checked.started)
    return {"check_id": check, "watermark": reached, "run_id": checked.run_id, "updated": updated}


def _replace(tx: Transaction, table: str, checks: Collection[str], rows: Sequence[Row]) -> None:
    """Put rows in the place of all that there are of these checks."""
    if checks:
        tx.delete(table, {"check_id": list(checks)})
    insert(tx, table, rows)
