"""TAMS texts to integers and back: the strict grammar of timestamps and timeranges.

A bound is whole nanoseconds, half-open, ``None`` where a side is unbounded. Beside the bounds
stand the *marks*, the two brackets that the canonical text is written with; they are no part of
the value. Source: timerange.json and AppNote 0008 of the specification; what both leave open is
decided in the README.
"""

from __future__ import annotations

import re

from tams_analytics.errors import BadTimeRange

SECOND = 1_000_000_000
LOWEST_NS = -(2**63)
HIGHEST_NS = 2**63 - 1

Bounds = tuple["int | None", "int | None", str]
"""First nanosecond, the one after the last, and the marks: ``[)``, ``[]``, ``()`` or ``(]``."""

HALF_OPEN = "[)"
NEVER: Bounds = (0, 0, "()")
ETERNITY: Bounds = (None, None, HALF_OPEN)

INT64_RANGE = "nanoseconds of 64 bits, -9223372036:854775808 to 9223372036:854775807"
TIMESTAMP_EXAMPLE = "a timestamp, seconds:nanoseconds, for example 0:200000000"

# Ten digits of seconds reach past int64, so longer texts need no conversion to be refused.
_TS = r"(-?(?:0|[1-9][0-9]{0,9})):(0|[1-9][0-9]{0,8})"
_timerange = re.compile(rf"([\[(])?(?:{_TS})?(_)?(?:(?<=_){_TS})?([\])])?").fullmatch
_timestamp = re.compile(_TS).fullmatch


def read(text: str) -> Bounds:
    """The bounds and marks of a timerange as a query means it: a missing marker is inclusive.

    Raises `BadTimeRange` where the text leaves the grammar, for an instant with an exclusive
    marker, and outside int64.
    """
    match = _timerange(text)
    if match is None:
        raise explained(text)
    opening, seconds, nanos, bar, end_seconds, end_nanos, closing = match.groups()
    if bar is None:
        return _instant(text, opening, seconds, nanos, closing)
    start = end = None
    marks = HALF_OPEN
    if seconds is not None:
        start = int(seconds) * SECOND
        start += -int(nanos) if seconds[0] == "-" else int(nanos)
    if end_seconds is not None:
        end = int(end_seconds) * SECOND
        end += -int(end_nanos) if end_seconds[0] == "-" else int(end_nanos)
    return _resolved(text, start, end, opening == "(", closing == ")")


def _resolved(
    text: str, start: int | None, end: int | None, after_start: bool, before_end: bool
) -> Bounds:
    """Markers resolved once: ``[`` v, ``(`` v+1, ``)`` v, ``]`` v+1; none beside a missing value."""
    if start is None:
        opening = "["
    else:
        _check_int64(text, start)
        opening = "(" if after_start else "["
        start += after_start
        _check_int64(text, start)
    if end is None:
        closing = ")"
    else:
        _check_int64(text, end)
        closing = ")" if before_end else "]"
        end += not before_end
        _check_int64(text, end)
    if start is not None and end is not None and end <= start:
        return NEVER
    return start, end, opening + closing
