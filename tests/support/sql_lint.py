"""What Trino would run slowly, wrongly or not at all, found in the tree of a statement."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import sqlglot
from sqlglot import exp

from tests.support import sql_token_lint

TIME_COLUMNS = {"start_ns", "end_ns"}
BOUND_COLUMNS = TIME_COLUMNS | {"flow_id", "object_id"}
LOSSY: tuple[type[exp.Expression], ...] = (exp.FromISO8601Timestamp, exp.StrPosition)
FOREIGN: dict[type[exp.Expression], str] = {
    exp.ILike: "ILIKE",
    exp.Left: "left()",
    exp.Right: "right()",
    exp.Struct: "a struct of braces",
}


def complaints(sql: str) -> list[str]:
    """One sentence for each thing in ``sql`` that has no place in a statement for Trino."""
    said = [complaint for tree in trees(sql) for rule in RULES for complaint in rule(tree)]
    return said + sql_token_lint.complaints(sql)


def trees(sql: str) -> list[exp.Expression]:
    """One for each statement."""
    return [tree for tree in sqlglot.parse(sql, dialect="trino") if tree is not None]


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
    for function in tree.find_all(*LOSSY):
        yield f"a function that loses nanoseconds or is not pushed: {_short(function)}"
    for function in tree.find_all(exp.Anonymous):
        if function.name.upper() == "FROM_UNIXTIME_NANOS" and _is_cut(function.expressions[0]):
            yield f"a function that loses nanoseconds or is not pushed: {_short(function)}"


def json_casts(tree: exp.Expression) -> Iterator[str]:
    """They make a JSON string of a text, and parse none."""
    for cast in tree.find_all(exp.Cast):
        if cast.is_type("json"):
            yield f"a cast to JSON: {_short(cast)}"


def foreign_words(tree: exp.Expression) -> Iterator[str]:
    """What sqlglot reads, and Trino refuses."""
    for kind, name in FOREIGN.items():
        yield from (f"{name}: {_short(found)}" for found in tree.find_all(kind))
    for join in tree.find_all(exp.Join):
        if join.args.get("kind") in {"SEMI", "ANTI"}:
            yield f"a join that Trino does not know: {_short(join)}"
    for distinct in tree.find_all(exp.Distinct):
        if distinct.args.get("on"):
            yield f"DISTINCT ON: {_short(distinct)}"
    for star in tree.find_all(exp.Star):
        if star.args.get("except_"):
            yield f"EXCLUDE: {_short(star)}"


def mixed_case(tree: exp.Expression) -> Iterator[str]:
    """Trino folds names, and VAST's connector passes them on as they then are."""
    for identifier in tree.find_all(exp.Identifier):
        if identifier.name != identifier.name.lower():
            yield f"a name that is not lower case: {identifier.name}"


def bounds(tree: exp.Expression) -> Iterator[str]:
    """A literal stands on the right of the bare column that it bounds."""
    for comparison in tree.find_all(exp.GT, exp.GTE, exp.LT, exp.LTE, exp.EQ):
        if isinstance(comparison.this, exp.Literal) and _is_bound(comparison.expression):
            yield f"a bound on the left: {_short(comparison)}"
        if comparison.find_ancestor(exp.Where) and _is_wrapped(comparison.this):
            yield f"a bound on a wrapped column: {_short(comparison)}"
    for found in tree.find_all(exp.In, exp.Between):
        if found.find_ancestor(exp.Where) and _is_wrapped(found.this):
            yield f"a bound on a wrapped column: {_short(found)}"
        if isinstance(found.this, exp.Tuple):
            yield f"a bound on several columns: {_short(found)}"


RULES: tuple[Callable[[exp.Expression], Iterator[str]], ...] = (
    cross_joins,
    asof_joins,
    divisions,
    subqueries_not_in,
    functions,
    json_casts,
    foreign_words,
    mixed_case,
    bounds,
)


def _unnests(join: exp.Join) -> bool:
    return isinstance(join.this, exp.Lateral) or join.this.find(exp.Unnest) is not None


def _is_double(side: exp.Expression) -> bool:
    side = side.unnest()
    if isinstance(side, exp.Cast):
        return side.is_type("double")
    return isinstance(side, exp.Anonymous | exp.Nullif) and _is_double(side.this)


def _is_cut(nanoseconds: exp.Expression) -> bool:
    """``x - x % 1000000000``, as ibis 10.8 writes a timestamp of nanoseconds: whole seconds."""
    cut = nanoseconds.unnest()
    return isinstance(cut, exp.Sub) and isinstance(cut.expression.unnest(), exp.Mod)


def _is_bound(side: exp.Expression) -> bool:
    return isinstance(side, exp.Column) and side.name in BOUND_COLUMNS


def _is_wrapped(side: exp.Expression) -> bool:
    side = side.unnest()
    is_computed = isinstance(side, exp.Add | exp.Sub | exp.Mul) and _of_literal(side)
    wrapped = isinstance(side, exp.Func | exp.Tuple) or is_computed
    return wrapped and any(map(_is_bound, side.find_all(exp.Column)))


def _of_literal(computed: exp.Binary) -> bool:
    """Of a column and a number: the number belongs on the other side."""
    return any(
        isinstance(side.unnest(), exp.Literal) for side in (computed.this, computed.expression)
    )


def _short(node: exp.Expression) -> str:
    return node.sql(dialect="trino")[:200]
