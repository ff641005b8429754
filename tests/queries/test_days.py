"""Rows cut by the day equal brute force, on every engine; and what is read for that."""

from __future__ import annotations

from typing import Any

import ibis
import pyarrow as pa
import pytest

import tams_analytics as ta
from tams_analytics.errors import BadParameter
from tams_analytics.queries import days
from tams_analytics.timerange import Period, periods, tr
from tests.support.asking import Asked
from tests.support.vast_stores import VastStores

DAYS = [Period("a", -10, 0), Period("b", 0, 7), Period("c", 7, 8), Period("d", 20, 40)]
LATER = [Period(f"later {n}", n, n + 1) for n in range(50, 51 + days.FEW)]
"""So many that rows are not compared with each."""


def table(rows: list[tuple[str, int, int]]) -> Any:
    kinds = pa.schema({"flow_id": pa.string(), "start_ns": pa.int64(), "end_ns": pa.int64()})
    columns = [[row[place] for row in rows] for place in range(3)]
    return ibis.memtable(pa.table(columns, schema=kinds))


def cut(rows: list[tuple[str, int, int]]) -> list[tuple[str, int, int, str]]:
    """Each row against each period."""
    parts = [
        (flow, max(start, day.start_ns), min(end, day.end_ns), day.label)
        for flow, start, end in rows
        for day in DAYS
        if start < end
    ]
    return sorted(part for part in parts if part[1] < part[2])


def test_rows_are_cut_at_the_bounds_of_periods_on_every_engine(con: Asked) -> None:
    sides = range(-12, 44, 3)
    rows = [(flow, start, end) for flow in "fg" for start in sides for end in sides]

    found = con.to_pyarrow(days.by_period(table(rows), [*DAYS, *LATER]))

    assert ["flow_id", "start_ns", "end_ns", "period"] == found.column_names
    assert cut(rows) == sorted(zip(*found.to_pydict().values(), strict=True))


def test_few_rows_are_cut_alike(con: Asked) -> None:
    rows = [("f", start, end) for start in range(-12, 44, 5) for end in range(-12, 44, 5)]
    rows = [row for row in rows if row[1] < row[2]]

    found = con.to_pyarrow(days.few_by_period(table(rows), DAYS))

    assert ["flow_id", "start_ns", "end_ns", "period"] == found.column_names
    assert cut(rows) == sorted(zip(*found.to_pydict().values(), strict=True))


def test_of_no_periods_there_are_no_rows(con: Asked) -> None:
    assert 0 == con.to_pyarrow(days.by_period(table([("f", 0, 9)]), [])).num_rows


def test_only_the_rows_of_the_periods_are_read_and_only_their_columns(
    vast_stores: VastStores,
) -> None:
    window = tr.utc("2026-08-31", "2026-09-01")
    with ta.connect(vast_stores.new_url()) as store:
        rows = store.segments.select("flow_id", "start_ns", "end_ns")

        scans = ta.explain(days.by_period(rows, periods(window))).scans

    assert scans
    for scan in scans:
        assert {"flow_id", "start_ns", "end_ns"} >= set(scan.columns)
        pushed = sorted(each.replace(" ", "") for each in scan.pushed)
        assert [f"end_ns>{window.start_ns}", f"start_ns<{window.end_ns}"] == pushed


def test_a_column_that_would_be_added_is_refused() -> None:
    with pytest.raises(BadParameter, match="rows: 'period' is a column that is added"):
        days.by_period(table([]).mutate(period=ibis.literal("x")), DAYS)
