"""Times as they are typed in a shell: TAMS texts, or clocks in UTC."""

from __future__ import annotations

import re

from tams_analytics.errors import BadTimeRange
from tams_analytics.timerange import TimeRange, as_instant, as_timerange, tr

SPELLINGS = "[0:0_10:0) in seconds:nanoseconds, or 2026-08-31T20:00/21:00 in UTC"
INSTANTS = "0:0 in seconds:nanoseconds, or 2026-08-31T20:00 in UTC"
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}").match
_CLOCK = re.compile(r"[0-9]{4}-[0-9]{2}-|(?<![0-9])[0-9]{1,2}:[0-9]{2}(?![0-9])").search
"""What people mean as a date or a time of day, wherever in a text that was refused."""


def timerange(text: str) -> TimeRange:
    """A TAMS timerange, or two moments of UTC with a slash between them (ISO 8601).

    Raises `BadTimeRange`, about both spellings where a clock stands alone; `BadParameter` for an
    interval whose sides are no moments.
    """
    start, slash, end = text.partition("/")
    if slash:
        return tr.utc(start, end)
    try:
        return as_timerange(text)
    except BadTimeRange as error:
        raise _for_a_shell(error, text, SPELLINGS) from error


def instant(text: str) -> int:
    """Stored nanoseconds of a TAMS timestamp or of a moment in UTC.

    Raises `BadTimeRange`, `BadParameter`.
    """
    if _DATE(text) and "/" not in text:
        return int(tr.utc(text, None).start_ns or 0)
    try:
        return as_instant(text)
    except BadTimeRange as error:
        raise _for_a_shell(error, text, INSTANTS) from error


def _for_a_shell(error: BadTimeRange, text: str, expected: str) -> BadTimeRange:
    """The error, with what can be typed instead of a call in Python where a clock was meant."""
    if not _CLOCK(text):
        return error
    return BadTimeRange(text, error.problem, expected, error.position, error.kind)
