"""`tr`: the literal of a timerange, by its text, by clocks, by timecode."""

from __future__ import annotations

from tams_analytics.timerange.value import TimeRange, TimeRangeLike, as_timerange


class TimeRangeLiteral:
    """What `tr` is: call it with a text, or with what stands for a timerange."""

    __slots__ = ()

    def __call__(self, value: TimeRangeLike) -> TimeRange:
        """The timerange of a text, an aware datetime, a pair of instants, or mediatimestamp's.

        A text without markers is inclusive at both ends. Raises `BadTimeRange`.
        """
        return as_timerange(value)


tr = TimeRangeLiteral()
