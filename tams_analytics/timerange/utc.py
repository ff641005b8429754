"""Moments that people write in UTC: ISO 8601 texts, times of day, numpy.datetime64."""

from __future__ import annotations

import re
from datetime import date, datetime

import numpy as np

from tams_analytics.errors import BadParameter
from tams_analytics.timerange import clocks
from tams_analytics.timerange.grammar import SECOND

UtcLike = str | datetime | np.datetime64
"""An ISO 8601 text (UTC without a zone), an aware datetime, numpy.datetime64 taken as UTC."""

DAY = 86400
A_MOMENT = "for example 2026-09-01T20:00, 2026-09-01T20:00:00.5Z or 2026-09-01T22:00+02:00"
MIDNIGHT = "00:00 of the next day, for example 2026-09-02T00:00"
AWARE = "a datetime with a time zone, for example .replace(tzinfo=timezone.utc)"
_CLOCK = r"([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,9}))?)?(Z|[+-][0-9]{2}:?[0-9]{2})?"
_moment = re.compile(rf"([0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}})(?:[T ]{_CLOCK})?").fullmatch
_time_of_day = re.compile(_CLOCK).fullmatch
_MIDNIGHT = ("00", "00", None, None, None)

Clock = tuple["str | None", ...]
"""Hours, minutes, seconds, decimals and zone of a text, as they are written."""


def utc_instants(start: UtcLike | None, end: UtcLike | None) -> tuple[int | None, int | None]:
    """Stored nanoseconds of two moments, the second one possibly a time of day after the first."""
    first = None if start is None else utc_instant(start)
    match = _time_of_day(end) if isinstance(end, str) else None
    if match is None or first is None:
        return first, None if end is None else utc_instant(end)
    clock = match.groups()
    return first, _next_time_of_day(first, (*clock[:4], clock[4] or _zone_text(start)), end)


def utc_instant(moment: UtcLike) -> int:
    """Stored nanoseconds of a moment.

    Raises `BadParameter` for a text that names no moment, `BadTimeRange` for a naive datetime.
    """
    if isinstance(moment, str):
        return _text_instant(moment)
    if isinstance(moment, np.datetime64):
        return _datetime64_instant(moment)
    if isinstance(moment, datetime):
        return clocks.from_datetime(moment, AWARE, kind="time")
    raise BadParameter("utc", moment, "is no moment", A_MOMENT)


def _text_instant(text: str) -> int:
    match = _moment(text)
    if match is None:
        raise BadParameter("utc", text, "is no moment", A_MOMENT)
    clock = match.groups()[1:]
    return _stored(_day(match[1], text), _MIDNIGHT if clock[0] is None else clock, text)


def _day(text: str, shown: str) -> int:
    """Days since 1970-01-01."""
    try:
        return date.fromisoformat(text).toordinal() - clocks.EPOCH_DAY
    except ValueError as error:
        raise BadParameter("utc", shown, f"has no such day: {error}", A_MOMENT) from None


def _stored(day: int, clock: Clock, shown: object) -> int:
    hours, minutes, seconds = (int(part or 0) for part in clock[:3])
    if hours > 23 or minutes > 59 or seconds > 60:
        expected = MIDNIGHT if (hours, minutes, seconds) == (24, 0, 0) else A_MOMENT
        raise BadParameter("utc", shown, "has no such time of day", expected)
    is_leap = seconds == 60
    posix = day * DAY + hours * 3600 + minutes * 60 + seconds - is_leap - _offset(clock[4], shown)
    if is_leap and posix + 1 not in clocks.leap_seconds():
        raise BadParameter("utc", shown, "has second 60 where no leap second was", A_MOMENT)
    nanos = int((clock[3] or "").ljust(9, "0"))
    return clocks.from_posix(posix * SECOND, shown) + is_leap * SECOND + nanos


def _offset(zone: str | None, shown: object) -> int:
    """Seconds that a zone such as ``+02:00`` is ahead of UTC."""
    if zone is None or zone == "Z":
        return 0
    hours, minutes = int(zone[1:3]), int(zone[-2:])
    if hours > 23 or minutes > 59:
        raise BadParameter("utc", shown, "has no such zone", A_MOMENT)
    return (hours * 3600 + minutes * 60) * (-1 if zone[0] == "-" else 1)


def _zone_text(moment: object) -> str | None:
    match = _moment(moment) if isinstance(moment, str) else None
    return match[6] if match else None


def _next_time_of_day(after: int, clock: Clock, shown: object) -> int:
    """The first moment after ``after`` at which this clock shows; a day later for the same time."""
    local = clocks.to_posix(after)[0] // SECOND + _offset(clock[4], shown)
    today = _stored(local // DAY, clock, shown)
    return today if today > after else _stored(local // DAY + 1, clock, shown)


def _datetime64_instant(moment: np.datetime64) -> int:
    nanos = _in_nanoseconds(moment)
    if nanos is None:
        problem = "is no time of whole nanoseconds between 1677 and 2262"
        raise BadParameter("utc", moment, problem, A_MOMENT)
    return clocks.from_posix(nanos, moment)


def _in_nanoseconds(moment: np.datetime64) -> int | None:
    """``None`` where 64 bits do not reach: numpy wraps round there, from 2.5 on it raises."""
    try:
        nanos = moment.astype("datetime64[ns]")
        if np.isnat(moment) or nanos.astype(moment.dtype) != moment:
            return None
    except OverflowError:
        return None
    return int(nanos.astype(np.int64))
