"""What people hold instead of a TAMS text: datetimes, numbers, values of mediatimestamp.

Each is read exactly or refused. mediatimestamp, pandas and numpy are recognised by what their
values can do; none of them is imported.
"""

from __future__ import annotations

import operator
from datetime import date, datetime, timedelta
from typing import Any, Protocol, SupportsIndex, runtime_checkable

from tams_analytics.errors import BadTimeRange
from tams_analytics.timerange import clocks, grammar
from tams_analytics.timerange.grammar import A_TIMESTAMP, Bounds


@runtime_checkable
class MediaTimestamp(Protocol):
    """A timestamp or offset of mediatimestamp."""

    def to_nanosec(self) -> int: ...


@runtime_checkable
class MediaTimeRange(Protocol):
    """A timerange of mediatimestamp, or what it takes for one."""

    def __mediatimerange__(self) -> Any: ...


DurationLike = str | timedelta | SupportsIndex | MediaTimestamp
"""A timestamp's text, a timedelta, whole nanoseconds, or an offset of mediatimestamp."""

InstantLike = str | datetime | SupportsIndex | MediaTimestamp
"""A timestamp's text, an aware datetime, whole nanoseconds, or mediatimestamp's."""

NO_UNIT = "a bare number has no unit; TimeRange.from_ns takes nanoseconds"
A_TIMERANGE = "a text such as [0:0_10:0), a TimeRange, an aware datetime, or a pair of instants"


def bounds_of(value: Any) -> Bounds:
    """Bounds and marks of anything that stands for a timerange. Raises `BadTimeRange`."""
    if isinstance(value, str):
        return grammar.read(value)
    if isinstance(value, tuple):
        return _pair(value)
    if isinstance(value, (datetime, MediaTimestamp)):
        instant = as_instant(value)
        return instant, _after(instant, value), "[]"
    if isinstance(value, MediaTimeRange):
        return grammar.read(value.__mediatimerange__().to_sec_nsec_range())
    raise BadTimeRange(value, _unsuitable(value), A_TIMERANGE)


def _pair(pair: tuple[Any, ...]) -> Bounds:
    """``(start, end)``, half-open; ``None`` is unbounded."""
    if len(pair) != 2:
        raise BadTimeRange(pair, f"a pair has two sides, not {len(pair)}", "(start, end)")
    start, end = (None if side is None else _side(side) for side in pair)
    return grammar.unmarked(start, end)


def _side(side: Any) -> int:
    if isinstance(side, SupportsIndex):
        raise BadTimeRange(side, _unsuitable(side), A_TIMERANGE)
    return as_instant(side)


def _after(instant: int, shown: Any) -> int:
    return grammar.checked(instant + 1, shown)


def as_instant(value: InstantLike) -> int:
    """Stored nanoseconds of an instant; a whole number is nanoseconds already.

    Raises `BadTimeRange` for a naive datetime, a float, a bool and what leaves int64.
    """
    if isinstance(value, str):
        return grammar.parse_timestamp(value)
    if isinstance(value, datetime):
        return clocks.from_datetime(value)
    if isinstance(value, MediaTimestamp):
        return grammar.checked(value.to_nanosec(), value)
    return grammar.checked(whole(value), value)


def as_ns(value: DurationLike) -> int:
    """Nanoseconds of a duration or an offset, such as ``0:200000000``; an integer is itself.

    Raises `BadTimeRange` for a float, a bool and what leaves int64.
    """
    if type(value) is int:
        return grammar.checked(value, value)
    if isinstance(value, str):
        return grammar.parse_timestamp(value)
    if isinstance(value, timedelta):
        micros = (value.days * 86400 + value.seconds) * 1_000_000 + value.microseconds
        return grammar.checked(micros * 1000 + getattr(value, "nanoseconds", 0), value)
    if isinstance(value, MediaTimestamp):
        return grammar.checked(value.to_nanosec(), value)
    return grammar.checked(whole(value), value)


def whole(value: Any) -> int:
    """An integer of any library as an int; floats and bools are refused."""
    if isinstance(value, bool):
        raise BadTimeRange(value, _unsuitable(value), f"whole nanoseconds, or {A_TIMESTAMP}")
    try:
        return operator.index(value)
    except TypeError:
        raise BadTimeRange(
            value, _unsuitable(value), f"whole nanoseconds, or {A_TIMESTAMP}"
        ) from None


def _unsuitable(value: Any) -> str:
    if isinstance(value, float):
        return "a float loses nanoseconds"
    if isinstance(value, int):
        return "a bool is no number" if value is True or value is False else NO_UNIT
    if isinstance(value, date):
        return "a date has no time zone"
    if type(value).__name__ == "datetime64":
        return "numpy.datetime64 has no time zone; tr.utc reads it as UTC"
    return f"a value of type {type(value).__name__} cannot stand for one"
