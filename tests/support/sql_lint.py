"""What Trino would run slowly, wrongly or not at all, found in the tree of a statement."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import sqlglot
from sqlglot import exp

TIME_COLUMNS = {"start_ns", "end_ns"}
FORBIDDEN_FUNCTIONS = {"FROM_UNIXTIME_NANOS", "FROM_ISO8601_TIMESTAMP", "STRPOS"}


def complaints(sql: str) -> list[str]:
    """One sentence for each thing in ``sql`` that has no place in a statement for Trino."""
    tree = sqlglot.parse_one(sql, dialect="trino")
    return [complaint for rule in RULES for complaint in rule(tree)]


def cross_joins(tree: exp.Expression) -> Iterator[str]:
    """A join without an equality. Unnesting an array is written as a cross join, and is none."""
    for join in tree.find_all(exp.Join):
        if isinstance(join.this, exp.Unnest) or _unnests(join):
            continue
        on = join.args.get("on")
        if not join.args.get("using") and (on is None or not list(on.find_all(exp.EQ))):
            yield f"a join without an equality: {_short(join)}"


def asof_joins(tree: exp.Expression) -> Iterator[str]:
    for join in tree.find_all(exp.Join):
        if join.args.get("method") == "ASOF":
            yield f"an ASOF join: {_short(join)}"


def divisions(tree: exp.Expression) -> Iterator[str]:
    """Only doubles are divided: nanoseconds beyond 2**53 do not survive it."""
    for division in tree.find_all(exp.Div, exp.IntDiv, exp.Floor):
        casts = [side for side in (division.this, division.expression) if side]
        if isinstance(division, exp.Div) and all(map(_is_double, casts)):
            continue
        yield f"a division: {_short(division)}"


def subqueries_not_in(tree: exp.Expression) -> Iterator[str]:
    for found in tree.find_all(exp.In):
        if found.args.get("query") and isinstance(found.parent, exp.Not):
            yield f"NOT IN a query: {_short(found)}"


def functions(tree: exp.Expression) -> Iterator[str]:
    for function in tree.find_all(exp.Func):
        if function.sql_name().upper() in FORBIDDEN_FUNCTIONS:
            yield f"a function that loses nanoseconds or is not pushed: {_short(function)}"


def bounds(tree: exp.Expression) -> Iterator[str]:
    """A literal stands on the right of the bare column that it bounds."""
    for comparison in tree.find_all(exp.GT, exp.GTE, exp.LT, exp.LTE):
        if isinstance(comparison.this, exp.Literal) and _is_time(comparison.expression):
            yield f"a bound on the left: {_short(comparison)}"
        if comparison.find_ancestor(exp.Where) and _is_wrapped_time(comparison.this):
            yield f"a bound on a wrapped column: {_short(comparison)}"


RULES: tuple[Callable[[exp.Expression], Iterator[str]], ...] = (
    cross_joins,
    asof_joins,
    divisions,
    subqueries_not_in,
    functions,
    bounds,
)


def _unnests(join: exp.Join) -> bool:
    return isinstance(join.this, exp.Lateral) or join.this.find(exp.Unnest) is not None


def _is_double(side: exp.Expression) -> bool:
    side = side.unnest()
    if isinstance(side, exp.Cast):
        return side.is_type("double")
    return isinstance(side, exp.Anonymous | exp.Nullif) and _is_double(side.this)


def _is_time(side: exp.Expression) -> bool:
    return isinstance(side, exp.Column) and side.name in TIME_COLUMNS


def _is_wrapped_time(side: exp.Expression) -> bool:
    return isinstance(side, exp.Func) and any(map(_is_time, side.find_all(exp.Column)))


def _short(node: exp.Expression) -> str:
    return node.sql(dialect="trino")[:200]
