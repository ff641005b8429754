"""An engine inside one transaction: several writes become one, all or nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pyarrow as pa

from tams_analytics.engines import Engine, Question, Transaction
from tams_analytics.engines.engine import T


class Inside(Engine):
    """``engine`` as a transaction of it sees the store; what is written joins that transaction."""

    def __init__(self, engine: Engine, transaction: Transaction) -> None:
        self.name, self.url, self.settings = engine.name, engine.url, engine.settings
        self.backend = engine.backend
        self.tables = transaction.tables
        self._engine = engine
        self._transaction = transaction

    @property
    def capabilities(self) -> Mapping[str, bool]:
        return self._engine.capabilities

    @property
    def versions(self) -> Mapping[str, str]:
        return self._engine.versions

    def ask(self, question: Question, /, **arguments: Any) -> pa.Table:
        return self._transaction.ask(question, **arguments)

    def transact(self, work: Callable[[Transaction], T]) -> T:
        return work(self._transaction)

    def close(self) -> None:
        """The transaction ends where it was begun."""
