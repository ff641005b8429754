"""Measures, asked: the facts of each, put together by group."""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir
from ibis import _

from tams_analytics.errors import BadParameter, one_of
from tams_analytics.measures import dimensions, groups, values
from tams_analytics.measures.catalogue import BY_NAME
from tams_analytics.measures.measure import Measure
from tams_analytics.measures.scope import Scope, united
from tams_analytics.queries import days
from tams_analytics.queries.days import periods_during
from tams_analytics.span import WIDE, span
from tams_analytics.tables import Tables
from tams_analytics.timerange import Period, TimeRange, TimeRangeLike, as_timerange


def measure(
    tables: Tables,
    names: str | Sequence[str],
    *,
    by: str | Sequence[str] = (),
    during: TimeRangeLike | None = None,
    tz: str = "UTC",
    day_starts: str = "00:00",
) -> ir.Table:
    """These measures of each group: a column for each dimension, then one for each measure.

    A lazy table in no order, each group once; of no dimension one row. NULL is a group like any
    other: of flows without the tag, of segments whose flow nobody knows, of objects that no flow
    uses. Groups that are known and have nothing are there too, with 0, or NULL of what has no 0; of
    time only where ``during`` has both ends, else its first and last segment are asked for now.
    With both ends, what is missing of it is a gap only where media is expected: not of a flow that
    does no more than collect others (`queries.flows.expected`). ``during`` cuts what is time; all
    else is of the segments that overlap it. Raises `BadParameter` where a number would be wrong or
    means nothing, `BadTimeRange`.
    """
    wanted = chosen(names)
    grouped = dimensions.chosen(by, [each.name for each in wanted])
    for each in wanted:
        for dimension in grouped:
            each.refuse(dimension)
    window = None if during is None else as_timerange(during)
    _refuse_unbounded(wanted, window)
    asked = Scope(tables, grouped, window)
    units = [dimension.name for dimension in grouped if dimension.of == "time"]
    if units:
        asked = Scope(tables, grouped, window, _periods(asked, units[0], tz, day_starts))
    return _named(asked, wanted, _together(asked, wanted))


def chosen(names: str | Sequence[str]) -> list[Measure]:
    """The measures of these names, in order. Raises `BadParameter`."""
    asked = [names] if isinstance(names, str) else list(names)
    if not asked:
        raise BadParameter("names", asked, "names no measure", f"one of {', '.join(BY_NAME)}")
    for name in asked:
        if name not in BY_NAME:
            raise BadParameter("names", name, "is no measure", one_of(name, BY_NAME))
    return [BY_NAME[name] for name in dict.fromkeys(asked)]


def _refuse_unbounded(wanted: Sequence[Measure], window: TimeRange | None) -> None:
    needing = [each.name for each in wanted if each.needs_during]
    if needing and (window is None or not window.is_bounded or window.is_empty):
        said = None if window is None else str(window)
        problem = "is not given" if window is None else "has no length"
        right = f"both a start and an end, of which {needing[0]} is a share"
        raise BadParameter("during", said, problem, right)


def _periods(asked: Scope, unit: str, tz: str, day_starts: str) -> tuple[Period, ...]:
    return tuple(periods_during(_extent(asked), unit, tz, day_starts))  # type: ignore[arg-type]


def _extent(asked: Scope) -> TimeRange:
    """``during``, or from the first to the last segment where it has no end."""
    given = asked.during or TimeRange.eternity()
    if given.is_bounded:
        return given
    rows = groups.segments(asked).filter(_.start_ns < _.end_ns)
    (found,) = rows.agg(first=_.start_ns.min(), last=_.end_ns.max()).to_pyarrow().to_pylist()
    if found["first"] is None:
        return TimeRange.never()
    first, last = given.start_ns, given.end_ns
    return TimeRange.from_ns(
        found["first"] if first is None else first, found["last"] if last is None else last
    )


def _together(asked: Scope, wanted: Sequence[Measure]) -> ir.Table:
    """The keys of all groups, and every column of the facts: NULL where a group has nothing.

    One above the other, then grouped: so that NULLs are one group, and nothing is joined.
    """
    facts = [fact(asked) for fact in dict.fromkeys(fact for each in wanted for fact in each.facts)]
    keys = list(asked.keys)
    columns = {name: table[name].type() for table in facts for name in table.columns}
    parts = [part for part in (groups.members(asked), *facts) if part is not None]
    wide = [
        part.select(
            *keys,
            **{
                name: part[name] if name in part.columns else ibis.null(kind)
                for name, kind in columns.items()
                if name not in keys
            },
        )
        for part in parts
    ]
    found = united(wide)
    numbers = {name: found[name].max() for name in columns if name not in keys}
    return found.aggregate(by=keys, **numbers)


def _named(asked: Scope, wanted: Sequence[Measure], found: ir.Table) -> ir.Table:
    """The groups under the names of their dimensions, and the measures."""
    if any(each.needs_during for each in wanted) and asked.during is not None:
        found = _with_lengths(asked, asked.during, found)
    of = {dimension.column: found[key] for key, dimension in asked.keys.items()}
    return found.select(**of, **{each.name: each.value(found) for each in wanted})


def _with_lengths(asked: Scope, during: TimeRange, found: ir.Table) -> ir.Table:
    """How much of ``during`` is in the group's day; all of it, if no day was asked for."""
    times = asked.keys_of("time")
    if not times:
        length = ibis.literal(during.duration_ns, WIDE)
        return found.mutate(**{values.LENGTH: length})
    lengths = days.periods_table(asked.periods).select(
        at=days.PERIOD, **{values.LENGTH: span.intersection(during).exact_duration}
    )
    return found.left_join(lengths, found[times[0]] == lengths.at).drop("at")
