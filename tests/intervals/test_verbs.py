"""The verbs on a world of five segments, on the edges of int64, and on what they refuse.

a   0....5          first
a        5....10    second, touches it
a     3..6          third, overlaps both
a                   15.16   fourth, one nanosecond
b   0..............15       fifth, another flow
"""

from __future__ import annotations

from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pytest

from tams_analytics import intervals
from tams_analytics.errors import BadParameter
from tests.intervals.worlds import counted, tuples
from tests.support.asking import Asked

LOWEST, HIGHEST = -(2**63), 2**63 - 1
FIVE = [("a", 0, 5, 1), ("a", 5, 10, 2), ("a", 3, 6, 3), ("a", 15, 16, 4), ("b", 0, 15, 5)]


def segments(*rows: tuple[Any, ...]) -> ir.Table:
    columns = list(zip(*rows, strict=True)) or [[], [], [], []]
    names = {"flow_id": pa.string(), "start_ns": pa.int64(), "end_ns": pa.int64(), "n": pa.int64()}
    schema = pa.schema([pa.field(name, type_) for name, type_ in names.items()])
    return ibis.memtable(pa.table([pa.array(c) for c in columns], schema=schema))


@pytest.fixture(scope="module")
def five() -> ir.Table:
    return segments(*FIVE)


@pytest.mark.parametrize(
    ("verb", "columns", "expected"),
    [
        (
            lambda t: intervals.merge(t, "flow_id"),
            ["flow_id", "start_ns", "end_ns", "pieces"],
            [("a", 0, 10, 3), ("a", 15, 16, 1), ("b", 0, 15, 1)],
        ),
        (
            lambda t: intervals.merge(t, "flow_id", max_gap=5),
            ["flow_id", "start_ns", "end_ns", "pieces"],
            [("a", 0, 16, 4), ("b", 0, 15, 1)],
        ),
        (
            lambda t: intervals.gaps(t, "flow_id"),
            ["flow_id", "start_ns", "end_ns"],
            [("a", 10, 15)],
        ),
        (
            lambda t: intervals.gaps(t, "flow_id", within="[0:2_0:20)", min_duration="0:5"),
            ["flow_id", "start_ns", "end_ns"],
            [("a", 10, 15), ("b", 15, 20)],
        ),
        (
            lambda t: intervals.coverage(t, "flow_id"),
            ["flow_id", "covered_ns", "pieces", "first_ns", "last_ns", "ratio"],
            [("a", 11, 2, 0, 16, 11 / 16), ("b", 15, 1, 0, 15, 1.0)],
        ),
        (
            lambda t: intervals.coverage(t, within="[0:4_0:24)"),
            ["covered_ns", "pieces", "first_ns", "last_ns", "ratio"],
            [(12, 1, 4, 16, 0.6)],
        ),
        (
            lambda t: intervals.overlaps(t, "flow_id"),
            [
                *("flow_id", "start_ns", "end_ns", "n", "start_ns_right", "end_ns_right"),
                *("n_right", "overlap_start_ns", "overlap_end_ns"),
            ],
            [("a", 0, 5, 1, 3, 6, 3, 3, 5), ("a", 3, 6, 3, 5, 10, 2, 5, 6)],
        ),
        (
            lambda t: intervals.depth(t, "flow_id"),
            ["flow_id", "start_ns", "end_ns", "depth"],
            [("a", 0, 3, 1), ("a", 3, 6, 2), ("a", 6, 10, 1), ("a", 15, 16, 1), ("b", 0, 15, 1)],
        ),
        (
            lambda t: intervals.join_overlaps(t, segments(("a", 4, 6, 9)), "flow_id"),
            [
                *("flow_id", "start_ns", "end_ns", "n", "start_ns_right", "end_ns_right"),
                *("n_right", "overlap_start_ns", "overlap_end_ns"),
            ],
            [
                ("a", 0, 5, 1, 4, 6, 9, 4, 5),
                ("a", 5, 10, 2, 4, 6, 9, 5, 6),
                ("a", 3, 6, 3, 4, 6, 9, 4, 6),
            ],
        ),
        (
            lambda t: intervals.subtract(t, segments(("a", 4, 6, 9), (None, 0, 99, 9)), "flow_id"),
            ["flow_id", "start_ns", "end_ns", "n"],
            [("a", 0, 4, 1), ("a", 6, 10, 2), ("a", 3, 4, 3), ("a", 15, 16, 4), ("b", 0, 15, 5)],
        ),
        (
            lambda t: intervals.closest(t, segments(("a", 11, 12, 7), ("a", 19, 20, 8)), "flow_id"),
            [
                *("flow_id", "start_ns", "end_ns", "n"),
                *("flow_id_right", "start_ns_right", "end_ns_right", "n_right", "distance_ns"),
            ],
            [
                ("a", 0, 5, 1, "a", 11, 12, 7, 6),
                ("a", 5, 10, 2, "a", 11, 12, 7, 1),
                ("a", 3, 6, 3, "a", 11, 12, 7, 5),
                ("a", 15, 16, 4, "a", 11, 12, 7, 3),
                ("b", 0, 15, 5, None, None, None, None, None),
            ],
        ),
    ],
)
def test_a_world_of_five_segments(
    con: Asked, five: ir.Table, verb: Any, columns: Any, expected: Any
) -> None:
    found = verb(five)

    assert columns == list(found.columns)
    assert counted(expected) == counted(tuples(found, con))


def test_a_group_without_a_row_is_a_gap_when_asked_for(con: Asked, five: ir.Table) -> None:
    found = intervals.gaps(
        five, "flow_id", within="[0:11_0:14)", groups=segments(("c", 0, 1, 0)).select("flow_id")
    )

    assert [("c", 11, 14)] == tuples(found, con)


EDGES = {"a": (LOWEST, LOWEST + 1), "b": (HIGHEST - 1, HIGHEST), "c": (LOWEST, HIGHEST)}


def test_no_verb_overflows_at_the_ends_of_int64(con: Asked) -> None:
    """Each edge in a flow of its own, as what is asked is planned for seconds on Trino."""
    far = segments(
        *(
            (flow, *times, number)
            for flow, edge in EDGES.items()
            for number, times in enumerate(
                [edge, (0, 1), (HIGHEST - 2, HIGHEST), (LOWEST, -5)], start=1
            )
        )
    )

    for found in (
        intervals.merge(far, "flow_id", max_gap=10),
        intervals.gaps(far, "flow_id", min_duration=10),
        intervals.gaps(far, "flow_id", within="[0:-1_0:3)".replace("0:-1", "-0:1")),
        intervals.coverage(far, "flow_id"),
        intervals.overlaps(far, "flow_id"),
        intervals.join_overlaps(far, far, "flow_id", how="left"),
        intervals.depth(far, "flow_id"),
        intervals.subtract(far, far, "flow_id"),
        intervals.closest(far, far, "flow_id"),
    ):
        tuples(found, con)


def test_a_length_that_int64_cannot_hold_is_the_largest_int64(con: Asked) -> None:
    first, last = segments(("a", LOWEST, LOWEST + 1, 1)), segments(("a", HIGHEST - 1, HIGHEST, 2))
    ever = segments(("a", LOWEST, HIGHEST, 1))

    assert [HIGHEST] == [row[-1] for row in tuples(intervals.closest(first, last), con)]
    assert [(HIGHEST, 1, LOWEST, HIGHEST, 1.0)] == tuples(intervals.coverage(ever), con)


def test_a_gap_longer_than_int64_is_found_whole(con: Asked) -> None:
    ends = segments(("a", LOWEST, LOWEST + 1, 1), ("a", HIGHEST - 1, HIGHEST, 2))

    found = intervals.gaps(ends, min_duration=HIGHEST)

    assert [(LOWEST + 1, HIGHEST - 1)] == tuples(found, con)


def test_a_year_among_seconds_meets_all_of_them_once(con: Asked) -> None:
    second, year = 10**9, 365 * 86400 * 10**9
    short = [("a", at * second, (at + 1) * second, at) for at in range(50)]
    long = segments(*short, ("a", -year // 2, year // 2, 99))

    assert 50 == len(tuples(intervals.overlaps(long, "flow_id"), con))
    assert 50 + 2 * 50 + 1 == len(tuples(intervals.join_overlaps(long, long), con))


def test_the_results_of_verbs_can_be_united() -> None:
    strict = ibis.table({"flow_id": "!string", "start_ns": "!int64", "end_ns": "!int64"}, name="s")

    both = intervals.gaps(strict, "flow_id").union(
        intervals.merge(strict, "flow_id").select("flow_id", "start_ns", "end_ns")
    )

    assert ["flow_id", "start_ns", "end_ns"] == list(both.columns)


@pytest.mark.parametrize("verb", [intervals.subtract, intervals.join_overlaps, intervals.closest])
def test_verbs_on_strict_tables_compile(verb: Any) -> None:
    strict = ibis.table({"flow_id": "!string", "start_ns": "!int64", "end_ns": "!int64"}, name="s")
    loose = ibis.table({"flow_id": "string", "start_ns": "int64", "end_ns": "int64"}, name="l")

    assert ibis.to_sql(verb(strict, loose, "flow_id"), dialect="trino")
    assert ibis.to_sql(verb(loose, strict, "flow_id"), dialect="trino")


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda t: intervals.merge(t, "flow"), "by"),
        (lambda t: intervals.merge(t, "start_ns"), "by"),
        (lambda t: intervals.merge(t, ["flow_id", "flow_id"]), "by"),
        (lambda t: intervals.merge(t, max_gap=-1), "max_gap"),
        (lambda t: intervals.gaps(t, min_duration="-0:1"), "min_duration"),
        (lambda t: intervals.gaps(t, "flow_id", groups=t), "within"),
        (lambda t: intervals.gaps(t, "flow_id", within="[0:1_", groups=t), "within"),
        (lambda t: intervals.gaps(t, within="[0:1_0:2)", groups=t), "by is not given"),
        (lambda t: intervals.gaps(t.drop("start_ns")), "start_ns"),
        (lambda t: intervals.gaps(t.mutate(end_ns=t.end_ns / 2)), "end_ns"),
        (lambda t: intervals.join_overlaps(t, t, how="outer"), "how"),
        (lambda t: intervals.join_overlaps(t, t.drop("flow_id"), "flow_id"), "on"),
        (lambda t: intervals.overlaps(t.mutate(overlap_start_ns=1)), "overlap_start_ns"),
        (lambda t: intervals.overlaps(t.mutate(n_right=1)), "n_right"),
        (lambda t: intervals.closest(t.mutate(distance_ns=1), t), "distance_ns"),
        (lambda t: intervals.overlaps(t.mutate(_cell=1)), "_cell"),
        (lambda t: intervals.merge(t.rename(pieces="flow_id"), "pieces"), "pieces"),
    ],
)
def test_what_a_verb_refuses_is_named(five: ir.Table, call: Any, named: str) -> None:
    with pytest.raises(BadParameter) as refused:
        call(five)

    assert named in str(refused.value)
