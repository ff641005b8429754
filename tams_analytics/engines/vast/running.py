"""A question, run: its scans drained inside a transaction, the rest of it in DuckDB."""

from __future__ import annotations

import functools
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
import pyarrow as pa

from tams_analytics.engines.duckdb_backend import Backend as DuckDB
from tams_analytics.engines.duckdb_errors import translated
from tams_analytics.engines.vast.connection import Place
from tams_analytics.engines.vast.errors import ENGINE
from tams_analytics.engines.vast.fences import bounded
from tams_analytics.engines.vast.lending import Lent
from tams_analytics.engines.vast.opened import OpenTransaction
from tams_analytics.engines.vast.plain import chosen, renamed
from tams_analytics.engines.vast.planning import CannotPlan, Plan, Scan, plan
from tams_analytics.engines.vast.pushing import MOST_VALUES, Conjunct, in_parts, predicate
from tams_analytics.engines.vast.reducing import Reducer
from tams_analytics.engines.vast.scanning import Asked, Scanned, scan, together
from tams_analytics.engines.vast.stopping import Stop, results
from tams_analytics.errors import Unsupported
from tams_analytics.watching import Queried, tell

NARROW = {"==", "isin", "isnull"}
"""A condition of these leaves few rows, as a rule: their scan goes first, and in one stream."""
MOST_NARROW = 1_000
"""A list of more values is not narrow."""
NOT_OF_SCANS = (ops.InMemoryTable, ops.ScalarUDF, ops.GeoSpatialUnOp, ops.GeoSpatialBinOp)
"""What ibis tells DuckDB of before it runs an expression."""
MOST_AT_ONCE = 8
"""So many scans of one question run at the same time."""


@dataclass(frozen=True)
class Ran:
    """A scan as it was sent, and what came back; where nothing was asked, no rows."""

    scan: Scan
    answer: Scanned


@dataclass(frozen=True)
class Drained:
    """All rows that a question needs, by the name that ``rest`` has for them."""

    rest: ir.Table
    scans: Mapping[str, Ran]
    kept: Mapping[str, str] = field(default_factory=dict)
    """SQL for those that the local DuckDB has by itself (`sweeping`)."""


class Runner:
    """Runs questions: on VAST what VAST takes, in ``local`` what is left."""

    def __init__(self, local: DuckDB) -> None:
        self.local = local

    def drained(self, table: ir.Table, transaction: OpenTransaction) -> Drained:
        """Plan a question, and read what it needs."""
        planned = planned_for(table)
        return Drained(planned.rest, drain(planned, transaction))

    def arrow(self, drained: Drained) -> pa.Table:
        """The answer, typed as ibis promises it."""
        names = renamed(drained.rest)
        if names is not None and not drained.kept:
            (ran,) = drained.scans.values()
            return chosen(ran.answer.rows, names, drained.rest.schema().to_pyarrow())
        with self.lent(drained):
            found: pa.Table = self.local.to_pyarrow(drained.rest)
        return found

    def untyped(self, drained: Drained) -> pa.Table:
        """The answer as it comes, of columns whose type only VAST knows."""
        return self.sql(str(self.local.compile(drained.rest)), drained, {})

    def pandas(self, drained: Drained) -> Any:
        """The answer as a DataFrame."""
        with self.lent(drained):
            return self.local.execute(drained.rest)

    def sql(
        self, sql: str, drained: Drained, values: Mapping[str, Any], *, is_ready: bool = False
    ) -> pa.Table:
        """The answer to ``sql``, which is that of the rest, with ``values`` for its parameters.

        ``is_ready``: the rest is known to need nothing but the scans (`is_of_scans`).
        """
        with self.lent(drained) as cursor, translated("answering", cursor):
            if not is_ready:
                self.local._run_pre_execute_hooks(drained.rest)
            found: pa.Table = cursor.execute(sql, dict(values)).fetch_arrow_table()
        return found

    def lent(self, drained: Drained, *, only_planned: bool = False) -> Lent:
        """A cursor of the local DuckDB that sees the rows of scans, as a context manager."""
        rows = {name: ran.answer.rows for name, ran in drained.scans.items()}
        return Lent(self.local, rows, drained.kept, only_planned)


def is_of_scans(rest: ir.Table) -> bool:
    """Whether DuckDB need be lent nothing else before it runs a rest; to look takes a while."""
    return not rest.op().find(NOT_OF_SCANS)


def planned_for(table: ir.Table) -> Plan:
    """The plan of a question. Raises `Unsupported` for what nobody can look into."""
    try:
        return plan(table)
    except CannotPlan as error:
        raise Unsupported(ENGINE, f"push down {error}", "write it as ibis expressions") from error


def drain(planned: Plan, transaction: OpenTransaction) -> dict[str, Ran]:
    """The rows of all scans of a plan, those first whose keys make others smaller.

    A KeyboardInterrupt ends the scans that are under way.
    """
    began = time.perf_counter()
    reducer = Reducer(planned, lambda each: _is_small(each, transaction))
    found: dict[str, Ran] = {}
    stop = Stop()
    try:
        for stage in reducer.stages():
            found |= _together([reducer.reduced(each) for each in stage], transaction, stop)
            reducer.learn({name: ran.answer.rows for name, ran in found.items()})
    except BaseException:
        stop.set()
        raise
    tell(_queried(found, time.perf_counter() - began))
    return found


def _queried(ran: Mapping[str, Ran], seconds: float) -> Queried:
    answers = [each.answer for each in ran.values()]
    return Queried(
        ENGINE,
        rows=sum(each.rows.num_rows for each in answers),
        bytes=sum(each.bytes for each in answers),
        seconds=seconds,
        splits=sum(each.requests for each in answers),
    )


def unread(planned: Plan) -> dict[str, Ran]:
    """Every scan of a plan without a row, and nothing asked."""
    return {each.name: Ran(each, Scanned(_empty(each), 0, 0)) for each in planned.scans}


def _together(scans: list[Scan], transaction: OpenTransaction, stop: Stop) -> dict[str, Ran]:
    """Several in threads of their own; a single one in this thread, which Ctrl-C reaches."""
    if not scans:
        return {}
    if len(scans) == 1:
        return {scans[0].name: _run(scans[0], transaction, stop)}
    pool = ThreadPoolExecutor(min(len(scans), MOST_AT_ONCE), "vast-scan")
    try:
        ran = results([pool.submit(_run, each, transaction, stop) for each in scans])
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
    return {each.name: answer for each, answer in zip(scans, ran, strict=True)}


def _run(given: Scan, transaction: OpenTransaction, stop: Stop) -> Ran:
    if given.is_never:
        return Ran(given, Scanned(_empty(given), 0, 0))
    sent, cost = bounded(given, transaction, stop)
    parts = [replace(sent, pushed=part) for part in in_parts(sent.pushed)]
    answers = [scan(transaction, asked_of(part), stop) for part in parts]
    return Ran(sent, together(answers, sent.limit).and_also(cost))


def asked_of(given: Scan) -> Asked:
    """A scan of a plan in the shape that is sent."""
    table = given.table
    return Asked(
        place=place_of(table),
        columns=given.columns,
        predicate=predicate(given.pushed, unbound(table.name, table.schema)),
        limit=given.limit,
        is_narrow=_is_narrow(given),
    )


def place_of(table: ops.DatabaseTable) -> Place:
    """Where an ibis table of this engine is."""
    return Place(table.namespace.catalog, table.namespace.database, table.name)


@functools.lru_cache(maxsize=256)
def unbound(name: str, schema: ibis.Schema) -> ir.Table:
    """The columns of a table, to write conditions on."""
    return ops.UnboundTable(name=name, schema=schema).to_expr()


def _is_small(given: Scan, transaction: OpenTransaction) -> bool:
    """Whether few rows are expected, so that their keys may reduce what they are joined with."""
    if _is_narrow(given):
        return True
    stats = transaction.table(place_of(given.table)).stats
    return stats is not None and stats.num_rows <= MOST_VALUES


def _is_narrow(given: Scan) -> bool:
    return given.is_never or given.limit is not None or any(map(_narrows, given.pushed))


def _narrows(conjunct: Conjunct) -> bool:
    """Not of booleans: one of two values leaves many rows."""
    return not conjunct.dtype.is_boolean() and all(
        term.op in NARROW and len(term.values) <= MOST_NARROW for term in conjunct.terms
    )


def _empty(given: Scan) -> pa.Table:
    return given.schema.to_pyarrow().empty_table()
