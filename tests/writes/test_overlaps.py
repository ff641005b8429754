"""Overlaps of a batch equal what comparing every pair says."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tams_analytics.writes.overlaps import Ranges, Timeline, first_clash

range_ = st.tuples(st.integers(0, 2), st.integers(0, 40), st.integers(1, 8))
extreme = st.sampled_from([(0, -(2**63), 2**63 - 1), (0, 2**63 - 9, 8), (1, -(2**63), 1)])


def ranges(rows: list[tuple[int, int, int]]) -> Ranges:
    column = [np.array(values, dtype=np.int64) for values in zip(*rows, strict=True)] or [
        np.empty(0, dtype=np.int64)
    ] * 3
    end = [min(start + length, 2**63 - 1) for _, start, length in rows]
    return Ranges(column[0], column[1], np.array(end, dtype=np.int64))


def overlap(one: tuple[int, int, int], other: tuple[int, int, int]) -> bool:
    return one[0] == other[0] and one[1] < other[1] + other[2] and other[1] < one[1] + one[2]


@given(st.lists(range_ | extreme, max_size=12), st.lists(range_ | extreme, max_size=12))
def test_the_first_clash_and_their_number_are_those_of_all_pairs(
    new: list[tuple[int, int, int]], stored: list[tuple[int, int, int]]
) -> None:
    everyone = new + stored
    failed = [
        place
        for place, row in enumerate(new)
        if any(overlap(row, other) for at, other in enumerate(everyone) if at != place)
    ]

    clash = first_clash(ranges(new), ranges(stored))

    assert (clash is None) == (not failed)
    if clash is not None:
        assert (failed[0], len(failed)) == (clash.row, clash.failures)
        other = (new[clash.row][0], clash.other_start, clash.other_end - clash.other_start)
        assert overlap(new[clash.row], other)


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 9)), max_size=30))
def test_165_the_first_of_a_batch_wins_as_by_comparing_every_pair(
    batch: list[tuple[int, int]],
) -> None:
    expected: list[tuple[int, int]] = []
    for start, length in batch:
        if not any(start < end and begin < start + length for begin, end in expected):
            expected.append((start, start + length))
    timeline = Timeline()
    accepted = []
    for start, length in batch:
        if timeline.overlapped(start, start + length) is None:
            timeline.add(start, start + length)
            accepted.append((start, start + length))

    assert expected == accepted


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 9)), max_size=30), st.integers(0, 70))
def test_a_timeline_with_overlaps_in_it_still_knows_what_is_free(
    stored: list[tuple[int, int]], start: int
) -> None:
    timeline = Timeline()
    for begin, length in stored:
        timeline.add(begin, begin + length)

    is_taken = any(begin <= start < begin + length for begin, length in stored)

    assert is_taken == (timeline.overlapped(start, start + 1) is not None)
