"""What Trino writes becomes Arrow without losing anything."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from tams_analytics.engines.trino.values import batch
from tams_analytics.errors import EngineFailed

HIGHEST = 2**63 - 1


@pytest.mark.parametrize(
    ("kind", "written", "expected"),
    [
        (pa.int64(), [HIGHEST, None, -(2**63)], [HIGHEST, None, -(2**63)]),
        (pa.float64(), [1, 0.5, "NaN", "-Infinity", None], [1.0, 0.5, "nan", float("-inf"), None]),
        (pa.decimal128(38, 0), ["9" * 38, None], [Decimal("9" * 38), None]),
        (pa.string(), ["ä", None, ""], ["ä", None, ""]),
        (pa.bool_(), [True, None, False], [True, None, False]),
        (pa.binary(), ["AP8=", None], [b"\x00\xff", None]),
        (pa.date32(), ["2024-02-29", None], [dt.date(2024, 2, 29), None]),
        (pa.list_(pa.int64()), [[1, None], None, []], [[1, None], None, []]),
        (
            pa.struct([("a", pa.int64()), ("t", pa.date32())]),
            [[HIGHEST, "2024-02-29"], None],
            [{"a": HIGHEST, "t": dt.date(2024, 2, 29)}, None],
        ),
        (
            pa.map_(pa.int64(), pa.string()),
            [{"7": "x", "8": None}, None, {}],
            [[(7, "x"), (8, None)], None, []],
        ),
        (pa.uint64(), ["18446744073709551615", None], [2**64 - 1, None]),
        (
            pa.duration("ms"),
            ["-3 02:03:04.567", "0 00:00:00.001", None],
            [-dt.timedelta(3, 7384, 567000), dt.timedelta(milliseconds=1), None],
        ),
        (
            pa.month_day_nano_interval(),
            ["-1-2", "0 00:00:01.000", None],
            [pa.MonthDayNano((-14, 0, 0)), pa.MonthDayNano((0, 0, 10**9)), None],
        ),
        (
            pa.map_(pa.float64(), pa.int64()),
            [{"1.5": 2, "-Infinity": 1}],
            [[(1.5, 2), (float("-inf"), 1)]],
        ),
    ],
)
def test_values_of_a_type(kind: pa.DataType, written: list[Any], expected: list[Any]) -> None:
    assert expected == plain(kind, written)


@pytest.mark.parametrize(
    ("kind", "written", "nanoseconds"),
    [
        (pa.timestamp("ns"), "1970-01-01 00:00:00.123456789", 123456789),
        (pa.timestamp("ns"), "1969-12-31 23:59:59.999999999", -1),
        (pa.timestamp("us"), "2201-01-01 00:00:00.000001", 7289654400000001000),
        (pa.timestamp("ns", "UTC"), "1970-01-01 00:00:01.000000001 UTC", 1_000_000_001),
        (pa.timestamp("ns", "UTC"), "1970-01-01 05:30:00.000000007 +05:30", 7),
        (pa.timestamp("ns", "UTC"), "1969-12-31 19:00:00.000000007 -05:00", 7),
        (pa.timestamp("ns", "UTC"), "2024-07-01 01:00:00 Europe/London", 1719792000 * 10**9),
        (pa.timestamp("ns", "UTC"), "2024-12-01 00:00:00 Europe/London", 1733011200 * 10**9),
        (pa.timestamp("ms", "UTC"), "2024-06-30 23:00:00.000 UTC", 1719788400 * 10**9),
        (pa.time64("ns"), "00:00:01.000000001", 1_000_000_001),
    ],
)
def test_nanoseconds_are_exact(kind: pa.DataType, written: str, nanoseconds: int) -> None:
    column = batch([[written], [None]], pa.schema([("a", kind)])).column(0)
    wide = pa.timestamp("ns", kind.tz) if pa.types.is_timestamp(kind) else kind

    assert [nanoseconds, None] == column.cast(wide).cast(pa.int64()).to_pylist()


@pytest.mark.parametrize("written", ["9999-12-31 23:59:59.000 UTC", "1600-01-01 00:00:00.000 UTC"])
def test_times_beyond_what_nanoseconds_hold_are_read(written: str) -> None:
    """As tables of rights say never."""
    column = batch([[written]], pa.schema([("a", pa.timestamp("ms", "UTC"))])).column(0)

    assert written[:19] == str(column.cast(pa.timestamp("s"))[0].as_py())


def test_a_time_that_a_clock_shows_twice_is_refused() -> None:
    schema = pa.schema([("a", pa.timestamp("ms", "UTC"))])

    with pytest.raises(EngineFailed, match="comes twice in Europe/London; ask for it AT TIME ZONE"):
        batch([["2026-10-25 01:30:00.000 Europe/London"]], schema)


def test_no_row_has_every_column() -> None:
    schema = pa.schema([("a", pa.int64()), ("b", pa.list_(pa.string()))])

    assert (schema, 0) == ((found := batch([], schema)).schema, found.num_rows)


def test_a_value_of_another_type_is_an_error_that_names_the_column() -> None:
    with pytest.raises(EngineFailed, match="a value of start_ns is no int64"):
        batch([["soon"]], pa.schema([("start_ns", pa.int64())]))


@pytest.mark.parametrize(
    ("kind", "written", "says"),
    [
        (pa.uint64(), -1, "negative"),
        (pa.uint64(), "-1", "'-1'"),
        (pa.uint8(), 256, "256"),
        (pa.int64(), 10**23, "too large"),
        (pa.int64(), str(10**23), "'100000000000000000000000'"),
        (pa.int64(), "1_000", "'1_000'"),
        (pa.int64(), 1.5, "it is 1.5;"),
        (pa.int64(), True, "it is true;"),
        (pa.float64(), True, "it is true;"),
        (pa.bool_(), "yes", "it is 'yes';"),
        (pa.bool_(), 1, "it is 1;"),
        (pa.duration("ms"), 5, "it is 5;"),
        (pa.duration("ms"), "x", "it is 'x';"),
        (pa.month_day_nano_interval(), "x", "it is 'x';"),
        (pa.month_day_nano_interval(), "110000 00:00:00.000", "too large"),
        (pa.timestamp("ms", "UTC"), 5, "it is 5;"),
        (pa.timestamp("ms", "UTC"), "soon", "parse"),
        (pa.timestamp("ms", "UTC"), "2024-01-01 00:00:00 Europe", "no time zone that is known"),
        (pa.binary(), 5, "it is 5;"),
        (pa.binary(), "ab!cd===", "base64"),
        (pa.list_(pa.string()), "xy", "it is 'xy';"),
        (pa.struct([("a", pa.string()), ("b", pa.string())]), "xy", "it is 'xy';"),
        (pa.struct([("a", pa.int64()), ("b", pa.int64())]), [1], "its fields are 1, not 2"),
        (pa.struct([("a", pa.int64())]), [1, 2], "its fields are 2, not 1"),
        (pa.map_(pa.string(), pa.int64()), [1], r"it is \[1\];"),
    ],
)
def test_what_is_not_of_the_type_is_told(kind: pa.DataType, written: Any, says: str) -> None:
    """Nothing is read as something else, and no error of Python's or Arrow's comes through."""
    no_such = re.escape(f"a value of v is no {kind}: ")

    with pytest.raises(EngineFailed, match=rf"{no_such}.*{says}.*CAST\(.* gives its text"):
        batch([[None], [written]], pa.schema([("v", kind)]))


def test_more_columns_than_were_asked_for_are_an_error() -> None:
    with pytest.raises(EngineFailed, match="2 columns came for 1"):
        batch([[1, 2]], pa.schema([("a", pa.int64())]))


def plain(kind: pa.DataType, written: list[Any]) -> list[Any]:
    found = batch([[each] for each in written], pa.schema([("a", kind)])).column(0).to_pylist()
    return ["nan" if each != each else each for each in found]  # noqa: PLR0124 - NaN
