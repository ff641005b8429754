"""How expressions are cut: for each shape its scans, as one line each."""

from __future__ import annotations

from typing import Any

import ibis
import ibis.expr.types as ir
import pytest
from ibis import _

import tams_analytics as ta
from tams_analytics.engines.vast.planning import PLACEHOLDER, CannotPlan, Plan, plan
from tams_analytics.engines.vast.planning.plan import Scan

FLOWS = ibis.table({"id": "!string", "source_id": "string", "label": "string"}, name="flows")
SEGMENTS = ibis.table(
    {"flow_id": "!string", "object_id": "string", "start_ns": "!int64", "end_ns": "!int64"},
    name="segments",
)
OBJECTS = ibis.table({"id": "string", "size": "int64", "rate": "float64"}, name="objects")
IN_X = _.flow_id == "x"
X = "flow_id == 'x'"


def line(scan: Scan) -> str:
    """A scan in one line: table, columns, what is pushed, limit."""
    parts = [f"{scan.table.name}({', '.join(scan.columns)})"]
    parts += [str(conjunct) for conjunct in scan.pushed]
    parts += [] if scan.limit is None else [f"limit {scan.limit}"]
    return "; ".join([*parts, *(["never"] if scan.is_never else [])])


def lines(expression: ir.Expr) -> list[str]:
    return [line(scan) for scan in plan(expression).scans]


ALL = "flow_id, object_id, start_ns, end_ns"
TWICE = SEGMENTS.view()

SHAPES: dict[str, tuple[ir.Expr, list[str]]] = {
    "a condition on a column that is not asked for": (
        SEGMENTS.filter(IN_X).select("object_id"),
        [f"segments(object_id); {X}"],
    ),
    "a refused one needs its column": (
        SEGMENTS.filter(_.start_ns < _.end_ns, IN_X).select("object_id"),
        [f"segments(object_id, start_ns, end_ns); {X}"],
    ),
    "only the number of rows": (SEGMENTS.filter(IN_X).count(), [f"segments(); {X}"]),
    "a condition on a computed column": (
        SEGMENTS.mutate(is_x=IN_X).filter(_.is_x, ~(_.start_ns < 5)).select("end_ns"),
        [f"segments(end_ns); {X}; start_ns >= 5"],
    ),
    "through names, order and repetition": (
        SEGMENTS.select(id="flow_id", at="start_ns").order_by("at").distinct().filter(_.id == "x"),
        [f"segments(flow_id, start_ns); {X}"],
    ),
    "a limit above what is pushed": (
        SEGMENTS.filter(IN_X).limit(3, offset=2),
        [f"segments({ALL}); {X}; limit 5"],
    ),
    "no limit above what is refused": (
        SEGMENTS.filter(_.start_ns < _.end_ns).limit(3),
        [f"segments({ALL})"],
    ),
    "no limit below an order": (SEGMENTS.order_by("start_ns").limit(3), [f"segments({ALL})"]),
    "no limit below a repetition": (
        SEGMENTS.select("flow_id").distinct().limit(3),
        ["segments(flow_id)"],
    ),
    "the smaller of two limits": (SEGMENTS.limit(3).limit(9), [f"segments({ALL}); limit 3"]),
    "nothing below limit 0": (
        SEGMENTS.group_by("flow_id").agg(n=_.count()).limit(0),
        ["segments(flow_id); never"],
    ),
    "any rows are the same rows in each use": (
        SEGMENTS.limit(3).select(at="start_ns").union(SEGMENTS.limit(3).select(at="end_ns")),
        [f"segments({ALL}); limit 3"],
    ),
    "no condition below a limit": (SEGMENTS.limit(3).filter(IN_X), [f"segments({ALL}); limit 3"]),
    "nothing is asked for false": (SEGMENTS.filter(False, IN_X), [f"segments({ALL}); never"]),
    "a group key": (
        SEGMENTS.group_by("flow_id").agg(n=_.count(), end=_.end_ns.max()).filter(IN_X).select("n"),
        [f"segments(flow_id); {X}"],
    ),
    "not what is aggregated": (
        SEGMENTS.group_by("flow_id").agg(n=_.end_ns.max()).filter(_.n > 1),
        ["segments(flow_id, end_ns)"],
    ),
    "not below an aggregate of all rows": (
        SEGMENTS.agg(n=_.count()).filter(ibis.literal(False)),
        ["segments()"],
    ),
    "the key of a window": (
        SEGMENTS.mutate(n=_.count().over(group_by="flow_id")).filter(IN_X, _.start_ns > 1),
        [f"segments({ALL}); {X}"],
    ),
    "not below a window of all rows": (
        SEGMENTS.mutate(n=ibis.row_number().over(order_by="start_ns")).filter(IN_X),
        [f"segments({ALL})"],
    ),
    "both sides of a union": (
        SEGMENTS.union(SEGMENTS.filter(_.start_ns < 5)).filter(IN_X).select("end_ns"),
        [f"segments(end_ns); {X}", f"segments(end_ns); {X}; start_ns < 5"],
    ),
    "a join: each side its own": (
        SEGMENTS.join(OBJECTS, _.object_id == OBJECTS.id)
        .filter(_.size > 9, IN_X)
        .select("start_ns"),
        [f"segments(object_id, start_ns); {X}", "objects(id); size > 9"],
    ),
    "a key goes over": (
        FLOWS.filter(_.id == "x").join(SEGMENTS, _.id == SEGMENTS.flow_id).select("end_ns"),
        ["flows(id); id == 'x'", f"segments(flow_id, end_ns); {X}"],
    ),
    "a key goes over twice": (
        FLOWS.join(SEGMENTS, _.id == SEGMENTS.flow_id)
        .join(TWICE, _.flow_id == TWICE.flow_id)
        .filter(_.id == "x")
        .select("label"),
        ["flows(id, label); id == 'x'", f"segments(flow_id); {X}"],
    ),
    "not below a window in a join": (
        SEGMENTS.join(FLOWS, SEGMENTS.flow_id == FLOWS.id)
        .select(SEGMENTS.flow_id, n=ibis.row_number().over(order_by=SEGMENTS.end_ns))
        .filter(IN_X),
        ["segments(flow_id, end_ns)", "flows(id)"],
    ),
    "not where chance decides": (
        SEGMENTS.filter(_.start_ns < 5)
        .mutate(by_chance=ibis.random())
        .filter(IN_X)
        .select("end_ns"),
        [f"segments({ALL}); start_ns < 5"],
    ),
    "a key goes over from inside a join": (
        FLOWS.filter(_.id == "x")
        .left_join(OBJECTS, _.label == OBJECTS.id)
        .select("id", "size")
        .join(SEGMENTS, _.id == SEGMENTS.flow_id)
        .select("end_ns"),
        ["flows(id, label); id == 'x'", "objects(id)", f"segments(flow_id, end_ns); {X}"],
    ),
    "a left join: the left side, and the key": (
        FLOWS.left_join(SEGMENTS, _.id == SEGMENTS.flow_id)
        .filter(_.id == "x", _.start_ns.isnull())
        .select("label"),
        ["flows(id, label); id == 'x'", f"segments(flow_id, start_ns); {X}"],
    ),
    "a left join: not the right side": (
        FLOWS.left_join(SEGMENTS, _.id == SEGMENTS.flow_id).filter(IN_X).select("label"),
        ["flows(id, label)", "segments(flow_id)"],
    ),
    "a right join: the right side": (
        FLOWS.right_join(SEGMENTS, _.id == SEGMENTS.flow_id).filter(IN_X).select("label"),
        ["flows(id, label); id == 'x'", f"segments(flow_id); {X}"],
    ),
    "an outer join: neither": (
        FLOWS.outer_join(SEGMENTS, _.id == SEGMENTS.flow_id).filter(IN_X, _.id == "x"),
        ["flows(id, source_id, label)", f"segments({ALL})"],
    ),
    "an anti join": (
        FLOWS.anti_join(SEGMENTS, [_.id == SEGMENTS.flow_id, SEGMENTS.start_ns < 5])
        .filter(_.id == "x")
        .select("label"),
        ["flows(id, label); id == 'x'", f"segments(flow_id); {X}; start_ns < 5"],
    ),
    "a table twice in the same way": (
        SEGMENTS.join(TWICE, [SEGMENTS.flow_id == TWICE.flow_id, SEGMENTS.end_ns < TWICE.start_ns])
        .filter(IN_X)
        .select("object_id"),
        [f"segments({ALL}); {X}"],
    ),
    "a query in a condition": (
        SEGMENTS.filter(_.flow_id.isin(FLOWS.filter(_.label == "news").id)).select("end_ns"),
        ["segments(flow_id, end_ns)", "flows(id); label == 'news'"],
    ),
    "a query that reads the row": (
        FLOWS.filter((SEGMENTS.filter(_.start_ns < 5).flow_id == FLOWS.id).any()).select("label"),
        ["flows(id, label)", "segments(flow_id); start_ns < 5"],
    ),
    "a number from a query": (
        SEGMENTS.filter(IN_X, _.start_ns >= SEGMENTS.filter(IN_X).start_ns.max()).select("end_ns"),
        [f"segments(start_ns, end_ns); {X}"],
    ),
    "dropped columns": (
        SEGMENTS.filter(IN_X).drop("flow_id", "start_ns"),
        [f"segments(object_id, end_ns); {X}"],
    ),
    "filled and dropped NULLs": (
        OBJECTS.fill_null({"size": 0}).drop_null("rate").filter(_.size > 1, _.id == "a"),
        ["objects(id, size, rate); id == 'a'"],
    ),
    "unnested texts": (
        OBJECTS.mutate(part=_.id.split("/"))
        .unnest("part")
        .filter(_.size > 1, _.part == "x")
        .select("part"),
        ["objects(id); size > 1"],
    ),
    "a part of another scan": (
        SEGMENTS.select("flow_id", "end_ns").union(
            SEGMENTS.filter(IN_X).select("flow_id", "end_ns")
        ),
        ["segments(flow_id, end_ns)"],
    ),
    "a scalar": (SEGMENTS.filter(IN_X).end_ns.max(), [f"segments(end_ns); {X}"]),
    "no table": (ibis.memtable({"a": [1]}).filter(_.a == 1), []),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_what_is_asked(shape: str) -> None:
    expression, asked = SHAPES[shape]

    assert lines(expression) == asked


def reductions(expression: ir.Table) -> set[str]:
    planned = plan(expression)
    tables: dict[Any, str] = {scan.name: scan.table.name for scan in planned.scans}
    return {
        f"{tables.get(each.source, 'memory')}.{each.source_column} → "
        f"{tables[each.target]}.{each.target_column}"
        for each in planned.reductions
    }


TO_SEGMENTS, TO_FLOWS = "flows.id → segments.flow_id", "segments.flow_id → flows.id"
ON_FLOW = [FLOWS.id == SEGMENTS.flow_id]
WANTED = ibis.memtable({"wanted": ["x", "y"]})
COUNTED = SEGMENTS.group_by("flow_id").agg(n=_.count())


@pytest.mark.parametrize(
    ("expression", "keys"),
    [
        (FLOWS.join(SEGMENTS, ON_FLOW), {TO_SEGMENTS, TO_FLOWS}),
        (FLOWS.left_join(SEGMENTS, ON_FLOW), {TO_SEGMENTS}),
        (FLOWS.right_join(SEGMENTS, ON_FLOW), {TO_FLOWS}),
        (FLOWS.outer_join(SEGMENTS, ON_FLOW), set()),
        (FLOWS.semi_join(SEGMENTS, ON_FLOW), {TO_SEGMENTS, TO_FLOWS}),
        (FLOWS.anti_join(SEGMENTS, ON_FLOW), {TO_SEGMENTS}),
        (FLOWS.filter(_.id.isin(SEGMENTS.flow_id)), {TO_SEGMENTS, TO_FLOWS}),
        (FLOWS.filter(_.id.notin(SEGMENTS.flow_id)), set()),
        (FLOWS.filter(_.id.isin(SEGMENTS.flow_id) | (_.label == "a")), set()),
        (
            SEGMENTS.semi_join(WANTED, _.flow_id == WANTED.wanted),
            {"memory.wanted → segments.flow_id"},
        ),
        (FLOWS.left_join(COUNTED, _.id == COUNTED.flow_id), {TO_SEGMENTS}),
        (FLOWS.limit(5).join(SEGMENTS, [_.id == SEGMENTS.flow_id]), {TO_SEGMENTS}),
        (OBJECTS.join(SEGMENTS, OBJECTS.rate == SEGMENTS.start_ns.cast("float64")), set()),
    ],
)
def test_keys_that_make_a_scan_smaller(expression: ir.Table, keys: set[str]) -> None:
    assert reductions(expression) == keys


def test_a_count_reads_one_column_of_any_value() -> None:
    planned = plan(SEGMENTS.filter(IN_X).count())

    assert planned.scans[0].schema.names == (PLACEHOLDER,)


def test_the_rest_keeps_what_was_refused_and_drops_what_was_pushed() -> None:
    rest = ibis.to_sql(plan(SEGMENTS.filter(IN_X, _.start_ns < _.end_ns)).rest, dialect="duckdb")

    assert '"start_ns" < "t0"."end_ns"' in rest
    assert "'x'" not in rest


def test_a_refusal_is_told_by_the_scan_that_it_is_about() -> None:
    joined = SEGMENTS.join(OBJECTS, _.object_id == OBJECTS.id)
    planned = plan(joined.filter(_.start_ns < _.end_ns, _.start_ns < _.size))
    segments, objects = planned.scans

    assert [str(each) for each in segments.refused] == [
        "start_ns < end_ns (compares two columns)",
        "start_ns < size (compares two columns)",
    ]
    assert objects.pushed == ()


def test_sql_inside_an_expression_cannot_be_planned() -> None:
    text = ibis.duckdb.connect().sql("SELECT 1 AS a")

    with pytest.raises(CannotPlan):
        plan(text.filter(_.a == 1))


def test_a_large_expression_is_planned_in_time() -> None:
    """Each step uses the one before twice; its uses number two to the twentieth."""
    rows = SEGMENTS.filter(IN_X)
    for step in range(20):
        rows = rows.union(rows.filter(_.start_ns > step)).filter(_.end_ns < 1000 - step)

    assert len(plan(rows).scans) < 5_000


# What the library asks


def planned_question(question: Any, tables: Any, **arguments: Any) -> Plan:
    from tams_analytics.engines.statement import Marks, arguments_of, split  # noqa: PLC0415

    shape, _values = split(question, arguments)
    return plan(question(tables, **arguments_of(question, shape, Marks())))


WINDOW = "[10:0_20:0)"
IN_WINDOW = "start_ns < 20000000000; end_ns > 10000000000"


def test_gaps_of_a_flow_need_three_columns(store: ta.Store) -> None:
    rows = store.segments.filter(_.flow_id == "x")

    assert lines(ta.gaps(rows, by="flow_id", within=WINDOW)) == [
        f"segments(flow_id, start_ns, end_ns); {X}; {IN_WINDOW}"
    ]
    assert lines(ta.gaps(rows, by="flow_id")) == [f"segments(flow_id, start_ns, end_ns); {X}"]


def test_a_window_of_a_flow_is_pushed_whole(store: ta.Store) -> None:
    rows = store.segments.filter(_.flow_id == "x", ta.span.overlaps(WINDOW))
    (scan,) = plan(rows.select("object_id")).scans

    assert line(scan) == f"segments(object_id); {X}; {IN_WINDOW}"
    assert scan.refused == ()


def test_a_listing_is_pushed_with_its_parameters(store: ta.Store) -> None:
    from tams_analytics.queries import segments  # noqa: PLC0415

    asked = {"flow_id": "x", "timerange": WINDOW, "limit": 30}
    (scan,) = planned_question(segments.listing, store._engine.tables, **asked).scans

    assert [each.column for each in scan.pushed] == ["flow_id", "start_ns", "end_ns"]
    assert all(each.parameters for each in scan.pushed)
    assert scan.refused == ()
    assert scan.limit is None


def test_no_scan_is_made_for_never(store: ta.Store) -> None:
    (scan,) = plan(store.segments.filter(ta.span.overlaps("()"))).scans

    assert scan.is_never
