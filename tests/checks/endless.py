"""Three checks, of which the second one would take days."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
from ibis import _

from tams_analytics.checks import Check, Scope
from tams_analytics.engines.rows import now
from tams_analytics.store import Store
from tams_analytics.writes import collecting

ENOUGH_S = 2.0
"""For a short question; the other would take days."""


def none(scope: Scope) -> ir.Table:
    return scope.tables.flows.filter(_.id == "").mutate(detail=_.id)


def endless(scope: Scope) -> ir.Table:
    ends = scope.tables.segments.end_ns
    rows = [scope.tables.segments.select(**{name: ends.cast("float64")}) for name in "abc"]
    pairs = rows[0].cross_join(rows[1]).cross_join(rows[2])
    found = pairs.filter((_.a * _.b + _.c).sin() > 2)
    return found.select(id=ibis.literal("x"), detail=ibis.literal("y"))


def check(id: str, rows: object) -> Check:
    return Check(id, "error", "flows", "", "", "", rows)  # type: ignore[arg-type]


CHECKS = [check("first", none), check("endless", endless), check("last", none)]


def scope_of(store: Store) -> Scope:
    return Scope(store.tables, collecting.until(store.settings, now()))
