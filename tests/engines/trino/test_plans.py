"""What a plan of Trino says about a scan, by connector; those of a real one are in tests/trino."""

from __future__ import annotations

from typing import Any

import pytest
import sqlglot as sg

from tams_analytics.engines.trino import plans
from tams_analytics.engines.trino.plans import NOT_OFFERED, OFFERED, Named

SEGMENTS = Named("vast", "tams/meta", "segments", frozenset({"flow_id", "start_ns", "end_ns"}))
OBJECTS = Named("vast", "tams/meta", "objects", frozenset({"id", "start_ns", "size"}))
SQL = """
SELECT t0.start_ns FROM vast."tams/meta".segments AS t0
JOIN other.meta.flows AS t1 ON t0.flow_id = t1.id
WHERE t0.flow_id = 'f' AND (t0.start_ns < 9 AND t0.end_ns > 5) AND t1.id <> t0.flow_id
"""


def node(table: str, *columns: str, **descriptor: str) -> plans.Node:
    return {
        "name": "ScanFilter",
        "descriptor": {"table": table, **descriptor},
        "details": [f"{column} := handle" for column in columns],
        "estimates": [{"outputRowCount": "NaN"}],
        "children": [],
    }


def scanned(found: plans.Node, **offered: set[str]) -> Any:
    said: dict[str, list[Any]] = {}
    for table, condition in plans.conditions(sg.parse_one(SQL, read="trino")):
        said.setdefault(f"{table.catalog}.{table.db}.{table.name}", []).append(condition)
    told = {SEGMENTS.text: offered.get("offered", set())}
    return plans.scan(found, [SEGMENTS, OBJECTS], told, said)


def test_conditions_of_the_sql_belong_to_the_table_that_alone_has_their_columns() -> None:
    found = [
        (table.name, condition.sql())
        for table, condition in plans.conditions(sg.parse_one(SQL, read="trino"))
    ]

    assert [
        ("segments", "t0.flow_id = 'f'"),
        ("segments", "t0.start_ns < 9"),
        ("segments", "t0.end_ns > 5"),
    ] == found


def of_connector(column: str, of_type: str, ranges: str) -> str:
    """As release 5.4 of VAST's connector writes what it enforces."""
    arrow = '"nullable":true,"type":{"name":"int"},"children":[],"metadata":[{"key":"a"}]'
    handle = f'VastColumnHandle{{field={{"name":"{column}",{arrow}}}, path=[], expr=null}}'
    return f"{handle}=[ SortedRangeSet[type={of_type}, ranges=1, {{{ranges}}}] ]"


@pytest.mark.parametrize(
    "text",
    [
        "vast:tams/meta.segments tams.segments constraint on [flow_id, start_ns, end_ns]",
        'vast:"tams/meta".segments{flow_id=[{f}], start_ns=[{(<min>,9)}], end_ns=[{(5,<max>)}]}',
        f"vast:tams/meta:segments@{{{of_connector('flow_id', 'varchar', '[f]')}, "
        f"{of_connector('start_ns', 'bigint', '(<min>,9)')}, "
        f"{of_connector('end_ns', 'bigint', '(5,<max>)')}}}"
        ":sorted_by@[Optional[[flow_id, start_ns]]]",
    ],
)
def test_a_constraint_of_the_connector_is_what_the_sql_says_of_its_columns(text: str) -> None:
    found = scanned(node(text, "start_ns"))

    assert "vast.tams/meta.segments" == found.table
    assert ("flow_id = 'f'", "start_ns < 9", "end_ns > 5") == found.pushed
    assert () == found.refused


def test_a_constraint_that_the_sql_does_not_have_is_told_as_the_connector_does() -> None:
    text = "vast:tams/meta.objects id=[{a}], size=[{[1,3]}, {7}]"

    found = scanned(node(text, "id", "size_4"))

    assert ("vast.tams/meta.objects", ("id", "size")) == (found.table, found.columns)
    assert ("id in {a}", "size in {[1,3]}, {7}") == found.pushed


def test_a_constraint_with_null_and_a_limit_of_vasts_connector() -> None:
    size = of_connector("size", "decimal(10,2)", "[1,3], [7]").replace("=[ ", "=[ NULL, ")
    text = f"vast:tams/meta:objects@{{{size}}},limit=10:sorted_by@[Optional[[id]]]"

    found = scanned(node(text, "id", "size_4"))

    assert ("vast.tams/meta.objects", 10) == (found.table, found.limit)
    assert ("size in NULL, {[1,3], [7]}",) == found.pushed


def test_a_table_that_is_only_a_number_is_known_by_its_columns() -> None:
    """The memory connector's."""
    assert SEGMENTS.text == scanned(node("vast:3", "flow_id", "start_ns_0")).table
    assert OBJECTS.text == scanned(node("vast:3", "size_1", "start_ns")).table
    assert "vast:3" == scanned(node("vast:3", "start_ns")).table, "it may be either"


def test_what_is_left_above_the_scan_is_refused_with_the_reason() -> None:
    predicate = "((start_ns_3 < bigint '9') AND (lower(flow_id) = varchar(1) 'f'))"

    found = scanned(
        node("vast:3", "start_ns_3", "flow_id", filterPredicate=predicate), offered={"start_ns"}
    )

    refused = [(each.condition, each.reason) for each in found.refused]
    assert [("start_ns < 9", OFFERED), ("lower(flow_id) = 'f'", NOT_OFFERED)] == refused
    assert () == found.pushed


def test_dynamic_filters_are_told_apart() -> None:
    text = "{flow_id_1 = #df_367, start_ns_12 < #df_368}"

    found = scanned(node("vast:3", "flow_id_1", "start_ns_12", dynamicFilters=text))

    assert ("flow_id = …", "start_ns < …") == found.dynamic


def test_an_order_and_a_limit_of_the_connector() -> None:
    text = (
        "vast:tams/meta.segments tams.segments"
        " sortOrder=[start_ns:bigint:int8 ASC NULLS LAST] limit=5"
    )

    found = scanned(node(text, "start_ns"))

    assert (("ORDER BY start_ns ASC NULLS LAST",), 5) == (found.pushed, found.limit)


def test_a_join_that_is_pushed_whole_is_its_sql() -> None:
    text = 'rights:Query[SELECT "a" FROM ("b") WHERE "c" = ?] limit=3 columns=[a_1:bigint:int8]'

    found = scanned(node(text, "a_1"))

    assert ("rights", ('SELECT "a" FROM ("b") WHERE "c" = ?',), 3) == (
        found.table,
        found.pushed,
        found.limit,
    )


def test_what_a_scan_computes_is_no_column_of_its_table() -> None:
    found = scanned(
        node("vast:3", "flow_id_3", "start_ns_4")
        | {
            "name": "ScanFilterProject",
            "details": [
                "expr_6 := COALESCE(greatest(start_ns_4, bigint '5'), bigint '5')",
                "expr_7 := CAST(start_ns_4 AS varchar)",
                "expr := bigint '1'",
                "expr_8 := true",
                "flow_id_3 := 0",
                "start_ns_4 := 3:start_ns_4:bigint",
            ],
        }
    )

    assert (SEGMENTS.text, ("flow_id", "start_ns")) == (found.table, found.columns)


def test_a_condition_that_the_sql_has_twice_is_told_once() -> None:
    """A table that is read twice, with the same condition on both readings."""
    text = "vast:tams/meta.segments tams.segments constraint on [start_ns]"
    once = sg.parse_one("t0.start_ns < 9", read="trino")

    found = plans.scan(node(text, "start_ns"), [SEGMENTS], {}, {SEGMENTS.text: [once, once.copy()]})

    assert ("start_ns < 9",) == found.pushed


def test_a_table_that_is_a_number_is_named_where_it_was_looked_up() -> None:
    """Two that have all the columns, as the memory connector writes them."""
    alike = Named("vast", "tams/meta", "copy", SEGMENTS.columns)
    scan = node("vast:7 limit=3", "start_ns")
    place = (SEGMENTS.catalog, SEGMENTS.schema, SEGMENTS.name)

    assert plans.is_nameless(scan, [alike, SEGMENTS])
    found = plans.plain_scan(place, {"0": node("vast:7", "start_ns", "end_ns")})

    assert found == Named(*place, frozenset({"start_ns", "end_ns"}), "vast:7")
    assert not plans.is_nameless(scan, [alike, found])
    assert SEGMENTS.text == plans.scan(scan, [alike, found], {}, {}).table
    assert not plans.is_nameless(node("vast:Query[SELECT 1]"), [])
    assert plans.plain_scan(place, {"0": node("vast:7"), "1": node("vast:8")}) is None
