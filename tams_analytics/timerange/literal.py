"""`tr`: the literal of a timerange, by its text, by clocks, by timecode."""

from __future__ import annotations

import re
import time

from tams_analytics.errors import BadParameter
from tams_analytics.timerange import clocks
from tams_analytics.timerange.foreign import DurationLike, InstantLike, as_instant, as_ns
from tams_analytics.timerange.grammar import SECOND
from tams_analytics.timerange.timecode import FrameClock, RateLike, drops_frames
from tams_analytics.timerange.utc import UtcLike, utc_instants
from tams_analytics.timerange.value import TimeRange, as_timerange

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_COUNT_OF_UNITS = re.compile(r"([0-9]{1,10})([smhdw])").fullmatch


class TimeRangeLiteral:
    """What `tr` is: call it with a text, or with what stands for a timerange."""

    __slots__ = ()

    __call__ = staticmethod(as_timerange)

    def utc(self, start: UtcLike | None, end: UtcLike | None) -> TimeRange:
        """From one moment of UTC to another, half-open, in stored (TAI) nanoseconds.

        A text without a zone is UTC. A second text may be a time of day alone: the next one after
        the start, in the zone of the first text. ``None`` is unbounded. Takes aware datetimes and
        numpy.datetime64 too. Raises `BadParameter` for a text that is no moment and an end before
        the start, `BadTimeRange` for a naive datetime.

        >>> tr.utc("2026-09-01T20:00", "21:00")
        tr('[1788292837:0_1788296437:0)')
        """
        first, last = utc_instants(start, end)
        if first is not None and last is not None and last < first:
            raise BadParameter("end", end, f"lies before the start {start}", "an end after it")
        return TimeRange.from_ns(first, last)

    def last(self, duration: DurationLike, *, now: InstantLike | None = None) -> TimeRange:
        """The last stretch of this length up to now, in stored (TAI) nanoseconds.

        ``90s``, ``10m``, ``24h``, ``7d``, ``2w``, a duration as `as_ns` reads it. ``now`` is an
        instant. Raises `BadParameter` for a length that is not positive.

        >>> tr.last("24h", now="86401:5")
        tr('[1:5_86401:5)')
        """
        end = clocks.from_posix(time.time_ns()) if now is None else as_instant(now)
        length = _length(duration)
        if length <= 0:
            raise BadParameter("last", duration, "is not positive", 'for example "24h"')
        return TimeRange.from_ns(end - length, end)

    def timecode(
        self,
        start: str | None,
        end: str | None,
        *,
        rate: RateLike,
        drop_frame: bool | None = None,
        origin: InstantLike = 0,
    ) -> TimeRange:
        """From the frame labelled ``start`` up to the one labelled ``end``, which is not in it.

        ``;`` before the frames means drop frame, ``drop_frame=True`` says so for labels without it.
        The label 00:00:00:00 stands at ``origin``. Raises `BadParameter` where no frame has the
        label, for an inexact rate, and for an end before the start.

        >>> tr.timecode("00:00:59;29", "00:01:00;02", rate="30000/1001")
        tr('[60:26633333_60:60000000)')
        """
        marked = drops_frames(start, end)
        if marked and drop_frame is False:
            raise BadParameter("drop_frame", False, f"contradicts ; in {start} and {end}")
        clock = FrameClock.of(rate, marked or bool(drop_frame), origin)
        first, last = (
            None if label is None else clock.start_ns(clock.frame(label)) for label in (start, end)
        )
        if first is not None and last is not None and last < first:
            raise BadParameter("end", end, f"lies before the start {start}", "an end after it")
        return TimeRange.from_ns(first, last)


def _length(duration: DurationLike) -> int:
    match = _COUNT_OF_UNITS(duration) if isinstance(duration, str) else None
    if match:
        return int(match[1]) * UNITS[match[2]] * SECOND
    if isinstance(duration, str) and ":" not in duration:
        expected = "a whole number of s, m, h, d or w, or seconds:nanoseconds"
        raise BadParameter("last", duration, "is no duration", expected)
    return as_ns(duration)


tr = TimeRangeLiteral()
