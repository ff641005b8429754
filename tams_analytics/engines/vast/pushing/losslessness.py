"""Whether a literal means the same after it became a value of a column's type.

The SDK converts a literal to the type of its column without a word: ``int_column < 2.5`` would ask
for ``< 2`` and lose rows. So a condition leaves only if its literal survives exactly.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable
from datetime import datetime
from typing import Any

import ibis.expr.datatypes as dt

Guard = Callable[[Any, dt.DataType], str | None]
"""Why a literal is not pushed against a column of a type; ``None``: it is."""

NANOSECONDS = 9
MICROSECONDS = (None, 6, NANOSECONDS)
"""The scales of timestamps that hold every whole microsecond."""
FIRST, LAST = datetime(1678, 1, 1), datetime(2262, 1, 1)
"""What a timestamp in nanoseconds holds at least."""


def lossless(literal: Any, column: dt.DataType) -> str | None:
    """Why ``literal`` cannot be compared with ``column`` there; ``None``: it can, exactly."""
    if literal is None:
        return "nothing compares with NULL"
    for kind, check in CHECKS:
        if isinstance(column, kind):
            return check(literal, column)
    return never_pushed(column)


def never_pushed(column: dt.DataType) -> str | None:
    """Why no condition on a column of this type is pushed at all; ``None``: some are."""
    if any(isinstance(column, kind) for kind, _check in CHECKS):
        return None
    return f"{named(column)} columns are never pushed"


def named(column: dt.DataType) -> str:
    """A type as people read it: NOT NULL left out."""
    return str(column.copy(nullable=True))


def _boolean(literal: Any, column: dt.DataType) -> str | None:
    return None if type(literal) is bool else _is_none(literal, column)


def _integer(literal: Any, column: dt.DataType) -> str | None:
    if type(literal) is not int:
        return _is_none(literal, column)
    lower, upper = column.bounds
    return None if lower <= literal <= upper else f"{literal} is beyond {named(column)}"


def _floating(literal: Any, column: dt.DataType) -> str | None:
    if type(literal) not in (int, float):
        return _is_none(literal, column)
    if literal == 0:
        return "zero may be stored as -0.0"
    if not math.isfinite(literal):
        return f"{literal} has no order that engines agree on"
    return None if _as_stored(literal, column) == literal else _is_none(literal, column)


def _as_stored(literal: float, column: dt.DataType) -> float | None:
    try:
        size = "<f" if column.nbytes == 4 else "<d"
        (stored,) = struct.unpack(size, struct.pack(size, float(literal)))
    except OverflowError:
        return None
    return float(stored)


def _string(literal: Any, column: dt.DataType) -> str | None:
    if type(literal) is not str:
        return _is_none(literal, column)
    if "\0" in literal:
        return "the text holds a NUL"
    try:
        literal.encode()
    except UnicodeEncodeError:
        return "the text holds half a character"
    return None


def _timestamp(literal: Any, column: dt.DataType) -> str | None:
    if not isinstance(literal, datetime):
        return _is_none(literal, column)
    if column.timezone is not None or literal.tzinfo is not None:
        return "time zones are not compared there"
    if getattr(literal, "nanosecond", 0) or column.scale not in MICROSECONDS:
        return f"{literal} may not be whole in {named(column)}"
    if column.scale == NANOSECONDS and not FIRST <= literal < LAST:
        return f"{literal} is beyond {named(column)}"
    return None


def _is_none(literal: Any, column: dt.DataType) -> str:
    return f"{literal!r} is no {named(column)}"


CHECKS: tuple[tuple[type, Guard], ...] = (
    (dt.Boolean, _boolean),
    (dt.Integer, _integer),
    (dt.Float32, _floating),
    (dt.Float64, _floating),
    (dt.String, _string),
    (dt.Timestamp, _timestamp),
)
"""The types of columns that take conditions; all others never do."""
