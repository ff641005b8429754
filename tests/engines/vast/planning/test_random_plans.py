"""Hundreds of random expressions: a plan gives what DuckDB gives when it is asked directly.

Here scans answer in any order and any rows of a limit; ``test_random_questions`` asks a peer about
thousands.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
import pyarrow as pa
import pytest
from ibis.backends.duckdb import Backend

from tams_analytics.engines.vast.planning import plan
from tams_analytics.engines.vast.pushing import Guard, NotLossless, lossless
from tests.support.plan_oracle import Answering, NotConverted, bag, directly
from tests.support.random_expressions import atom, data, expression


@dataclass
class Database:
    """One database, and the same rows outside of it."""

    backend: Backend
    rows: dict[str, pa.Table]
    tables: list[ir.Table]
    known: dict[ops.Node, Counter[tuple[Any, ...]]] = field(default_factory=dict)

    def wanted(self, asked: ir.Table) -> Counter[tuple[Any, ...]]:
        """What the database answers, which is asked once."""
        if asked.op() not in self.known:
            self.known[asked.op()] = bag(directly(self.backend, asked))
        return self.known[asked.op()]


@dataclass
class Score:
    """What became of some expressions."""

    count: int = 0
    wrong: list[Any] = field(default_factory=list)
    pushing: int = 0
    reducing: int = 0


@pytest.fixture(scope="module")
def database() -> Iterator[Database]:
    backend = ibis.duckdb.connect(threads=1)
    rows = data(random.Random(1))  # noqa: S311 - no secret
    for name, table in rows.items():
        backend.con.register("given", table)
        backend.con.execute(f"CREATE TABLE {name} AS FROM given")
        backend.con.unregister("given")
    yield Database(backend, rows, [backend.table(name) for name in rows])
    backend.disconnect()


Asking = Callable[[random.Random, list[ir.Table]], ir.Table]


def score(
    database: Database,
    seeds: range,
    guard: Guard = lossless,
    ask: Asking = expression,
) -> Score:
    found = Score()
    for seed in seeds:
        rng = random.Random(seed)  # noqa: S311 - no secret
        asked = ask(rng, database.tables)
        planned = plan(asked, guard)
        wanted = database.wanted(asked)
        found.count += 1
        found.pushing += any(scan.pushed or scan.is_never for scan in planned.scans)
        found.reducing += bool(planned.reductions)
        try:
            answered = bag(Answering(planned, database.rows, rng).answer(database.backend))
        except NotConverted:
            answered = None
        if answered != wanted or planned.rest.schema().names != asked.schema().names:
            found.wrong.append(seed)
    return found


def test_a_plan_gives_what_the_expression_gives(database: Database) -> None:
    """Other expressions than those that `test_random_questions` asks the peer."""
    found = score(database, range(2_000, 2_250))

    assert found.wrong == []
    assert found.pushing > found.count / 2
    assert found.reducing > found.count / 20


def with_parameters(asked: ir.Table) -> tuple[ir.Table, dict[ir.Scalar, Any]]:
    """``asked`` with parameters for its literals, and their values."""
    values: dict[ir.Scalar, Any] = {}
    instead = {}
    for literal in asked.op().find(ops.Literal):
        if literal.value is not None and not literal.dtype.is_boolean():
            parameter = ibis.param(literal.dtype)
            values[parameter] = literal.value
            instead[literal] = parameter.op()
    return asked.op().replace(instead).to_expr(), values


def test_a_plan_made_once_takes_any_values(database: Database) -> None:
    """Parameters get their values after the plan is made, or it is said that they do not fit."""
    kept = refused = 0
    for seed in range(150):
        rng = random.Random(seed)  # noqa: S311 - no secret
        asked = filtered(rng, database.tables)
        shape, values = with_parameters(asked)
        planned = plan(shape)
        try:
            scans = [
                replace(scan, pushed=tuple(each.with_values(values) for each in scan.pushed))
                for scan in planned.scans
            ]
        except NotLossless:
            refused += 1
            continue
        rest = planned.rest.op().replace({p.op(): literal(p, v) for p, v in values.items()})
        run = replace(planned, scans=tuple(scans), rest=rest.to_expr())
        answered = Answering(run, database.rows, rng).answer(database.backend)
        assert bag(answered) == database.wanted(asked)
        kept += any(scan.pushed for scan in scans)

    assert kept > 30
    assert refused > 3


def literal(parameter: ir.Scalar, value: Any) -> ops.Literal:
    return ops.Literal(value, dtype=parameter.type())


def filtered(rng: random.Random, tables: list[ir.Table]) -> ir.Table:
    rows = rng.choice(tables)
    return rows.filter(atom(rng, rows), atom(rng, rows))


def anything_goes(literal: Any, column: Any) -> None:
    """No guard at all."""


def test_without_the_guard_some_answers_are_wrong(database: Database) -> None:
    """The negative control: these filters find a guard that lets too much through."""
    assert score(database, range(300), ask=filtered).wrong == []
    assert len(score(database, range(300), anything_goes, ask=filtered).wrong) > 5
