"""Timeranges of a Time-addressable Media Store as values: exact, half-open, whole nanoseconds.

A text becomes two integers once, when it is read, and comes back as it was written:

>>> from tams_analytics.timerange import TimeRange, tr
>>> window = tr("[1:0_2:500000000]")
>>> window.start_ns, window.end_ns
(1000000000, 2500000001)
>>> print(window)
[1:0_2:500000000]
>>> window.overlaps("(2:500000000_3:0)")
False
>>> TimeRange.from_ns(None, -1_500_000_000)
tr('_-1:500000000)')

The grammar is that of the specification, matched as a whole:

>>> tr("(1:0)")
Traceback (most recent call last):
...
tams_analytics.errors.BadTimeRange: '(1:0)' is not a TAMS timerange: an instant cannot have the \
exclusive marker '(' at position 0; expected [1:0]
"""

from __future__ import annotations

from tams_analytics.timerange.clocks import to_utc, utc_text
from tams_analytics.timerange.columns import (
    RegisteredColumns,
    parse_registered_texts,
    timerange_texts,
)
from tams_analytics.timerange.days import Period, periods
from tams_analytics.timerange.foreign import DurationLike, InstantLike, as_instant, as_ns
from tams_analytics.timerange.grammar import (
    HIGHEST_NS,
    LOWEST_NS,
    SECOND,
    format_timestamp,
    parse_timestamp,
)
from tams_analytics.timerange.literal import tr
from tams_analytics.timerange.timecode import FrameClock, RateLike, timecode_text
from tams_analytics.timerange.typed import typed_instant, typed_timerange
from tams_analytics.timerange.utc import UtcLike
from tams_analytics.timerange.value import TimeRange, TimeRangeLike, as_timerange

__all__ = [
    "HIGHEST_NS",
    "LOWEST_NS",
    "SECOND",
    "DurationLike",
    "FrameClock",
    "InstantLike",
    "Period",
    "RateLike",
    "RegisteredColumns",
    "TimeRange",
    "TimeRangeLike",
    "UtcLike",
    "as_instant",
    "as_ns",
    "as_timerange",
    "format_timestamp",
    "parse_registered_texts",
    "parse_timestamp",
    "periods",
    "timecode_text",
    "timerange_texts",
    "to_utc",
    "tr",
    "typed_instant",
    "typed_timerange",
    "utc_text",
]
