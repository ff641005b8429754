"""`tams_analytics.explain` on VAST: what each scan takes, and what DuckDB does with the rows."""

from __future__ import annotations

import ibis.expr.types as ir
from ibis.backends import BaseBackend

from tams_analytics.engines.duckdb_plan import explain_duckdb
from tams_analytics.engines.explanation import Explanation
from tams_analytics.engines.explanation import Scan as Explained
from tams_analytics.engines.vast.address import SNAPSHOT
from tams_analytics.engines.vast.errors import ENGINE, translated
from tams_analytics.engines.vast.opened import OpenTransaction
from tams_analytics.engines.vast.planning import Reduction, Scan
from tams_analytics.engines.vast.running import Drained, Ran, drain, place_of, planned_for, unread


def explain_vast(backend: BaseBackend, expression: ir.Expr, run: bool) -> Explanation:
    """The explanation of an expression on VAST; ``run`` reads what it needs and counts that.

    ``estimated_rows`` is how many the table holds: an upper bound.
    """
    planned = planned_for(expression.as_table())
    with backend.con.reading() as transaction:
        most = {scan.name: _most(scan, transaction) for scan in planned.scans}
        ran = drain(planned, transaction) if run else unread(planned)
    inner = _rest(backend, Drained(planned.rest, ran))
    return Explanation(
        engine=ENGINE,
        scans=tuple(_explained(ran[name], most[name], run) for name in ran),
        local=(*inner.local, *(() if run else map(_reduced, planned.reductions))),
        sql=inner.sql,
    )


def _most(scan: Scan, transaction: OpenTransaction) -> int:
    if scan.is_never:
        return 0
    table = transaction.table(place_of(scan.table))
    with translated(f"asking how large {scan.table.name} is"):
        table.reload_stats()
    rows: int = table.stats.num_rows
    return rows if scan.limit is None else min(rows, scan.limit)


def _explained(ran: Ran, most: int, run: bool) -> Explained:
    scan, answer = ran.scan, ran.answer
    return Explained(
        table=_named(scan),
        columns=scan.columns,
        pushed=tuple(map(str, scan.pushed)) if not scan.is_never else ("false: nothing is asked",),
        refused=scan.refused,
        limit=scan.limit,
        estimated_rows=most,
        rows=answer.rows.num_rows if run else None,
        bytes=answer.bytes if run else None,
        requests=answer.requests if run else None,
    )


def _named(scan: Scan) -> str:
    """The table, and the snapshot where it is of one."""
    _bucket, _, snapshot = scan.table.namespace.catalog.partition(SNAPSHOT)
    return f"{scan.table.name} at {snapshot}" if snapshot else str(scan.table.name)


def _rest(backend: BaseBackend, drained: Drained) -> Explanation:
    with backend.runner.lent(drained.scans):
        return explain_duckdb(backend.runner.local, drained.rest, False)


def _reduced(reduction: Reduction) -> str:
    source = reduction.source if isinstance(reduction.source, str) else "a table in memory"
    return (
        f"the {reduction.source_column} of {source}, where few, go with "
        f"{reduction.target} ({reduction.target_column})"
    )
