"""Timelines that are kept while nothing is written: to look closer at one, and to open it again."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future

from tams_analytics.queries import flows
from tams_analytics.store import Store
from tams_analytics.timerange import TimeRange
from tams_analytics.widgets.timeline import Timeline, of_tables

READ = ("collections", "flows", "segments", "sources")
"""The tables that a timeline is made of."""
MOST = 16
"""Of at most 20,000 bars each, which take a few megabytes; the one not asked for longest goes."""

Asked = tuple[Hashable, Hashable]
"""What is asked for, and the version of the tables that it is asked of."""


class Timelines:
    """Those of one store; for all threads."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._kept: OrderedDict[Hashable, tuple[Hashable, Timeline]] = OrderedDict()
        self._making: dict[Asked, Future[Timeline]] = {}

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

        def made() -> Timeline:
            narrowed = flows.narrowed(self._store.tables, flow_id=flow_id, source_id=source_id)
            return of_tables(narrowed, by=by, during=within)

        # where nobody can tell whether something was written, another one's may be too old
        return made() if version is None else self._once((key, version), made)

    def _once(self, asked: Asked, make: Callable[[], Timeline]) -> Timeline:
        """Kept, or made: by one thread, for which others that ask the same wait.

        They raise what it raises.
        """
        with self._lock:
            before, found = self._kept.get(asked[0], (None, None))
            if found is not None and before == asked[1]:
                self._kept.move_to_end(asked[0])
                return found
            others = self._making.get(asked)
            mine = others or self._making.setdefault(asked, Future())
        if others is not None:
            return others.result()
        try:
            mine.set_result(self._keep(asked, make()))
        except BaseException as error:
            mine.set_exception(error)
            raise
        finally:
            with self._lock:
                del self._making[asked]
        return mine.result()

    def _keep(self, asked: Asked, made: Timeline) -> Timeline:
        key, version = asked
        with self._lock:
            self._kept[key] = (version, made)
            self._kept.move_to_end(key)
            while len(self._kept) > MOST:
                self._kept.popitem(last=False)
        return made
