"""One scan, handed on part by part: the rows of a table that need not fit into memory."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

import pyarrow as pa
from vastdb.table import TableInTransaction

from tams_analytics.engines.vast.absent import with_absent
from tams_analytics.engines.vast.api import Tally
from tams_analytics.engines.vast.errors import translated
from tams_analytics.engines.vast.opened import OpenTransaction
from tams_analytics.engines.vast.scanning import (
    Asked,
    Cut,
    present,
    read_part,
    reading,
    rows_of,
    table_of,
)
from tams_analytics.engines.vast.stopping import HEARD_S, Stop

GROUPS_A_PART = 2
"""A part has so many row groups of 65,536 rows: one answer, 30 MB of segments."""
ROWS_A_PART = GROUPS_A_PART * 65_536
MOST_AT_ONCE = 4
"""So many parts are read, and wait to be taken, at the same time."""

Take = Callable[[pa.Table], None]


@dataclass(frozen=True)
class Cost:
    """What was answered."""

    rows: int = 0
    requests: int = 0
    bytes: int = 0

    def __add__(self, other: Cost) -> Cost:
        return Cost(
            self.rows + other.rows, self.requests + other.requests, self.bytes + other.bytes
        )


def scan_in_parts(transaction: OpenTransaction, asked: Asked, take: Take, stop: Stop) -> Cost:
    """Give ``take`` the rows of one table, in parts and in no order; what they cost.

    It is called in this thread, at least once. A part whose connection was lost is read again, as
    nothing of it was taken. Raises as `scanning.scan` does.
    """
    table = table_of(transaction, asked)
    there = present(table, asked)

    cut = _cut(table, asked)

    def read(number: int) -> tuple[pa.Table, Cost]:
        rows, cost = _read(table, there, cut, stop, number)
        return with_absent(rows, asked.place, asked.columns), cost

    with translated(reading(asked)):
        try:
            return _taken(read, cut.parts, take)
        except BaseException:
            stop.set()
            transaction.connection.forget(asked.place)  # it may have been made anew
            raise


def _cut(table: TableInTransaction, asked: Asked) -> Cut:
    """Parts that have one answer each; to know that nothing follows it must have room for more."""
    parts = 1 if asked.is_narrow else -(-max(rows_of(table), 1) // ROWS_A_PART)
    return Cut(parts, 1, GROUPS_A_PART, rows_an_answer=2 * ROWS_A_PART)


def _read(
    table: TableInTransaction, asked: Asked, cut: Cut, stop: Stop, number: int
) -> tuple[pa.Table, Cost]:
    tally = Tally()
    stop.watch(tally)
    try:
        rows = read_part(table, asked, cut, tally, stop, number)
    except BaseException:
        tally.close()
        raise
    tally.release()
    return rows, Cost(rows.num_rows, tally.requests, tally.bytes)


def _taken(read: Callable[[int], tuple[pa.Table, Cost]], parts: int, take: Take) -> Cost:
    """All parts, read by other threads while this one takes; Ctrl-C is heard meanwhile."""
    cost, numbers = Cost(), iter(range(parts))
    waiting: set[Future[tuple[pa.Table, Cost]]] = set()
    pool = ThreadPoolExecutor(min(parts, MOST_AT_ONCE), "vast-part")
    try:
        while True:
            free = MOST_AT_ONCE - len(waiting)
            waiting |= {pool.submit(read, number) for number in itertools.islice(numbers, free)}
            if not waiting:
                return cost
            done, waiting = wait(waiting, timeout=HEARD_S, return_when=FIRST_COMPLETED)
            for future in done:
                rows, spent = future.result()
                take(rows)
                cost += spent
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
