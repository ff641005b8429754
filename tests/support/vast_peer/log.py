"""The request log: what arrived, and what a select scanned and returned."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from threading import Lock
from typing import TextIO


@dataclass(frozen=True)
class Entry:
    """One request. What follows ``status`` is of a select (``GET ?data``) only.

    ``filter`` is the condition as text, ``conjuncts`` the same in its parts, both decoded from the
    bytes that arrived. ``columns`` are those of the answer, ``leaves`` the same down to the fields
    of structs (``struct.field``).
    ``rows_scanned`` are the rows of the split from the asked start on: it proves nothing about
    pruning. ``projection`` is the one that a cluster may choose for it, or that was asked by name.
    """

    method: str
    command: str
    path: str
    request_bytes: int
    response_bytes: int
    status: int
    txid: int = 0
    fault: str | None = None
    table: str | None = None
    columns: tuple[str, ...] | None = None
    leaves: tuple[str, ...] = ()
    filter: str | None = None
    conjuncts: tuple[str, ...] = ()
    limit: int | None = None
    split: tuple[int, ...] | None = None
    streams: int | None = None
    rows_scanned: int | None = None
    rows_returned: int | None = None
    projection: str | None = None

    @property
    def pair(self) -> str:
        """``"GET data"``."""
        return f"{self.method} {self.command}".strip()


class Log:
    """A list of entries that any thread may add to; an entry is there before its answer ends."""

    def __init__(self) -> None:
        self._entries: list[Entry] = []
        self._lock = Lock()
        self._sink: TextIO | None = None

    def write_to(self, sink: TextIO) -> None:
        """Further entries go to this file, too, as lines of JSON."""
        self._sink = sink

    def append(self, entry: Entry) -> None:
        with self._lock:
            self._entries.append(entry)
            if self._sink is not None:
                self._sink.write(json.dumps(asdict(entry)) + "\n")
                self._sink.flush()

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()

    def mark(self) -> int:
        """A place to read on from with ``since``."""
        return len(self)

    def since(self, mark: int) -> list[Entry]:
        with self._lock:
            return self._entries[mark:]

    def selects(self, table: str | None = None) -> list[Entry]:
        """The selects, of one table if named."""
        return [
            entry
            for entry in self
            if entry.pair == "GET data" and (table is None or entry.table == table)
        ]

    def pairs(self) -> list[str]:
        """``["POST transaction", "GET data", ...]``."""
        return [entry.pair for entry in self]

    def bytes_in_answers(self, entries: Iterable[Entry] | None = None) -> int:
        return sum(entry.response_bytes for entry in (self if entries is None else entries))

    def __len__(self) -> int:
        with self._lock:
            return len(self._entries)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.since(0))

    def __getitem__(self, index: int) -> Entry:
        with self._lock:
            return self._entries[index]
