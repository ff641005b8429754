"""Stamps: values that change whenever what is shown of a flow's segments does.

Who keeps an answer about a flow keeps the stamp that it read before; the answer holds for as long
as the stamp is the same. A transaction notes in `Changes` which flows it touched, or that every
answer may differ: an instance of an object that was there before, a storage backend. Objects and
instances that are new are shown by no segment yet.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa

from tams_analytics.engines.engine import Chosen, Where

MOST_FLOWS = 100_000
"""Of so many flows the counters are kept apart; then all begin anew."""
SHOWN_BY_ALL = "storage_backends"
"""The table, and the kind of tags, that every answer may show."""


class Changes:
    """What one transaction does to answers that somebody may have kept."""

    def __init__(self) -> None:
        self.flow_ids: set[str] = set()
        self.all_flows = False
        self._own_objects: set[str] = set()
        """New or gone with this transaction: no segment of another one shows their instances."""

    def inserted(self, name: str, rows: pa.Table | Sequence[Mapping[str, Any]]) -> None:
        """Rows were added to a table."""
        if name == "segments":
            self.flow_ids |= values_of(rows, "flow_id")
        elif name == "objects":
            self._own_objects |= values_of(rows, "id")
        elif name == "object_instances":
            self.all_flows |= not values_of(rows, "object_id") <= self._own_objects
        elif name == "tags":
            self.all_flows |= SHOWN_BY_ALL in values_of(rows, "entity_type")
        else:
            self.all_flows |= name == SHOWN_BY_ALL

    def deleted(self, name: str, where: Where, number: int) -> None:
        """``number`` rows of a table were deleted."""
        if name == "objects":
            self._own_objects |= named(where, "id") or set()
        else:
            self.updated(name, where, number)

    def updated(self, name: str, where: Where, number: int) -> None:
        """``number`` rows of a table were updated; of objects the rules tell (`all_flows`)."""
        if not number:
            return
        if name == "segments":
            self._touched(named(where, "flow_id", "flow_ids"))
        elif name == "object_instances":
            ids = named(where, "object_id")
            self.all_flows |= ids is None or not ids <= self._own_objects
        elif name == "tags":
            types = named(where, "entity_type")
            self.all_flows |= types is None or SHOWN_BY_ALL in types
        else:
            self.all_flows |= name == SHOWN_BY_ALL

    def _touched(self, flow_ids: set[str] | None) -> None:
        if flow_ids is None:
            self.all_flows = True
        else:
            self.flow_ids |= flow_ids


def named(where: Where, column: str, argument: str = "") -> set[str] | None:
    """The values of a column that a condition allows; ``None`` where it does not tell."""
    if isinstance(where, Chosen):
        found = where.arguments.get(argument)
    else:
        found = where.get(column) if isinstance(where, Mapping) else None
    if found is None:
        return None
    return {found} if isinstance(found, str) else set(found)


def values_of(rows: pa.Table | Sequence[Mapping[str, Any]], column: str) -> set[str]:
    """The different values of a column."""
    if isinstance(rows, pa.Table):
        return set(rows.column(column).unique().to_pylist())
    return {row[column] for row in rows}


class Stamps:
    """The stamps of a store that this process alone writes to: counters, never the same twice."""

    def __init__(self) -> None:
        self._next = itertools.count(1)
        self._of_all = 0
        self._of_flows: dict[str, int] = {}
        self._lock = threading.Lock()

    def of(self, flow_id: str) -> tuple[int, int]:
        """The stamp of a flow's segments."""
        return self._of_all, self._of_flows.get(flow_id, 0)

    def publish(self, changes: Changes) -> None:
        """A transaction may have been committed: once this returns, older stamps hold no more."""
        if changes.all_flows:
            self.renew()
        elif changes.flow_ids:
            self._publish(changes.flow_ids)

    def _publish(self, flow_ids: Iterable[str]) -> None:
        with self._lock:
            number = next(self._next)
            self._of_flows.update(dict.fromkeys(flow_ids, number))
            too_many = len(self._of_flows) > MOST_FLOWS
        if too_many:
            self.renew()

    def renew(self) -> None:
        """No stamp holds any more."""
        with self._lock:
            self._of_all = next(self._next)
            self._of_flows = {}
