"""The clock on the wall as stored time: columns such as ``created`` beside ``start_ns, end_ns``."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from tams_analytics.timerange import SECOND
from tams_analytics.timerange.clocks import FIRST_OFFSET, from_datetime, leap_seconds

EPOCH = datetime(1970, 1, 1)


def stored_ns(moment: ir.TimestampValue) -> ir.IntegerValue:
    """Stored nanoseconds (TAI) of a wall-clock column without zone, which means UTC; int64.

    As `timerange.clocks.from_posix`, with the leap seconds until then; for the years 1678 to 2261.
    """
    since = moment.delta(ibis.literal(EPOCH), unit="microsecond").cast(dt.int64) * 1000
    return since + _ahead_ns(moment)


def moment_ns(moment: datetime) -> int:
    """Stored nanoseconds of one such moment."""
    return from_datetime(moment.replace(tzinfo=timezone.utc))


def _ahead_ns(moment: ir.TimestampValue) -> ir.IntegerValue:
    """How far TAI is ahead of UTC; the latest leap second first, as most moments are after it."""
    leaps = [EPOCH + timedelta(seconds=second) for second in leap_seconds()]
    offsets = {leap: FIRST_OFFSET + n for n, leap in enumerate(leaps, 1)}
    cases = [(moment >= leap, _whole(offsets[leap])) for leap in reversed(leaps)]
    return ibis.cases(*cases, else_=_whole(FIRST_OFFSET))


def _whole(seconds: int) -> ir.IntegerScalar:
    return ibis.literal(seconds * SECOND, dt.int64)
