"""What runs have told, as far as it is remembered: availability, runs, checks, who answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from ibis import _

from tams_analytics.errors import BadParameter
from tams_analytics.queries import runs
from tams_analytics.reports.report import Parameter, Part, Report, Scope, text

Length = Literal["day", "week", "month"]
LENGTHS: tuple[Length, ...] = ("month", "week", "day")


def parts(scope: Scope, *, dimension: str | None, per: Length) -> Iterator[Part]:
    """The tables."""
    tables = scope.tables
    yield Part(
        "availability",
        f"a group in a {per}: the part of the time that had media, as it was measured last",
        runs.availability(tables, dimension=dimension, unit=per),
    )
    yield Part("runs", "a run that is remembered, the last one first", runs.remembered(tables))
    yield Part("checks", "a check of the last run of checks", runs.last_checks(tables))
    answers = runs.acknowledged(tables, scope.now)
    yield Part(
        "acknowledged",
        "what somebody answers for, the next to expire first",
        answers.order_by(_.expires, "check_id", "entity", "id", "created", "owner", "reason"),
    )


def as_length(value: Any) -> Length:
    """How long the times are that were measured. Raises `BadParameter`."""
    for known in LENGTHS:
        if value == known:
            return known
    raise BadParameter("value", value, "is unknown", f"one of {', '.join(LENGTHS)}")


REPORT = Report(
    name="availability",
    title="Availability, as it is remembered",
    look=(
        "Tables are empty where nothing is remembered. What is measured is kept by tams measure "
        "STORE availability --by tag:channel --by month --during 2026-08-01/2026-09-01 --remember "
        "(store.remember_measures), and a run of checks by tams check STORE --remember "
        "(store.remember). A period that is over is measured again after late segments: the last "
        "run counts. A run that is not complete is no all-clear. Acknowledgements expire: what "
        "expires next will fail again."
    ),
    source="Q1, runs that are remembered",
    parts=parts,
    parameters=(
        Parameter("dimension", "only what was measured by this: tag:channel, source", None, text),
        Parameter("per", "month, week or day, as it was measured", "month", as_length),
    ),
    takes=frozenset({"now"}),
)
