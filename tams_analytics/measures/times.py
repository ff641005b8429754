"""Facts of time: what is covered, and what is missing.

Each takes a `Scope` and gives a row for each group that has something: its keys, and numbers.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
from ibis import _

from tams_analytics.intervals.islands import uncovered
from tams_analytics.intervals.rows import whole
from tams_analytics.measures.groups import by_flow, expected, expected_flows
from tams_analytics.measures.parts import by_time, group_stretches, stretches
from tams_analytics.measures.scope import Scope, total, united
from tams_analytics.span import span


def covered(scope: Scope) -> ir.Table:
    """``covered_ns`` (each nanosecond once), ``first_ns``, ``last_ns``."""
    rows = by_time(scope, group_stretches(scope))
    return rows.aggregate(
        by=scope.keys_of("flow", "time"),
        covered_ns=total(span.exact_duration),
        first_ns=_.start_ns.min(),
        last_ns=_.end_ns.max(),
    )


def due(scope: Scope) -> ir.Table:
    """``due``, 1: all of the group's part of ``during``, which has both ends, is expected of it."""
    found = expected(scope)
    rows = ibis.memtable({"only": [0]}) if found is None else found
    return rows.select(*scope.keys_of("flow", "time"), due=ibis.literal(1, "int64"))


def of_flows(scope: Scope) -> ir.Table:
    """``flow_ns``: what each flow covers, added up."""
    each = by_time(scope, stretches(scope)).aggregate(
        by=["flow_id", *scope.keys_of("time")], flow_ns=total(span.exact_duration)
    )
    keys = scope.keys_of("flow", "time")
    return by_flow(scope, each).aggregate(by=keys, flow_ns=total(_.flow_ns))


def gaps(scope: Scope) -> ir.Table:
    """``gaps``, ``gap_ns``, ``longest_gap_ns``: of what no flow of the group covers.

    Between its first and its last nanosecond, or the ends that ``during`` has.
    """
    keys = scope.keys_of("flow")
    rows = group_stretches(scope)
    found = uncovered(united([rows, *_edges(scope, rows, keys)]), keys)
    return by_time(scope, found).aggregate(
        by=scope.keys_of("flow", "time"),
        gaps=_.count(),
        gap_ns=total(span.exact_duration),
        longest_gap_ns=span.exact_duration.max(),
    )


def _edges(scope: Scope, rows: ir.Table, keys: list[str]) -> list[ir.Table]:
    """For each group an empty range at each end of ``during``: what is missing there is a gap."""
    during = scope.during
    if during is None or during.is_empty:
        return []
    ends = [end for end in (during.start_ns, during.end_ns) if end is not None]
    groups = _groups(scope, rows, keys)
    return [groups.select(*keys, start_ns=whole(end), end_ns=whole(end)) for end in ends]


def _groups(scope: Scope, rows: ir.Table, keys: list[str]) -> ir.Table:
    """Those that have something; where ``during`` has both ends, all that should have."""
    due = expected_flows(scope) if scope.is_filled else None
    if due is not None:
        return due
    if keys:
        return rows.select(*keys).distinct()
    return ibis.memtable({"only": [0]}) if scope.is_filled else rows.limit(1)
