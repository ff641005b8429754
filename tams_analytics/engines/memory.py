"""What transactions remember of a store that this process alone writes to (DuckDB).

A small question costs DuckDB half a millisecond of planning, however few its rows. So what the
rules ask again and again is remembered under a topic, until a transaction changes rows that the
topic's answers are read from. What a transaction learns counts for others once it is committed.

Whoever writes by another connection of this process (a plain duckdb, ibis' ``insert``) says nothing
of it; but the files then are no longer as the last transaction of ours left them. Of a store in
memory nothing would show that, so nothing of it is remembered.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from tams_analytics.engines.engine import Where
from tams_analytics.engines.stamps import named, values_of
from tams_analytics.engines.topics import FLOW, OBJECT, TIMELINE, WEBHOOKS, Topic

MOST_REMEMBERED = 20_000
"""Of so many topics something is remembered, 1 KB each; then everything is forgotten."""

KINDS: Mapping[str, tuple[str, str]] = {
    "flows": (FLOW, "id"),
    "flow_fences": (FLOW, "flow_id"),
    "deletion_requests": (FLOW, "flow_id"),
    "segments": (TIMELINE, "flow_id"),
    "objects": (OBJECT, "id"),
    "webhooks": (WEBHOOKS, ""),
}
"""By table: the kind of topics that are read from it, and the column with their ids."""
ROW_BY_ROW = frozenset({"objects"})
"""What is remembered of these tables is one row, which no new one changes."""


class Memory:
    """What is remembered of one store, by all who write to it in turn."""

    def __init__(self, file: Path | None) -> None:
        self._files = [] if file is None else [file, file.with_name(f"{file.name}.wal")]
        self._as_left = _looks_of(self._files)
        self._known: dict[Topic, Any] = {}
        self._lock = threading.Lock()

    def recall(self, topic: Topic) -> Any:
        """What was remembered, or ``None``."""
        return self._known.get(topic)

    def look(self) -> bool:
        """Whether somebody else has written since the last transaction; then all is forgotten."""
        is_changed = _looks_of(self._files) != self._as_left
        if is_changed:
            self.forget()
        return is_changed

    def take(
        self,
        forgotten: Iterable[Topic],
        kinds: Iterable[str],
        learned: Mapping[Topic, Any],
    ) -> None:
        """A transaction ended: forget these topics and kinds, and remember what it learned."""
        with self._lock:
            for kind in kinds:
                self._known = _without(kind, self._known)
            for topic in forgotten:
                self._known.pop(topic, None)
            if len(self._known) > MOST_REMEMBERED:
                self._known = {}
            if self._files:
                self._known.update(learned)
            self._as_left = _looks_of(self._files)

    def version(self) -> tuple[tuple[int, int, int], ...] | None:
        """What changes with each commit, whoever writes; ``None`` for a store in memory."""
        return tuple(_looks_of(self._files)) or None

    def forget(self) -> None:
        """Somebody wrote who says nothing of it."""
        with self._lock:
            self._known = {}


class Remembering:
    """One transaction's view of the memory: its own changes count at once, for itself only."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        memory.look()
        self._learned: dict[Topic, Any] = {}
        self._forgotten: set[Topic] = set()
        self._kinds: set[str] = set()

    def recall(self, topic: Topic) -> Any:
        """What this transaction learned since it last changed the topic, or all knew before."""
        if topic in self._learned:
            return self._learned[topic]
        if topic in self._forgotten or topic.kind in self._kinds:
            return None
        return self._memory.recall(topic)

    def remember(self, topic: Topic, value: Any) -> None:
        """Remember ``value`` until a row that it was read from changes."""
        self._learned[topic] = value

    def inserted(self, name: str, rows: pa.Table | Sequence[Mapping[str, Any]]) -> None:
        """Rows were added to a table."""
        if name in KINDS.keys() - ROW_BY_ROW:
            kind, column = KINDS[name]
            self._forget(kind, values_of(rows, column) if column else None)

    def changed(self, name: str, where: Where) -> None:
        """Rows of a table were changed or deleted."""
        if name in KINDS:
            kind, column = KINDS[name]
            self._forget(kind, named(where, column, f"{column}s"))

    def _forget(self, kind: str, ids: Iterable[str] | None) -> None:
        """What was learned of these ids, or of any."""
        if ids is None:
            self._kinds.add(kind)
            self._learned = _without(kind, self._learned)
            return
        for topic in (Topic(kind, id) for id in ids):
            self._forgotten.add(topic)
            self._learned.pop(topic, None)

    def look_again(self) -> None:
        """Before the commit, by which the files change too."""
        if self._memory.look():
            self._learned = {}

    def end(self, *, is_committed: bool) -> None:
        """The transaction ended; one that failed at its commit may have been committed."""
        learned = self._learned if is_committed else {}
        self._memory.take(self._forgotten, self._kinds, learned)


def _without(kind: str, known: dict[Topic, Any]) -> dict[Topic, Any]:
    return {topic: value for topic, value in known.items() if topic.kind != kind}


def _looks_of(files: Iterable[Path]) -> list[tuple[int, int, int]]:
    """What changes with each commit, and with each checkpoint."""
    return [_look_of(file) for file in files]


def _look_of(file: Path) -> tuple[int, int, int]:
    try:
        found = file.stat()
    except FileNotFoundError:
        return 0, 0, 0
    return found.st_ino, found.st_size, found.st_mtime_ns
