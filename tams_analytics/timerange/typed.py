"""Times as they are typed, in a shell or into a field of a page: TAMS texts, or clocks in UTC.

What a program says is read by `tr` and `tr.utc`, which tell the two apart by name.
"""

from __future__ import annotations

import re

from tams_analytics.errors import BadParameter, BadTimeRange
from tams_analytics.timerange.foreign import as_instant
from tams_analytics.timerange.grammar import A_TIMESTAMP
from tams_analytics.timerange.literal import tr
from tams_analytics.timerange.value import TimeRange, as_timerange
from tams_command.words import INSTANTS, SPELLINGS

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}").match
_CLOCK = re.compile(r"[0-9]{4}-[0-9]{2}-|(?<![0-9])[0-9]{1,2}:[0-9]{2}(?![0-9])").search
"""What people mean as a date or a time of day, wherever in a text that was refused."""
_OF_ANY = (A_TIMESTAMP, "for example [0:0_10:0)")
"""Advice that says no more than what a TAMS text looks like."""


def typed_timerange(text: str) -> TimeRange:
    """A TAMS timerange, or two moments of UTC with a slash between them (ISO 8601).

    Raises `BadTimeRange`, about both spellings where a clock stands alone; `BadParameter` for an
    interval whose sides are no moments.
    """
    start, slash, end = text.partition("/")
    if slash and not (start and end):
        side = "end" if start else "beginning"
        raise BadParameter("interval", text, f"has no {side}", SPELLINGS)
    if slash:
        return tr.utc(start, end)
    try:
        return as_timerange(text)
    except BadTimeRange as error:
        raise _for_people(error, text, SPELLINGS) from error


def typed_instant(text: str) -> int:
    """Stored nanoseconds of a TAMS timestamp or of a moment in UTC.

    Raises `BadTimeRange`, `BadParameter`.
    """
    if _DATE(text) and "/" not in text:
        return int(tr.utc(text, None).start_ns or 0)
    try:
        return as_instant(text)
    except BadTimeRange as error:
        raise _for_people(error, text, INSTANTS) from error


def _for_people(error: BadTimeRange, text: str, expected: str) -> BadTimeRange:
    """The error, with what can be typed, also where a clock or anything else was meant."""
    if not _CLOCK(text) and error.expected not in _OF_ANY:
        return error
    return BadTimeRange(text, error.problem, expected, error.position, error.kind)
