"""Segments, and what flows and groups cover, cut to what was asked for."""

from __future__ import annotations

import ibis.expr.types as ir

from tams_analytics import intervals
from tams_analytics.intervals.islands import islands
from tams_analytics.measures.groups import by_flow, segments
from tams_analytics.measures.scope import Scope, once
from tams_analytics.queries import days
from tams_analytics.span import span


@once
def parts(scope: Scope) -> ir.Table:
    """``flow_id, object_id, start_ns, end_ns`` of `segments`, cut to ``during`` and days.

    Beside them the key of time, ``whole_start_ns`` and ``whole_end_ns``, and ``created``.
    """
    rows = segments(scope).select(
        "flow_id",
        "object_id",
        "start_ns",
        "end_ns",
        "created",
        whole_start_ns="start_ns",
        whole_end_ns="end_ns",
    )
    return by_time(scope, _within(scope, rows))


def _within(scope: Scope, rows: ir.Table) -> ir.Table:
    if scope.during is None:
        return rows
    return rows.mutate(**span.intersection(scope.during).columns())


def by_time(scope: Scope, rows: ir.Table) -> ir.Table:
    """``rows`` cut at the bounds of days, with the key of time; as they are, if none was asked."""
    keys = scope.keys_of("time")
    if not keys:
        return rows
    return days.by_period(rows, scope.periods).rename({keys[0]: days.PERIOD})


@once
def stretches(scope: Scope) -> ir.Table:
    """``flow_id, start_ns, end_ns`` of what each flow covers, cut to ``during``.

    DISTINCT changes nothing: it makes DuckDB merge once what several facts use.
    """
    rows = _within(scope, segments(scope).select("flow_id", "start_ns", "end_ns"))
    merged = intervals.merge(rows, by="flow_id")
    return merged.select("flow_id", "start_ns", "end_ns").distinct()


@once
def group_stretches(scope: Scope) -> ir.Table:
    """The same of each group of flows: time that several of its flows cover is in it once."""
    keys = scope.keys_of("flow")
    rows = by_flow(scope, stretches(scope)).select(*keys, "start_ns", "end_ns")
    if any(scope.keys[key].name == "flow" for key in keys):
        return rows
    return islands(rows, keys).select(*keys, "start_ns", "end_ns").distinct()
