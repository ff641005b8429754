"""`tams_analytics.explain` on VAST: what each scan takes, and what DuckDB does with the rows."""

from __future__ import annotations

from collections.abc import Iterator

import ibis.expr.types as ir
from ibis.backends import BaseBackend

from tams_analytics.engines.duckdb_plan import explain_duckdb
from tams_analytics.engines.explanation import Explanation
from tams_analytics.engines.explanation import Scan as Explained
from tams_analytics.engines.vast.address import SNAPSHOT
from tams_analytics.engines.vast.errors import ENGINE, translated
from tams_analytics.engines.vast.fences import window_start
from tams_analytics.engines.vast.opened import OpenTransaction
from tams_analytics.engines.vast.planning import Plan, Reduction, Scan
from tams_analytics.engines.vast.pushing import Conjunct
from tams_analytics.engines.vast.running import Drained, Ran, drain, place_of, planned_for, unread

NOTHING = "false: nothing is asked"
FENCE = "the fences of its flows"


def explain_vast(backend: BaseBackend, expression: ir.Expr, run: bool) -> Explanation:
    """The explanation of an expression on VAST; ``run`` reads what it needs and counts that.

    ``estimated_rows`` is how many the table holds: an upper bound.
    """
    planned = planned_for(expression.as_table())
    with backend.con.reading() as transaction:
        most = {scan.name: _most(scan, transaction) for scan in planned.scans}
        ran = drain(planned, transaction) if run else unread(planned)
    inner = _rest(backend, Drained(planned.rest, ran))
    pushed = {
        scan.name: _sent(scan, ran[scan.name], planned) if run else _to_send(scan, planned)
        for scan in planned.scans
    }
    return Explanation(
        engine=ENGINE,
        scans=tuple(_explained(ran[name], pushed[name], most[name], run) for name in ran),
        local=tuple(_local(inner)),
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


def _explained(ran: Ran, pushed: tuple[str, ...], most: int, run: bool) -> Explained:
    scan, answer = ran.scan, ran.answer
    return Explained(
        table=_named(scan),
        columns=scan.columns,
        pushed=pushed,
        refused=scan.refused,
        limit=scan.limit,
        estimated_rows=most,
        rows=answer.rows.num_rows if run else None,
        bytes=answer.bytes if run else None,
        requests=answer.requests if run else None,
    )


def _sent(scan: Scan, ran: Ran, planned: Plan) -> tuple[str, ...]:
    """The conditions that were sent, with where those come from that the plan does not have."""
    if ran.scan.is_never:
        return (NOTHING if scan.is_never else f"{NOTHING}: there is no key to ask for",)
    return tuple(
        str(each) if each in scan.pushed else f"{each} ({_why(each, scan, planned)})"
        for each in ran.scan.pushed
    )


def _why(added: Conjunct, scan: Scan, planned: Plan) -> str:
    found = [
        _keys(reduction, planned)
        for reduction in planned.reductions
        if added.is_list
        and (reduction.target, reduction.target_column) == (scan.name, added.column)
    ]
    return " or ".join(found) or FENCE


def _to_send(scan: Scan, planned: Plan) -> tuple[str, ...]:
    """The conditions that are known, and those that will be when others have been read."""
    if scan.is_never:
        return (NOTHING,)
    found = [str(each) for each in scan.pushed]
    after = window_start(scan)
    if after is not None:
        found.append(f"start_ns > {after} - max_segment_ns ({FENCE}, where known)")
    found += [
        f"{reduction.target_column} in {_keys(reduction, planned)}, where few"
        for reduction in planned.reductions
        if reduction.target == scan.name
    ]
    return tuple(found)


def _keys(reduction: Reduction, planned: Plan) -> str:
    """Whose values go with a scan."""
    tables = {scan.name: _named(scan) for scan in planned.scans}
    source = reduction.source
    named = tables[source] if isinstance(source, str) else "a table in memory"
    return f"the {reduction.source_column} of {named}"


def _named(scan: Scan) -> str:
    """The table, and the snapshot where it is of one."""
    _bucket, _, snapshot = scan.table.namespace.catalog.partition(SNAPSHOT)
    return f"{scan.table.name} at {snapshot}" if snapshot else str(scan.table.name)


def _rest(backend: BaseBackend, drained: Drained) -> Explanation:
    with backend.runner.lent(drained, only_planned=True):
        return explain_duckdb(backend.runner.local, drained.rest, False)


def _local(rest: Explanation) -> Iterator[str]:
    """What DuckDB does with the rows; what it tests while it takes them in is done here as well."""
    yield from rest.local
    for scan in rest.scans:
        if scan.pushed:
            yield f"FILTER {' AND '.join(scan.pushed)}"
