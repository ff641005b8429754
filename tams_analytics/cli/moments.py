"""Moments and lengths of time as exact text.

Also those that Arrow's own text and Python's datetime cannot hold.

DuckDB counts years from -290308 to 294246 and has ``infinity``; Python has the years 1 to 9999,
and beyond its range `pyarrow.compute.strftime` gives another moment without a word.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

UTC_TEXT, DAY_TEXT = "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d"
DIGITS = {"s": 0, "ms": 3, "us": 6, "ns": 9}
DAY_S = 86_400
EPOCH_DAY = dt.date(1970, 1, 1).toordinal()
LAST_DAY = dt.date.max.toordinal()
CYCLE_DAYS, CYCLE_YEARS = 146_097, 400
"""After so many days, which are so many years, the calendar repeats itself."""
END_OF_DAY = "24:00:00"
"""A time that SQL has and Python's ``time`` has not."""


def texts(rows: Any) -> Any:
    """The same rows (a table or a batch); whatever is of time is text, in lists too."""
    return type(rows).from_arrays(
        [text(column) for column in rows.columns], names=rows.schema.names
    )


def text(column: Any) -> Any:
    """A column as it is, or its moments: ``2026-09-01T00:00:00.000000Z``, ``infinity``.

    Lengths of time: ``2 months 25 days 03:00:00.5``.
    """
    kind = column.type
    if pa.types.is_interval(kind) or pa.types.is_duration(kind):
        return _lengths(column)
    if pa.types.is_timestamp(kind):
        return _moments(column, DIGITS[kind.unit])
    if pa.types.is_date(kind):
        return _days(column.cast(pa.date32()))
    if pa.types.is_time(kind):
        return _times(column, DIGITS[kind.unit])
    if _as_text(kind) != kind:
        return pa.array([_inside(each) for each in column], _as_text(kind))
    return column


def _moments(column: Any, digits: int) -> Any:
    counts = column.cast(pa.int64())
    a_day = DAY_S * 10**digits
    if _is_usual(counts, a_day, 2**63 - 1):
        return pc.strftime(column.cast(pa.timestamp(column.type.unit)), format=UTC_TEXT)
    return pa.array([_moment(each, digits) for each in counts.to_pylist()], pa.string())


def _days(column: Any) -> Any:
    counts = column.cast(pa.int32())
    if _is_usual(counts, 1, 2**31 - 1):
        return pc.strftime(column, format=DAY_TEXT)
    return pa.array([_day(each) for each in counts.to_pylist()], pa.string())


def _times(column: Any, digits: int) -> Any:
    whole = pa.int32() if pa.types.is_time32(column.type) else pa.int64()
    is_end = pc.equal(column.cast(whole), pa.scalar(DAY_S * 10**digits, whole))
    return pc.if_else(is_end, END_OF_DAY, column.cast(pa.string()))


def _lengths(column: Any) -> Any:
    if pa.types.is_interval(column.type):
        return pa.array([_length(each) for each in column.to_pylist()], pa.string())
    each_ns = 10 ** (9 - DIGITS[column.type.unit])
    counts = column.cast(pa.int64()).to_pylist()
    found = [None if count is None else _clock(count * each_ns) for count in counts]
    return pa.array(found, pa.string())


def _length(value: pa.MonthDayNano | None) -> str | None:
    """Months and days apart, as no two of them are equally long."""
    if value is None:
        return None
    named = [(value.months, "months"), (value.days, "days")]
    parts = [f"{count} {unit}" for count, unit in named if count]
    if value.nanoseconds or not parts:
        parts.append(_clock(value.nanoseconds))
    return " ".join(parts)


def _clock(length_ns: int) -> str:
    seconds, fraction = divmod(abs(length_ns), 10**9)
    behind = f".{fraction:09}".rstrip("0") if fraction else ""
    sign = "-" if length_ns < 0 else ""
    return f"{sign}{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}{behind}"


def _is_usual(counts: Any, a_day: int, infinity: int) -> bool:
    """Do all lie in the years that Python has, and before infinity?"""
    found = pc.min_max(counts).as_py()
    least, most = found["min"], found["max"]
    if least is None:
        return True
    first, end = (1 - EPOCH_DAY) * a_day, (LAST_DAY + 1 - EPOCH_DAY) * a_day
    return bool(least >= max(first, 1 - infinity) and most < min(end, infinity))


def _moment(count: int | None, digits: int) -> str | None:
    if count is None or abs(count) >= 2**63 - 1:
        return _infinite(count)
    seconds, fraction = divmod(count, 10**digits)
    days, second = divmod(seconds, DAY_S)
    behind = f".{fraction:0{digits}}" if digits else ""
    clock = f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"
    return f"{_calendar(days)}T{clock}{behind}Z"


def _day(count: int | None) -> str | None:
    return _infinite(count) if count is None or abs(count) >= 2**31 - 1 else _calendar(count)


def _infinite(count: int | None) -> str | None:
    return None if count is None else "infinity" if count > 0 else "-infinity"


def _calendar(days: int) -> str:
    """Year, month and day so many days after 1970-01-01, any year: the year 0 is 1 BC."""
    cycles, rest = divmod(days + EPOCH_DAY - 1, CYCLE_DAYS)
    day = dt.date.fromordinal(rest + 1)
    year = day.year + cycles * CYCLE_YEARS
    return f"{'-' if year < 0 else ''}{abs(year):04}-{day.month:02}-{day.day:02}"


def _as_text(kind: pa.DataType) -> pa.DataType:
    """The type with text for moments, wherever in it they are."""
    if pa.types.is_temporal(kind):
        return pa.string()
    if pa.types.is_struct(kind):
        return pa.struct([field.with_type(_as_text(field.type)) for field in kind])
    if pa.types.is_map(kind):
        return pa.map_(_as_text(kind.key_type), _as_text(kind.item_type))
    if isinstance(kind, pa.ListType | pa.FixedSizeListType):
        inside = _as_text(kind.value_type)
        return kind if inside == kind.value_type else pa.list_(inside)
    return kind


def _inside(value: pa.Scalar) -> Any:
    """A value out of a column, its moments as text."""
    if not value.is_valid:
        return None
    if isinstance(value, pa.StructScalar):
        return {name: _inside(each) for name, each in value.items()}
    if isinstance(value, pa.MapScalar):
        return [(_inside(each["key"]), _inside(each["value"])) for each in value.values]
    if isinstance(value, pa.ListScalar | pa.FixedSizeListScalar):
        return [_inside(each) for each in value.values]
    if pa.types.is_temporal(value.type):
        return text(pa.array([value], value.type))[0].as_py()
    return value.as_py()
