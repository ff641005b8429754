"""A schedule made strict: which channel should have media from when to when, and planned outages.

A row has a ``channel``, a time and perhaps a ``kind``: ``scheduled``, or ``outage``, during which
nothing is expected. The time is said in one way by all rows: ``start_ns, end_ns``; ``timerange``, a
TAMS text; or ``start, end``, moments in ISO 8601, in the schedule's time zone where they name none.
With a column ``days`` a row may recur: ``Mon-Fri`` (or ``Sat,Sun``, ``daily``) with times of day in
``start, end``, such as ``06:00`` and ``02:00`` of the next day. Where clocks change, a time of day
is the first of two; one that is left out is the change.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any

import ibis.expr.types as ir
import pyarrow as pa

from tams_analytics.errors import BadParameter, BadTimeRange
from tams_analytics.timerange import Period, TimeRange, TimeRangeLike, as_timerange, clocks
from tams_analytics.timerange.days import at_clock, at_wall, day_of
from tams_analytics.timerange.grammar import checked
from tams_analytics.timerange.utc import utc_instant

Rows = Any
"""An ibis, pyarrow or pandas table, or dicts."""

MOST = 20_000
"""So many windows can be planned: an engine that is far away is sent them."""

KINDS = ("scheduled", "outage")
FORMS = (("start_ns", "end_ns"), ("timerange",), ("start", "end"))
"""The columns that say when; a schedule has those of one form."""

WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAYS = "for example daily, Mon-Fri or Sat,Sun"
A_MOMENT = "ISO 8601, for example 2026-08-31T20:00 or 2026-08-31T20:00+01:00"
A_CLOCK = "a time of day, for example 06:00"
MIDNIGHT = "24:00"
_has_zone = re.compile(r"[T ].*(Z|[+-][0-9]{2}:?[0-9]{2})$").search
_clock = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?").fullmatch


@dataclass(frozen=True)
class Planned:
    """A window of one channel."""

    channel: str
    start_ns: int
    end_ns: int
    is_outage: bool = False


@dataclass(frozen=True)
class Plan:
    """All windows, cut to the ``window`` in which they are looked at."""

    planned: tuple[Planned, ...]
    window: TimeRange
    """Bounded."""

    @property
    def channels(self) -> list[str]:
        """The channels that it names, each once."""
        return sorted({each.channel for each in self.planned})

    def expected(self) -> Iterator[Planned]:
        """What is scheduled and no outage, as stretches that do not meet."""
        for channel, windows in groupby(sorted(self.planned, key=_of), key=_of):
            own = [*windows]
            outages = _stretches(each for each in own if each.is_outage)
            for start, end in _stretches(each for each in own if not each.is_outage):
                yield from (Planned(channel, *each) for each in _without(start, end, outages))

    def free(self) -> Iterator[Planned]:
        """The rest of the window: what is not expected of each channel, if only no time at all."""
        start, end = self._bounds
        stretches = {of: [*each] for of, each in groupby(self.expected(), key=_of)}
        for channel in self.channels:
            until = start
            for each in stretches.get(channel, ()):
                yield Planned(channel, until, each.start_ns)
                until = each.end_ns
            yield Planned(channel, until, end)

    def ends(self) -> Iterator[Planned]:
        """An empty range at either end of the window, for each channel."""
        for channel in self.channels:
            for at in self._bounds:
                yield Planned(channel, at, at)

    @property
    def _bounds(self) -> tuple[int, int]:
        return self.window.start_ns or 0, self.window.end_ns or 0

    def expected_by(self, periods: Sequence[Period]) -> Iterator[tuple[str, Planned]]:
        """The same cut where ``periods`` end, each with the label of its own; they are in order."""
        ends = [each.end_ns for each in periods]
        for stretch in self.expected():
            for each in periods[bisect_right(ends, stretch.start_ns) :]:
                if each.start_ns >= stretch.end_ns:
                    break
                start, end = max(stretch.start_ns, each.start_ns), min(stretch.end_ns, each.end_ns)
                yield each.label, Planned(stretch.channel, start, end)


def as_plan(
    schedule: Plan | Rows, *, tz: str = "UTC", timerange: TimeRangeLike | None = None
) -> Plan:
    """``schedule`` made strict, within ``timerange``, else from its first window to its last.

    A `Plan` is taken as it is. Raises `BadParameter`, which names row (counted from 1) and column,
    and `BadTimeRange`.
    """
    if isinstance(schedule, Plan):
        return schedule
    window = None if timerange is None else as_timerange(timerange)
    found: list[Planned] = []
    rows = _rows(schedule)
    form = _form(rows)
    for number, row in enumerate(rows, 1):
        found.extend(_windows(Cells(number, row), form, tz, window))
        if len(found) > MOST:
            raise _too_many("windows")
    if window is None or not window.is_bounded:
        window = _hull(found).intersection("_" if window is None else window)
    return Plan(tuple(_cut(found, window)), window)


@dataclass(frozen=True)
class Cells:
    """One row of a schedule, and which it is."""

    number: int
    values: Mapping[str, Any]

    def get(self, column: str) -> Any:
        """What a cell holds, without spaces around; None for an empty one."""
        value = self.values.get(column)
        return value.strip() or None if isinstance(value, str) else value

    def read(self, column: str, reader: Callable[[Any], Any], expected: str) -> Any:
        """A cell made strict. Raises `BadParameter`, which says where it is."""
        value = self.get(column)
        if value is None or value != value:  # noqa: PLR0124 - NaN, as pandas has it for nothing
            raise self.refused(column, value, "is empty", expected)
        try:
            return reader(value)
        except BadParameter as error:
            raise self.refused(column, value, error.problem, error.expected) from error
        except (BadTimeRange, TypeError, ValueError) as error:
            raise self.refused(column, value, "cannot be read", expected) from error

    def refused(self, column: str, value: Any, problem: str, expected: str) -> BadParameter:
        return BadParameter(
            f"schedule, row {self.number}, column {column}", value, problem, expected
        )


def _rows(schedule: Rows) -> Sequence[Mapping[str, Any]]:
    """The rows of whatever it is, not too many."""
    if isinstance(schedule, ir.Table):
        schedule = schedule.limit(MOST + 1).to_pyarrow()
    elif hasattr(schedule, "__arrow_c_stream__") and not isinstance(schedule, pa.Table):
        schedule = pa.table(schedule)
    rows = schedule.to_pylist() if isinstance(schedule, pa.Table) else schedule
    if not isinstance(rows, Sequence) or not all(isinstance(each, Mapping) for each in rows):
        expected = "a table of ibis, pyarrow or pandas, or a list of dicts"
        raise BadParameter("schedule", type(schedule).__name__, "is no table", expected)
    if not rows:
        raise BadParameter("schedule", [], "has no rows", "one for each window of a channel")
    if len(rows) > MOST:
        raise _too_many("rows")
    return [*rows]


def _too_many(what: str) -> BadParameter:
    expected = f"at most {MOST}: a part of it, or less time"
    return BadParameter("schedule", what, f"are more than {MOST}", expected)


def _form(rows: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """The columns that say when."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    forms = [form for form in FORMS if set(form) <= set(columns)]
    if "channel" not in columns or len(forms) != 1:
        problem = "are not those of a schedule"
        expected = "channel, and start, end or timerange or start_ns, end_ns"
        raise BadParameter("schedule", columns, problem, expected)
    if "days" in columns and forms[0] != FORMS[-1]:
        raise BadParameter("schedule", "days", "needs times of day", "columns start and end")
    return forms[0]


def _windows(
    row: Cells, form: tuple[str, ...], tz: str, window: TimeRange | None
) -> Iterator[Planned]:
    """What one row plans."""
    channel = str(row.read("channel", _channel, "what tells a channel"))
    is_outage = _kind(row) == "outage"
    if row.get("days") is not None:
        spans: Iterable[tuple[int, int]] = _recurring(row, tz, window)
    else:
        spans = [_once(row, form, tz)]
    for start, end in spans:
        if end <= start:
            raise row.refused(form[-1], row.get(form[-1]), "is not after the start", "a later time")
        yield Planned(channel, start, end, is_outage)


def _channel(value: Any) -> str:
    if isinstance(value, float):
        raise TypeError
    return str(value)


def _kind(row: Cells) -> str:
    kind = row.get("kind")
    if kind is None or kind in KINDS:
        return kind or KINDS[0]
    raise row.refused("kind", kind, "is unknown", " or ".join(KINDS))


def _once(row: Cells, form: tuple[str, ...], tz: str) -> tuple[int, int]:
    """Start and end of a row that does not recur."""
    if form == FORMS[0]:
        start, end = (row.read(name, _whole, "whole nanoseconds") for name in form)
        return start, end
    if form == FORMS[1]:
        given = row.read("timerange", as_timerange, "for example [0:0_10:0)")
        if given.start_ns is None or given.end_ns is None:
            raise row.refused("timerange", str(given), "has no two ends", "for example [0:0_10:0)")
        return given.start_ns, given.end_ns
    start, end = (row.read(name, lambda at: _moment(at, tz), A_MOMENT) for name in form)
    return start, end


def _whole(value: Any) -> int:
    if isinstance(value, float | bool):
        raise TypeError
    return checked(int(value), value)


def _moment(value: Any, tz: str) -> int:
    """Stored nanoseconds of a moment, in the zone where it names none."""
    if isinstance(value, str):
        return utc_instant(value) if tz == "UTC" or _has_zone(value) else _local(value, tz)
    if not isinstance(value, datetime):
        raise TypeError
    return clocks.from_datetime(value) if value.utcoffset() is not None else _of_wall(value, tz)


def _local(text: str, tz: str) -> int:
    return _of_wall(datetime.fromisoformat(text), tz)


def _of_wall(wall: datetime, tz: str) -> int:
    fraction = wall.microsecond * 1000 + getattr(wall, "nanosecond", 0)
    return at_wall(datetime(*wall.timetuple()[:6]), tz) + fraction


def _recurring(row: Cells, tz: str, window: TimeRange | None) -> Iterator[tuple[int, int]]:
    """The windows of a row that recurs, on all days that may share time with ``window``."""
    if window is None or window.start_ns is None or window.end_ns is None:
        problem, expected = "recur for ever", "during= with both ends, for example tr.last('7d')"
        raise row.refused("days", row.get("days"), problem, expected)
    days = row.read("days", _days, DAYS)
    start, end = (row.read(name, _time_of_day, A_CLOCK) for name in ("start", "end"))
    day, last = day_of(window.start_ns, tz) - timedelta(days=2), day_of(window.end_ns, tz)
    while day <= last:
        if day.weekday() in days:
            yield at_clock(day, start or time(), tz), _end(day, start, end, tz)
        day += timedelta(days=1)


def _end(day: date, start: time | None, end: time | None, tz: str) -> int:
    """Of this day, or of the next: None is midnight at its end."""
    is_next = end is None or end <= (start or time())
    return at_clock(day + timedelta(days=is_next), end or time(), tz)


def _time_of_day(value: Any) -> time | None:
    """A time of day; None for the midnight at the end of one."""
    if isinstance(value, time):
        return value.replace(microsecond=0)
    if value == MIDNIGHT:
        return None
    if not isinstance(value, str) or not _clock(value):
        raise TypeError
    return time.fromisoformat(value)


def _days(value: Any) -> set[int]:
    """Days of the week, Monday is 0."""
    text = str(value).lower()
    if text == "daily":
        return set(range(7))
    found: set[int] = set()
    for part in text.split(","):
        first, _dash, last = (each.strip() for each in part.partition("-"))
        one, other = WEEK.index(first), WEEK.index(last or first)
        found |= {(one + n) % 7 for n in range((other - one) % 7 + 1)}
    return found


def _hull(planned: Sequence[Planned]) -> TimeRange:
    """From the first window to the last."""
    return TimeRange.from_ns(
        min(each.start_ns for each in planned), max(each.end_ns for each in planned)
    )


def _of(planned: Planned) -> str:
    return planned.channel


def _stretches(planned: Iterable[Planned]) -> list[tuple[int, int]]:
    """What windows cover together, in order."""
    found: list[tuple[int, int]] = []
    for start, end in sorted((each.start_ns, each.end_ns) for each in planned):
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(end, found[-1][1])
        else:
            found.append((start, end))
    return found


def _without(start: int, end: int, taken: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """What is left of a stretch beside others, which are in order."""
    for first, last in taken:
        if first < end and last > start:
            if first > start:
                yield start, first
            start = last
    if start < end:
        yield start, end


def _cut(planned: Iterable[Planned], window: TimeRange) -> Iterator[Planned]:
    """What of the windows lies in ``window``."""
    if window.is_empty:
        return
    for each in planned:
        start = each.start_ns if window.start_ns is None else max(each.start_ns, window.start_ns)
        end = each.end_ns if window.end_ns is None else min(each.end_ns, window.end_ns)
        if start < end:
            yield Planned(each.channel, start, end, each.is_outage)
