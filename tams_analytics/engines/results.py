"""Answers that are kept: by question, values and the version of the tables that were read (T7).

Only where an engine can tell that nothing was written since (`Engine.version`) is anything kept, so
that no answer is older than the last write, whoever wrote. Nothing with URLs, and no check, is
asked this way.
"""

from __future__ import annotations

import functools
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

import ibis.expr.operations as ops
import pyarrow as pa

from tams_analytics.engines.engine import Engine, Question
from tams_analytics.engines.statement import MOST_STATEMENTS, Shape, marked, split
from tams_analytics.watching import Recalled, tell

MOST_BYTES = 64 << 20
"""Of all answers together; the one not asked for longest goes first."""
OWN_BYTES = 2_000
"""What keeping an answer takes beside its rows: its question, and the objects of its columns."""


@dataclass(frozen=True)
class _Kept:
    version: Hashable
    until: float
    rows: pa.Table
    size_bytes: int


class Results:
    """The answers of one store; for all threads. ``lifetime_s`` 0: nothing is kept."""

    def __init__(
        self,
        engine: Engine,
        lifetime_s: float,
        ask: Callable[..., pa.Table] | None = None,
        *,
        most_bytes: int = MOST_BYTES,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._engine = engine
        self._lifetime_s = lifetime_s
        self._ask = ask or engine.ask
        self._most_bytes = most_bytes
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: OrderedDict[Hashable, _Kept] = OrderedDict()
        self._size_bytes = 0
        self.hits = 0
        self.misses = 0

    def ask(self, question: Question, /, **arguments: Any) -> pa.Table:
        """As `Engine.ask`: the answer that was kept if it is still true, else a new one."""
        if not self._lifetime_s or not self._engine.has_versions:
            return self._ask(question, **arguments)
        shape, values = split(question, arguments, for_plan=True)
        version = self._engine.version(tables_of(question, shape))
        if version is None:
            return self._ask(question, **arguments)
        key = (question, shape, tuple(sorted(values.items())))
        found = self._recall(key, version)
        if found is None:
            found = self._ask(question, **arguments)
            until = self._clock() + self._lifetime_s
            self._keep(key, _Kept(version, until, found, found.nbytes + OWN_BYTES))
        return found

    def __repr__(self) -> str:
        kept = f"{len(self._kept)} kept in {self._size_bytes} bytes"
        return f"<Results: {kept}; {self.hits} hits, {self.misses} misses>"

    def clear(self) -> None:
        """Keep nothing of what was asked until now."""
        with self._lock:
            self._kept.clear()
            self._size_bytes = 0

    @property
    def size_bytes(self) -> int:
        """Of all that is kept."""
        return self._size_bytes

    def _recall(self, key: Hashable, version: Hashable) -> pa.Table | None:
        with self._lock:
            found = self._kept.get(key)
            is_hit = found is not None and found.version == version
            is_hit = is_hit and self._clock() < found.until  # type: ignore[union-attr]
            self.hits += is_hit
            self.misses += not is_hit
            if is_hit:
                self._kept.move_to_end(key)
        tell(Recalled(is_hit))
        return found.rows if found is not None and is_hit else None

    def _keep(self, key: Hashable, answer: _Kept) -> None:
        with self._lock:
            before = self._kept.pop(key, None)
            self._kept[key] = answer
            self._size_bytes += answer.size_bytes - (before.size_bytes if before else 0)
            while self._size_bytes > self._most_bytes:
                _, oldest = self._kept.popitem(last=False)
                self._size_bytes -= oldest.size_bytes


@functools.lru_cache(maxsize=MOST_STATEMENTS)
def tables_of(question: Question, shape: Shape) -> frozenset[str]:
    """The names of the tables that a question of this shape reads."""
    expression, _marks = marked(question, shape)
    return frozenset(table.name for table in expression.op().find(ops.UnboundTable))
