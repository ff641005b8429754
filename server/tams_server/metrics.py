"""Numbers for Prometheus, under the names of F81: ``GET /metrics``.

Labels are few: routes by their template, results by class. What is counted of the store is asked on
a schedule (`gauges`), never by a scrape. With several workers each keeps its numbers in files of a
folder that `process` makes (``PROMETHEUS_MULTIPROC_DIR``), and a scrape of any adds them up.
"""

from __future__ import annotations

import os
from contextlib import AbstractContextManager
from pathlib import Path

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
    multiprocess,
)

from tams_analytics.watching import Accepted, Asked, Changed, Event, Queried, Recalled, Stored
from tams_server.current import Current

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"})
OTHER = "other"
"""A method that no route has, or a path that is no route's: clients may send endless ones."""
UPLOADS = "/media/"
CHANGED = ("source", "flow", "segment")
"""The entities with a counter of their own in F81; of the others, ``tams_errors_total`` and HTTP's
numbers tell."""
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 60.0)

READ = {
    "rows": "Rows that were read for questions",
    "bytes": "Bytes that were read for questions",
    "seconds": "Seconds that reading for questions took",
    "splits": "Splits, or requests, in which questions were read",
}
"""What is counted of each question, by engine (T8)."""


class Metrics:
    """The numbers of one application."""

    def __init__(self) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self.registry = registry = CollectorRegistry()
        self._requests = Counter(
            "tams_http_requests_total",
            "Requests that were answered; 499: the client had gone.",
            ["method", "endpoint", "status_code"],
            registry=registry,
        )
        self._durations = _histogram(
            registry,
            "tams_http_request_duration_seconds",
            "From a request's head to the end of its answer.",
            "method",
            "endpoint",
        )
        self._by_route: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}
        self._under_way = Gauge(
            "tams_active_connections",
            "Requests that are being answered.",
            registry=registry,
            multiprocess_mode="livesum",
        )
        self._errors = Counter(
            "tams_errors_total",
            "Refusals and failures by the class of the error and the rule that refused.",
            ["type", "rule"],
            registry=registry,
        )
        self._accepted = Counter(
            "tams_lenient_acceptances_total",
            "What TAMS_STRICT=1 would have refused, by the number of the rule.",
            ["rule"],
            registry=registry,
        )
        self._changes = {
            entity: Counter(
                f"tams_{entity}_operations_total",
                f"Changes of {entity}s by operation and result.",
                ["operation", "result"],
                registry=registry,
            )
            for entity in CHANGED
        }
        self._deletes = Counter(
            "tams_deletes_total",
            "Deletes that were asked for.",
            ["entity", "result"],
            registry=registry,
        )
        self._uploads = Counter(
            "tams_uploads_total",
            "Bytes that were put to signed URLs of this server.",
            ["status_code"],
            registry=registry,
        )
        self._queries = _histogram(
            registry,
            "tams_vast_query_duration_seconds",
            "Questions and transactions of the engine, whichever it is.",
            "engine",
            "operation",
        )
        self._storage = _histogram(
            registry,
            "tams_s3_operation_duration_seconds",
            "Requests of this process to S3; clients put and get bytes themselves.",
            "operation",
        )

        self._read = {
            what: Counter(f"tams_engine_{what}_total", f"{said}.", ["engine"], registry=registry)
            for what, said in READ.items()
        }
        self._by_engine: dict[str, dict[str, Counter]] = {}
        self._results = Counter(
            "tams_results_total",
            "Answers that may be kept: they were there and still true, or were not.",
            ["result"],
            registry=registry,
        )

    def under_way(self) -> AbstractContextManager[None]:
        """Around the answering of one request."""
        return self._under_way.track_inprogress()

    def answered(self, method: str, asked: Current, seconds: float) -> None:
        """One request was answered, or its client had gone."""
        key = (method if method in METHODS else OTHER, asked.route or OTHER, asked.status)
        found = self._by_route.get(key)
        if found is None:
            found = self._by_route[key] = self._of_route(*key)
        requests, durations = found
        requests.inc()
        durations.observe(seconds)
        if asked.error:
            self._errors.labels(asked.error, asked.rule).inc()
        if method == "PUT" and asked.route.startswith(UPLOADS):
            self._uploads.labels(str(asked.status)).inc()

    def _of_route(self, method: str, route: str, status: int) -> tuple[Counter, Histogram]:
        """Kept, as looking them up by their labels takes longer than counting."""
        requests = self._requests.labels(method, route, str(status))
        return requests, self._durations.labels(method, route)

    def watch(self, event: Event) -> None:
        """What the library tells."""
        if isinstance(event, Asked):
            self._queries.labels(event.engine, event.operation).observe(event.seconds)
        elif isinstance(event, Stored):
            self._storage.labels(event.operation).observe(event.seconds)
        elif isinstance(event, Changed):
            self._changed(event)
        elif isinstance(event, Accepted):
            self._accepted.labels(event.rule).inc(event.number)
        elif isinstance(event, Queried):
            self._queried(event)
        elif isinstance(event, Recalled):
            self._results.labels("hit" if event.is_hit else "miss").inc()

    def _queried(self, event: Queried) -> None:
        found = self._by_engine.get(event.engine)
        if found is None:  # kept, as `_of_route`
            found = {what: counter.labels(event.engine) for what, counter in self._read.items()}
            self._by_engine[event.engine] = found
        for what, counter in found.items():
            counter.inc(getattr(event, what))

    def _changed(self, event: Changed) -> None:
        entity = "segment" if event.change.endswith("segments of") else event.entity
        operation = event.change.removesuffix(" of").removesuffix(" for")
        if entity in self._changes:
            self._changes[entity].labels(operation, event.result).inc(event.number)
        if operation.startswith("delete"):
            self._deletes.labels(entity, event.result).inc(event.number)

    def text(self) -> bytes:
        """All numbers in Prometheus' text format; of all workers, where there are several."""
        if FOLDER not in os.environ:
            return generate_latest(self.registry)
        together = CollectorRegistry()
        multiprocess.MultiProcessCollector(together)  # type: ignore[no-untyped-call]
        return generate_latest(together)


def forget_dead_workers() -> None:
    """What processes that are gone had under way, and in memory: a new worker takes their place."""
    for file in Path(os.environ[FOLDER]).glob("gauge_live*_*.db"):
        pid = int(file.stem.rpartition("_")[2])
        if not _is_alive(pid):
            multiprocess.mark_process_dead(pid)  # type: ignore[no-untyped-call]


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def _histogram(registry: CollectorRegistry, name: str, said: str, *labels: str) -> Histogram:
    return Histogram(name, said, labels, registry=registry, buckets=SECONDS)
