"""SQL texts parsed once, and how many statements were sent.

DuckDB plans a statement anew each time, as what its scans skip depends on the values; parsing it
again would be a fifth of the time of a small one (measured).
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Any

import duckdb

MOST_PARSED = 256
"""How many parsed texts are kept; the one not used for longest goes first."""

LONGEST = 20_000
"""Letters of a text that is kept: longer ones list values, and hardly come again."""

Values = Mapping[str, Any] | Sequence[Any]


class Parsed:
    """The parsed statements of one store."""

    def __init__(self) -> None:
        self.sent = 0
        """Statements sent so far, for tests that hold a change to a number of them. Threads that
        read at the same time may be counted as one."""
        self._kept: OrderedDict[str, duckdb.Statement] = OrderedDict()
        self._lock = threading.Lock()

    def execute(
        self, cursor: duckdb.DuckDBPyConnection, sql: str, values: Values
    ) -> duckdb.DuckDBPyConnection:
        """Run one statement on ``cursor``, which then holds its result."""
        self.sent += 1
        return cursor.execute(self._statement(cursor, sql), values)

    def _statement(self, cursor: duckdb.DuckDBPyConnection, sql: str) -> duckdb.Statement:
        with self._lock:
            kept = self._kept.get(sql)
            if kept is not None:
                self._kept.move_to_end(sql)
                return kept
        (statement,) = cursor.extract_statements(sql)
        if len(sql) > LONGEST:
            return statement
        with self._lock:
            self._kept[sql] = statement
            if len(self._kept) > MOST_PARSED:
                self._kept.popitem(last=False)
        return statement
