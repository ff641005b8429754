"""What may be added up and what may not: by loops alone, then as `rollup` does and refuses it."""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable
from typing import Any

import ibis
import ibis.expr.types as ir
import pytest

import tams_analytics as ta
from tams_analytics import _
from tams_analytics.errors import BadParameter
from tams_analytics.measures import MEASURES, Measure, measure, rollup
from tams_analytics.timerange import TimeRange
from tests.measures import oracle, world

DURING = TimeRange.from_ns(world.at(0.5), world.at(30.5))
NAMED = {"tag": "tag:genre", "source_tag": "source_tag:channel"}
LIKE_DAYS = {"hour", "week", "month"}
BESIDES: tuple[tuple[str, ...], ...] = ((), ("tag:genre",), ("source",), ("day",))


@functools.cache
def answers(by: tuple[str, ...], with_during: bool) -> dict[Any, Any]:
    return oracle.answer(by, DURING if with_during else None)


def folded(each: Measure, numbers: Iterable[Any]) -> Any:
    there = [number for number in numbers if number is not None]
    if each.fold == "sum":
        return sum(there)
    return {"min": min, "max": max}[each.fold](there, default=None)


def is_whole(each: Measure, dimension: str, beside: tuple[str, ...], with_during: bool) -> bool:
    """The groups of a dimension, put together, are what asking without it gives."""
    whole = answers(beside, with_during)
    parts: dict[Any, list[Any]] = {group: [] for group in whole}
    for group, values in answers((dimension, *beside), with_during).items():
        parts.setdefault(group[1:], []).append(values[each.name])
    return all(
        same(folded(each, numbers), whole[group][each.name] if group in whole else 0)
        for group, numbers in parts.items()
    )


def same(one: Any, other: Any) -> bool:
    if one is None or other is None:
        return one is other
    return math.isclose(one, other, rel_tol=1e-12)


@pytest.mark.parametrize("each", MEASURES, ids=lambda each: each.name)
def test_groups_add_up_where_a_measure_says_so_and_nowhere_else(each: Measure) -> None:
    asked = {NAMED.get(name, name): name for name in each.dimensions if name not in LIKE_DAYS}
    times = (True,) if each.needs_during else (False, True)

    right = {
        name
        for named, name in asked.items()
        if all(
            is_whole(each, named, beside, with_during)
            for beside in BESIDES
            for with_during in times
            if named not in beside
        )
    }

    assert right == set(each.adds_up) - LIKE_DAYS
    assert ("day" in each.adds_up) == (set(each.adds_up) >= LIKE_DAYS)


def test_groups_that_add_up_are_rolled_up(here: ta.Store) -> None:
    names = ["flow_hours", "segments", "referenced_bytes", "last_ns"]
    by_flow = measure(here.tables, names, by=["flow", "tag:genre"])

    whole = measure(here.tables, names, by="tag:genre")

    assert numbers(whole) == numbers(rollup(by_flow, by="genre"))


def test_days_are_rolled_up_to_one_row(here: ta.Store) -> None:
    names = ["hours_covered", "first_ns", "last_ns", "ingest_lag_max_s"]

    found = rollup(measure(here.tables, names, by="day"))

    assert names == list(found.columns)
    assert numbers(measure(here.tables, names)) == numbers(found)


def numbers(table: ir.Table) -> dict[Any, Any]:
    rows = table.to_pyarrow().to_pylist()
    return {row.get("genre"): {name: near(value) for name, value in row.items()} for row in rows}


def near(value: Any) -> Any:
    return pytest.approx(value, rel=1e-12) if isinstance(value, float) else value


def test_a_sum_would_be_wrong_and_is_refused(here: ta.Store) -> None:
    """Two flows of one source cover the same hours."""
    by_flow = measure(here.tables, "hours_covered", by=["source", "flow"])
    (summed,) = by_flow.filter(_.source_id == "s").hours_covered.sum().as_table().to_pyarrow()[0]
    by_source = measure(here.tables, "hours_covered", by="source").to_pyarrow().to_pylist()

    assert (9.75, 5.75) == (
        summed.as_py(),
        next(row["hours_covered"] for row in by_source if row["source_id"] == "s"),
    )
    with pytest.raises(
        BadParameter,
        match="measure: 'hours_covered' does not add up over flow, because two flows may cover the"
        r" same time; expected it to be asked: store.measure\('hours_covered', by=\['source'\]\)",
    ):
        rollup(by_flow, by="source_id")


@pytest.mark.parametrize(
    ("names", "by", "keep", "problem"),
    [
        ("stored_bytes", ["flow"], [], "because flows share objects"),
        ("segments", ["day"], [], "because .* what lies in two days is in both"),
        ("segments", ["tag:genre"], [], "'segments' does not add up over tag:genre"),
        ("segments", ["tag:format"], [], "does not add up over tag:format"),
        ("bit_rate", ["flow"], [], "because it is a ratio"),
        (["flow_hours", "gaps"], ["source", "flow"], ["source_id"], "'gaps' does not add up"),
        (
            "segments",
            ["flow"],
            ["source_id"],
            "by: 'source_id' is no group of the table; .* flow_id",
        ),
    ],
)
def test_what_does_not_add_up_is_refused(
    here: ta.Store, names: Any, by: list[str], keep: list[str], problem: str
) -> None:
    with pytest.raises(BadParameter, match=problem):
        rollup(measure(here.tables, names, by=by), by=keep)


def test_a_table_without_a_measure_has_nothing_to_add_up() -> None:
    with pytest.raises(BadParameter, match=r"table: \['flow_id'\] has no measure"):
        rollup(ibis.table({"flow_id": "string"}, name="t"))
