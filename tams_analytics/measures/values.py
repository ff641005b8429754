"""Numbers in their units, from the facts of a group: 0 or NULL where the group has nothing."""

from __future__ import annotations

from typing import Any

import ibis
import ibis.expr.types as ir

from tams_analytics.span import LEAST, MOST, WIDE, held

SECOND_NS, HOUR_NS = 1e9, 3600e9
LENGTH = "length_ns"
"""The column that has how much of ``during`` a group's day is, or all of it."""


def count(column: Any) -> ir.IntegerValue:
    """A whole number, of which there are 0 where nothing is; at most the largest int64."""
    return held(_or_0(column))


def hours(ns: Any) -> ir.FloatingValue:
    """Nanoseconds as hours; 0 where there are none."""
    return _double(_or_0(ns)) / HOUR_NS


def seconds(ns: Any) -> ir.FloatingValue:
    """Nanoseconds as seconds; NULL where nothing was measured."""
    return _double(ns) / SECOND_NS


def less(one: Any, other: Any) -> ir.DecimalValue:
    """What ``one`` is more than ``other``."""
    return _or_0(one) - _or_0(other)


def mean_seconds(total_ns: Any, number: Any) -> ir.FloatingValue:
    """Their mean in seconds; NULL of none."""
    return seconds(total_ns) / _double(number)


def share(ns: Any, of_ns: Any) -> ir.FloatingValue:
    """From 0 to 1."""
    return _double(_or_0(ns)) / _double(of_ns)


def where(is_there: Any, number: Any) -> ir.Value:
    """``number`` where the other one is not NULL, else NULL."""
    return ibis.cases((is_there.notnull(), number))


def bits_per_second(stored: Any, ns: Any) -> ir.FloatingValue:
    """NULL where no time is covered, or nothing is known of the bytes there."""
    return _double(stored) * 8 / seconds(ns).nullif(0.0)


def _double(number: Any) -> ir.FloatingValue:
    """As a double, through int64 where that holds it: of decimals DuckDB makes them off by one."""
    is_near = number.between(ibis.literal(LEAST, WIDE), ibis.literal(MOST, WIDE))
    near = number.cast("int64").cast("float64")
    return ibis.cases((is_near, near), else_=number.cast("float64"))


def _or_0(number: Any) -> Any:
    return number.cast(WIDE).coalesce(ibis.literal(0, WIDE))
