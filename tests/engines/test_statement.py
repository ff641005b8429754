"""A question is compiled once per shape and run with values."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import ibis.expr.types as ir
import pyarrow as pa
import pytest
from ibis import _

import tams_analytics as ta
from tams_analytics.engines import statement
from tams_analytics.engines.statement import split
from tams_analytics.engines.vast import plans
from tams_analytics.errors import BadParameter, BadTimeRange, EngineFailed
from tams_analytics.queries import analytics, flows, objects, segments
from tams_analytics.span import Ids, Limit, Number, Text
from tams_analytics.tables import Tables


def chosen(
    tables: Tables, *, flow_ids: Text = None, above: Number = None, limit: int | None = None
) -> ir.Table:
    rows = tables.segments
    if flow_ids is not None:
        rows = rows.filter(_.flow_id.isin(flow_ids))
    if above is not None:
        rows = rows.filter(_.start_ns > above)
    return rows if limit is None else rows.limit(limit)


@pytest.mark.parametrize("prepare", [statement.prepare, plans.prepare])
def test_values_differ_and_the_statement_stays_the_same(prepare: Any) -> None:
    first, values = prepare(segments.listing, {"flow_id": "a", "timerange": "[0:0_1:0)"})
    second, others = prepare(segments.listing, {"flow_id": "b", "timerange": "[2:0_3:0)"})

    assert first is second
    assert values == {"flow_id": "a", "timerange_start": 0, "timerange_end": 1_000_000_000}
    assert others["flow_id"] == "b"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"flow_id": "a"}, {"flow_id": "a", "timerange": "[0:0_"}),
        ({"flow_id": "a", "timerange": "_0:0)"}, {"flow_id": "a", "timerange": "[0:0_"}),
        ({"flow_id": "a", "timerange": "()"}, {"flow_id": "a", "timerange": "_"}),
        ({"flow_id": "a"}, {"flow_id": "a", "limit": 2}),
        ({"flow_id": "a"}, {"flow_id": "a", "reverse": True}),
    ],
)
def test_another_shape_is_another_statement(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert split(segments.listing, one)[0] != split(segments.listing, other)[0]


def test_limits_share_a_statement_that_still_keeps_only_the_first_rows() -> None:
    """Each client asks for pages of its own length; sorting all rows would take long."""
    with ta.connect(":memory:") as store:
        ids = [f"{at:08x}-0000-4000-8000-000000000000" for at in range(9)]
        for id in ids:
            store.writes.put_flow(
                {"id": id, "source_id": id, "format": "urn:x-nmos:format:multi", "label": id}
            )
        one, values = statement.prepare(flows.listing, {"sort_by": "label", "limit": 3})
        other, _values = statement.prepare(flows.listing, {"sort_by": "label", "limit": 5})
        con = store.segments.get_backend().con
        plan = con.execute(f"EXPLAIN {one.sql}", values).fetchall()[0][1]
        found = [
            store.ask(flows.listing, sort_by="label", limit=limit)["id"].to_pylist()
            for limit in (0, 3, 5, 100)
        ]

    assert one is other
    assert "TOP_N" in plan
    assert found == [[], ids[:3], ids[:5], ids]


def test_on_a_cluster_a_limit_is_part_of_the_plan() -> None:
    """Its scans are told how many rows are enough."""
    three, values = plans.prepare(segments.listing, {"flow_id": "a", "limit": 3})
    five, _values = plans.prepare(segments.listing, {"flow_id": "a", "limit": 5})

    assert three is not five
    assert values == {"flow_id": "a"}


def test_any_number_of_ids_is_one_value_by_which_an_index_finds_rows(tmp_path: Path) -> None:
    """Handing over 512 parameters took twice as long as finding their rows."""
    two, values = statement.prepare(objects.by_ids, {"ids": ["a", "b"]})
    many, _values = statement.prepare(objects.by_ids, {"ids": [f"o{at}" for at in range(512)]})
    with ta.connect(tmp_path / "x.duckdb") as store:
        rows = pa.table({"id": [f"o{at}" for at in range(100_000)]})
        store.writes.load("objects", rows)
        con = store.segments.get_backend().con
        plan = con.execute(f"EXPLAIN ANALYZE {two.sql}", {"ids": ["o1", "o7"]}).fetchall()[0][1]
        found = [
            sorted(store.ask(objects.by_ids, ids=ids)["id"].to_pylist())
            for ids in ([], ["o5"], ["o7", "o5", "x", "o7"])
        ]

    assert two is many
    assert values == {"ids": ["a", "b"]}
    assert "Index Scan" in plan
    assert found == [[], ["o5"], ["o5", "o7"]]


@pytest.mark.parametrize(
    ("ids", "problem"), [("abc", "no list"), (["a", 5], "no string"), (["a", "b\0"], "NUL")]
)
def test_ids_are_a_list_of_texts(store: ta.Store, ids: Any, problem: str) -> None:
    with pytest.raises(BadParameter, match=problem):
        store.ask(objects.by_ids, ids=ids)


def test_a_list_of_values_is_a_shape_of_its_length() -> None:
    two, values = split(chosen, {"flow_ids": ["a", "b"]})
    three, _values = split(chosen, {"flow_ids": ["a", "b", "c"]})

    assert two != three
    assert values == {"flow_ids_0": "a", "flow_ids_1": "b"}


def test_a_value_that_looks_like_sql_is_only_a_value(store: ta.Store) -> None:
    hostile = "x' OR '1'='1"

    assert 0 == store.ask(chosen, flow_ids=[hostile, "ü", "$above"]).num_rows


def test_an_unhashable_shape_is_refused() -> None:
    with pytest.raises(BadParameter, match="limit"):
        split(chosen, {"limit": {}})


def test_a_bad_timerange_is_refused_before_anything_is_asked() -> None:
    with pytest.raises(BadTimeRange):
        split(segments.listing, {"flow_id": "a", "timerange": "5"})


@pytest.mark.parametrize("compile_once", [statement.compile_once, plans.plan_once])
def test_a_value_that_a_question_drops_is_an_error(compile_once: Any) -> None:
    def careless(tables: Tables, *, flow_id: Text) -> ir.Table:
        return tables.segments

    shape, _values = split(careless, {"flow_id": "a"})
    with pytest.raises(BadParameter, match="flow_id"):
        compile_once(careless, shape)


def test_the_answer_has_the_columns_of_the_expression(store: ta.Store) -> None:
    answer = store.ask(segments.listing, flow_id="a", timerange="()")

    assert list(store.segments.columns) == answer.column_names
    assert 0 == answer.num_rows


def test_a_limited_part_is_worked_out_once() -> None:
    """However often it is used; what is not limited is not kept, so that each use narrows it."""
    asked = {"flow_id": "a", "timerange": "[0:0_1:0)"}
    limited, _values = statement.prepare(segments.shown, {**asked, "limit": 11})
    whole, _values = statement.prepare(segments.shown, asked)

    assert limited.sql.count("AS MATERIALIZED") == 1
    assert "MATERIALIZED" not in whole.sql


def test_half_a_character_is_refused(store: ta.Store) -> None:
    with pytest.raises(BadParameter, match="flow_id"):
        store.ask(segments.listing, flow_id="\ud800")


@pytest.mark.parametrize("limit", [-1, 10**30, 1.5, "3", True])
def test_a_limit_is_a_number_of_rows(store: ta.Store, limit: Any) -> None:
    with pytest.raises(BadParameter, match="limit"):
        store.ask(segments.listing, flow_id="a", limit=limit)


@pytest.mark.parametrize(
    "wrong", [{"flow_id": 5}, {"flow_id": "a", "after_start_ns": "5"}, {"flow_id": True}]
)
def test_a_value_of_another_type_is_refused(store: ta.Store, wrong: dict[str, Any]) -> None:
    with pytest.raises(BadParameter, match="is no"):
        store.ask(segments.listing, **wrong)


def counted(tables: Tables) -> ir.Table:
    each = tables.segments.group_by("flow_id").agg(segments=_.count())
    return each.aggregate(flows=_.count(), segments=_.segments.sum())


def test_an_answer_has_the_types_of_its_question(store: ta.Store) -> None:
    promised = counted(store.tables).schema().to_pyarrow()
    of_nothing = store.ask(counted)
    with_rows = ta.examples.newsroom(store, segments=1_000)

    for answer in (
        of_nothing,
        with_rows.ask(counted),
        store._engine.transact(lambda tx: tx.ask(counted)),
    ):
        assert promised.types == answer.schema.types


def summed(tables: Tables) -> ir.Table:
    return tables.segments.aggregate(total=_.start_ns.sum())


def test_a_sum_that_its_type_cannot_hold_is_told(store: ta.Store) -> None:
    ta.examples.newsroom(store, segments=1_000)

    with pytest.raises(EngineFailed, match="total is beyond what int64 holds"):
        store.ask(summed)
    assert store.ask(by_decimal)["total"][0].as_py() > 2**63


def by_decimal(tables: Tables) -> ir.Table:
    return tables.segments.aggregate(total=_.start_ns.cast("decimal(38, 0)").sum())


def described(tables: Tables) -> ir.Table:
    return tables.segments.select("start_ns").describe()


def test_a_description_has_the_columns_that_it_promises(store: ta.Store) -> None:
    assert [*described(store.tables).columns] == store.ask(described).column_names


MARKED_S = statement.NUMBER_MARK // 10**9
"""The second, of the year 2201, whose nanoseconds a parameter is compiled as."""
F = "11111111-1111-4111-8111-111111111111"


def holding(seconds: list[int]) -> ta.Store:
    """A store whose flow ``F`` has a segment of object ``o1`` in second 1."""
    store = ta.connect(":memory:")
    flow = {"id": F, "source_id": F, "format": "urn:x-nmos:format:multi", "container": "a/b"}
    store.writes.put_flow(flow)
    rows = [{"object_id": f"o{at}", "timerange": f"[{at}:0_{at + 1}:0)"} for at in seconds]
    assert not store.writes.create_segments(F, rows).failed
    return store


@pytest.mark.parametrize("at", [MARKED_S, -MARKED_S])
@pytest.mark.parametrize("limit", [1, 1000])
def test_a_number_that_looks_like_a_parameter_is_no_parameter(at: int, limit: int) -> None:
    """In its place stood the limit of rows: another window, and no error."""
    with holding([at - 2, at, at + 2]) as store:
        found = store.ask(analytics.coverage, timerange=f"[{at}:0_{at + 5}:0)", limit=limit)
        assert [(row["pieces"], row["first_ns"]) for row in found.to_pylist()] == [(2, at * 10**9)]


def later(tables: Tables, *, by: int, ids: Ids, above: Number, limit: Limit) -> ir.Table:
    rows = tables.segments.filter(_.object_id.isin(ids), _.start_ns + by > above)
    return rows.order_by("start_ns").select("object_id").limit(limit)


@pytest.mark.parametrize("number", range(4))
def test_no_parameter_looks_like_a_number_of_its_question(number: int) -> None:
    with holding([-1, 0, 1, 2]) as store:
        by = statement.NUMBER_MARK + number
        found = store.ask(later, by=by, ids=["o-1", "o1", "o2"], above=by, limit=1)
        assert found["object_id"].to_pylist() == ["o1"]
