"""What the command writes of lengths of time."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa
import pytest

from tams_analytics.cli import moments

LONG = dt.timedelta(days=25, seconds=5, microseconds=7)


@pytest.mark.parametrize(
    ("column", "texts"),
    [
        (
            pa.array([LONG, -LONG, None], pa.duration("us")),
            ["600:00:05.000007", "-600:00:05.000007", None],
        ),
        (pa.array([[5]], pa.list_(pa.duration("s"))), [["00:00:05"]]),
        (
            pa.array(
                [
                    pa.MonthDayNano([14, 2, 3 * 10**9]),
                    pa.MonthDayNano([0, -2, -1]),
                    pa.MonthDayNano([0, 0, 0]),
                    None,
                ]
            ),
            ["14 months 2 days 00:00:03", "-2 days -00:00:00.000000001", "00:00:00", None],
        ),
    ],
)
def test_a_length_of_time_is_a_text(column: Any, texts: list[Any]) -> None:
    assert texts == moments.text(column).to_pylist()
