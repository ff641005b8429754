"""When the newsroom's day is: its timeline is TAI, its wall clock UTC, one end for both."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import numpy as np
import numpy.typing as npt

from tams_analytics.timerange import SECOND

Ints = npt.NDArray[np.int64]

TAI_MINUS_UTC_NS = 37 * SECOND
"""Since 2017."""

FRAME_NS = SECOND // 25
"""Every cut of the newsroom falls on one of its 25 frames a second."""

END_UTC = datetime(2026, 9, 1)
"""The end of the last live segments; without zone, as the wall-clock columns have it."""

END_UTC_US = round(END_UTC.replace(tzinfo=timezone.utc).timestamp()) * 1_000_000
END_NS = END_UTC_US * 1000 + TAI_MINUS_UTC_NS
"""The same on the timeline."""

HOUR_US = 3_600 * 1_000_000
DAY_US = 24 * HOUR_US


def wall_clock_us(timeline_ns: Ints) -> Ints:
    """The UTC wall clock, in microseconds, that TAI nanoseconds show."""
    return (timeline_ns - TAI_MINUS_UTC_NS) // 1000


def as_datetime(us: int) -> datetime:
    """Microseconds of the wall clock as a datetime without zone."""
    return END_UTC + timedelta(microseconds=int(us) - END_UTC_US)
