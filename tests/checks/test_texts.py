"""A text says the bounds beside it exactly where the grammar reads them from it."""

from __future__ import annotations

import itertools
from typing import Any

import ibis
import pyarrow as pa

from tams_analytics.checks.texts import saying_otherwise
from tams_analytics.errors import BadTimeRange
from tams_analytics.timerange import TimeRange, as_timerange

S = 10**9
MOMENTS = [-5 * S - 1, -5 * S, -1, 0, 1, S - 1, S, S + 1, 1_788_134_437 * S + 40_000_000]
SPANS = [(a, b) for a, b in itertools.product(MOMENTS, MOMENTS)]
OPENING, CLOSING = ("[", "(", ""), (")", "]", "")


def said(ns: int) -> str:
    whole, rest = divmod(abs(ns), S)
    return f"{'-' if ns < 0 else ''}{whole}:{rest}"


def texts(start_ns: int, end_ns: int) -> list[str]:
    """What might be said of the bounds: right, beside it, and none at all."""
    one = said(start_ns)
    near = [said(start_ns + n) for n in (-1, 0)], [said(end_ns + n) for n in (-1, 0, 1)]
    both = [f"{a}_{b}" for a, b in itertools.product(*near)]
    spans = [f"{a}{each}{b}" for a, b in itertools.product(OPENING, CLOSING) for each in both]
    return [*spans, f"[{one}]", one, f"({one})", "()", "", "_", f"[{one}_", f"[{one}_)"]


def means(text: str, start_ns: int, end_ns: int) -> bool:
    try:
        found = as_timerange(text)
    except BadTimeRange:
        return False
    if found.is_empty:
        return end_ns <= start_ns and text == "()"
    return found == TimeRange.from_ns(start_ns, end_ns) if start_ns < end_ns else False


def test_bounds_at_the_ends_of_int64_are_found_and_end_no_check() -> None:
    lowest, highest = -(2**63), 2**63 - 1
    rows = ibis.memtable(
        pa.table(
            {
                "start_ns": pa.array([5, lowest], pa.int64()),
                "end_ns": pa.array([lowest, highest], pa.int64()),
                "timerange": ["[0:0_0:5)", "[0:0_0:5)"],
            }
        )
    )

    assert 2 == saying_otherwise(rows).count().to_pyarrow().as_py()


def test_a_text_differs_where_it_is_read_otherwise() -> None:
    rows: list[dict[str, Any]] = [
        {"start_ns": start, "end_ns": end, "timerange": text}
        for start, end in SPANS
        if start < end
        for text in texts(start, end)
    ]

    found = saying_otherwise(ibis.memtable(rows)).to_pyarrow().to_pylist()

    wrong = [row for row in rows if not means(row["timerange"], row["start_ns"], row["end_ns"])]
    assert len(rows) > len(wrong) > 1_000
    assert _sorted(wrong) == _sorted(found)


def test_bounds_that_hold_no_time_say_so_and_null_says_nothing() -> None:
    rows = [
        {"start_ns": 5, "end_ns": 5, "timerange": "()"},
        {"start_ns": 5, "end_ns": 5, "timerange": "[0:5]"},
        {"start_ns": 5, "end_ns": None, "timerange": "[0:5_0:6)"},
        {"start_ns": None, "end_ns": 6, "timerange": "[0:5_0:6)"},
        {"start_ns": 5, "end_ns": 6, "timerange": None},
    ]

    found = saying_otherwise(ibis.memtable(rows)).timerange.to_pyarrow().to_pylist()

    assert ["[0:5]"] == found


def _sorted(rows: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return sorted((*row.values(),) for row in rows)
