"""Whole columns of timeranges, row for row as the scalar functions have them."""

from __future__ import annotations

import itertools

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tams_analytics.errors import BadTimeRange
from tams_analytics.timerange import (
    HIGHEST_NS,
    LOWEST_NS,
    TimeRange,
    format_timestamp,
    parse_registered_texts,
    timerange_texts,
)

SECOND = 1_000_000_000
EDGES = [LOWEST_NS, LOWEST_NS + 1, -SECOND, -5, -1, 0, 1, SECOND - 1, SECOND, HIGHEST_NS]
EDGES += [HIGHEST_NS - 1, 9223372035 * SECOND, -9223372035 * SECOND, 9223372036 * SECOND]
MARKS = [("[", ")"), ("[", "]"), ("", ""), ("", "]"), ("", ")"), ("[", "")]
bounds = st.one_of(st.sampled_from(EDGES), st.integers(LOWEST_NS, HIGHEST_NS))


@given(st.lists(st.tuples(bounds, bounds), max_size=20))
def test_texts_of_columns_are_those_of_each_row(rows: list[tuple[int, int]]) -> None:
    start, end = (np.array([row[side] for row in rows], dtype=np.int64) for side in (0, 1))
    expected = [str(TimeRange.from_ns(*row)) for row in rows]

    assert expected == timerange_texts(start, end).to_pylist()


def test_texts_of_all_pairs_of_edges_are_right() -> None:
    pairs = [
        *itertools.product(EDGES, EDGES),
        *((edge, edge + 1) for edge in EDGES if edge < HIGHEST_NS),
    ]
    start, end = (pa.array([pair[side] for pair in pairs], pa.int64()) for side in (0, 1))

    assert [str(TimeRange.from_ns(*each)) for each in pairs] == timerange_texts(
        start, end
    ).to_pylist()


def test_a_null_bound_has_a_null_text() -> None:
    start = pa.chunked_array([[0, None], [5]], pa.int64())

    assert ["[0:0_0:9)", None, "[0:5_0:9)"] == timerange_texts(start, pa.array([9] * 3)).to_pylist()


def test_columns_of_another_type_are_refused() -> None:
    with pytest.raises(BadTimeRange, match="whole numbers"):
        timerange_texts(np.array([0.0]), np.array([1.0]))
    with pytest.raises(BadTimeRange, match="64 bits"):
        timerange_texts(pa.array([2**63], pa.uint64()), pa.array([1]))
    with pytest.raises(BadTimeRange, match="texts"):
        parse_registered_texts(pa.array([1]))


def _registered(text: str) -> tuple[int | None, int | None, str] | None:
    try:
        found, stored = TimeRange.registered(text)
    except BadTimeRange:
        return None
    return found.start_ns, found.end_ns, stored


def test_columns_of_texts_are_read_as_each_text_alone() -> None:
    texts = [
        f"{opening}{format_timestamp(start)}_{format_timestamp(end)}{closing}"
        for start, end in itertools.product(EDGES, EDGES)
        for opening, closing in MARKS
    ]
    texts += ["5:0", "[5:0]", "[5:0", "[-0:0_0:1)"]
    alone = [(text, _registered(text)) for text in texts]
    read = parse_registered_texts(pa.array([text for text, found in alone if found]))

    assert [found for _, found in alone if found] == list(
        zip(*(column.to_pylist() for column in read), strict=True)
    )
    for text in (text for text, found in alone if found is None):
        with pytest.raises(BadTimeRange, match="row 1"):
            parse_registered_texts(pa.array(["[0:0_1:0)", text]))


@pytest.mark.parametrize(
    "text", [None, "", "_", "()", "[0:0_", "(0:0_1:0)", "[0:0_1:0)\n", "[00:0_1:0)", "[0:0_1:0)x"]
)
def test_the_first_bad_row_is_named(text: str | None) -> None:
    column = pa.chunked_array([["[0:0_1:0)", "1:0"], [text, "nonsense"]], pa.string())

    with pytest.raises(BadTimeRange, match="row 2: "):
        parse_registered_texts(column)


@pytest.mark.parametrize("kind", [pa.large_string(), pa.dictionary(pa.int32(), pa.string())])
def test_every_kind_of_string_column_is_read(kind: pa.DataType) -> None:
    column = pa.array(["[0:0_1:0)", "5:0"]).cast(kind)

    assert ["[0:0_1:0)", "[5:0]"] == parse_registered_texts(column).texts.to_pylist()


def test_no_rows_are_no_rows() -> None:
    empty = pa.array([], pa.string())

    assert [0, 0, 0] == [len(column) for column in parse_registered_texts(empty)]
    assert 0 == len(timerange_texts(np.array([], np.int64), np.array([], np.int64)))
