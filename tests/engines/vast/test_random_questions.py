"""A thousand random expressions, asked of a peer through the SDK, and of DuckDB directly."""

from __future__ import annotations

import functools
import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import duckdb
import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
import pytest
from ibis.backends.duckdb import Backend as DuckDB

from tams_analytics.engines.vast import lending, running
from tams_analytics.engines.vast.backend import Backend
from tams_analytics.engines.vast.planning import plan
from tams_analytics.errors import TamsError
from tests.support.plan_oracle import bag, directly
from tests.support.random_expressions import atom, data, expression
from tests.support.vast_peer import VastPeer
from tests.support.vast_stores import BUCKET, VastStores

SCHEMA = "random"
FAILURES = (TamsError, ValueError, TypeError, OverflowError, duckdb.Error)


@dataclass
class Both:
    """The same rows in DuckDB and on a peer."""

    duck: DuckDB
    vast: Backend
    tables: list[ir.Table]
    there: dict[ops.Node, ops.Node]
    known: dict[ops.Node, Counter[tuple[Any, ...]]] = field(default_factory=dict)

    def wanted(self, asked: ir.Table) -> Counter[tuple[Any, ...]]:
        """What DuckDB answers, which is asked once."""
        if asked.op() not in self.known:
            self.known[asked.op()] = bag(directly(self.duck, asked))
        return self.known[asked.op()]

    def moved(self, asked: ir.Table) -> ir.Table:
        """The same question about the tables of the peer."""
        return asked.op().replace(self.there).to_expr()


@dataclass
class Score:
    """What became of some questions."""

    wrong: list[int] = field(default_factory=list)
    failed: dict[int, str] = field(default_factory=dict)
    conditions: int = 0


@pytest.fixture(scope="module")
def both(vast_stores: VastStores) -> Iterator[Both]:
    duck = ibis.duckdb.connect(threads=1)
    for name, rows in data(random.Random(1)).items():  # noqa: S311 - no secret
        vast_stores.peer.load(BUCKET, SCHEMA, name, rows)
        duck.con.register("given", rows)
        duck.con.execute(f"CREATE TABLE {name} AS FROM given")
        duck.con.unregister("given")
    vast = ibis.connect(vast_stores.url(SCHEMA))
    tables = [duck.table(name) for name in duck.list_tables() if name.endswith("_rows")]
    tables.sort(key=lambda table: ("left_rows", "right_rows", "few_rows").index(table.get_name()))
    yield Both(duck, vast, tables, {t.op(): vast.table(t.get_name()).op() for t in tables})
    vast.disconnect()
    duck.disconnect()


Asking = Callable[[random.Random, list[ir.Table]], ir.Table]


def score(both: Both, peer: VastPeer, seeds: range, ask: Asking = expression) -> Score:
    found, mark = Score(), peer.log.mark()
    for seed in seeds:
        asked = ask(random.Random(seed), both.tables)  # noqa: S311 - no secret
        wanted = both.wanted(asked)
        try:
            answer = both.vast.to_pyarrow(both.moved(asked))
        except FAILURES as error:
            found.failed[seed] = repr(error)
            continue
        columns = [column.to_pylist() for column in answer.columns]
        if bag(list(zip(*columns, strict=True))) != wanted:
            found.wrong.append(seed)
    found.conditions = sum(bool(each.filter) for each in peer.log.since(mark))
    return found


@pytest.mark.parametrize("begin", range(0, 500, 125))
def test_a_question_has_the_answer_of_duckdb(both: Both, peer: VastPeer, begin: int) -> None:
    found = score(both, peer, range(begin, begin + 125))

    assert ([], {}) == (found.wrong, found.failed)
    assert found.conditions > 50


def filtered(rng: random.Random, tables: list[ir.Table]) -> ir.Table:
    rows = rng.choice(tables)
    return rows.filter(atom(rng, rows), atom(rng, rows))


def test_without_the_guard_some_answers_are_wrong(
    both: Both, peer: VastPeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: these questions find a guard that lets too much through."""
    found = score(both, peer, range(150), filtered)
    assert ([], {}) == (found.wrong, found.failed)

    def anything_goes(literal: Any, column: Any) -> None:
        """No guard at all."""

    monkeypatch.setattr(running, "plan", functools.partial(plan, guard=anything_goes))
    found = score(both, peer, range(150), filtered)
    assert len(found.wrong) > 2


def test_nan_is_more_than_any_number(both: Both, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in DuckDB, which would let Arrow look for it in rows that are only lent."""
    table = both.tables[0]
    asked = table.filter(table.d > 1.0).select("d")
    wanted = bag(directly(both.duck, asked))
    assert wanted["NaN",]

    def found() -> Any:
        return bag([(d,) for d in both.vast.to_pyarrow(both.moved(asked))["d"].to_pylist()])

    assert wanted == found()
    monkeypatch.setattr(lending, "_take_over", lambda cursor, name, r: cursor.register(name, r))
    assert not found()["NaN",]


def _among(rows: ir.Table, inner: ir.Table) -> ir.Table:
    return rows.filter((inner.n == rows.id).any())


def _always(rows: ir.Table) -> ir.Table:
    return rows.filter((rows.m > 0) | ibis.literal(True))


def _either(rows: ir.Table, inner: ir.Table) -> ir.Table:
    found = ((inner.m > 0) & rows.b) | ((inner.m <= 0) & ~rows.b)
    return rows.filter((inner.b.isnull() & found).any())


SAME_TABLE: dict[str, Callable[[ir.Table, ir.Table], ir.Table]] = {
    "whole": lambda t, same: _among(t, same.order_by("id")),
    "filtered": lambda t, same: _among(t, same.filter(same.m > 0)),
    "filtered alike": lambda t, same: _among(t.filter(t.m > 0), _always(same.filter(same.m > 0))),
    "with a condition on both": lambda t, same: _either(t, same.order_by("id")),
}
"""Questions about a table, with a sub-query about the same one."""


@pytest.mark.parametrize("shape", SAME_TABLE)
def test_a_sub_query_may_be_about_the_table_around_it(both: Both, shape: str) -> None:
    """What is meant: in the SQL of ibis 10.8 the two are one, but for a `view`."""
    table, ask = both.tables[0], SAME_TABLE[shape]
    found = both.vast.to_pyarrow(both.moved(ask(table, table)))

    wanted = bag(directly(both.duck, ask(table, table.view())))
    assert wanted
    assert wanted == bag(list(zip(*(each.to_pylist() for each in found.columns), strict=True)))


def test_a_sub_query_may_be_about_the_table_in_memory_around_it(both: Both) -> None:
    mine = ibis.memtable({"id": [0, 1, 2], "n": [2, 7, 0]})
    found = _among(mine, mine.order_by("id")).semi_join(both.vast.table("left_rows"), "id")

    assert [0, 2] == sorted(both.vast.to_pyarrow(found)["id"].to_pylist())
