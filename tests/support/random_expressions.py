"""Random ibis expressions over tables of any engine, for comparing what two engines make of them.

``data`` gives small tables full of corner cases, ``expression`` a question about them. The same
seed gives the same question. Answers are compared as bags: no question depends on the order of rows
that it does not ask for, on the order of a sum of floats, or on a number that leaves its type.
"""

from __future__ import annotations

import datetime as dt
import math
import random
from collections.abc import Callable, Sequence
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

SCHEMA = pa.schema(
    [
        ("id", pa.int64()),
        ("k", pa.string()),
        ("n", pa.int64()),
        ("m", pa.int32()),
        ("d", pa.float64()),
        ("b", pa.bool_()),
        ("t", pa.timestamp("us")),
        ("s", pa.string()),
    ]
)
TIMES = [dt.datetime(2026, 9, day, 12, 0, 0, day) for day in range(1, 6)]
POOLS: dict[str, list[Any]] = {
    "k": ["a", "b", "c", "d", "", None],
    "n": [0, 1, 2, 3, -1, 2**53, 2**53 + 1, 2**63 - 1, -(2**63), None],
    "m": [-3, -2, -1, 0, 1, 2, 3, 4, 5, None],
    "d": [0.0, -0.0, 0.5, 1.5, 2.0, -2.5, 2.0**53, math.nan, math.inf, -math.inf, None],
    "b": [True, False, None],
    "t": [*TIMES, None],
    "s": ["O'Neill", 'say "x"', "naïve", "Ümläut", "日本", "100%", "a_b", "", "%", "\\", None],
}
TABLES = {"left_rows": 24, "right_rows": 18, "few_rows": 5}
"""How many rows each table has."""

Tables = Sequence[ir.Table]
Step = Callable[[random.Random, ir.Table, Tables], ir.Table]


def data(rng: random.Random) -> dict[str, pa.Table]:
    """The tables; ``id`` is unique in each, all other columns repeat and are NULL at times."""
    return {name: _rows(rng, count) for name, count in TABLES.items()}


def _rows(rng: random.Random, count: int) -> pa.Table:
    columns = {name: [rng.choice(pool) for _ in range(count)] for name, pool in POOLS.items()}
    return pa.table({"id": list(range(count)), **columns}, schema=SCHEMA)


def expression(rng: random.Random, tables: Tables) -> ir.Table:
    """A question about the tables, which have the columns of `SCHEMA`."""
    rows = rng.choice(tables)
    if rng.random() < 0.4:
        rows = _filter(rng, rows, tables)
    rows = part(rng, rows, tables, rng.choice([1, 1, 2, 2, 3]))
    return rng.choice(ENDINGS)(rng, rows, tables) if rng.random() < 0.3 else rows


def part(rng: random.Random, rows: ir.Table, tables: Tables, steps: int) -> ir.Table:
    for _step in range(steps):
        rows = rng.choice(STEPS)(rng, rows, tables)
    return rows


# Conditions


def condition(rng: random.Random, rows: ir.Table, depth: int = 2) -> ir.BooleanValue:
    """A condition on ``rows``, pushable or not."""
    kind = rng.random()
    if depth and kind < 0.15:
        return condition(rng, rows, depth - 1) & condition(rng, rows, depth - 1)
    if depth and kind < 0.35:
        return condition(rng, rows, depth - 1) | condition(rng, rows, depth - 1)
    if depth and kind < 0.45:
        return ~condition(rng, rows, depth - 1)
    if kind < 0.47:
        return ibis.literal(rng.random() < 0.7)
    return atom(rng, rows)


def atom(rng: random.Random, rows: ir.Table) -> ir.BooleanValue:
    """A comparison of one column, and at times of two."""
    column = rows[rng.choice(rows.columns)]
    choices: list[Callable[[random.Random, Any, ir.Table], Any]] = [_null_test]
    for kind, more in ATOMS:
        if getattr(column.type(), f"is_{kind}")():
            choices = [*choices, *more, *more]
    return rng.choice(choices)(rng, column, rows)


def _null_test(rng: random.Random, column: Any, rows: ir.Table) -> Any:
    test = rng.choice([column.isnull, column.notnull, lambda: column.identical_to(None)])()
    return ~test if rng.random() < 0.4 else test


def _compared(rng: random.Random, column: Any, rows: ir.Table) -> Any:
    value = literal(rng, column)
    return _operator(rng)(column, value)


def _operator(rng: random.Random) -> Callable[[Any, Any], Any]:
    return rng.choice(
        [
            lambda one, other: one == other,
            lambda one, other: one != other,
            lambda one, other: one < other,
            lambda one, other: one <= other,
            lambda one, other: one > other,
            lambda one, other: one >= other,
            lambda one, other: one.identical_to(other),
        ]
    )


def _flipped(rng: random.Random, column: Any, rows: ir.Table) -> Any:
    return _operator(rng)(ibis.literal(literal(rng, column)), column)


def _between(rng: random.Random, column: Any, rows: ir.Table) -> Any:
    return column.between(literal(rng, column), literal(rng, column))


def _among(rng: random.Random, column: Any, rows: ir.Table) -> Any:
    values = [literal(rng, column) for _ in range(rng.randint(1, 4))]
    if rng.random() < 0.2:
        values.append(None)
    return column.isin(values) if rng.random() < 0.6 else column.notin(values)


def _other_column(rng: random.Random, column: Any, rows: ir.Table) -> Any:
    same = [name for name, kind in rows.schema().items() if kind == column.type()]
    return _operator(rng)(column, rows[rng.choice(same)])


def _computed(rng: random.Random, column: Any, rows: ir.Table) -> Any:
    return (column.cast("decimal(38, 0)") % 3) == rng.randint(-2, 2)


def _cast(rng: random.Random, column: Any, rows: ir.Table) -> Any:
    return _compared(rng, column.cast("int64"), rows)


def _text_test(rng: random.Random, column: Any, rows: ir.Table) -> Any:
    text = rng.choice(["", "a", "O'", "日", "Ü", "%", "_", '"', "aï", "\\"])
    return rng.choice([column.startswith, column.contains, column.endswith])(text)


def _text_computed(rng: random.Random, column: Any, rows: ir.Table) -> Any:
    made = [
        lambda: column.length() > 2,
        lambda: column.upper() == "A",
        lambda: column.like("%a%"),
    ]
    return rng.choice(made)()


def _itself(rng: random.Random, column: Any, rows: ir.Table) -> Any:
    return column if rng.random() < 0.5 else ~column


def _truth(rng: random.Random, column: Any, rows: ir.Table) -> Any:
    truth = rng.random() < 0.5
    return _operator(rng)(column, truth) if rng.random() < 0.7 else column.isin([truth])


PLAIN = [_compared, _compared, _compared, _flipped, _between, _among, _other_column]
ATOMS: list[tuple[str, list[Callable[[random.Random, Any, ir.Table], Any]]]] = [
    ("integer", [*PLAIN, _computed, _cast]),
    ("floating", PLAIN),
    ("string", [*PLAIN, _text_test, _text_test, _text_computed]),
    ("boolean", [_itself, _truth]),
    ("timestamp", PLAIN),
]
"""By the kind of a column."""

HARD = {"integer": [2.5, -0.5, 0.5, 2.0**53, 2**40, -(2**40)], "floating": [2**53 + 1, 0.1, 1]}
"""Literals that do not all fit."""


def literal(rng: random.Random, column: Any) -> Any:
    """A value to compare a column with, which its type may not hold."""
    for kind, hard in HARD.items():
        if getattr(column.type(), f"is_{kind}")() and rng.random() < 0.25:
            return rng.choice(hard)
    name = next((name for name, kind in KINDS if getattr(column.type(), f"is_{kind}")()), "k")
    if name == "s" and rng.random() < 0.5:
        name = "k"
    return rng.choice([value for value in POOLS[name] if value is not None])


KINDS = [
    ("n", "int64"),
    ("m", "integer"),
    ("d", "floating"),
    ("b", "boolean"),
    ("t", "timestamp"),
    ("s", "string"),
]


# Steps from rows to rows


def _filter(rng: random.Random, rows: ir.Table, tables: Tables) -> ir.Table:
    return rows.filter([condition(rng, rows) for _ in range(rng.randint(1, 3))])


def _pick(rng: random.Random, rows: ir.Table, tables: Tables) -> ir.Table:
    return rows.select(_some(rng, rows, 2))


def _some(rng: random.Random, rows: ir.Table, least: int) -> list[str]:
    count = rng.randint(min(least, len(rows.columns)), len(rows.columns))
    return rng.sample(list(rows.columns), count)


def _rename(rng: random.Random, rows: ir.Table, tables: Tables) -> ir.Table:
    """New names in a new order, which no two tables share."""
    mark = rng.randrange(10**6)
    names = rng.sample(list(rows.columns), min(len(rows.columns), 7))
    return rows.select(**{f"c{mark}_{place}": rows[name] for place, name in enumerate(names)})


def _drop(rng: random.Random, rows: ir.Table, tables: Tables) -> ir.Table:
    """Not by ``drop``: ibis 10.8 with sqlglot 28 compiles it to all columns (`test_upstream`)."""
    dropped = rng.choice(rows.columns)
    return rows.select([name for name in rows.columns if name != dropped] or list(rows.columns))


def _mutate(rng: random.Random, rows: ir.Table, tables: Tables) -> ir.Table:
    column = rows[rng.choice(rows.columns)]
    made: list[Callable[[], Any]] = [
        lambda: condition(rng, rows, 1),
        lambda: condition(rng, rows, 1).ifelse(1, 2).cast("int32"),
        lambda: column,
    ]
    return rows.mutate(**{f"x{rng.randrange(10**6)}": rng.choice(made)()})


def _sort(rng: random.Random, rows: ir.Table, tables: Tables) -> ir.Table:
    return rows.order_by(_some(rng, rows, 1))


def _distinct(rng: random.Random, rows: ir.Table, tables: Tables) -> ir.Table:
    return rows.select(_some(rng, rows, 1)).distinct()


def _set(rng: random.Random, rows: ir.Table, tables: Tables) -> ir.Table:
    """Two parts of the same rows, one of them with its columns in another order."""
    one, other = _filter(rng, rows, tables), _filter(rng, rows, tables)
    if rng.random() < 0.3:
        other = other.select(rng.sample(list(other.columns), len(other.columns)))
    how = rng.choice(["union", "union", "intersect", "difference"])
    return getattr(one, how)(other, distinct=rng.random() < 0.5)


def _aggregate(rng: random.Random, rows: ir.Table, tables: Tables) -> ir.Table:
    mark = rng.randrange(10**6)
    by = rng.sample(list(rows.columns), rng.randint(0, min(2, len(rows.columns))))
    metrics = {f"a{mark}_{place}": _metric(rng, rows) for place in range(rng.randint(1, 2))}
    return rows.aggregate(by=by, **metrics)


def _metric(rng: random.Random, rows: ir.Table) -> Any:
    column = rows[rng.choice(rows.columns)]
    made: list[Callable[[], Any]] = [
        rows.count,
        lambda: rows.count(where=atom(rng, rows)),
        column.count,
        column.nunique,
    ]
    if not column.type().is_boolean():
        made += [lambda: column.max(where=atom(rng, rows)), column.min]
    return rng.choice(made)()


def _window(rng: random.Random, rows: ir.Table, tables: Tables) -> ir.Table:
    by = rng.sample(list(rows.columns), rng.randint(0, 2) if len(rows.columns) > 1 else 0)
    over = ibis.window(group_by=by)
    if rng.random() < 0.4:
        made = ibis.row_number().over(ibis.window(group_by=by, order_by=_total(rows)))
    else:
        made = _metric(rng, rows).over(over)
    return rows.mutate(**{f"w{rng.randrange(10**6)}": made})


def _filter_by_window(rng: random.Random, rows: ir.Table, tables: Tables) -> ir.Table:
    """A window sees the rows that the other conditions leave."""
    by = rng.sample(list(rows.columns), rng.randint(0, 1))
    column = rows[rng.choice(rows.columns)]
    counted = rng.choice([rows.count, column.count])().over(ibis.window(group_by=by))
    more = [atom(rng, rows) for _ in range(rng.randint(0, 2))]
    return rows.filter(*more, counted > rng.randint(0, 3))


def _total(rows: ir.Table) -> list[Any]:
    return [rows[name].asc() for name in rows.columns]


def _first(rng: random.Random, rows: ir.Table, tables: Tables) -> ir.Table:
    return rows.order_by(_total(rows)).limit(rng.randint(0, 6), offset=rng.choice([0, 0, 2]))


def _join(rng: random.Random, rows: ir.Table, tables: Tables) -> ir.Table:
    """With any how, on equal columns of one type, and at times on more than that."""
    rows, other = _rename(rng, rows, tables), _other(rng, tables)
    pairs = _pairs(rows, other)
    if not pairs:
        return rows
    hows = ["inner", "inner", "left", "right", "outer", "semi", "anti"]
    on = [rows[one] == other[two] for one, two in rng.sample(pairs, rng.choice([1, 1, 2]))]
    if rng.random() < 0.3:
        on.append(atom(rng, rng.choice([rows, other])))
    joined = rows.join(other, on, how=rng.choice(hows))
    if rng.random() < 0.25:
        third = _other(rng, tables)
        more = _pairs(joined, third)
        if more:
            one, two = rng.choice(more)
            joined = joined.join(third, [joined[one] == third[two]], how=rng.choice(hows))
    if rng.random() < 0.15:  # these columns become the join's own
        one, two = rng.sample(list(joined.columns), 2)
        counted = joined[one].count().over(ibis.window(group_by=joined[two]))
        return joined.select(one, two, **{f"w{rng.randrange(10**6)}": counted})
    return joined


def _other(rng: random.Random, tables: Tables) -> ir.Table:
    """A table of names that nobody else has."""
    rows = part(rng, rng.choice(tables), tables, rng.choice([0, 0, 1]))
    return _rename(rng, rows, tables)


def _pairs(rows: ir.Table, other: ir.Table) -> list[tuple[str, str]]:
    """Columns of one type, two of them at least, or none."""
    found = [
        (one, two)
        for one, kind in rows.schema().items()
        for two, its in other.schema().items()
        if kind.copy(nullable=True) == its.copy(nullable=True) and not kind.is_decimal()
    ]
    return found if len(found) > 1 else []


def _cross(rng: random.Random, rows: ir.Table, tables: Tables) -> ir.Table:
    few = _filter(rng, tables[-1], tables).select("k", "n")
    return _rename(rng, rows, tables).cross_join(_rename(rng, few, tables))


def _self_join(rng: random.Random, rows: ir.Table, tables: Tables) -> ir.Table:
    """Pairs of a table's rows.

    SEMI and ANTI on equality alone: with an inequality too, DuckDB 1.3 gives wrong rows for some
    orders of the table.
    """
    base = rng.choice(tables).select("id", "k", "m")
    base = base.filter(atom(rng, base)) if rng.random() < 0.5 else base
    twin = base.view()
    how = rng.choice(["inner", "left", "semi", "anti"])
    more = [base.id < twin.id] if how in ("inner", "left") else []
    return base.join(twin, [base.k == twin.k, *more], how=how)


def _nearest(rng: random.Random, rows: ir.Table, tables: Tables) -> ir.Table:
    """Each row with the last of another table at or before it; ids are unique there.

    That other one is not empty: DuckDB 1.3 loses the rows of an ASOF LEFT JOIN with nothing.
    """
    one, other = (
        _filter(rng, tables[0], tables),
        tables[1].filter(tables[1].id >= rng.randint(0, 9)),
    )
    return one.select("id", "m").asof_join(other.select(id="id", their="k"), "id")


def _member(rng: random.Random, rows: ir.Table, tables: Tables) -> ir.Table:
    other = _other(rng, tables)
    pairs = _pairs(rows, other)
    if not pairs:
        return rows
    one, two = rng.choice(pairs)
    test = rows[one].isin(other[two])
    return rows.filter(test if rng.random() < 0.7 else ~test)


def _exists(rng: random.Random, rows: ir.Table, tables: Tables) -> ir.Table:
    rows, other = _rename(rng, rows, tables), _other(rng, tables)
    pairs = _pairs(rows, other)
    if not pairs:
        return rows
    one, two = rng.choice(pairs)
    test = (rows[one] == other[two]).any()
    return rows.filter(test if rng.random() < 0.6 else ~test)


def _against_scalar(rng: random.Random, rows: ir.Table, tables: Tables) -> ir.Table:
    other = _filter(rng, rng.choice(tables), tables)
    numbers = [name for name, kind in rows.schema().items() if kind.is_int32()]
    if not numbers:
        return rows
    return rows.filter(rows[rng.choice(numbers)] <= other.m.max())


def _drop_null(rng: random.Random, rows: ir.Table, tables: Tables) -> ir.Table:
    subset = None if rng.random() < 0.3 else _some(rng, rows, 1)
    return rows.drop_null(subset, how=rng.choice(["any", "all"]))


def _fill_null(rng: random.Random, rows: ir.Table, tables: Tables) -> ir.Table:
    texts = [name for name, kind in rows.schema().items() if kind.is_string()]
    numbers = [name for name, kind in rows.schema().items() if kind.is_integer()]
    filled = {**dict.fromkeys(texts[:1], "none"), **dict.fromkeys(numbers[:1], 7)}
    return rows.fill_null(filled) if filled else rows


def _unnest(rng: random.Random, rows: ir.Table, tables: Tables) -> ir.Table:
    texts = [name for name, kind in rows.schema().items() if kind.is_string()]
    if not texts:
        return rows
    name, mark = rng.choice(texts), rng.randrange(10**6)
    pieces = rows.mutate(**{f"p{mark}": rows[name].split("a")})
    if rng.random() < 0.5:
        return pieces.mutate(**{f"p{mark}": pieces[f"p{mark}"].unnest()})
    return pieces.unnest(f"p{mark}", keep_empty=rng.random() < 0.5)


def _in_memory(rng: random.Random, rows: ir.Table, tables: Tables) -> ir.Table:
    wanted = ibis.memtable(pa.table({"wanted": rng.sample(["a", "b", "c", "x"], 2)}))
    texts = [name for name, kind in rows.schema().items() if kind.is_string()]
    if not texts:
        return rows
    how = rng.choice(["inner", "left", "semi", "anti"])
    rows = _rename(rng, rows, tables)
    texts = [name for name, kind in rows.schema().items() if kind.is_string()]
    return rows.join(wanted, [rows[texts[0]] == wanted.wanted], how=how) if texts else rows


STEPS: list[Step] = [
    *[_filter] * 9,
    *[_pick, _rename, _mutate, _aggregate, _window, _join] * 2,
    *[_join, _set, _first, _drop, _sort, _distinct, _cross, _self_join, _nearest, _member],
    *[_exists, _against_scalar, _drop_null, _fill_null, _unnest, _in_memory, _filter_by_window],
]


def _count(rng: random.Random, rows: ir.Table, tables: Tables) -> ir.Table:
    return rows.aggregate(rows=rows.count())


ENDINGS: list[Step] = [_count, _first, _first]
