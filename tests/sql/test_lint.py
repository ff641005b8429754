"""The lint of statements for Trino: each rule bites, and what is right passes."""

from __future__ import annotations

import pytest

from tests.support import sql_lint, sql_token_lint

WRONG = [
    ("select * from a cross join b", "without an equality"),
    ("select * from a, b", "without an equality"),
    ("select * from a join b on a.start_ns < b.end_ns", "without an equality"),
    ("select * from a asof join b on a.flow_id = b.flow_id and a.start_ns >= b.start_ns", "ASOF"),
    ("select * from a where x not in (select y from b)", "NOT IN"),
    ("select floor(cast(start_ns as double) / 10) from a", "a division"),
    ("select cast(start_ns as double) / 10 from a", "a division"),
    ("select start_ns / 1000000000 from a", "a division"),
    ("select * from a where 5 < start_ns", "a bound on the left"),
    ("select * from a where 'f' = flow_id", "a bound on the left"),
    ("select * from a where cast(start_ns as bigint) < 5", "a wrapped column"),
    ("select * from a where coalesce(end_ns, 0) > 5", "a wrapped column"),
    ("select * from a where start_ns - 5 < 7", "a wrapped column"),
    ("select * from a where lower(flow_id) = 'f'", "a wrapped column"),
    ("select * from a where trim(object_id) in ('a', 'b')", "a wrapped column"),
    ("select * from a where (flow_id, object_id) in (select x, y from b)", "several columns"),
    ("select cast(body as json) from a", "a cast to JSON"),
    ("select strpos(label, 'x') from a", "not pushed"),
    ("select from_iso8601_timestamp(body) from a", "loses nanoseconds"),
    ("select from_unixtime_nanos(start_ns - (start_ns % 1000000000)) from a", "loses nanoseconds"),
    ("select * from a where label ilike 'x%'", "ILIKE"),
    ("select left(label, 3) from a", "left()"),
    ("select right(label, 3) from a", "right()"),
    ("select {'x': 1}", "a struct of braces"),
    ("select * from a left semi join b on a.x = b.x", "does not know"),
    ("select * from a left anti join b on a.x = b.x", "does not know"),
    ("select distinct on (x) y from a", "DISTINCT ON"),
    ("select * exclude (x) from a", "EXCLUDE"),
    ('select "Label" from a', "not lower case"),
    ("select label from Flows", "not lower case"),
    ("select x::bigint from a", "::"),
    ("select cast(created as timestamp) from a", "without precision"),
    ("select cast(created as timestamp)", "without precision"),
    ("select * from a limit 5 offset 5", "LIMIT stands before OFFSET"),
    ("select created - interval 1 day from a", "no text"),
    ("select x, from a", "a comma before from"),
    ("select count(x,) from a", "a comma before )"),
]
RIGHT = [
    "select * from a join b on a.flow_id = b.flow_id and a.start_ns < b.end_ns",
    "select * from a where start_ns < 5 and end_ns > 3 and flow_id = 'f' and object_id in ('a')",
    "select * from a where start_ns - created_ns > end_ns - 5",
    "select cast(created as timestamp(6)), timestamp '2026-01-01 00:00:00.000000' from a",
    "select cast(size as double) / cast(1000 as double) from a",
    "select * from (select * from a limit 5) offset 3 limit 2",
    "select created - interval '1' day from a",
    "select from_unixtime_nanos(start_ns - (start_ns - 5)) from a",
    "select x from a cross join unnest(sequence(1, 3)) as u (x)",
]


@pytest.mark.parametrize(("sql", "complaint"), WRONG)
def test_the_lint_sees(sql: str, complaint: str) -> None:
    assert any(complaint in found for found in sql_lint.complaints(sql))


@pytest.mark.parametrize("sql", RIGHT)
def test_the_lint_lets_pass(sql: str) -> None:
    assert [] == sql_lint.complaints(sql)


def test_every_rule_has_been_seen_to_bite() -> None:
    tree_rules = {rule.__name__ for rule in sql_lint.RULES}
    token_rules = {rule.__name__ for rule in sql_token_lint.RULES}
    assert (tree_rules, token_rules) == (
        {name for name in tree_rules if bites_tree(name)},
        {name for name in token_rules if bites_tokens(name)},
    )


def bites_tree(name: str) -> bool:
    rule = getattr(sql_lint, name)
    return any(list(rule(tree)) for sql, _ in WRONG for tree in sql_lint.trees(sql))


def bites_tokens(name: str) -> bool:
    rule = getattr(sql_token_lint, name)
    return any(list(rule(sql_token_lint.tokens(sql))) for sql, _ in WRONG)
