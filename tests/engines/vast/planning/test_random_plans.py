"""Thousands of random expressions: a plan gives what DuckDB gives when it is asked directly."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pytest
from ibis.backends.duckdb import Backend

from tams_analytics.engines.vast.planning import plan
from tams_analytics.engines.vast.pushing import Guard, lossless
from tests.support.plan_oracle import Answering, bag, directly
from tests.support.random_expressions import data, expression


@dataclass
class Database:
    """One database, and the same rows outside of it."""

    backend: Backend
    rows: dict[str, pa.Table]
    tables: list[ir.Table]


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


def score(database: Database, seeds: range, guard: Guard = lossless) -> Score:
    found = Score()
    for seed in seeds:
        rng = random.Random(seed)  # noqa: S311 - no secret
        asked = expression(rng, database.tables)
        planned = plan(asked, guard)
        wanted = bag(directly(database.backend, asked))
        answered = Answering(planned, database.rows, rng).answer(database.backend)
        found.count += 1
        found.pushing += any(scan.pushed or scan.is_never for scan in planned.scans)
        found.reducing += bool(planned.reductions)
        if bag(answered) != wanted or planned.rest.schema().names != asked.schema().names:
            found.wrong.append(seed)
    return found


@pytest.mark.parametrize("begin", [0, 500, 1000, 1500])
def test_a_plan_gives_what_the_expression_gives(database: Database, begin: int) -> None:
    found = score(database, range(begin, begin + 500))

    assert found.wrong == []
    assert found.pushing > found.count / 2
    assert found.reducing > found.count / 20


def test_without_the_guard_some_answers_are_wrong(database: Database) -> None:
    """The negative control: these expressions would find a guard that lets too much through."""
    wrong = 0
    for seed in range(150):
        try:
            wrong += bool(score(database, range(seed, seed + 1), lambda literal, kind: None).wrong)
        except (ValueError, OverflowError, TypeError):  # NaN or 2**63 in the column's type
            wrong += 1

    assert wrong > 3
