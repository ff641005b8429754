"""Times as they are typed in a shell: TAMS texts, or clocks in UTC."""

from __future__ import annotations

import re
from decimal import Decimal

from tams_analytics.errors import BadParameter, BadTimeRange
from tams_analytics.timerange import (
    HIGHEST_NS,
    SECOND,
    TimeRange,
    as_instant,
    as_timerange,
    format_timestamp,
    parse_timestamp,
    tr,
)
from tams_analytics.timerange.grammar import A_TIMESTAMP
from tams_analytics.timerange.literal import UNITS
from tams_command.words import INSTANTS, SPELLINGS

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}").match
_CLOCK = re.compile(r"[0-9]{4}-[0-9]{2}-|(?<![0-9])[0-9]{1,2}:[0-9]{2}(?![0-9])").search
"""What people mean as a date or a time of day, wherever in a text that was refused."""
_DECIMAL = re.compile(r"([0-9]{1,9}\.[0-9]{1,9})([smhdw]?)").fullmatch
_OF_ANY = (A_TIMESTAMP, "for example [0:0_10:0)")
"""Advice that says no more than what a TAMS text looks like."""


def timerange(text: str) -> TimeRange:
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


def is_backwards(text: str) -> bool:
    """Is it a TAMS timerange whose end is before its start, and which holds nothing for that?"""
    start, _bar, end = text.strip("[]()").partition("_")
    try:
        return parse_timestamp(end) < parse_timestamp(start)
    except BadTimeRange:
        return False


def last(text: str) -> TimeRange:
    """`tr.last`. Raises `BadParameter`, `BadTimeRange`."""
    try:
        return tr.last(text)
    except BadParameter as error:
        raise refused_length(error) from error
    except BadTimeRange as error:
        reason = "begins before nanoseconds of 64 bits do, in 1677"
        raise BadParameter("last", text, reason, "for example 24h") from error


def refused_length(error: BadParameter, name: str = "last", also: str = "") -> BadParameter:
    """The error about a length, with the timestamp that a decimal fraction is."""
    exact = _in_nanoseconds(str(error.value))
    meant = "" if exact is None else f"{format_timestamp(exact)} for it, "
    return BadParameter(name, error.value, error.problem, f"{meant}{error.expected}{also}")


def _in_nanoseconds(text: str) -> int | None:
    """Of a decimal number of s (where no unit stands), m, h, d or w; None where it is none."""
    match = _DECIMAL(text)
    exact = int(Decimal(match[1]) * UNITS[match[2] or "s"] * SECOND) if match else HIGHEST_NS
    return exact if exact < HIGHEST_NS else None


def _for_a_shell(error: BadTimeRange, text: str, expected: str) -> BadTimeRange:
    """The error, with what can be typed, also where a clock or anything else was meant."""
    if not _CLOCK(text) and error.expected not in _OF_ANY:
        return error
    return BadTimeRange(text, error.problem, expected, error.position, error.kind)
