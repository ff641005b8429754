"""Rows for people: each column is told by its name, and nothing is lost that tells rows apart."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa
import pytest

from tams_analytics.display.readable import Readable, readable
from tams_analytics.display.text import DASH

ONE, OTHER = (f"a640523d-0618-46c7-8fe8-f5a5cd5a5b{n}" for n in ("dd", "ee"))
NEW_YEAR = 1_767_225_637_000_000_000
"""2026-01-01T00:00:00Z in TAI."""

NOON = dt.datetime(2026, 1, 1, 12)


def shown(**columns: list[Any]) -> Readable:
    return readable(pa.table(columns))


@pytest.mark.parametrize(
    ("name", "value", "head", "text"),
    [
        ("missing_ns", 1, "missing", "1 ns"),
        ("missing_ns", 59_123_456_789, "missing", "59.123456789 s"),
        ("missing_ns", 61_123_456_789, "missing", "1 min 01.123 s"),
        ("missing_ns", 3_661_999_000_000, "missing", "1 h 01 min 01 s"),
        ("missing_ns", None, "missing", None),
        ("last_ns", NEW_YEAR + 1_500_000, "last UTC", "2026-01-01 00:00:00.001"),
        ("last_ns", 5_000_000_000, "last", "5 s"),
        ("last_ns", None, "last", None),
        ("created", NOON, "created UTC", NOON),
        ("available_ratio", 0.99999, "available_ratio", "99.99 %"),
        ("off_ratio", -0.25, "off_ratio", "-25.0 %"),
        ("bytes", 1_230_000_000, "bytes", "1.23 GB"),
        ("rated_bytes", 999, "rated_bytes", "999 B"),
        ("size", None, "size", None),
        ("flow_id", ONE, "flow_id", "a640523d"),
        ("flow_id", "no uuid", "flow_id", "no uuid"),
        ("object_id", ONE, "object_id", ONE),
        ("format", "urn:x-nmos:format:video", "format", "video"),
        ("is_known", True, "is_known", "yes"),
        ("kilobits", 8004.6457, "kilobits", 8004.65),
        ("segments", 12, "segments", 12),
    ],
)
def test_a_column_is_told_by_its_name(name: str, value: Any, head: str, text: Any) -> None:
    found = shown(**{name: [value]})

    assert ([head], [(text,)]) == (found.columns, found.rows)


def test_bounds_are_a_timerange_and_when_it_starts() -> None:
    found = shown(flow_id=["f"], start_ns=[NEW_YEAR], end_ns=[NEW_YEAR + 1])

    assert ["flow_id", "start UTC", "timerange"] == found.columns
    assert [("f", "2026-01-01 00:00:00", "[1767225637:0]")] == found.rows


def test_ids_that_begin_alike_are_shown_whole() -> None:
    assert [("a640523d",), ("a640523d",)] == shown(id=[ONE, ONE]).rows
    assert [(ONE,), (OTHER,)] == shown(id=[ONE, OTHER]).rows


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.05042, "1", "5.0 %"),
        (1_230_000_000.0, "bytes", "1.23 GB"),
        (12.34567, "h", "12.346 h"),
        (123_456_789.0, "bit/s", "123456789 bit/s"),
        (2.0, None, "2"),
        (None, "1", None),
    ],
)
def test_a_value_is_told_with_its_unit(value: Any, unit: Any, text: Any) -> None:
    found = shown(member=["S1"], value=[value], unit=[unit])

    assert (["member", "value"], [("S1", text)]) == (found.columns, found.rows)
    assert ["value"] == shown(value=[value]).columns


def test_nothing_is_a_dash_and_numbers_stand_to_the_right_for_all_that() -> None:
    found = shown(member=[None, "S1"], flows=[None, 12])

    assert [f"{DASH}           {DASH}", "S1         12"] == found.plain().splitlines()[2:]
    assert f'left">{DASH}</td><td style="text-align:right">{DASH}</td>' in found.html()


def test_lengths_and_shares_stand_to_the_right() -> None:
    found = shown(label=["a", "long"], gap_ns=[1, 61_000_000_000])

    assert ["label         gap", "a            1 ns", "long   1 min 01 s"] == [
        line for line in found.plain().splitlines() if "─" not in line
    ]
    assert '<td style="text-align:right">1 ns</td>' in found.html()
