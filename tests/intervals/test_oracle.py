"""Each verb against a brute-force twin, over small integers, on each engine.

Rows vary from example to example. What else a verb is given are a few shapes, as a question of one
shape is compiled once.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle, islice
from typing import Any

import ibis.expr.types as ir
from hypothesis import given, settings
from hypothesis import strategies as st

from tams_analytics import intervals
from tests.intervals import oracle
from tests.intervals.worlds import ROWS, DuckDBWorld, counted

EXAMPLES = settings(max_examples=40, deadline=None)
COLUMNS = ["start_ns", "end_ns", "flow_id", "track", "id"]
LOWEST, HIGHEST = -(2**63), 2**63 - 1
EARLIEST, LATEST = -14, 32
BY = [("flow_id",), (), ("track",), ("flow_id", "track"), ("track", "flow_id")]
WINDOWS = [None, (-3, 9), (0, None), (None, 4), (5, 5), (-14, 14), (None, None), (6, -2)]
FINITE = [window for window in WINDOWS if window and None not in window]
HOW = ["inner", "left", "semi", "anti"]


def shapes(*choices: Sequence[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    """Eight combinations, with each choice in one of them at least."""
    return st.sampled_from(list(islice(zip(*map(cycle, choices), strict=False), 8)))


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


def merge(a: ir.Table, _b: ir.Table, *, by: Any, max_gap: int) -> ir.Table:
    return intervals.merge(a, list(by), max_gap=max_gap)


@EXAMPLES
@given(rows=ROWS, shape=shapes(BY, [0, 1, 3, 6]))
def test_merge_is_its_oracle(world: DuckDBWorld, rows: Any, shape: Any) -> None:
    by, max_gap = shape

    found = world.ask(merge, rows, by=by, max_gap=max_gap)

    assert counted(oracle.merge(rows, by, max_gap)) == counted(found)


def gaps(a: ir.Table, _b: ir.Table, *, by: Any, within: str | None, least: str) -> ir.Table:
    return intervals.gaps(a, list(by), within=within, min_duration=least)


@EXAMPLES
@given(rows=ROWS, shape=shapes(BY, WINDOWS, [0, 1, 4]))
def test_gaps_is_its_oracle(world: DuckDBWorld, rows: Any, shape: Any) -> None:
    """§250."""
    by, window, least = shape

    found = world.ask(gaps, rows, by=by, within=text(window), least=timestamp(least))

    assert counted(oracle.gaps(rows, by, as_oracle(window), least)) == counted(found)


def gaps_of_groups(a: ir.Table, b: ir.Table, *, by: Any, within: str) -> ir.Table:
    return intervals.gaps(a, list(by), within=within, groups=b.select(list(by)))


@EXAMPLES
@given(rows=ROWS, wanted=ROWS, shape=shapes([by for by in BY if by], FINITE))
def test_gaps_of_groups_is_its_oracle(
    world: DuckDBWorld, rows: Any, wanted: Any, shape: Any
) -> None:
    by, window = shape

    found = world.ask(gaps_of_groups, rows, wanted, by=by, within=text(window))

    groups = [tuple(row[name] for name in by) for row in wanted]
    expected = oracle.gaps(rows, by, as_oracle(window), groups=groups)
    assert counted(expected) == counted(found)


def coverage(a: ir.Table, _b: ir.Table, *, by: Any, within: str | None) -> ir.Table:
    return intervals.coverage(a, list(by), within=within)


@EXAMPLES
@given(rows=ROWS, shape=shapes(BY, WINDOWS))
def test_coverage_is_its_oracle(world: DuckDBWorld, rows: Any, shape: Any) -> None:
    """§252."""
    by, window = shape

    found = world.ask(coverage, rows, by=by, within=text(window))

    found = [(*row[:-1], round(row[-1], 9)) for row in found]
    assert counted(oracle.coverage(rows, by, as_oracle(window))) == counted(found)


def depth(a: ir.Table, _b: ir.Table, *, by: Any) -> ir.Table:
    return intervals.depth(a, list(by))


@EXAMPLES
@given(rows=ROWS, by=st.sampled_from(BY))
def test_depth_is_its_oracle(world: DuckDBWorld, rows: Any, by: Any) -> None:
    assert counted(oracle.depth(rows, by)) == counted(world.ask(depth, rows, by=by))


def overlaps(a: ir.Table, _b: ir.Table, *, by: Any) -> ir.Table:
    return intervals.overlaps(a, list(by))


@EXAMPLES
@given(rows=ROWS, by=st.sampled_from(BY))
def test_overlaps_is_its_oracle(world: DuckDBWorld, rows: Any, by: Any) -> None:
    """§251."""
    assert counted(oracle.overlaps(rows, by)) == counted(world.ask(overlaps, rows, by=by))


def join_overlaps(a: ir.Table, b: ir.Table, *, on: Any, how: str) -> ir.Table:
    return intervals.join_overlaps(a, b, list(on), how=how)


@EXAMPLES
@given(a=ROWS, b=ROWS, shape=shapes(BY, HOW))
def test_join_overlaps_is_its_oracle(world: DuckDBWorld, a: Any, b: Any, shape: Any) -> None:
    b = b or [dict.fromkeys(COLUMNS)]
    on, how = shape

    found = world.ask(join_overlaps, a, b, on=on, how=how)

    assert counted(oracle.join_overlaps(a, b, on, how)) == counted(found)


def subtract(a: ir.Table, b: ir.Table, *, on: Any) -> ir.Table:
    return intervals.subtract(a, b, list(on))


@EXAMPLES
@given(a=ROWS, b=ROWS, on=st.sampled_from(BY))
def test_subtract_is_its_oracle(world: DuckDBWorld, a: Any, b: Any, on: Any) -> None:
    assert counted(oracle.subtract(a, b, on)) == counted(world.ask(subtract, a, b, on=on))


def closest(a: ir.Table, b: ir.Table, *, on: Any) -> ir.Table:
    return intervals.closest(a, b, list(on))


@EXAMPLES
@given(a=ROWS, b=ROWS, on=st.sampled_from(BY))
def test_closest_is_its_oracle(world: DuckDBWorld, a: Any, b: Any, on: Any) -> None:
    b = b or [dict.fromkeys(COLUMNS)]

    assert counted(oracle.closest(a, b, on)) == counted(world.ask(closest, a, b, on=on))


@EXAMPLES
@given(a=ROWS, b=ROWS, on=st.sampled_from(BY))
def test_closest_is_its_oracle_from_one_end_of_int64_to_the_other(
    world: DuckDBWorld, a: Any, b: Any, on: Any
) -> None:
    a, b = ([spread(row) for row in rows] for rows in (a, b or [dict.fromkeys(COLUMNS)]))

    expected = [(*row[:-1], row[-1] and min(row[-1], HIGHEST)) for row in oracle.closest(a, b, on)]
    assert counted(expected) == counted(world.ask(closest, a, b, on=on))


def spread(row: dict[str, Any]) -> dict[str, Any]:
    """``row`` with its negative times at one end of int64 and those above 4 at the other."""
    return {**row, **{side: far(row[side]) for side in ("start_ns", "end_ns")}}


def far(time: int | None) -> int | None:
    if time is None or 0 <= time <= 4:
        return time
    return LOWEST - EARLIEST + time if time < 0 else HIGHEST - LATEST + time
