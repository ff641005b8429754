"""Connections whose queries run in a transaction that may not write, as the server sees to."""

from __future__ import annotations

import contextlib
from typing import Any

from trino.constants import HEADER_STARTED_TRANSACTION
from trino.dbapi import Connection
from trino.transaction import NO_TRANSACTION, IsolationLevel, Transaction

from tams_analytics.engines.trino.errors import ANY

BEGIN = "START TRANSACTION READ ONLY"


class ReadOnlyTransaction(Transaction):
    """The client's own begins a transaction that may write."""

    def begin(self) -> None:
        answer = self._request.post(BEGIN)
        status = self._request.process(answer)
        while status.next_uri:
            answer = self._request.get(status.next_uri)
            status = self._request.process(answer)
            self._id = answer.headers.get(HEADER_STARTED_TRANSACTION, self._id)
        self._request.transaction_id = self._id


class ReadOnlyConnection(Connection):
    """For SQL of others; closing it ends the transaction."""

    _transaction: Any

    def __init__(self, **options: Any) -> None:
        super().__init__(**options, isolation_level=IsolationLevel.READ_UNCOMMITTED)

    def start_transaction(self) -> Transaction:
        transaction = ReadOnlyTransaction(self._create_request())
        transaction.begin()
        self._transaction = transaction
        return transaction

    def close(self) -> None:
        """A transaction that cannot be ended now is ended by the server, which waits for nobody."""
        try:
            if self.transaction is not None and self.transaction.id != NO_TRANSACTION:
                with contextlib.suppress(*ANY):
                    self.rollback()
        finally:
            super().close()
