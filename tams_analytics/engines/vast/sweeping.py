"""Several questions of one state of the store, whose rows are brought once for all of them.

They are planned first. What their scans need of a table comes in parts, which a local DuckDB keeps
on the disk. Then each is asked as ever: it is planned, and a scan whose rows were brought is
answered from them, any other by the cluster, in the same transaction.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import ibis.expr.operations as ops
import ibis.expr.types as ir

from tams_analytics.engines.duckdb_backend import Backend as DuckDB
from tams_analytics.engines.vast.brought import Brought, local_duckdb
from tams_analytics.engines.vast.errors import ENGINE
from tams_analytics.engines.vast.fences import bounded
from tams_analytics.engines.vast.opened import OpenTransaction
from tams_analytics.engines.vast.parting import Cost, Take, scan_in_parts
from tams_analytics.engines.vast.planning import Plan, Scan
from tams_analytics.engines.vast.planning.gathering import bounds, gathered, left_over
from tams_analytics.engines.vast.pushing import in_parts
from tams_analytics.engines.vast.running import (
    Drained,
    Runner,
    asked_of,
    drain,
    place_of,
    planned_for,
)
from tams_analytics.engines.vast.scanning import rows_of
from tams_analytics.engines.vast.stopping import Stop
from tams_analytics.errors import Unsupported
from tams_analytics.watching import Queried, tell

if TYPE_CHECKING:
    from tams_analytics.engines.vast.backend import Backend

LONG = 2_000_000
"""A table of more rows is brought for a single question too: half a gigabyte of segments."""


@contextlib.contextmanager
def sweeping(backend: Backend, ask: Callable[[], Sequence[ir.Table]]) -> Iterator[None]:
    """Bring what the questions need that ``ask`` gives, for all that this thread asks meanwhile.

    What ``ask`` itself reads is read in the same transaction.
    """
    with contextlib.ExitStack() as kept, backend.con.reading() as transaction:
        sweep = Sweep(backend, transaction)
        with backend.answering_by(sweep):
            wanted = sweep.wanted(ask())
            if wanted:
                sweep.bring(wanted, kept.enter_context(local_duckdb()))
            yield


class Sweep:
    """Rows that were brought, and the transaction for what was not."""

    def __init__(self, backend: Backend, transaction: OpenTransaction) -> None:
        self.runner: Runner = backend.runner
        """Runs what is left of a question, where the rows are."""
        self._backend = backend
        self._transaction = transaction
        self._plans: dict[ops.Relation, Plan] = {}
        self._brought: dict[Scan, Brought] = {}

    def wanted(self, questions: Sequence[ir.Table]) -> tuple[Scan, ...]:
        """What to bring for them; nothing for a single one whose rows memory may well hold."""
        plans = list(self._plans_of(questions))
        found = gathered(plans)
        return found if len(plans) > 1 or any(map(self._is_long, found)) else ()

    def _plans_of(self, questions: Sequence[ir.Table]) -> Iterator[Plan]:
        """Of those that read something here; who asks what cannot be asked is told why not."""
        for question in questions:
            with contextlib.suppress(Unsupported):
                planned = self._planned(question)
                if {scan.table.source for scan in planned.scans} == {self._backend}:
                    yield planned

    def _is_long(self, scan: Scan) -> bool:
        """Whether all of its table may come, and that has many rows."""
        table = self._transaction.table(place_of(scan.table))
        return not bounds(scan) and rows_of(table) > LONG

    def _planned(self, question: ir.Table) -> Plan:
        op = question.op()
        if op not in self._plans:
            self._plans[op] = planned_for(question)
        return self._plans[op]

    def bring(self, wanted: Sequence[Scan], local: DuckDB) -> None:
        """Read these scans, and answer from them."""
        began, cost, stop = time.perf_counter(), Cost(), Stop()
        for scan in wanted:
            brought = Brought(local, scan)
            cost += self._bring(scan, brought.take, stop)
            self._brought[scan] = brought
        self.runner = Runner(local)
        seconds = time.perf_counter() - began
        tell(Queried(ENGINE, cost.rows, cost.bytes, seconds, splits=cost.requests))

    def _bring(self, scan: Scan, take: Take, stop: Stop) -> Cost:
        sent, fences = bounded(scan, self._transaction, stop)
        cost = Cost(0, fences.requests, fences.bytes) if fences else Cost()
        for pushed in in_parts(sent.pushed):
            asked = asked_of(replace(sent, pushed=pushed))
            cost += scan_in_parts(self._transaction, asked, take, stop)
        return cost

    def drained(self, question: ir.Table) -> Drained:
        """What a question needs: rows that were brought as SQL, others as they are read now."""
        planned = self._planned(question)
        there, left = left_over(planned, [*self._brought])
        sql = {
            scan.name: self._brought[there[scan.name]].sql_of(scan)
            for scan in planned.scans
            if scan.name in there
        }
        return Drained(planned.rest, drain(left, self._transaction), sql)
