"""The timerange of a row, as predicates in the shape that every engine takes.

``span`` stands for the columns ``start_ns, end_ns`` of whatever table it is used on::

    store.segments.filter(_.flow_id == flow, span.overlaps("[0:0_10:0)"))
    hits.mutate(**span.intersection(window).columns(), seconds=span.duration / 1e9)

A predicate is an AND of ``column op literal``, each of one column: the only shape that VAST pushes
down (and DuckDB and Trino as well). An unbounded side drops its term; a predicate that nothing can
fulfil is the literal false, for which no engine scans.
"""

from __future__ import annotations

import functools
import operator
from dataclasses import dataclass
from typing import Annotated, Any

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir
from ibis import _

from tams_analytics.errors import BadParameter
from tams_analytics.timerange import TimeRange, TimeRangeLike, as_timerange

LEAST, MOST = -(2**63), 2**63 - 1
NEAR = 2**62
"""Any two times less than this from 0 (146 years) are no further apart than int64 holds."""
WIDE = dt.Decimal(38, 0)
"""Holds every difference of two int64, and sums of them; on every engine."""


@dataclass(frozen=True)
class Value:
    """Marks a parameter of a question whose argument is compared with a column of this ibis type.

    Such an argument may differ from call to call of one compiled statement; all else is the
    statement's shape.
    """

    type: str


Text = Annotated[Any, Value("string")]
"""A text, or the ibis parameter that stands for one."""
Ids = Annotated[Any, Value("ids")]
"""Any number of texts, for `isin` alone: on DuckDB together one value."""
Number = Annotated[Any, Value("int64")]
"""A whole number, or the ibis parameter that stands for one."""
Limit = Annotated[Any, Value("limit")]
"""How many rows there may be, ``None`` for all; see `as_limit`."""
Range = Annotated[Any, Value("window")]
"""Whatever `as_window` takes; its two sides are values, which of them are there is shape."""


def as_limit(limit: Any) -> int:
    """``limit`` itself. Raises `BadParameter` for what is no number of rows."""
    if type(limit) is not int or not 0 <= limit <= MOST:
        raise BadParameter("limit", limit, "is no number of rows", "a whole number from 0")
    return limit


@dataclass(frozen=True)
class Window:
    """A half-open range to compare rows with: whole nanoseconds, or ibis parameters for them.

    ``None`` is unbounded. ``never`` is known when a statement is compiled: it needs no scan.
    """

    start_ns: Any = None
    end_ns: Any = None
    never: bool = False


def as_window(window: Window | TimeRangeLike | None) -> Window:
    """Whatever stands for a range, as a `Window`; ``None`` is eternity. Raises `BadTimeRange`."""
    if isinstance(window, Window):
        return window
    if window is None:
        return Window()
    return _window(as_timerange(window))


def _window(timerange: TimeRange) -> Window:
    if timerange.is_empty:
        return Window(never=True)
    return Window(timerange.start_ns, timerange.end_ns)


def overlapping(start_ns: Any, end_ns: Any) -> Any:
    """Rows that start before ``end_ns`` and end after ``start_ns``; ``None`` is unbounded.

    A bound is whole nanoseconds or an ibis parameter.
    """
    return span.overlaps(Window(start_ns, end_ns))


@dataclass(frozen=True)
class Bounds:
    """A start and an end, as ibis values or Deferreds; what `Span.intersection` gives."""

    start: Any
    end: Any

    def columns(self) -> dict[str, Any]:
        """``start_ns`` and ``end_ns``, for ``mutate(**…)``."""
        return {"start_ns": self.start, "end_ns": self.end}

    @property
    def duration(self) -> Any:
        """Its length in nanoseconds, int64; one beyond that (292 years) is the largest int64."""
        is_near = self.start.between(1 - NEAR, NEAR - 1) & self.end.between(1 - NEAR, NEAR - 1)
        # Decimals are 40 times slower, so they are left to where they are needed.
        return ibis.cases((is_near, self.end - self.start), else_=held(self.exact_duration))

    @property
    def exact_duration(self) -> Any:
        """Its length in nanoseconds, of the type `WIDE`: to be summed, or compared exactly.

        What ibis gives of it is whole nanoseconds too, also a mean.
        """
        return self.end.cast(WIDE) - self.start.cast(WIDE)


@dataclass(frozen=True)
class Span(Bounds):
    """The timerange of a row.

    Each predicate takes a TAMS text, a `TimeRange`, an instant, or the `Span` of another table
    (`Span.of`); raises `BadTimeRange`. Names follow SQL:2011.
    """

    @classmethod
    def of(cls, table: ir.Table) -> Span:
        """The timerange of this table's rows, for a join."""
        return cls(table.start_ns, table.end_ns)

    def overlaps(self, other: Any) -> Any:
        """The row shares a nanosecond with ``other``."""
        start, end = _sides(other)
        return _all(_before(self.start, end), _after(self.end, start), never=_is_never(other))

    def within(self, other: Any) -> Any:
        """The row lies inside ``other``: it is covered by it."""
        start, end = _sides(other)
        return _all(
            None if start is None else self.start >= start,
            None if end is None else self.end <= end,
            never=_is_never(other),
        )

    def contains(self, other: Any) -> Any:
        """The row has ``other`` inside; a row cannot contain what is unbounded."""
        start, end = _sides(other)
        if start is None or end is None:
            return NOTHING
        return (self.start <= start) & (self.end >= end)

    def equals(self, other: Any) -> Any:
        """The row is ``other``, to the nanosecond."""
        start, end = _sides(other)
        if start is None or end is None:
            return NOTHING
        return (self.start == start) & (self.end == end)

    def precedes(self, other: Any) -> Any:
        """The row ends before ``other`` starts, or where it starts."""
        start, _end = _sides(other)
        return NOTHING if start is None else self.end <= start

    def succeeds(self, other: Any) -> Any:
        """The row starts after ``other`` ends, or where it ends."""
        _start, end = _sides(other)
        return NOTHING if end is None else self.start >= end

    def meets(self, other: Any) -> Any:
        """The row ends where ``other`` starts."""
        start, _end = _sides(other)
        return NOTHING if start is None else self.end == start

    def intersection(self, other: Any) -> Bounds:
        """What the row shares with ``other``; only of use for rows that overlap it."""
        start, end = _sides(other)
        return Bounds(
            self.start if start is None else ibis.greatest(self.start, start),
            self.end if end is None else ibis.least(self.end, end),
        )


def held(length: Any) -> Any:
    """A `WIDE` length as int64; one that int64 cannot hold is the largest, or the least, int64."""
    least, most = ibis.literal(LEAST, dt.int64), ibis.literal(MOST, dt.int64)
    return ibis.cases((length > most, most), (length < least, least), else_=length).cast(dt.int64)


NOTHING = ibis.literal(False)
"""What no row fulfils."""

span = Span(_.start_ns, _.end_ns)


def _sides(other: Any) -> tuple[Any, Any]:
    """Start and end to compare with; ``None`` is unbounded, and both are for never."""
    if isinstance(other, Span):
        return other.start, other.end
    window = as_window(other)
    return window.start_ns, window.end_ns


def _is_never(other: Any) -> bool:
    return not isinstance(other, Span) and as_window(other).never


def _before(column: Any, end: Any) -> Any:
    return None if end is None else column < end


def _after(column: Any, start: Any) -> Any:
    return None if start is None else column > start


def _all(*terms: Any, never: bool) -> Any:
    if never:
        return NOTHING
    present = [term for term in terms if term is not None]
    return functools.reduce(operator.and_, present) if present else ibis.literal(True)
