"""Days, weeks, months and hours of a time zone, as half-open ranges of stored nanoseconds.

A day begins when the clocks of its zone show ``starts``, and lasts until they do again: 23 or 25
hours where they are changed, a second more where a leap second is. A time that comes twice begins
the day when it comes first; one that is left out begins it at the change that leaves it out. A day
of the calendar that is left out as a whole (Samoa, 2011-12-30) is none.
"""

from __future__ import annotations

import functools
import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from difflib import get_close_matches
from itertools import islice, pairwise
from typing import Literal
from zoneinfo import ZoneInfo, available_timezones

from tams_analytics.errors import BadParameter
from tams_analytics.timerange import clocks
from tams_analytics.timerange.grammar import SECOND
from tams_analytics.timerange.value import TimeRangeLike, as_timerange

Unit = Literal["hour", "day", "week", "month"]
UNITS: tuple[Unit, ...] = ("hour", "day", "week", "month")

MOST_PERIODS = 20_000
"""`periods` gives at most this many: days of 54 years, hours of two."""

NO_ZONES = {"localtime", "posixrules", "Factory"}
HOUR = 3600
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
A_TIME = "hours and minutes, for example 06:00"
_time_of_day = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])").fullmatch

Beginning = tuple[str, int]
"""The label of a period, and the POSIX second at which it begins."""


@dataclass(frozen=True)
class Period:
    """A day, week, month or hour: its name, and the stored nanoseconds from which to which it is.

    Labels in the order of text are in that of time, but for hours whose clock is put back.
    """

    label: str
    start_ns: int
    end_ns: int


def periods(
    within: TimeRangeLike, unit: Unit = "day", *, tz: str = "UTC", starts: str = "00:00"
) -> list[Period]:
    """The whole days, weeks, months or hours of a zone that share time with ``within``, in order.

    Labels are ``2026-08-31``; ``2026-W35``, from Monday on (ISO 8601); ``2026-08``; and
    ``2026-08-31T20:00+01:00``. A day is named after the date on which it ``starts``, a week and a
    month begin with their first day. Hours begin at the minute of ``starts``, and where the clocks
    are changed. Raises `BadParameter` for an unknown zone, time or unit, an unbounded ``within``
    and more than `MOST_PERIODS`, `BadTimeRange` for one that leaves int64.

    >>> (day,) = periods("[1772946000:0]", tz="America/New_York", starts="06:00")
    >>> day.label, (day.end_ns - day.start_ns) // 3600_000_000_000
    ('2026-03-07', 23)
    """
    window, zone, clock = as_timerange(within), _zone(tz), _clock(starts)
    if unit not in UNITS:
        raise BadParameter("unit", unit, "is unknown", f"one of {', '.join(UNITS)}")
    if window.start_ns is None or window.end_ns is None:
        raise BadParameter("within", str(window), "is unbounded", "both a start and an end")
    if window.is_empty:
        return []
    begin = _hours if unit == "hour" else functools.partial(_days, unit=unit)
    beginnings = begin(clocks.to_utc(window.start_ns), zone, clock)
    found = list(islice(_meeting(window.start_ns, window.end_ns, beginnings), MOST_PERIODS + 1))
    if len(found) > MOST_PERIODS:
        problem = f"has more than {MOST_PERIODS} {unit}s"
        raise BadParameter("within", str(window), problem, "less time, or a longer unit")
    return found


def _meeting(first: int, last: int, beginnings: Iterator[Beginning]) -> Iterator[Period]:
    """Those that share time with ``[first, last)``, of all from somewhere before it on."""
    for (label, start), (_label, end) in pairwise(beginnings):
        period = Period(label, _stored(start), _stored(end))
        if period.start_ns >= last:
            return
        if period.end_ns > first and period.start_ns < period.end_ns:
            yield period


def at_clock(day: date, clock: time, tz: str = "UTC") -> int:
    """Stored nanoseconds of the moment of ``day`` at which the clocks of a zone show ``clock``.

    The first of two; of a time that is left out, the change that leaves it out. Raises
    `BadParameter` for an unknown zone.
    """
    return _stored(_second(day, clock, _zone(tz)))


def at_wall(wall: datetime, tz: str = "UTC") -> int:
    """Stored nanoseconds of what a clock and a calendar of a zone show, cut to the second.

    Raises `BadParameter` for what they show twice or never, and an unknown zone.
    """
    zone = _zone(tz)
    first, second = (_seconds(wall.replace(tzinfo=zone, fold=fold).utcoffset()) for fold in (0, 1))
    if first != second:
        problem = f"is there {'twice' if first > second else 'never'} in {tz}, as clocks change"
        raise BadParameter("time", wall.isoformat(" "), problem, "the same with its offset to UTC")
    return at_clock(wall.date(), wall.time().replace(microsecond=0), tz)


def day_of(ns: int, tz: str = "UTC") -> date:
    """The date of a stored time in a zone. Raises `BadParameter` for an unknown one."""
    return clocks.to_utc(ns).astimezone(_zone(tz)).date()


def _stored(second: int) -> int:
    return clocks.from_posix(second * SECOND)


def _days(moment: datetime, zone: ZoneInfo, clock: time, *, unit: Unit) -> Iterator[Beginning]:
    """The days, weeks or months from before ``moment`` on."""
    day = _first(moment.date() - timedelta(days=2), unit)
    while True:
        yield _label(day, unit), _second(day, clock, zone)
        day = _first(day + timedelta(days={"day": 1, "week": 7, "month": 31}[unit]), unit)


def _first(day: date, unit: Unit) -> date:
    """The first day of what ``day`` is in."""
    if unit == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if unit == "month" else day


def _label(day: date, unit: Unit) -> str:
    if unit == "week":
        year, week, _weekday = day.isocalendar()
        return f"{year:04}-W{week:02}"
    return day.isoformat()[:7] if unit == "month" else day.isoformat()


def _second(day: date, clock: time, zone: ZoneInfo) -> int:
    """The first POSIX second of a day at which the clocks show this time, or have passed it."""
    wall = datetime.combine(day, clock)
    shown = (wall.replace(tzinfo=timezone.utc) - EPOCH) // timedelta(seconds=1)
    before, after = (_seconds(wall.replace(tzinfo=zone, fold=fold).utcoffset()) for fold in (0, 1))
    # PEP 495: of a time that the clocks leave out, fold 1 has what they are put forward to
    return shown - before if before >= after else _change(shown - after, shown - before, zone)


def _change(before: int, until: int, zone: ZoneInfo) -> int:
    """The first POSIX second, of those after ``before``, at which the clocks have been changed."""
    offset = _offset(before, zone)
    later = range(before, until + 1)
    return later[bisect_left(later, True, key=lambda second: _offset(second, zone) != offset)]


def _hours(moment: datetime, zone: ZoneInfo, clock: time) -> Iterator[Beginning]:
    """The hours from before ``moment`` on, each until the next or a change of the clocks."""
    minute = clock.minute * 60
    second = (moment - EPOCH) // timedelta(seconds=1) - HOUR
    second -= (second + _offset(second, zone) - minute) % HOUR
    while True:
        local = (EPOCH + timedelta(seconds=second)).astimezone(zone)
        yield local.isoformat(timespec="minutes"), second
        offset = _seconds(local.utcoffset())
        following = second + HOUR - (second + offset - minute) % HOUR
        is_changed = _offset(following, zone) != offset
        second = _change(second, following, zone) if is_changed else following


def _offset(second: int, zone: ZoneInfo) -> int:
    """Seconds that the clocks of the zone are ahead of UTC."""
    return _seconds((EPOCH + timedelta(seconds=second)).astimezone(zone).utcoffset())


def _seconds(offset: timedelta | None) -> int:
    return (offset or timedelta()) // timedelta(seconds=1)


def _clock(starts: str) -> time:
    match = _time_of_day(starts) if isinstance(starts, str) else None
    if match is None:
        raise BadParameter("starts", starts, "is no time of day", A_TIME)
    return time(int(match[1]), int(match[2]))


@functools.lru_cache(maxsize=32)
def _zone(name: str) -> ZoneInfo:
    """The zone of this name; those that count leap seconds (``right/…``) are not taken.

    Nor is what is another zone on another machine, or none.
    """
    known = available_timezones() - NO_ZONES
    if name not in known:
        near = get_close_matches(str(name), sorted(known), n=1, cutoff=0.5)
        right = f"for example {near[0] if near else 'Europe/London'}"
        raise BadParameter("tz", name, "is no time zone", right)
    return ZoneInfo(name)
