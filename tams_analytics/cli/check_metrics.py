"""The numbers of a run of checks, for alerts and dashboards (``ops/``)."""

from __future__ import annotations

from collections.abc import Iterable

from prometheus_client.core import Metric

from tams_analytics.checks import Outcome
from tams_analytics.cli.check_run import Run
from tams_analytics.cli.exposition import Labels, gauge


def families(run: Run) -> list[Metric]:
    """``tams_check_…``: by store and check, and of the run. What did not run has no failures."""
    checks = run.checked.checks
    ran = [each for each in checks if each["failures"] is not None]
    store = {"store": run.checked.store}

    def of_each(outcomes: Iterable[Outcome]) -> list[tuple[Labels, Outcome]]:
        return [
            (store | {"check": each["id"], "severity": each["severity"]}, each) for each in outcomes
        ]

    return [
        gauge(
            "tams_check_failures",
            "Rows that a check found.",
            [(labels, float(each["failures"] or 0)) for labels, each in of_each(ran)],
        ),
        gauge(
            "tams_check_ran",
            "1 where a check ran, 0 where it did not.",
            [(labels, float(each["failures"] is not None)) for labels, each in of_each(checks)],
        ),
        gauge(
            "tams_check_seconds",
            "How long a check took.",
            [(labels, each["took_s"]) for labels, each in of_each(ran)],
        ),
        gauge(
            "tams_check_passed",
            "1 where no check of severity error found anything.",
            [(store, float(run.checked.passed))],
        ),
        gauge(
            "tams_check_complete",
            "0 where the time was over before all checks had run.",
            [(store, float(run.checked.is_complete))],
        ),
        gauge(
            "tams_check_started_timestamp_seconds",
            "When the last run began.",
            [(store, run.started.timestamp())],
        ),
    ]
