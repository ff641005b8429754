"""What a plan answers, without the engine that it is for: a judge of planners.

Scans are answered by a few lines of Python over rows, which read conditions as VAST's SDK sends
them: a literal is converted to the type of its column, NaN compares as the processor does, and a
limit gives any rows. The rest runs in DuckDB.
"""

from __future__ import annotations

import math
import operator
import random
from collections import Counter
from collections.abc import Mapping
from typing import Any

import duckdb
import ibis.expr.types as ir
import pyarrow as pa
from ibis.backends.duckdb import Backend

from tams_analytics.engines.vast.planning import PLACEHOLDER, Plan, Reduction, Scan
from tams_analytics.engines.vast.pushing import Conjunct, Term, isin

COMPARED = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
CONVERTED = {"integer": int, "floating": float, "string": str, "boolean": bool}


def directly(backend: Backend, expression: ir.Table) -> list[tuple[Any, ...]]:
    """The rows of an expression over tables of DuckDB itself."""
    backend._run_pre_execute_hooks(expression)
    return backend.con.execute(str(backend.compile(expression))).fetchall()


class NotConverted(Exception):
    """The SDK fails to convert a literal: nothing that was pushed may come so far."""


class Answering:
    """A plan at work: scans are answered in any order, each reduced by those before it."""

    def __init__(self, plan: Plan, tables: Mapping[str, pa.Table], rng: random.Random) -> None:
        self.plan = plan
        self.drained: dict[str, pa.Table] = {}
        self.asked_rows = 0
        self._rng = rng
        for scan in rng.sample(plan.scans, len(plan.scans)):
            self.drained[scan.name] = self._rows(scan, tables[scan.table.name])

    def _rows(self, scan: Scan, table: pa.Table) -> pa.Table:
        conjuncts = [*scan.pushed, *self._reduced(scan)]
        places = [] if scan.is_never else _fulfilling(table, conjuncts)
        self._rng.shuffle(places)
        if scan.limit is not None:
            places = places[: scan.limit]
        self.asked_rows += len(places)
        if not scan.columns:
            return pa.table({PLACEHOLDER: pa.array([0] * len(places), pa.int8())})
        return table.select(scan.columns).take(pa.array(places, pa.int64()))

    def _reduced(self, scan: Scan) -> list[Conjunct]:
        found = []
        for reduction in self.plan.reductions:
            keys = self._keys(reduction) if reduction.target == scan.name else None
            if keys is not None:
                column = reduction.target_column
                conjunct = isin(column, scan.table.schema[column], keys)
                assert conjunct is not None or not set(keys) - {None}
                never = Conjunct(column, (), scan.table.schema[column])
                found.append(conjunct or never)
        return found

    def _keys(self, reduction: Reduction) -> list[Any] | None:
        """None: its source is not there yet."""
        if not isinstance(reduction.source, str):
            table = reduction.source.data.to_pyarrow(reduction.source.schema)
        elif reduction.source in self.drained:
            table = self.drained[reduction.source]
        else:
            return None
        keys: list[Any] = table[reduction.source_column].to_pylist()
        return keys

    def answer(self, backend: Backend) -> list[tuple[Any, ...]]:
        """The rows of the rest."""
        tables = {name for name, rows in self.drained.items() if _has_floats(rows)}
        for name, rows in self.drained.items():
            backend.con.register(f"{name}_drained" if name in tables else name, rows)
        for name in tables:  # DuckDB lets Arrow filter Arrow tables, to which NaN is not more
            backend.con.execute(f"CREATE TEMP TABLE {name} AS FROM {name}_drained")
        try:
            return directly(backend, self.plan.rest)
        finally:
            for name in self.drained:
                backend.con.unregister(f"{name}_drained" if name in tables else name)
            for name in tables:
                backend.con.execute(f"DROP TABLE {name}")


def _has_floats(rows: pa.Table) -> bool:
    return any(map(pa.types.is_floating, rows.schema.types))


def _fulfilling(table: pa.Table, conjuncts: list[Conjunct]) -> list[int]:
    columns = {each.column: table[each.column].to_pylist() for each in conjuncts}
    return [
        place
        for place in range(table.num_rows)
        if all(fulfils(each, columns[each.column][place]) for each in conjuncts)
    ]


def fulfils(conjunct: Conjunct, value: Any) -> bool:
    """A row with this value passes the conjunct."""
    return any(_is_true(term, value, conjunct) for term in conjunct.terms)


def _is_true(term: Term, value: Any, conjunct: Conjunct) -> bool:
    if term.op in ("isnull", "notnull"):
        return (value is None) == (term.op == "isnull")
    if value is None:
        return False
    values = [converted(each, conjunct) for each in term.values]
    if term.op == "isin":
        return value in values
    if term.op in COMPARED:
        return bool(COMPARED[term.op](_ordered(value), _ordered(values[0])))
    return value.startswith(values[0]) if term.op == "startswith" else values[0] in value


def converted(literal: Any, conjunct: Conjunct) -> Any:
    """What the SDK makes of a literal, whether that is the same or not. Raises `NotConverted`."""
    for kind, convert in CONVERTED.items():
        if getattr(conjunct.dtype, f"is_{kind}")():
            try:
                return convert(literal)
            except (ValueError, OverflowError) as error:
                raise NotConverted(str(literal)) from error
    return literal


def _ordered(value: Any) -> Any:
    return value.encode() if isinstance(value, str) else value


def bag(rows: list[tuple[Any, ...]]) -> Counter[tuple[Any, ...]]:
    """Rows in no order; NaN is NaN, and minus zero is zero."""
    return Counter(tuple(_same(value) for value in row) for row in rows)


def in_order(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return [tuple(_same(value) for value in row) for row in rows]


def _same(value: Any) -> Any:
    if isinstance(value, float):
        return "NaN" if math.isnan(value) else value + 0.0
    return tuple(value) if isinstance(value, list) else value


__all__ = ["Answering", "bag", "directly", "duckdb", "in_order"]
