"""Lengths of time as they are typed in a shell, and what was meant where nothing was found."""

from __future__ import annotations

import re
from decimal import Decimal

from tams_analytics.errors import BadParameter, BadTimeRange
from tams_analytics.timerange import (
    HIGHEST_NS,
    SECOND,
    TimeRange,
    format_timestamp,
    parse_timestamp,
    tr,
)
from tams_analytics.timerange.literal import UNITS

_DECIMAL = re.compile(r"([0-9]{1,9}\.[0-9]{1,9})([smhdw]?)").fullmatch


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
