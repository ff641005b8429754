"""Texts written by the engine equal those of the library, and frames keep every nanosecond."""

from __future__ import annotations

import ibis
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tams_analytics as ta
from tams_analytics.display.expressions import timeranges, timestamp_ns, to_pandas
from tams_analytics.errors import BadParameter
from tams_analytics.timerange import HIGHEST_NS, LOWEST_NS, TimeRange, format_timestamp
from tests.support.asking import Asked

INT64 = st.integers(LOWEST_NS, HIGHEST_NS)
NEAR_SECONDS = st.integers(-20, 20).map(lambda n: n * 500_000_000) | st.integers(-3, 3)


def rows(*bounds: tuple[int | None, int | None]) -> pa.Table:
    columns = {"start_ns": [start for start, _ in bounds], "end_ns": [end for _, end in bounds]}
    return pa.table({name: pa.array(values, pa.int64()) for name, values in columns.items()})


@settings(max_examples=30)
@given(bounds=st.lists(st.tuples(INT64 | NEAR_SECONDS, INT64 | NEAR_SECONDS), max_size=60))
def test_the_engine_writes_the_text_that_the_library_writes(
    con: Asked, bounds: list[tuple[int, int]]
) -> None:
    written = con.to_pyarrow(timeranges(ibis.memtable(rows(*bounds))).timerange).to_pylist()

    assert [str(TimeRange.from_ns(*each)) for each in bounds] == written


@settings(max_examples=15)
@given(values=st.lists(INT64 | NEAR_SECONDS, min_size=1, max_size=60))
def test_the_engine_reads_the_timestamps_that_the_library_writes(
    con: Asked, values: list[int]
) -> None:
    texts = ibis.memtable(pa.table({"text": [format_timestamp(each) for each in values]}))

    assert values == [int(each) for each in con.to_pyarrow(timestamp_ns(texts.text)).to_pylist()]


def test_what_is_no_timestamp_is_none_to_the_engine(con: Asked) -> None:
    odd = ["", "5", ":", "5:", ":5", "a:5", "5:b", "123456789012:0", "7 days", None]
    texts = ibis.memtable(pa.table({"text": pa.array(odd, pa.string())}))

    assert [None] * len(odd) == con.to_pyarrow(timestamp_ns(texts.text)).to_pylist()


def test_the_text_stands_before_the_bounds_or_replaces_an_older_one() -> None:
    plain = pa.table({"flow_id": ["f"], "start_ns": [0], "end_ns": [1]})
    older = plain.append_column("timerange", pa.array(["0:0"]))

    assert ("flow_id", "timerange", "start_ns", "end_ns") == timeranges(
        ibis.memtable(plain)
    ).columns
    assert ["[0:0]"] == timeranges(older)["timerange"].to_pylist()


def test_without_bounds_there_is_no_text() -> None:
    with pytest.raises(BadParameter, match="start_ns"):
        timeranges(pa.table({"a": [1]}))


def test_null_bounds_have_no_text(con: Asked) -> None:
    texts = timeranges(ibis.memtable(rows((None, 1)))).timerange

    assert [None] == con.to_pyarrow(texts).to_pylist()


@pytest.mark.parametrize("lazy", [True, False])
def test_a_nullable_nanosecond_survives_pandas(lazy: bool) -> None:
    """§258."""
    table = rows((1_727_999_999_999_999_999, None))
    frame = to_pandas(ibis.memtable(table) if lazy else table)

    assert 1_727_999_999_999_999_999 == frame["start_ns"][0]
    assert frame["end_ns"][0] is pd.NA


def test_a_column_becomes_a_series() -> None:
    series = ta.to_pandas(ibis.memtable(rows((5, 6))).start_ns)

    assert (5, "start_ns") == (series[0], series.name)


def test_what_has_no_rows_is_told_what_would_be_right() -> None:
    with pytest.raises(
        BadParameter, match=r"nor a column; expected its value alone, by .to_pyarrow"
    ):
        to_pandas(ibis.memtable(rows((5, 6))).count())
    with pytest.raises(
        BadParameter, match="'int' is neither a table nor a column; expected one of"
    ):
        to_pandas(7)
