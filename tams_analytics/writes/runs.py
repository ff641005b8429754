"""Runs of checks and measures, remembered: what became of them, and what they found."""

from __future__ import annotations

import datetime as dt
import importlib.metadata
from collections.abc import Mapping, Sequence
from typing import Any

from ibis import _

from tams_analytics.engines import Engine, Transaction
from tams_analytics.engines.rows import now
from tams_analytics.queries import runs
from tams_analytics.timerange import TimeRange
from tams_analytics.writes.audit import audited
from tams_analytics.writes.found import CheckRun, Told, replace_findings
from tams_analytics.writes.rows import insert
from tams_analytics.writes.utc import without_zone

KEPT_DAYS = 400
"""`forget_runs` leaves the runs of so many days: those of a year, and of the month before it."""


def remember_checks(engine: Engine, checked: CheckRun, *, principal: str | None = None) -> str:
    """The id of a run of checks that is remembered from now on; a second time changes nothing.

    ``runs`` and ``run_checks`` get its rows. In ``findings`` stands what each of its checks finds
    now, up to `found.KEPT` of each, acknowledged or not, with the time since when: what is gone
    goes, and is new when it comes back. Of a part of the store (``during``, since the last run)
    nothing goes that the run has not looked at. ``watermarks`` says how far each check has looked.
    A check that did not run leaves what is known of it.

    The run may be of another engine on the same store: one of Trino is remembered by the URL that
    can write. Raises `Refused`, `NotFound` (a store on VAST without the tables), `EngineFailed`.
    """
    if engine.ask(runs.run, id=checked.run_id).num_rows:
        return checked.run_id
    told = [Told.of(checked, each) for each in checked.checks if each["failures"] is not None]
    with audited("remember", "run", checked.run_id, principal):
        engine.transact(lambda tx: _remember(tx, checked, told))
    return checked.run_id


def _remember(tx: Transaction, checked: CheckRun, told: Sequence[Told]) -> None:
    if tx.few(runs.run, id=checked.run_id):
        return
    insert(tx, "runs", [_row_of(checked)])
    insert(tx, "run_checks", [_row_of_check(checked.run_id, each) for each in checked.checks])
    replace_findings(tx, checked, told)


def _row_of(checked: CheckRun) -> dict[str, Any]:
    return {
        "id": checked.run_id,
        "kind": runs.CHECK,
        "started": without_zone(checked.started),
        "finished": without_zone(checked.finished),
        "engine": checked.engine,
        "engine_version": checked.engine_version,
        "library_version": library_version(),
        **of_time(checked.during),
        "since": None if checked.since is None else without_zone(checked.since),
        "status": checked.status,
        "watermark": without_zone(checked.watermark),
    }


def _row_of_check(run_id: str, outcome: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "run_id": run_id,
        "check_id": outcome["id"],
        "severity": outcome["severity"],
        "failures": outcome["failures"],
        "new_failures": outcome["new"],
        "acknowledged": outcome["acknowledged"],
        "reason": outcome["reason"],
        "took_ms": round(outcome["took_s"] * 1000),
    }


def of_time(during: TimeRange | None) -> dict[str, Any]:
    """The columns of a run that say which time it was asked for."""
    if during is None:
        return {"during": None, "start_ns": None, "end_ns": None}
    return {"during": str(during), "start_ns": during.start_ns, "end_ns": during.end_ns}


def library_version() -> str:
    """That of this library."""
    return importlib.metadata.version("tams-analytics")


def forget_runs(engine: Engine, before: dt.datetime | None = None) -> int:
    """Forget the runs that began before a moment, and what they measured; how many runs.

    Default: `KEPT_DAYS` ago. What is known to be wrong stays known, and so do acknowledgements.
    Raises `BadParameter` for a moment without a zone.
    """
    if before is None:
        moment = now() - dt.timedelta(days=KEPT_DAYS)
    else:
        moment = without_zone(before, "before")
    forgotten: int = engine.transact(lambda tx: _forget(tx, moment))
    return forgotten


def _forget(tx: Transaction, before: dt.datetime) -> int:
    old = tx.rows(tx.tables.runs.filter(_.started < before).select("id"))
    ids = old.column("id").unique().to_pylist()
    if ids:
        for table, column in (("run_checks", "run_id"), ("measurements", "run_id"), ("runs", "id")):
            tx.delete(table, {column: ids})
    return len(ids)
