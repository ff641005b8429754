"""`TimeRange`: a stretch of the timeline as a value, and what can be asked of two of them.

The timeline is a grid of whole nanoseconds, a range is half-open on it. The predicates carry the
names of SQL:2011 and of Allen's interval algebra. A never-range has no position: no predicate
holds for it, as a query for ``()`` finds no row. Equality is equality of bounds.
"""

from __future__ import annotations

import functools
import math
from datetime import datetime
from html import escape
from itertools import pairwise
from typing import Any, SupportsIndex, final

from tams_analytics.errors import BadParameter
from tams_analytics.timerange import clocks, grammar
from tams_analytics.timerange.foreign import (
    DurationLike,
    InstantLike,
    MediaTimeRange,
    MediaTimestamp,
    as_instant,
    as_ns,
    bounds_of,
    whole,
)
from tams_analytics.timerange.grammar import Bounds

MOST_PIECES = 1_000_000
"""`TimeRange.split` gives at most this many pieces."""


class _Unsealed:
    """The slots of a `TimeRange`, which still take assignments while `made` fills them."""

    __slots__ = ("_marks", "end_ns", "start_ns")
    start_ns: int | None
    end_ns: int | None
    _marks: str


@final
class TimeRange(_Unsealed):
    """Half-open whole nanoseconds ``[start_ns, end_ns)``; ``None`` is unbounded.

    Immutable, hashable, ordered by start, then end. ``str()`` is the canonical text and keeps the
    markers that the range was written with. A never-range is ``0, 0`` whatever it was made of.
    Made by `tr` and `TimeRange.from_ns`. Raises `BadTimeRange` outside int64 and for what is no
    integer.
    """

    __slots__ = ()

    def __new__(cls, start_ns: int | None, end_ns: int | None) -> TimeRange:
        return made(grammar.unmarked(_bound(start_ns), _bound(end_ns)))

    @classmethod
    def from_ns(cls, start_ns: int | None, end_ns: int | None) -> TimeRange:
        """The range of these bounds, written ``[a_b)``, a single nanosecond ``[t]``."""
        return cls(start_ns, end_ns)

    @classmethod
    def eternity(cls) -> TimeRange:
        """All of the timeline, ``_``."""
        return made(grammar.ETERNITY)

    @classmethod
    def never(cls) -> TimeRange:
        """No nanosecond at all, ``()``."""
        return made(grammar.NEVER)

    @classmethod
    def registered(cls, text: str) -> tuple[TimeRange, str]:
        """The range of a segment that is being registered, and the text to store for it.

        Without markers ``a_b`` means and is stored as ``[a_b)``, ``t`` as ``[t]``; a text with a
        marker is stored as it was written. Raises `BadTimeRange` also where the range is unbounded
        or empty or its start is exclusive. Source: mission R10.
        """
        return _kept(text) if isinstance(text, str) else _registered(text)

    @property
    def is_empty(self) -> bool:
        """True for never alone."""
        return self.start_ns is not None and self.start_ns == self.end_ns

    @property
    def is_bounded(self) -> bool:
        """True where both ends are given."""
        return self.start_ns is not None and self.end_ns is not None

    @property
    def duration_ns(self) -> int | None:
        """How many nanoseconds it holds; ``None`` where a side is unbounded."""
        if self.start_ns is None or self.end_ns is None:
            return None
        return self.end_ns - self.start_ns

    def overlaps(self, other: TimeRangeLike) -> bool:
        """Both share a nanosecond (SQL:2011 OVERLAPS)."""
        other = as_timerange(other)
        return _both_exist(self, other) and _low(self) < _high(other) and _low(other) < _high(self)

    def contains(self, other: TimeRangeLike) -> bool:
        """Every nanosecond of ``other`` is in this one (SQL:2011 CONTAINS)."""
        other = as_timerange(other)
        return (
            _both_exist(self, other) and _low(self) <= _low(other) and _high(other) <= _high(self)
        )

    def within(self, other: TimeRangeLike) -> bool:
        """Every nanosecond of this one is in ``other`` (contains, turned round)."""
        return as_timerange(other).contains(self)

    def precedes(self, other: TimeRangeLike) -> bool:
        """This one ends before ``other`` starts, or where it starts (SQL:2011 PRECEDES)."""
        other = as_timerange(other)
        return _both_exist(self, other) and _high(self) <= _low(other)

    def succeeds(self, other: TimeRangeLike) -> bool:
        """This one starts after ``other`` ends, or where it ends (SQL:2011 SUCCEEDS)."""
        return as_timerange(other).precedes(self)

    def meets(self, other: TimeRangeLike) -> bool:
        """This one ends exactly where ``other`` starts (Allen's meets)."""
        other = as_timerange(other)
        return (
            _both_exist(self, other) and self.end_ns is not None and self.end_ns == other.start_ns
        )

    def intersection(self, other: TimeRangeLike) -> TimeRange:
        """The nanoseconds of both; never where they share none."""
        other = as_timerange(other)
        if not self.overlaps(other):
            return TimeRange.never()
        return _between(max(_low(self), _low(other)), min(_high(self), _high(other)))

    def hull(self, other: TimeRangeLike) -> TimeRange:
        """The smallest range that holds both, with what lies between them; never adds nothing."""
        other = as_timerange(other)
        if not _both_exist(self, other):
            return other if self.is_empty else self
        return _between(min(_low(self), _low(other)), max(_high(self), _high(other)))

    def through(self, last: TimeRange) -> TimeRange:
        """From the start of this one to the end of ``last``, as both were written.

        The extent of what lies between a first and a last segment; never where either is. Source:
        statement 112.
        """
        if not _both_exist(self, last):
            return TimeRange.never()
        return made((self.start_ns, last.end_ns, self._marks[0] + last._marks[1]))

    def split(self, *at: InstantLike, every: DurationLike | None = None) -> list[TimeRange]:
        """The pieces between the instants ``at``, or each as long as ``every``, the last shorter.

        The pieces are in order and make up the whole; an instant outside it, or at its start, cuts
        nothing. Never has no pieces. Raises `BadParameter` for both or neither, for a duration that
        is not positive, over an unbounded range, and for more than a million pieces.
        """
        if bool(at) == (every is not None):
            raise BadParameter("every", every, "must be given alone", "instants, or every=")
        if self.is_empty:
            return []
        cuts = [as_instant(at_) for at_ in at] if every is None else _steps(self, as_ns(every))
        inside = sorted({cut for cut in cuts if _low(self) < cut < _high(self)})
        edges = [self.start_ns, *inside, self.end_ns]
        return [made(grammar.unmarked(*pair)) for pair in pairwise(edges)]

    def shift(self, by: DurationLike) -> TimeRange:
        """The same range ``by`` a duration later, earlier where it is negative; markers are kept.

        Raises `BadTimeRange` where it would leave int64.
        """
        if self.is_empty:
            return self
        moved = as_ns(by)
        start, end = (
            None if bound is None else grammar.checked(bound + moved, f"{self} shifted by {by}")
            for bound in (self.start_ns, self.end_ns)
        )
        return made((start, end, self._marks))

    def __contains__(self, instant: TimeRangeLike | SupportsIndex) -> bool:
        """`contains`, for an instant too: nanoseconds, a timestamp's text, an aware datetime."""
        if isinstance(instant, SupportsIndex):
            return not self.is_empty and _low(self) <= whole(instant) < _high(self)
        return self.contains(instant)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, TimeRange):
            return NotImplemented
        return self.start_ns == other.start_ns and self.end_ns == other.end_ns

    def __hash__(self) -> int:
        return hash((self.start_ns, self.end_ns))

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, TimeRange):
            return NotImplemented
        return _order(self) < _order(other)

    def __le__(self, other: object) -> bool:
        if not isinstance(other, TimeRange):
            return NotImplemented
        return _order(self) <= _order(other)

    def __gt__(self, other: object) -> bool:
        if not isinstance(other, TimeRange):
            return NotImplemented
        return _order(self) > _order(other)

    def __ge__(self, other: object) -> bool:
        if not isinstance(other, TimeRange):
            return NotImplemented
        return _order(self) >= _order(other)

    def __str__(self) -> str:
        return grammar.format_bounds(self.start_ns, self.end_ns, self._marks)

    def __repr__(self) -> str:
        return f"tr({str(self)!r})"

    def _repr_html_(self) -> str:
        """With its ends in UTC, where it has both and they are on the wall clock."""
        start, end = self.start_ns, self.end_ns
        told = f"<code>{escape(str(self))}</code>"
        if start is None or end is None or not clocks.FIRST_WALL_CLOCK_NS <= start < end:
            return told
        return f"{told} {clocks.utc_text(start)} to {clocks.utc_text(end)}"

    def __reduce__(self) -> tuple[Any, ...]:
        return made, ((self.start_ns, self.end_ns, self._marks),)

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"a TimeRange cannot change: {name} is read-only")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"a TimeRange cannot change: {name} is read-only")


TimeRangeLike = (
    TimeRange
    | str
    | datetime
    | MediaTimestamp
    | MediaTimeRange
    | tuple[InstantLike | None, InstantLike | None]
)
"""A `TimeRange`, its text, or what `tr` reads beside: an instant, a pair, mediatimestamp's."""


def as_timerange(value: TimeRangeLike) -> TimeRange:
    """The timerange of a text, an aware datetime, a pair of instants, or mediatimestamp's.

    A text without markers is inclusive at both ends; a pair is half-open, ``None`` in it is
    unbounded; a `TimeRange` is itself. Raises `BadTimeRange`, also for a naive datetime, a bare
    number and a float.
    """
    if type(value) is str:
        return made(grammar.read(value))
    if type(value) is TimeRange:
        return value
    return made(bounds_of(value))


def made(bounds: Bounds) -> TimeRange:
    """A range of bounds that are known to be sound."""
    new: Any = _Unsealed()  # the class is set last: half the time of the slots' own setters
    new.start_ns, new.end_ns, new._marks = bounds
    new.__class__ = TimeRange
    return new  # type: ignore[no-any-return]


def _registered(text: str) -> tuple[TimeRange, str]:
    bounds, stored = grammar.read_registered(text)
    return made(bounds), stored


_kept = functools.lru_cache(maxsize=64)(_registered)
"""For a moment: a body is checked, and then used."""


def _bound(value: Any) -> int | None:
    return None if value is None else grammar.checked(whole(value), value)


def _low(timerange: TimeRange) -> float:
    """Start, or minus infinity; Python compares int and infinity exactly."""
    return -math.inf if timerange.start_ns is None else timerange.start_ns


def _high(timerange: TimeRange) -> float:
    return math.inf if timerange.end_ns is None else timerange.end_ns


def _between(low: float, high: float) -> TimeRange:
    start, end = (None if math.isinf(side) else int(side) for side in (low, high))
    return made(grammar.unmarked(start, end))


def _both_exist(one: TimeRange, other: TimeRange) -> bool:
    return not (one.is_empty or other.is_empty)


def _order(timerange: TimeRange) -> tuple[bool, float, float]:
    """By start, then end; an unbounded start first, an unbounded end last, never before all."""
    return not timerange.is_empty, _low(timerange), _high(timerange)


def _steps(timerange: TimeRange, every: int) -> range:
    start, end = timerange.start_ns, timerange.end_ns
    if start is None or end is None:
        raise BadParameter("every", every, f"cannot cut the unbounded {timerange}")
    if every <= 0:
        raise BadParameter("every", every, "is not positive", "a duration above zero")
    if (end - start) // every >= MOST_PIECES:
        raise BadParameter("every", every, f"makes more than {MOST_PIECES} pieces of {timerange}")
    return range(start + every, end, every)
