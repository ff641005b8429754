"""How much there is, asked on a schedule: sources, flows, segments, bytes; and this process."""

from __future__ import annotations

import logging
import os
import threading
from pathlib import Path

from prometheus_client import Gauge

from tams_analytics.errors import TamsError
from tams_analytics.queries import overview
from tams_analytics.store import Store
from tams_server.metrics import Metrics

LOG = logging.getLogger(__name__)
OF_PROCESS = Path("/proc/self/statm")
PATIENCE_S = 5
"""A question that is under way may end in that time, when the process ends."""
COUNTED = ("sources", "flows", "segments")


class Gauges:
    """Sets its gauges each ``interval_s`` seconds while it runs, in a thread of its own."""

    def __init__(self, store: Store, metrics: Metrics, interval_s: float) -> None:
        self._store = store
        self._interval_s = interval_s
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, name="tams-gauges", daemon=True)
        self._counts = {
            entity: _gauge(metrics, f"tams_{entity}_total", f"{entity.capitalize()} in the store.")
            for entity in COUNTED
        }
        self._bytes = _gauge(
            metrics, "tams_storage_bytes_total", "Bytes of the objects whose size is known."
        )
        self._memory = _gauge(
            metrics, "tams_memory_usage_bytes", "Resident memory of a process.", "liveall"
        )

    def __enter__(self) -> Gauges:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._end.set()
        self._thread.join(PATIENCE_S)

    def set(self) -> None:
        """Ask once. Raises `EngineFailed`."""
        self._memory.set(resident_bytes())
        found = {
            row["entity"]: row["number"] for row in self._store.ask(overview.sizes).to_pylist()
        }
        for entity, gauge in self._counts.items():
            gauge.set(found[entity])
        self._bytes.set(found["bytes"])

    def _run(self) -> None:
        while not self._end.is_set():
            try:
                self.set()
            except TamsError as error:
                LOG.warning("the store's sizes are not known: %s", error)
            self._end.wait(self._interval_s)


def resident_bytes() -> int:
    """What this process has in memory; 0 where the system does not tell."""
    if not OF_PROCESS.exists():
        return 0
    return int(OF_PROCESS.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def _gauge(metrics: Metrics, name: str, said: str, of_workers: str = "mostrecent") -> Gauge:
    return Gauge(name, said, registry=metrics.registry, multiprocess_mode=of_workers)  # type: ignore[arg-type]
