"""Every metric that is exported, with its labels: of checks, of measures, and of the server."""

from __future__ import annotations

from prometheus_client.parser import text_string_to_metric_families

from tams_analytics.cli import exposition, measure_metrics
from tams_analytics.measures import MEASURES
from tams_analytics.store import Store
from tams_analytics.watching import Accepted, Asked, Changed, Queried, Recalled, Stored
from tams_server.current import Current
from tams_server.gauges import Gauges
from tams_server.metrics import Metrics

Exported = dict[str, set[str]]
"""By name: labels."""

OF_A_CHECK = {"store", "check", "severity"}
CHECKS: Exported = {
    "tams_check_failures": OF_A_CHECK,
    "tams_check_new_failures": OF_A_CHECK,
    "tams_check_acknowledged": OF_A_CHECK,
    "tams_check_ran": OF_A_CHECK,
    "tams_check_seconds": OF_A_CHECK,
    "tams_check_passed": {"store"},
    "tams_check_complete": {"store"},
    "tams_check_started_timestamp_seconds": {"store"},
    "tams_check_watermark_timestamp_seconds": {"store"},
}
"""What a run writes that is not the first, as the job of cron shows."""
EVENTS = [
    Asked("duckdb", "ask", 0.1, "ok"),
    Stored("get", 0.1, "ok"),
    *(Changed("create", entity, 1, "ok") for entity in ("source", "flow")),
    Changed("delete segments of", "flow", 1, "ok"),
    Accepted("R14"),
    Queried("duckdb", 1, 1, 0.1, 1),
    Recalled(True),
]
"""One of each that the library tells of."""


def of_text(text: str) -> Exported:
    """What a file or an answer in Prometheus' format has."""
    return {
        sample.name: set(sample.labels)
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def of_measures(store: Store) -> Exported:
    """What `tams measure --by label` writes of all measures that can be asked so."""
    names = [each.name for each in MEASURES if "label" in each.dimensions]
    rows = store.measure(names, by="label", during="[0:0_1:0)").to_pyarrow()
    found = exposition.text(measure_metrics.families(store.url, rows))
    return of_text(found)


def of_server(store: Store) -> Exported:
    """After one of each thing that is counted."""
    metrics = Metrics()
    Gauges(store, metrics, 60)
    asked = Current(status=503, route="/flows", error="EngineFailed", rule="R1")
    with metrics.under_way():
        metrics.answered("GET", asked, 0.1)
        metrics.answered("PUT", Current(status=200, route="/media/{key}"), 0.1)
    for event in EVENTS:
        metrics.watch(event)
    return of_text(metrics.text().decode())


def all_exported(store: Store) -> Exported:
    """Of all three; a scrape adds which process it is of."""
    found = CHECKS | of_measures(store) | of_server(store)
    return {name: labels | {"instance", "job"} for name, labels in found.items()}
