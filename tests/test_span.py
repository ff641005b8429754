"""The predicates of a row's timerange: what they mean, and the shape in which they are pushed."""

from __future__ import annotations

from typing import Any

import ibis
import pyarrow as pa
import pytest
from ibis import _

from tams_analytics.errors import BadTimeRange
from tams_analytics.span import Span, span
from tams_analytics.timerange import TimeRange, tr
from tests.support.asking import Asked

ROWS = pa.table({"start_ns": [0, 5, 10, 10, 12], "end_ns": [5, 10, 20, 11, 13]})
BOUNDS = list(zip(*ROWS.to_pydict().values(), strict=True))
WINDOWS = [(start, end) for start in range(-1, 22, 2) for end in range(start + 1, 23, 3)]


def found(predicate: Any, con: Asked) -> list[tuple[int, int]]:
    asked = ibis.memtable(ROWS).filter(predicate).order_by(["start_ns", "end_ns"])
    rows = con.to_pyarrow(asked)
    return [(row["start_ns"], row["end_ns"]) for row in rows.to_pylist()]


MEANINGS = {
    "overlaps": lambda start, end, first, last: start < last and end > first,
    "within": lambda start, end, first, last: first <= start and end <= last,
    "contains": lambda start, end, first, last: start <= first and last <= end,
    "equals": lambda start, end, first, last: (start, end) == (first, last),
    "precedes": lambda start, end, first, _last: end <= first,
    "succeeds": lambda start, end, _first, last: start >= last,
    "meets": lambda start, end, first, _last: end == first,
}


@pytest.mark.parametrize("name", MEANINGS)
def test_a_predicate_holds_for_the_rows_that_its_name_says(con: Asked, name: str) -> None:
    """§245, on each engine."""
    for first, last in WINDOWS if con.name == "duckdb" else WINDOWS[::4]:
        window = TimeRange.from_ns(first, last)
        expected = sorted(each for each in BOUNDS if MEANINGS[name](*each, first, last))

        assert expected == found(getattr(span, name)(window), con), window


@pytest.mark.parametrize("name", MEANINGS)
def test_a_predicate_is_an_and_of_one_column_on_the_left_and_a_literal_on_the_right(
    name: str,
) -> None:
    """§247."""
    table = ibis.table({"start_ns": "int64", "end_ns": "int64"}, name="t")
    sql = ibis.to_sql(table.filter(getattr(span, name)("[1:0_2:0)")), dialect="duckdb")
    conditions = sql.split("WHERE")[1].split("AND")

    for condition in conditions:
        column, _operator, literal = condition.split()
        assert column.strip().endswith(('_ns"',))
        assert literal.isdigit()


@pytest.mark.parametrize("name", ["overlaps", "within", "contains", "equals"])
def test_never_selects_nothing_and_needs_no_scan(name: str) -> None:
    table = ibis.table({"start_ns": "int64", "end_ns": "int64"}, name="t")
    expression = table.filter(getattr(span, name)("()"))

    assert "FALSE" in ibis.to_sql(expression, dialect="duckdb")


def test_eternity_restricts_nothing(con: Asked) -> None:
    assert len(BOUNDS) == len(found(span.overlaps("_"), con))


def test_an_open_side_drops_its_term() -> None:
    table = ibis.table({"start_ns": "int64", "end_ns": "int64"}, name="t")
    sql = ibis.to_sql(table.filter(span.overlaps("[1:0_")), dialect="duckdb")

    assert '"end_ns" > 1000000000' in sql
    assert 'start_ns" <' not in sql


@pytest.mark.parametrize("name", ["contains", "equals"])
def test_a_row_is_never_unbounded(con: Asked, name: str) -> None:
    assert [] == found(getattr(span, name)("[0:0_"), con)


def test_an_instant_is_contained_in_the_row_that_holds_it(con: Asked) -> None:
    assert [(10, 20), (12, 13)] == found(span.contains("0:12"), con)


def test_an_intersection_is_cut_to_the_window(con: Asked) -> None:
    window = TimeRange.from_ns(3, 12)
    hits = ibis.memtable(ROWS).filter(span.overlaps(window))
    cut = hits.mutate(**span.intersection(window).columns()).order_by(["start_ns", "end_ns"])

    expected = [(3, 5), (5, 10), (10, 11), (10, 12)]
    assert expected == [tuple(row.values()) for row in con.to_pyarrow(cut).to_pylist()]


def test_a_span_of_another_table_joins(con: Asked) -> None:
    left, right = ibis.memtable(ROWS), ibis.memtable(ROWS).view()
    joined = left.join(right, Span.of(left).overlaps(Span.of(right)))

    expected = sum(a[0] < b[1] and a[1] > b[0] for a in BOUNDS for b in BOUNDS)
    assert expected == con.to_pyarrow(joined.count()).as_py()


def test_duration_is_in_nanoseconds() -> None:
    rows = ibis.memtable(ROWS).mutate(length=span.duration).order_by(_.length.desc())

    assert 10 == rows.to_pyarrow()["length"][0].as_py()


LOW, HIGH = -(2**63), 2**63 - 1
LENGTHS = {
    (LOW, HIGH): HIGH,
    (-1, HIGH): HIGH,
    (0, HIGH): HIGH,
    (1, HIGH): HIGH - 1,
    (LOW, -1): HIGH,
    (LOW, 0): HIGH,
    (LOW, LOW + 1): 1,
    (HIGH, LOW): LOW,
    (1, -1): -2,
    (-(2**62), 2**62): HIGH,
    (1 - 2**62, 2**62 - 1): 2**63 - 2,
    (None, 5): None,
    (5, None): None,
}
"""Of ranges at the edges of int64, and of bounds the wrong way round, as no range has them."""


@pytest.mark.parametrize("bounds", LENGTHS)
def test_every_duration_stays_inside_int64(con: Asked, bounds: tuple[int, int]) -> None:
    kinds = pa.schema({"start_ns": pa.int64(), "end_ns": pa.int64()})
    rows = ibis.memtable(pa.Table.from_pylist([dict(zip(kinds.names, bounds, strict=True))], kinds))
    found = con.to_pyarrow(rows.select(span.duration.name("length")))["length"]

    assert pa.int64() == found.type
    assert [LENGTHS[bounds]] == found.to_pylist()


def test_exact_durations_are_summed_beyond_int64(con: Asked) -> None:
    rows = ibis.memtable(pa.table({"start_ns": [LOW, LOW], "end_ns": [HIGH, HIGH]}))
    total = con.to_pyarrow(rows.aggregate(total=span.exact_duration.sum()))["total"]

    assert [2 * (HIGH - LOW)] == total.to_pylist()


def test_a_text_that_is_no_timerange_is_refused() -> None:
    with pytest.raises(BadTimeRange):
        span.overlaps("[0:0_10:0)x")


def test_a_query_without_markers_is_inclusive_at_both_ends(con: Asked) -> None:
    """§246."""
    assert found(span.overlaps("0:5_0:10"), con) == found(span.overlaps(tr("[0:5_0:10]")), con)
