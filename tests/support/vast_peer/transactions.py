"""Transactions: a snapshot each, own writes visible, replay at commit."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import RLock

import numpy as np

from tests.support.vast_peer.catalog import Catalog
from tests.support.vast_peer.locks import Writes, require_free
from tests.support.vast_peer.messages import Refused
from tests.support.vast_peer.switches import Switches

Change = Callable[[Catalog], Catalog]


@dataclass
class Transaction:
    """An open transaction. ``began`` and ``committed`` count commits, not seconds."""

    txid: int
    began: int
    base: Catalog
    view: Catalog
    used: float
    committed: int = 0
    changes: list[Change] = field(default_factory=list)
    writes: Writes = field(default_factory=Writes)
    own_rows: dict[int, list[np.ndarray]] = field(default_factory=dict)

    def foreign(self, handle: int, ids: np.ndarray) -> np.ndarray:
        """Of these row ids the ones that others could see, too."""
        for own in self.own_rows.get(handle, ()):
            ids = ids[~np.isin(ids, own)]
        return ids


class Transactions:
    """The committed state, and who is working on a copy of it."""

    def __init__(self, switches: Switches) -> None:
        self.head = Catalog()
        self.lock = RLock()
        self.clock: Callable[[], float] = time.monotonic
        self._switches = switches
        self._txids = itertools.count(1001)
        self._handles = itertools.count(1)
        self._next_rows: dict[int, int] = {}
        self._open: dict[int, Transaction] = {}
        self._done: list[Transaction] = []
        self._commits = 0

    def begin(self) -> Transaction:
        with self.lock:
            now = self.clock()
            txid = next(self._txids)
            opened = Transaction(txid, self._commits, self.head, self.head, now)
            self._open[txid] = opened
            return opened

    def find(self, txid: int) -> Transaction:
        """The open transaction; using it keeps it. Raises Refused where it has ended."""
        with self.lock:
            self._expire()
            found = self._open.get(txid)
            if found is None:
                raise Refused(404, "NoSuchTransaction", f"transaction {txid} is not open")
            found.used = self.clock()
            return found

    @contextmanager
    def using(self, txid: int) -> Iterator[Transaction]:
        """The transaction of a request; 0 is one of its own, committed at the end."""
        if txid:
            yield self.find(txid)
            return
        own = self.begin()
        try:
            yield own
        except BaseException:
            self.rollback(own.txid)
            raise
        self.commit(own.txid)

    def write(self, transaction: Transaction, wanted: Writes, change: Change) -> None:
        """Applies a change to the transaction's own view, if nobody else stands in the way.

        ``change`` must hold its values: it runs again at commit, on what others committed.
        """
        with self.lock:
            require_free(
                wanted, self._others(transaction), rows_conflict=self._switches.rows_conflict
            )
            transaction.view = change(transaction.view)
            transaction.writes.take(wanted)
            transaction.changes.append(change)

    def commit(self, txid: int) -> None:
        with self.lock:
            ended = self.find(txid)
            if ended.changes:
                self.head = ended.view if self.head is ended.base else replayed(ended, self.head)
                self._commits += 1
                ended.committed = self._commits
                self._done.append(ended)
            self._forget(txid)

    def rollback(self, txid: int) -> None:
        with self.lock:
            self.find(txid)
            self._forget(txid)

    def expire(self) -> None:
        """Ends all open transactions, as a server does after too long a time."""
        with self.lock:
            for txid in list(self._open):
                self._forget(txid)

    @property
    def open_count(self) -> int:
        with self.lock:
            self._expire()
            return len(self._open)

    def new_handle(self) -> int:
        return next(self._handles)

    def new_row_ids(self, handle: int, count: int) -> np.ndarray:
        """Row ids are never given twice, not even after a rollback."""
        with self.lock:
            first = self._next_rows.get(handle, 0)
            self._next_rows[handle] = first + count
            return np.arange(first, first + count)

    def reserve_row_ids(self, handle: int, ids: np.ndarray) -> None:
        """Ids that the client chose are used up."""
        with self.lock:
            above = int(ids.max()) + 1 if len(ids) else 0
            self._next_rows[handle] = max(self._next_rows.get(handle, 0), above)

    def _others(self, transaction: Transaction) -> list[Writes]:
        self._expire()
        still_open = [other for other in self._open.values() if other is not transaction]
        later = [other for other in self._done if other.committed > transaction.began]
        return [other.writes for other in still_open + later]

    def _expire(self) -> None:
        seconds = self._switches.transaction_seconds
        if seconds is not None:
            oldest = self.clock() - seconds
            for txid in [txid for txid, each in self._open.items() if each.used < oldest]:
                self._forget(txid)

    def _forget(self, txid: int) -> None:
        del self._open[txid]
        began = min((each.began for each in self._open.values()), default=self._commits)
        self._done = [each for each in self._done if each.committed > began]


def replayed(ended: Transaction, head: Catalog) -> Catalog:
    for change in ended.changes:
        head = change(head)
    return head
