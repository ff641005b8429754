"""Questions planned once per shape and run with values: what `Statements` is for SQL."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import ibis.expr.operations as ops
import ibis.expr.types as ir
import pyarrow as pa

from tams_analytics.engines.engine import Question
from tams_analytics.engines.statement import (
    MOST_STATEMENTS,
    Marks,
    Shape,
    Statement,
    arguments_of,
    split,
)
from tams_analytics.engines.vast.errors import ENGINE
from tams_analytics.engines.vast.opened import OpenTransaction
from tams_analytics.engines.vast.plain import chosen, renamed
from tams_analytics.engines.vast.planning import Plan
from tams_analytics.engines.vast.pushing import NotLossless
from tams_analytics.engines.vast.running import Drained, Runner, drain, planned_for
from tams_analytics.engines.vast.seen import Seen, with_row_ids
from tams_analytics.tables import Tables


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

    def with_values(self, values: Mapping[str, Any]) -> Plan:
        """The plan of one run. Raises `NotLossless` for a value that a scan cannot take."""
        given = {self.parameters[name]: value for name, value in values.items()}
        scans = [
            replace(scan, pushed=tuple(each.with_values(given) for each in scan.pushed))
            for scan in self.plan.scans
        ]
        return replace(self.plan, scans=tuple(scans))


class Plans:
    """The plans of one engine, made when first asked for."""

    def __init__(self, runner: Runner, tables: Tables) -> None:
        self.tables = tables
        self.runner = runner
        self._kept: OrderedDict[tuple[Any, Shape], Planned] = OrderedDict()
        self._lock = threading.Lock()

    def prepare(
        self, question: Question, arguments: dict[str, Any]
    ) -> tuple[Planned, dict[str, Any]]:
        """The plan for these arguments, and the values to run it with."""
        shape, values = split(question, arguments)
        return self._planned(question, shape), values

    def ask(
        self,
        question: Question,
        arguments: dict[str, Any],
        transaction: OpenTransaction,
        seen: Seen | None = None,
    ) -> pa.Table:
        """The answer, as ``transaction`` sees the store; ``seen`` remembers which rows it was."""
        planned, values = self.prepare(question, arguments)
        try:
            ready = planned.with_values(values)
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
        found = self.runner.sql(planned.statement.sql, drained, local)
        return planned.statement.typed(found)

    def _planned(self, question: Question, shape: Shape) -> Planned:
        key = (question, shape)
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None:
                self._kept.move_to_end(key)
                return kept
        planned = self._made(question, shape)
        with self._lock:
            self._kept[key] = planned
            if len(self._kept) > MOST_STATEMENTS:
                self._kept.popitem(last=False)
        return planned

    def _made(self, question: Question, shape: Shape) -> Planned:
        marks = Marks()
        expression = question(self.tables, **arguments_of(question, shape, marks))
        made = planned_for(expression)
        whole = str(self.runner.local.compile(made.rest, params=marks.literals))
        sql, used = marks.replaced(whole)
        asked = set(expression.op().find(ops.ScalarParameter))
        marks.refuse_unused(name for name, each in marks.parameters.items() if each.op() in asked)
        statement = Statement(ENGINE, sql, expression.schema().to_pyarrow())
        return Planned(made, statement, marks.parameters, frozenset(used), renamed(made.rest))
