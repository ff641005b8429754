"""Saved questions with a title, parameters and pictures: one file for each report.

`report` makes one of a store; `catalogue.REPORTS` lists those of the library, and third parties add
theirs by the entry point group ``tams.reports``.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Mapping
from importlib.metadata import entry_points
from typing import Any

from tams_analytics.engines import Engine
from tams_analytics.engines.rows import now as this_moment
from tams_analytics.errors import BadParameter, NotFound, one_of
from tams_analytics.media.storages import Storages
from tams_analytics.queries import names
from tams_analytics.reports.catalogue import REPORTS
from tams_analytics.reports.report import ANYTHING, Parameter, Part, Report, Scope
from tams_analytics.reports.reported import Look, Reported
from tams_analytics.timerange import as_timerange
from tams_analytics.writes.bodies.fields import UUID

ENTRY_POINTS = "tams.reports"
COMMON = {
    "during": "during",
    "tz": "tz",
    "day_starts": "tz",
    "objects": "objects",
    "other": "other",
    "now": "now",
}
"""What may be asked of many reports, and what of `ANYTHING` a report takes then."""


def all_reports() -> tuple[Report, ...]:
    """The library's reports, then those of third parties by name. Raises `BadParameter`."""
    found = list(REPORTS)
    known = {report.name for report in found}
    for entry in sorted(entry_points(group=ENTRY_POINTS)):
        report = entry.load()
        if not isinstance(report, Report):
            problem = f"is a {type(report).__name__}, no report"
            raise BadParameter(f"{ENTRY_POINTS} {entry.name}", entry.value, problem, "a Report")
        if report.name in known:
            problem, expected = "is taken", "another name"
            raise BadParameter(f"{ENTRY_POINTS} {entry.name}", report.name, problem, expected)
        known.add(report.name)
        found.append(report)
    return tuple(found)


def named(name: str) -> Report:
    """The report of this name. Raises `NotFound`, which names those that there are."""
    known = {report.name: report for report in all_reports()}
    if name not in known:
        raise NotFound("report", name, one_of(name, known))
    return known[name]


def report(
    engine: Engine,
    name: str,
    asked: Mapping[str, Any],
    storages: Callable[[], Storages] | None = None,
) -> Reported:
    """The report ``name`` of a store; nothing of that is read before it is shown.

    What is needed to ask is read at once: a schedule, the id of what is named, and of two stores
    on two connections the rows that are compared, which are copied.

    ``asked`` has what is common to reports (`COMMON`) and its own parameters. Raises `NotFound` for
    an unknown name of a report, flow or source, `BadParameter` for what the report does not take,
    `BadTimeRange`.
    """
    chosen = named(name)
    given = {key: value for key, value in asked.items() if value is not None}
    for key in COMMON.keys() & given.keys():
        if COMMON[key] not in chosen.takes:
            problem, expected = f"is nothing that the report {name} takes", _taken(chosen)
            raise BadParameter(key, given[key], problem, expected)
    common = {key: strict(given[key]) for key, strict in STRICT.items() if key in given}
    common |= {key: given[key] for key in COMMON.keys() - STRICT.keys() if key in given}
    scope = Scope(
        **{"now": this_moment(), **common},
        tables=engine.tables,
        settings=engine.settings,
        storages=storages,
    )
    if chosen.usual is not None and scope.during is None:
        scope = dataclasses.replace(scope, during=scope.lately(chosen.usual))
    own = {key: value for key, value in asked.items() if key not in COMMON}
    return Reported(engine, chosen, scope, _by_id(engine, chosen, chosen.strict(own)))


def _taken(chosen: Report) -> str:
    """All that a report can be told, by name."""
    common = [name for name, of in COMMON.items() if of in chosen.takes]
    return ", ".join([*common, *(each.name for each in chosen.parameters)]) or "nothing"


def _by_id(engine: Engine, chosen: Report, given: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters, with the id of each flow and source. Raises `NotFound`, `BadParameter`."""
    found = dict(given)
    for each in chosen.parameters:
        if each.entity is not None and found[each.name] is not None:
            found[each.name] = _id_of(engine, each.entity, found[each.name])
    return found


def _id_of(engine: Engine, entity: str, key: str) -> str:
    """The id of what ``key`` names; a UUID that nothing has is one: the report may say so."""
    try:
        return str(names.rows_of(engine.ask, entity, key)[0]["id"])
    except NotFound:
        if UUID.fullmatch(key):
            return key
        raise


def as_utc(moment: dt.datetime) -> dt.datetime:
    """UTC without a zone, as the tables have it. Raises `BadParameter` for a naive datetime."""
    if not isinstance(moment, dt.datetime) or moment.utcoffset() is None:
        expected = "a datetime with a time zone, for example .replace(tzinfo=timezone.utc)"
        raise BadParameter("now", moment, "has no time zone", expected)
    return moment.astimezone(dt.timezone.utc).replace(tzinfo=None)


STRICT: dict[str, Callable[[Any], Any]] = {"during": as_timerange, "now": as_utc}


__all__ = [
    "ANYTHING",
    "COMMON",
    "ENTRY_POINTS",
    "REPORTS",
    "Look",
    "Parameter",
    "Part",
    "Report",
    "Reported",
    "Scope",
    "all_reports",
    "named",
    "report",
]
