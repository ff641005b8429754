"""The numbers of a run of checks, for alerts and dashboards (``ops/``)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from prometheus_client.core import Metric

from tams_analytics.cli.check_run import FORMAT
from tams_analytics.cli.exposition import gauge

OF_CHECKS = {
    "tams_check_failures": ("failures", "Rows that a check found."),
    "tams_check_new_failures": ("new", "Of them those that no remembered run has told of."),
    "tams_check_acknowledged": ("acknowledged", "Rows that somebody answers for."),
    "tams_check_seconds": ("took_s", "How long a check took."),
}
"""By metric: the key of a check's document, and what it is. Of a check that ran, where known."""
OF_RUNS = {
    "tams_check_passed": (
        "passed",
        "1 where the run is complete and no check of severity error found anything.",
    ),
    "tams_check_complete": (
        "complete",
        "0 where the time was over before all checks had run, or none could.",
    ),
    "tams_check_started_timestamp_seconds": ("started", "When the last run began."),
    "tams_check_watermark_timestamp_seconds": ("watermark", "It has seen what was written before."),
}


def families(document: Mapping[str, Any]) -> list[Metric]:
    """``tams_check_…``: by store, check and severity, and by store."""
    store = {"store": document["store"]}
    checks = [
        (store | {"check": each["id"], "severity": each["severity"]}, each)
        for each in document["checks"]
    ]
    did_run = [(labels, float(each["failures"] is not None)) for labels, each in checks]
    found = [gauge("tams_check_ran", "1 where a check ran, 0 where it did not.", did_run)]
    ran = [(labels, each) for labels, each in checks if each["failures"] is not None]
    for name, (key, said) in OF_CHECKS.items():
        known = [(labels, each[key]) for labels, each in ran if each.get(key) is not None]
        found.append(gauge(name, said, known))
    for name, (key, said) in OF_RUNS.items():
        value = document.get(key)
        found.append(gauge(name, said, [] if value is None else [(store, _number(value))]))
    return found


def _number(value: Any) -> float:
    """Of a moment: seconds since 1970."""
    if not isinstance(value, str):
        return float(value)
    return dt.datetime.strptime(value, FORMAT).replace(tzinfo=dt.timezone.utc).timestamp()
