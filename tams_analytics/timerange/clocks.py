"""TAI and UTC: the stored time against the clock on the wall.

A stored nanosecond counts TAI from 1970-01-01T00:00:00 TAI, so that 0:0 is
1969-12-31T23:59:50 UTC. TAI is ahead of UTC by 10 seconds and by every leap second since, 37 from
2017 on. Before 1972 UTC had no leap seconds but steps and rates; here the 10 seconds of
1972-01-01 hold for all of the time before. After the last leap second of the table its offset goes
on. The table is the file ``leapseconds`` of the tzdata package, made from the IERS list.
"""

from __future__ import annotations

import functools
import re
from bisect import bisect_right
from datetime import date, datetime, timedelta, timezone
from importlib import resources

from tams_analytics.errors import BadTimeRange
from tams_analytics.timerange.grammar import SECOND, checked

FIRST_OFFSET = 10
"""TAI - UTC in seconds on 1972-01-01, and here for all of the time before."""

FIRST_WALL_CLOCK_NS = 10**8 * SECOND
"""Before 1973 media has a time of its own, and is not on the wall clock."""

AWARE = "a datetime with a time zone, or tr.utc with a text"
EPOCH_DAY = date(1970, 1, 1).toordinal()
_LEAP = re.compile(r"^Leap\s+(\d{4})\s+(\w{3})\s+(\d+)\s+23:59:60\s+\+\s+S", re.MULTILINE)
_MONTHS = {"Jan": 1, "Feb": 2, "Mar": 3, "Apr": 4, "May": 5, "Jun": 6}
_MONTHS |= {"Jul": 7, "Aug": 8, "Sep": 9, "Oct": 10, "Nov": 11, "Dec": 12}


@functools.lru_cache(maxsize=1)
def leap_seconds() -> tuple[int, ...]:
    """The POSIX second that follows each leap second, in order."""
    file = resources.files("tzdata").joinpath("zoneinfo").joinpath("leapseconds")
    found = _LEAP.findall(file.read_text(encoding="utf-8"))
    days = (date(int(year), _MONTHS[month], int(day)).toordinal() for year, month, day in found)
    return tuple((day + 1 - EPOCH_DAY) * 86400 for day in days)


@functools.lru_cache(maxsize=1)
def _leaps_in_tai() -> tuple[int, ...]:
    """The TAI second at which each leap second begins."""
    return tuple(posix + FIRST_OFFSET + n for n, posix in enumerate(leap_seconds()))


def from_posix(posix_ns: int, shown: object = None) -> int:
    """Stored nanoseconds of a POSIX time, which knows no leap second.

    Raises `BadTimeRange`, about ``shown`` if it is given, outside int64.
    """
    leaps = bisect_right(leap_seconds(), posix_ns // SECOND)
    return checked(
        posix_ns + (FIRST_OFFSET + leaps) * SECOND, shown or f"POSIX nanosecond {posix_ns}"
    )


def to_posix(ns: int) -> tuple[int, bool]:
    """POSIX nanoseconds of a stored time, and whether it lies in a leap second.

    POSIX has no number for a leap second: its nanoseconds come out as those of the second before,
    23:59:59.
    """
    begun = bisect_right(_leaps_in_tai(), ns // SECOND)
    is_leap = begun > 0 and ns // SECOND == _leaps_in_tai()[begun - 1]
    return ns - (FIRST_OFFSET + begun) * SECOND, is_leap


def from_datetime(moment: datetime, expected: str = AWARE, kind: str = "timerange") -> int:
    """Stored nanoseconds of an aware datetime, or of a pandas Timestamp with a zone, exactly.

    Raises `BadTimeRange` for a naive one, and for NaT: it is not the ``kind`` that was
    ``expected``.
    """
    if moment != moment:  # noqa: PLR0124 - pandas' NaT is a datetime, equal to nothing
        raise BadTimeRange(moment, "it is no time", expected, kind=kind)
    offset = moment.utcoffset()
    if offset is None:
        raise BadTimeRange(moment, "it has no time zone", expected, kind=kind)
    # By hand: at the ends of its years a datetime cannot be turned into UTC.
    day = moment.toordinal() - EPOCH_DAY - offset.days
    seconds = day * 86400 + moment.hour * 3600 + moment.minute * 60 + moment.second - offset.seconds
    micros = moment.microsecond - offset.microseconds
    nanos = seconds * SECOND + micros * 1000 + getattr(moment, "nanosecond", 0)
    return from_posix(nanos, moment)


def utc_text(ns: int) -> str:
    """A stored time in UTC, ISO 8601 with as many of the nine decimals as it needs.

    >>> utc_text(1694429247_040000000)
    '2023-09-11T10:46:50.04Z'
    >>> utc_text(1483228836_500000000)
    '2016-12-31T23:59:60.5Z'
    """
    posix_ns, is_leap = to_posix(ns)
    seconds, nanos = divmod(posix_ns, SECOND)
    day, second = divmod(seconds, 86400)
    text = date.fromordinal(EPOCH_DAY + day).isoformat()
    clock = f"{second // 3600:02}:{second // 60 % 60:02}:{60 if is_leap else second % 60:02}"
    fraction = f".{nanos:09}".rstrip("0").rstrip(".")
    return f"{text}T{clock}{fraction}Z"


def to_utc(ns: int) -> datetime:
    """A stored time as an aware datetime, cut to the microsecond; `utc_text` keeps nanoseconds.

    A datetime has no second 60: within a leap second it stands at 23:59:59.999999.
    """
    posix_ns, is_leap = to_posix(ns)
    start = datetime(1970, 1, 1, tzinfo=timezone.utc)
    if is_leap:
        return start + timedelta(seconds=posix_ns // SECOND, microseconds=999999)
    return start + timedelta(microseconds=posix_ns // 1000)
