"""Questions planned once per shape, for all stores of the process, and run with values."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import ibis.expr.operations as ops
import ibis.expr.types as ir
import pyarrow as pa

from tams_analytics.engines.engine import Question
from tams_analytics.engines.statement import (
    DEFINED,
    MOST_STATEMENTS,
    Shape,
    Statement,
    marked,
    split,
)
from tams_analytics.engines.vast.errors import ENGINE
from tams_analytics.engines.vast.opened import OpenTransaction
from tams_analytics.engines.vast.plain import chosen, renamed
from tams_analytics.engines.vast.planning import Plan
from tams_analytics.engines.vast.pushing import NotLossless
from tams_analytics.engines.vast.running import Drained, Runner, drain, is_of_scans, planned_for
from tams_analytics.engines.vast.seen import Seen, with_row_ids
from tams_analytics.tables import TABLES, Tables


@dataclass(frozen=True)
class Planned:
    """A plan whose scans take parameters, and the SQL of what DuckDB does after them."""

    plan: Plan
    statement: Statement
    parameters: Mapping[str, ir.Scalar]
    used: frozenset[str]
    """The names of the parameters that stand in the SQL; the others went with the scans."""
    plain: Mapping[str, str] | None
    """What `renamed` says of the rest."""
    is_of_scans: bool
    """What `is_of_scans` says of it."""

    def of(
        self, tables: Mapping[ops.Relation, ops.DatabaseTable], values: Mapping[str, Any]
    ) -> Plan:
        """The plan of one run: of these tables, each in the place of the one that was planned.

        Raises `NotLossless` for a value that a scan cannot take.
        """
        given = {self.parameters[name]: value for name, value in values.items()}
        scans = [
            replace(
                scan,
                table=tables.get(scan.table, scan.table),
                pushed=tuple(each.with_values(given) for each in scan.pushed),
            )
            for scan in self.plan.scans
        ]
        return replace(self.plan, scans=tuple(scans))


class Plans:
    """Plans, run on one store."""

    def __init__(self, runner: Runner, tables: Tables) -> None:
        self.tables = tables
        self.runner = runner
        self._there = {
            getattr(DEFINED, each.name).op(): getattr(tables, each.name).op() for each in TABLES
        }

    def ask(
        self,
        question: Question,
        arguments: dict[str, Any],
        transaction: OpenTransaction,
        seen: Seen | None = None,
    ) -> pa.Table:
        """The answer, as ``transaction`` sees the store; ``seen`` remembers which rows it was."""
        planned, values = prepare(question, arguments)
        try:
            ready = planned.of(self._there, values)
            if planned.plain is not None and seen is not None:
                ready = with_row_ids(ready)
            scans = drain(ready, transaction)
        except NotLossless:
            drained = self.runner.drained(question(self.tables, **arguments), transaction)
            return planned.statement.typed(self.runner.arrow(drained))
        if planned.plain is not None:
            (ran,) = scans.values()
            if seen is not None:
                seen.remember(ran)
            return chosen(ran.answer.rows, planned.plain, planned.statement.schema)
        local = {name: value for name, value in values.items() if name in planned.used}
        drained = Drained(planned.plan.rest, scans)
        found = self.runner.sql(planned.statement.sql, drained, local, is_ready=planned.is_of_scans)
        return planned.statement.typed(found)


def prepare(question: Question, arguments: dict[str, Any]) -> tuple[Planned, dict[str, Any]]:
    """The plan for these arguments, and the values to run it with."""
    shape, values = split(question, arguments, for_plan=True)
    return plan_once(question, shape), values


@functools.lru_cache(maxsize=MOST_STATEMENTS)
def plan_once(question: Question, shape: Shape) -> Planned:
    """Ask the question with parameters where values will be, and plan the answer."""
    expression, marks = marked(question, shape)
    made = planned_for(expression)
    sql, used = marks.compiled(made.rest)
    asked = set(expression.op().find(ops.ScalarParameter))
    marks.refuse_unused(name for name, each in marks.parameters.items() if each.op() in asked)
    statement = Statement(ENGINE, sql, expression.schema().to_pyarrow())
    rest = made.rest
    names = frozenset(used)
    return Planned(made, statement, marks.parameters, names, renamed(rest), is_of_scans(rest))
