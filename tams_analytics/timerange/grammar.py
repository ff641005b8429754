"""TAMS texts to integers and back: the strict grammar of timestamps and timeranges.

A bound is whole nanoseconds, half-open, ``None`` where a side is unbounded. Beside the bounds
stand the *marks*, the two brackets that the canonical text is written with; they are no part of
the value. Source: timerange.json and AppNote 0008 of the specification.
"""

from __future__ import annotations

import re
from typing import Any

from tams_analytics.errors import BadTimeRange

SECOND = 1_000_000_000
LOWEST_NS = -(2**63)
HIGHEST_NS = 2**63 - 1

Bounds = tuple["int | None", "int | None", str]
"""First nanosecond, the one after the last, and the marks: ``[)``, ``[]``, ``()`` or ``(]``."""

HALF_OPEN = "[)"
NEVER: Bounds = (0, 0, HALF_OPEN)
ETERNITY: Bounds = (None, None, HALF_OPEN)

INT64 = "int64 nanoseconds, -9223372036:854775808 to 9223372036:854775807"
A_TIMESTAMP = "a timestamp, seconds:nanoseconds, for example 0:200000000"

# Ten digits of seconds reach past int64: a longer text is refused without being converted.
_TS = r"((?:-|)(?:0|[1-9][0-9]{0,9})):(0|[1-9][0-9]{0,8})"
_timestamp = re.compile(_TS).fullmatch
# One pattern for all: an empty alternative costs less than ``?``, or than a second pattern.
_timerange = re.compile(rf"([\[(]|)(?:{_TS}|)(?:_{_TS}|(_)|)([\])]|)").fullmatch
_NO_TIMESTAMP = {
    f"{opening}{bar}{closing}": ETERNITY if bar else NEVER
    for opening in ("", "[", "(")
    for bar in ("", "_")
    for closing in ("", "]", ")")
}


def read(text: str) -> Bounds:
    """Bounds and marks of a timerange as a query means it: a missing marker is inclusive.

    Raises `BadTimeRange` where the text leaves the grammar, for an instant with an exclusive
    marker, and outside int64.
    """
    if len(text) < 4 and text in _NO_TIMESTAMP:
        return _NO_TIMESTAMP[text]
    match = _timerange(text)
    if match is None:
        raise explained(text)
    opening, seconds, nanos, end_seconds, end_nanos, bar, closing = match.groups()
    # Nine digits of nanoseconds behind the seconds: the sign then covers the whole value.
    # Markers become integers here, once: [ v, ( v+1, ) v, ] v+1.
    if seconds is None:
        value = int(end_seconds + end_nanos.zfill(9))
        end = value if closing == ")" else value + 1
        if value < LOWEST_NS or end > HIGHEST_NS:
            raise outside(text)
        return None, end, "[)" if closing == ")" else "[]"
    value = int(seconds + nanos.zfill(9))
    if bar:
        start = value + 1 if opening == "(" else value
        if value < LOWEST_NS or start > HIGHEST_NS:
            raise outside(text)
        return start, None, "()" if opening == "(" else "[)"
    if end_seconds is None:
        return _instant(value, opening, closing, text)
    return _between(value, int(end_seconds + end_nanos.zfill(9)), opening, closing, text)


def _between(first: int, last: int, opening: str, closing: str, text: str) -> Bounds:
    if not (LOWEST_NS <= first <= HIGHEST_NS and LOWEST_NS <= last <= HIGHEST_NS):
        raise outside(text)
    start, end = first + (opening == "("), last + (closing != ")")
    if end <= start:
        return NEVER
    if end > HIGHEST_NS:
        raise outside(text)
    return start, end, (opening or "[") + (closing or "]")


def _instant(value: int, opening: str, closing: str, text: str) -> Bounds:
    if not LOWEST_NS <= value <= HIGHEST_NS:
        raise outside(text)
    if opening == "(" or closing == ")":
        raise _exclusive_instant(text, value)
    return value, checked(value + 1, text), "[]"


def _exclusive_instant(text: str, value: int) -> BadTimeRange:
    """An instant cannot have an exclusive marker (spec: timerange.json)."""
    place = 0 if text[0] == "(" else len(text) - 1
    problem = f"an instant cannot have the exclusive marker {text[place]!r}"
    return BadTimeRange(text, problem, f"[{format_timestamp(value)}]", place)


def unmarked(start: int | None, end: int | None) -> Bounds:
    """Bounds with the marks of a range that nobody wrote: ``[a_b)``, one nanosecond ``[t]``."""
    if start is None or end is None:
        return start, end, HALF_OPEN
    if end <= start:
        return NEVER
    return start, end, "[]" if end - start == 1 else HALF_OPEN


def read_registered(text: str | None) -> tuple[Bounds, str]:
    """Bounds of a segment that is being registered, and the text to store for it.

    Raises `BadTimeRange` also for an unbounded or empty range and an exclusive start.
    """
    if not isinstance(text, str):
        raise BadTimeRange(text, "a registered timerange is a text")
    stored = _with_markers(text)
    bounds = read(stored)
    start, end, marks = bounds
    if start is None or end is None:
        raise BadTimeRange(text, "a segment needs a start and an end")
    if start == end:
        raise BadTimeRange(text, "a segment cannot be empty", "a start before the end")
    if marks[0] == "(":
        raise BadTimeRange(text, "a segment's start is inclusive", f"[{stored[1:]}", 0)
    return bounds, stored


def _with_markers(text: str) -> str:
    """A text wholly without markers becomes ``[a_b)`` or ``[t]``; others stay as they are."""
    if not text or text[0] in "[(" or text[-1] in "])":
        return text
    return f"[{text})" if "_" in text else f"[{text}]"


def parse_timestamp(text: str) -> int:
    """Nanoseconds of a timestamp such as ``1:40000000``; the sign covers the whole value.

    Raises `BadTimeRange` outside the grammar and outside int64.
    """
    match = _timestamp(text)
    if match is None:
        raise explained(text, wanted=A_TIMESTAMP)
    seconds, nanos = match.groups()
    return checked(int(seconds + nanos.zfill(9)), text)


def format_timestamp(ns: int) -> str:
    """The timestamp of ``ns``, such as ``-1:500000000`` for -1.5 seconds."""
    if ns < 0:
        return f"-{-ns // SECOND}:{-ns % SECOND}"
    return f"{ns // SECOND}:{ns % SECOND}"


def format_bounds(start: int | None, end: int | None, marks: str = HALF_OPEN) -> str:
    """The canonical text: no marker beside a missing bound, ``[t]`` for an instant."""
    if start is None:
        return "_" if end is None else f"_{_written_end(end, marks)}"
    if end is None:
        return f"{_written_start(start, marks)}_"
    if end <= start:
        return "()"
    if marks == "[]" and end - start == 1:
        return f"[{format_timestamp(start)}]"
    return f"{_written_start(start, marks)}_{_written_end(end, marks)}"


def _written_start(start: int, marks: str) -> str:
    return marks[0] + format_timestamp(start - (marks[0] == "("))


def _written_end(end: int, marks: str) -> str:
    return format_timestamp(end - (marks[1] == "]")) + marks[1]


def checked(ns: int, shown: Any) -> int:
    """``ns`` itself, or `BadTimeRange` about ``shown`` where it leaves int64; never clamped."""
    if not LOWEST_NS <= ns <= HIGHEST_NS:
        raise outside(shown)
    return ns


def outside(shown: Any) -> BadTimeRange:
    return BadTimeRange(shown, "it leaves 64 bits, the end included", INT64)


# What is wrong with a text: the longest beginning that the grammar admits, then its rest.

_ANY_TS = r"-?(?:0|[1-9][0-9]*):(?:0|[1-9][0-9]{0,8})"
_SOUND = re.compile(rf"[\[(]?(?:{_ANY_TS})?(?:_(?:{_ANY_TS})?)?[\])]?")
_SOUND_TIMESTAMP = re.compile(rf"(?:{_ANY_TS})?")
_CLOCK = re.compile(r"-?[0-9]+(?::[0-9]{2}){2}|-?[0-9]{1,2}:[0-9]{2}(?![0-9])|[0-9]{4}-[0-9]{2}-")
_RESTS = (
    (re.compile(r"\n|\r"), "a line break", ""),
    (re.compile(r"\s"), "a blank", ""),
    (re.compile(r"\+"), "a plus sign", "no sign, or - before the whole value"),
    (re.compile(r"-?0[0-9]"), "a leading zero", "seconds and nanoseconds without leading zeros"),
    (re.compile(r"-?[0-9]+\.[0-9]"), "a decimal fraction", A_TIMESTAMP),
    (re.compile(r"-?[0-9]+:(?![0-9])"), "a timestamp without nanoseconds", A_TIMESTAMP),
    (re.compile(r"-?[0-9]+(?![0-9:])"), "a number without nanoseconds", A_TIMESTAMP),
    (re.compile(r"-?[0-9]+:0[0-9]"), "a leading zero", "nanoseconds without leading zeros"),
)


def explained(text: str, wanted: str = "") -> BadTimeRange:
    """Why ``text`` is refused, where, and what would be right."""
    sound, kind = (_SOUND_TIMESTAMP, "timestamp") if wanted else (_SOUND, "timerange")
    match = sound.match(text)
    position = match.end() if match else 0
    rest = text[position:]
    if not rest:
        return outside(text) if text else BadTimeRange(text, "it is empty", wanted, kind=kind)
    problem, expected = _problem(text[:position], rest)
    return BadTimeRange(text, problem, expected or wanted, position, kind)


def _problem(before: str, rest: str) -> tuple[str, str]:
    if rest[0].isdigit() and re.search(r":[0-9]+$", before):
        return _digits_after(before)
    if _CLOCK.match(rest):
        expected = (
            "seconds:nanoseconds, for example [3600:0_7200:0); in Python"
            ' tr.utc("2026-08-31T20:00", "21:00") and tr.timecode read clocks'
        )
        return "a clock text", expected
    for pattern, problem, expected in _RESTS:
        if pattern.match(rest):
            return problem, expected
    return f"unexpected {rest[0]!r}", ""


def _digits_after(before: str) -> tuple[str, str]:
    if before.endswith(":0"):
        return "a leading zero", "nanoseconds without leading zeros"
    return "more than nine digits of nanoseconds", "at most 999999999 nanoseconds"
