"""The SQL of the verbs: what is in ``sql/``, and what must not be in it."""

from __future__ import annotations

import ibis
import pytest
import sqlglot

from tams_analytics import intervals
from tests.support import sql_lint, verb_snapshots
from tests.support.verb_snapshots import FILES, SEGMENTS


@pytest.mark.parametrize("name", [name for name in FILES if name.startswith("trino/")])
def test_trino_can_run_a_verb_and_run_it_well(name: str) -> None:
    assert [] == sql_lint.complaints(verb_snapshots.text(name))


@pytest.mark.parametrize("dialect", verb_snapshots.COMPILERS)
def test_never_is_asked_of_no_table(dialect: str) -> None:
    sql = ibis.to_sql(intervals.gaps(SEGMENTS, by="flow_id", within="()"), dialect=dialect)

    assert "FALSE" in sql.upper()


def test_the_window_stands_before_everything_else() -> None:
    sql = ibis.to_sql(intervals.coverage(SEGMENTS, by="flow_id", within="[0:5_0:9)"), "duckdb")

    assert '"start_ns" < CAST(9 AS TINYINT)' in sql or '"start_ns" < 9' in sql
    assert '"end_ns" > CAST(5 AS TINYINT)' in sql or '"end_ns" > 5' in sql


def test_duckdb_looks_twice_for_the_rows_that_overlap() -> None:
    """At all rows for the groups that have some, and then at those groups."""
    duck = ibis.duckdb.connect()
    rows = duck.create_table("segments", schema=SEGMENTS.schema())

    query = ibis.to_sql(intervals.overlaps(rows, "flow_id"), "duckdb")
    ((_, plan),) = duck.raw_sql(f"EXPLAIN {query}").fetchall()

    to_code_flows, to_name_them, to_sort_ranges, to_fetch_rows, to_know_sizes = 2, 1, 2, 1, 2
    looks = to_code_flows + to_name_them + to_sort_ranges + to_fetch_rows + to_know_sizes
    assert looks == plan.count("SEQ_SCAN")


def test_trino_which_computes_again_what_is_used_twice_sorts_all_ranges_twice() -> None:
    """Once for each side, and again those of the groups in which some overlap.

    It was twice as much: once more for each side to know which sizes there are.
    """
    sql = verb_snapshots.written(intervals.overlaps(SEGMENTS, "flow_id"), "trino")
    tree = sqlglot.parse_one(sql, dialect="trino")
    common = {each.alias: each.this for each in tree.find_all(sqlglot.exp.CTE)}

    def sorts(query: sqlglot.exp.Expression) -> int:
        own = sum(each.sql_name() == "LEAD" for each in query.find_all(sqlglot.exp.Func))
        used = [table.name for table in query.find_all(sqlglot.exp.Table) if table.name in common]
        return own + sum(map(sorts, (common[name] for name in used)))

    whole = tree.copy()
    whole.set("with_", None)
    all_ranges, those_of_few_groups = 2, 2
    assert all_ranges + those_of_few_groups == sorts(whole)
