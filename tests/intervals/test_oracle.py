"""Each verb against a brute-force twin, over small integers."""

from __future__ import annotations

from typing import Any

import ibis
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tams_analytics import intervals
from tests.intervals import oracle
from tests.intervals.worlds import BY, ROWS, counted, table, tuples

EXAMPLES = settings(max_examples=60, deadline=None)
BOUND = st.one_of(st.none(), st.integers(-14, 14))
COLUMNS = ["start_ns", "end_ns", "flow_id", "track", "id"]
LOWEST, HIGHEST = -(2**63), 2**63 - 1
EARLIEST, LATEST = -14, 32
WINDOW = st.one_of(st.none(), st.tuples(BOUND, BOUND))


@pytest.fixture(scope="module")
def duck() -> Any:
    return ibis.duckdb.connect()


def text(window: tuple[int | None, int | None] | None) -> str | None:
    if window is None:
        return None
    low, high = ("" if bound is None else timestamp(bound) for bound in window)
    if None not in window and window[0] >= window[1]:
        return "()"
    return f"[{low}_{high})" if high else f"[{low}_"


def timestamp(ns: int) -> str:
    return f"{'-' if ns < 0 else ''}0:{abs(ns)}"


def as_oracle(window: tuple[int | None, int | None] | None) -> Any:
    return (0, 0) if text(window) == "()" else window


@EXAMPLES
@given(rows=ROWS, by=BY, max_gap=st.integers(0, 6))
def test_merge_is_its_oracle(duck: Any, rows: Any, by: Any, max_gap: int) -> None:
    found = intervals.merge(table(rows), by, max_gap=max_gap)

    assert counted(oracle.merge(rows, by, max_gap)) == counted(tuples(found, duck))


@EXAMPLES
@given(rows=ROWS, by=BY, window=WINDOW, min_duration=st.integers(0, 5))
def test_gaps_is_its_oracle(duck: Any, rows: Any, by: Any, window: Any, min_duration: int) -> None:
    found = intervals.gaps(
        table(rows), by, within=text(window), min_duration=timestamp(min_duration)
    )

    expected = oracle.gaps(rows, by, as_oracle(window), min_duration)
    assert counted(expected) == counted(tuples(found, duck))


@EXAMPLES
@given(
    rows=ROWS,
    wanted=ROWS,
    by=BY.filter(bool),
    window=st.tuples(st.integers(-14, 14), st.integers(-14, 14)),
)
def test_gaps_of_groups_is_its_oracle(
    duck: Any, rows: Any, wanted: Any, by: Any, window: Any
) -> None:
    found = intervals.gaps(table(rows), by, within=text(window), groups=table(wanted).select(by))

    groups = [tuple(row[name] for name in by) for row in wanted]
    expected = oracle.gaps(rows, by, as_oracle(window), groups=groups)
    assert counted(expected) == counted(tuples(found, duck))


@EXAMPLES
@given(rows=ROWS, by=BY, window=WINDOW)
def test_coverage_is_its_oracle(duck: Any, rows: Any, by: Any, window: Any) -> None:
    found = intervals.coverage(table(rows), by, within=text(window))

    found = [(*row[:-1], round(row[-1], 9)) for row in tuples(found, duck)]
    assert counted(oracle.coverage(rows, by, as_oracle(window))) == counted(found)


@EXAMPLES
@given(rows=ROWS, by=BY)
def test_depth_is_its_oracle(duck: Any, rows: Any, by: Any) -> None:
    found = intervals.depth(table(rows), by)

    assert counted(oracle.depth(rows, by)) == counted(tuples(found, duck))


@EXAMPLES
@given(rows=ROWS, by=BY)
def test_overlaps_is_its_oracle(duck: Any, rows: Any, by: Any) -> None:
    found = intervals.overlaps(table(rows), by)

    assert counted(oracle.overlaps(rows, by)) == counted(tuples(found, duck))


@EXAMPLES
@given(a=ROWS, b=ROWS, on=BY, how=st.sampled_from(["inner", "left", "semi", "anti"]))
def test_join_overlaps_is_its_oracle(duck: Any, a: Any, b: Any, on: Any, how: str) -> None:
    b = b or [dict.fromkeys(COLUMNS)]
    found = intervals.join_overlaps(table(a), table(b), on, how=how)

    assert counted(oracle.join_overlaps(a, b, on, how)) == counted(tuples(found, duck))


@EXAMPLES
@given(a=ROWS, b=ROWS, on=BY)
def test_subtract_is_its_oracle(duck: Any, a: Any, b: Any, on: Any) -> None:
    found = intervals.subtract(table(a), table(b), on)

    assert counted(oracle.subtract(a, b, on)) == counted(tuples(found, duck))


@EXAMPLES
@given(a=ROWS, b=ROWS, on=BY)
def test_closest_is_its_oracle(duck: Any, a: Any, b: Any, on: Any) -> None:
    b = b or [dict.fromkeys(COLUMNS)]
    found = intervals.closest(table(a), table(b), on)

    assert counted(oracle.closest(a, b, on)) == counted(tuples(found, duck))


@EXAMPLES
@given(a=ROWS, b=ROWS, on=BY)
def test_closest_is_its_oracle_from_one_end_of_int64_to_the_other(
    duck: Any, a: Any, b: Any, on: Any
) -> None:
    a, b = ([spread(row) for row in rows] for rows in (a, b or [dict.fromkeys(COLUMNS)]))
    found = intervals.closest(table(a), table(b), on)

    expected = [(*row[:-1], row[-1] and min(row[-1], HIGHEST)) for row in oracle.closest(a, b, on)]
    assert counted(expected) == counted(tuples(found, duck))


def spread(row: dict[str, Any]) -> dict[str, Any]:
    """``row`` with its negative times at one end of int64 and those above 4 at the other."""
    return {**row, **{side: far(row[side]) for side in ("start_ns", "end_ns")}}


def far(time: int | None) -> int | None:
    if time is None or 0 <= time <= 4:
        return time
    return LOWEST - EARLIEST + time if time < 0 else HIGHEST - LATEST + time
