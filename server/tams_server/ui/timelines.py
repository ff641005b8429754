"""Timelines that are kept while nothing is written: to look closer at one, and to open it again."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable

from tams_analytics.queries import flows
from tams_analytics.store import Store
from tams_analytics.timerange import TimeRange
from tams_analytics.widgets.timeline import Timeline, of_tables

READ = ("collections", "flows", "segments", "sources")
"""The tables that a timeline is made of."""
MOST = 16
"""Of at most 20,000 bars each, which take a few megabytes; the one not asked for longest goes."""


class Timelines:
    """Those of one store; for all threads."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._kept: OrderedDict[Hashable, tuple[Hashable, Timeline]] = OrderedDict()

    def of(
        self,
        *,
        by: str = "flow",
        within: TimeRange | None = None,
        flow_id: str | None = None,
        source_id: str | None = None,
    ) -> Timeline:
        """As `Store.timeline` gives it without a notebook. Raises `BadParameter`."""
        key, version = (by, within, flow_id, source_id), self._store.version(READ)
        found = self._recall(key, version)
        if found is None:
            narrowed = flows.narrowed(self._store.tables, flow_id=flow_id, source_id=source_id)
            found = of_tables(narrowed, by=by, during=within)
            self._keep(key, version, found)
        return found

    def _recall(self, key: Hashable, version: Hashable | None) -> Timeline | None:
        """``None`` also where nobody can tell whether something was written."""
        with self._lock:
            before, found = self._kept.get(key, (None, None))
            if found is None or version is None or before != version:
                return None
            self._kept.move_to_end(key)
            return found

    def _keep(self, key: Hashable, version: Hashable | None, made: Timeline) -> None:
        if version is None:
            return
        with self._lock:
            self._kept[key] = (version, made)
            self._kept.move_to_end(key)
            while len(self._kept) > MOST:
                self._kept.popitem(last=False)
