"""What the last remembered run of checks found. No page begins a check of a whole store."""

from __future__ import annotations

import itertools
import shlex
from collections.abc import Mapping
from typing import Any

from tams_analytics.checks import all_checks
from tams_analytics.checks.check import Check
from tams_analytics.errors import NotFound
from tams_analytics.queries import flows, runs, sources
from tams_analytics.queries.documents import date_text
from tams_analytics.reports.placed import around, placed
from tams_analytics.store import Store
from tams_analytics.tables import FLOWS, SOURCES
from tams_server.filters import padded
from tams_server.ui import copies
from tams_server.ui.visit import Page, Visit

Labels = Mapping[str, str | None]
SHOWN = 20
"""So many findings of each check."""
STATES = ("failed", "warned", "not_run", "passed")
"""What a check can come to; in this order they are shown."""


def integrity(visit: Visit) -> Page:
    """The run, its checks, those that failed first, and the newest findings of each."""
    run = last_run(visit.store)
    checks = [] if run is None else _checks(visit.store)
    data = {
        "run": run,
        "checks": checks,
        "total": sum(each["failures"] or 0 for each in checks),
        "findings": [] if run is None else _findings(visit.store),
        "to_run": f"tams check {shlex.quote(visit.store.url)} --remember",
        "to_run_note": copies.only_here(visit.store),
    }
    asked = () if run is None else _copies(visit)
    return Page("integrity", "Integrity", data, asked)


def last_run(store: Store) -> dict[str, Any] | None:
    """The run of checks that began last; ``None``: nobody had one remembered."""
    try:
        found = store.ask(runs.last_run, kind=runs.CHECK).to_pylist()
    except NotFound as error:  # made before there were tables for runs
        if error.entity != "table":
            raise
        return None
    if not found:
        return None
    told = ("id", "status", "engine", "engine_version", "library_version", "during")
    moments = ("started", "finished", "since")
    row = found[0]
    shown = {name: row[name] for name in told}
    return shown | {name: None if row[name] is None else date_text(row[name]) for name in moments}


def _copies(visit: Visit) -> tuple[Any, ...]:
    return (
        visit.copied("What became of each check", runs.last_checks, {}),
        visit.copied("What was found", runs.last_findings, {"most": SHOWN}),
    )


def _checks(store: Store) -> list[dict[str, Any]]:
    known = {check.id: check for check in all_checks()}
    rows = store.ask(runs.last_checks).to_pylist()
    told = [{**row, "state": _state(row), **_about(known.get(row["check_id"]))} for row in rows]
    return sorted(told, key=lambda row: STATES.index(row["state"]))


def _state(row: Mapping[str, Any]) -> str:
    """One of `STATES`."""
    if row["failures"] is None:
        return "not_run"
    if not row["failures"]:
        return "passed"
    return "failed" if row["severity"] == "error" else "warned"


def _about(check: Check | None) -> dict[str, str]:
    """A run may tell of a check that is not installed here."""
    if check is None:
        return {"meaning": "", "repair": ""}
    return {"meaning": check.meaning, "repair": check.repair}


def _findings(store: Store) -> list[dict[str, Any]]:
    """By check: how many are known, and the newest of them with where they lie."""
    rows = store.ask(runs.last_findings, most=SHOWN).to_pylist()
    labels = _labels(store, rows)
    groups = itertools.groupby(rows, key=lambda row: row["check_id"])
    return [_group(check, list(found), labels) for check, found in groups]


def _group(check: str, rows: list[dict[str, Any]], labels: Labels) -> dict[str, Any]:
    shown = [_finding(row, labels) for row in rows]
    return {"check_id": check, "known": rows[0]["known"], "rows": shown}


def _finding(row: Mapping[str, Any], labels: Labels) -> dict[str, Any]:
    """``timerange`` and what follows are of a segment; the label is that of its flow."""
    place = placed(row)
    return {
        "entity": row["entity"],
        "id": row["id"],
        "detail": row["detail"],
        "first_seen": date_text(row["first_seen"]),
        "label": labels.get(_named_by(row)),
        "is_registered": _named_by(row) in labels,
        "flow_id": _flow_of(row),
        "timerange": place.timerange if place else None,
        "start_ns": place.start_ns if place else None,
        "around": str(around(place)) if place else None,
    }


def _flow_of(row: Mapping[str, Any]) -> str | None:
    """The flow that was found, or whose segment was."""
    place = placed(row)
    if place is not None:
        return place.flow_id
    return str(row["id"]) if row["entity"] == FLOWS.name else None


def _named_by(row: Mapping[str, Any]) -> str:
    return _flow_of(row) or str(row["id"])


def _labels(store: Store, rows: list[dict[str, Any]]) -> Labels:
    """The labels of the flows and sources among them that are registered, by id."""
    of_flows = {flow_id for row in rows if (flow_id := _flow_of(row)) is not None}
    of_sources = {row["id"] for row in rows if row["entity"] == SOURCES.name}
    labels: dict[str, str | None] = {}
    for question, ids in ((flows.by_ids, of_flows), (sources.by_ids, of_sources)):
        named = store.ask(question, ids=padded(sorted(ids))).to_pylist() if ids else []
        labels |= {row["id"]: row["label"] for row in named}
    return labels
