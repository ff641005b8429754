"""How a store grows, and what that comes to (Q20): by the creation of objects, and by segments.

An object counts from ``created`` on, when it was allocated or first named, since that is when its
bytes begin to take room. ``registered_at`` moves when a released object is registered again, which
brings no new bytes. What was never registered has none that count, and is left out.

Told is what is there: what was deleted is on no record, so that old periods look smaller than they
were when they were new. Of that tells a comparison of two states of a store (`Store.at`).

What is expected is the present plus the mean rate of some whole periods before now. It is a mean,
not a line through them: a line follows one backfill or one outage at the end of the time to where
nobody can say why, and may fall, though nothing here counts deletions. A mean of whole weeks is
right where weekends are quiet, and anybody can work it out again from the periods shown.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import ibis
import ibis.expr.types as ir
from ibis import _

from tams_analytics.errors import BadParameter
from tams_analytics.queries.clocks import moment_ns, stored_ns
from tams_analytics.queries.days import PERIOD, by_period, periods_table
from tams_analytics.span import WIDE, held, span
from tams_analytics.tables import Tables
from tams_analytics.timerange import SECOND, Period, clocks

BEFORE = ""
"""The label of all of the time before the periods; no period has it."""
DAY_NS = 86_400 * SECOND
FAR = float(2**63 - 1024)
"""The largest double that int64 holds."""


def over_time(
    tables: Tables, periods: Sequence[Period], *, storage_id: str | None = None
) -> ir.Table:
    """What came in each period, of what is still there, the newest first.

    ``period, objects`` (created then and registered by now, each once), ``bytes`` (of each object
    once), ``unknown`` (of these: of no known size), ``segments, length_ns`` (registered then, their
    lengths added up), ``total_objects, total_bytes`` (at the end of the period, with all before
    the first). Of a storage backend: objects by when it got them, and segments that show those it
    has. ``periods`` are in order, as `timerange.periods` gives them. Raises `BadParameter` without
    any.
    """
    if not periods:
        raise BadParameter("periods", [], "are none", "at least one")
    first = periods[0].start_ns
    placed = _objects_by_period(tables, periods, storage_id)
    shown = _segments_by_period(tables, periods, storage_id)
    every = periods_table([Period(BEFORE, first - 1, first), *periods])
    found = every.left_join(placed, every[PERIOD] == placed.of_objects)
    found = found.left_join(shown, found[PERIOD] == shown.of_segments)
    counts = ("objects", "bytes", "unknown", "segments", "length_ns")
    found = found.select(PERIOD, "start_ns", **{name: _[name].coalesce(0) for name in counts})
    until = ibis.window(order_by="start_ns", preceding=None, following=0)
    found = found.mutate(
        total_objects=_.objects.sum().over(until).cast("int64"),
        total_bytes=held(_.bytes.cast(WIDE).sum().over(until)),
    )
    found = found.filter(found[PERIOD] != BEFORE).order_by(ibis.desc("start_ns"))
    return found.select(PERIOD, *counts, "total_objects", "total_bytes")


def forecast(
    tables: Tables,
    past: Sequence[Period],
    coming: Sequence[Period],
    now: dt.datetime,
    *,
    storage_id: str | None = None,
) -> ir.Table:
    """What will be stored at the end of each of the ``coming`` periods, at the rate of the past.

    ``period, added_bytes`` (from ``now`` to its end, so that these do not add up),
    ``expected_bytes`` (all that is stored then); objects each once, whose size is known, or those
    of a storage backend. The ``past`` periods end at ``now`` (UTC) or before; of them count those
    from the first that has an object on, as a younger store has no rate of before. Both
    are NULL where there are none to go by. Nothing is taken to be deleted.
    """
    rows = _expected(tables, past, coming, now, storage_id).order_by("start_ns")
    return rows.select(PERIOD, "added_bytes", "expected_bytes")


def full(
    tables: Tables,
    past: Sequence[Period],
    coming: Sequence[Period],
    now: dt.datetime,
    *,
    capacity: int,
    storage_id: str | None = None,
) -> ir.Table:
    """When so many bytes are stored, as `forecast` has it, in one row.

    ``capacity_bytes, stored_bytes`` (now), ``free_bytes`` (at least 0), ``daily_bytes`` (the mean
    rate, in 24 hours), ``left_ns`` (until it is full: 0 if it is; at most 292 years, which is what
    int64 holds; NULL if nothing comes),
    ``period`` (in which it is; NULL if in none of the ``coming``, at least one).
    """
    rows = _expected(tables, past, coming, now, storage_id)
    limit = ibis.literal(capacity, "int64")
    # without a rate nothing is expected, and what is stored is there all the same
    is_full = (rows.stored_bytes >= limit) | (rows.expected_bytes >= limit).coalesce(False)
    rows = rows.mutate(is_full=is_full)
    found = rows.agg(
        stored_bytes=_.stored_bytes.max(),
        gained=_.gained.max(),
        length_ns=_.length_ns.max(),
        period=_[PERIOD].argmin(_.start_ns, where=_.is_full),
    )
    nothing = ibis.literal(0, "int64")
    free = ibis.greatest(limit - found.stored_bytes, nothing)
    left = _times(free, found.length_ns, found.gained)
    return found.select(
        capacity_bytes=limit,
        stored_bytes="stored_bytes",
        free_bytes=free,
        daily_bytes=_times(ibis.literal(DAY_NS, "int64"), found.gained, found.length_ns),
        left_ns=ibis.cases((free == nothing, nothing), else_=left),
        period="period",
    )


def _objects_by_period(
    tables: Tables, periods: Sequence[Period], storage_id: str | None
) -> ir.Table:
    """``of_objects`` (the period), ``objects, bytes, unknown``; all before them in `BEFORE`."""
    first = periods[0].start_ns
    rows = _registered(tables, storage_id)
    at = ibis.greatest(rows.at_ns, ibis.literal(first - 1, "int64"))
    rows = rows.select("size", start_ns=at, end_ns=at + 1)
    placed = by_period(rows, [Period(BEFORE, first - 1, first), *periods])
    return placed.group_by(of_objects=PERIOD).agg(
        objects=_.count(), bytes=_bytes(_.size), unknown=_.size.isnull().sum().cast("int64")
    )


def _segments_by_period(
    tables: Tables, periods: Sequence[Period], storage_id: str | None
) -> ir.Table:
    """``of_segments`` (the period), ``segments, length_ns``."""
    since, until = (clocks.to_utc(ns) for ns in (periods[0].start_ns, periods[-1].end_ns))
    rows = tables.segments.filter(
        _.created >= since.replace(tzinfo=None), _.created < until.replace(tzinfo=None)
    )
    if storage_id is not None:
        rows = rows.semi_join(_registered(tables, storage_id), "object_id")
    at = stored_ns(rows.created)
    rows = rows.select(length=span.exact_duration, start_ns=at, end_ns=at + 1)
    placed = by_period(rows, periods)
    return placed.group_by(of_segments=PERIOD).agg(
        segments=_.count(), length_ns=held(_.length.sum())
    )


def _registered(tables: Tables, storage_id: str | None) -> ir.Table:
    """``object_id, size, at_ns`` of each object that was registered: since when it is there.

    Of a storage backend: of those that it has, since when.
    """
    rows = tables.objects.filter(_.registered_at.notnull()).distinct(on="id", keep="first")
    rows = rows.select("size", "created", object_id="id")
    if storage_id is not None:
        kept = tables.object_instances.filter(_.controlled, _.storage_id == storage_id)
        kept = kept.group_by(kept_id="object_id").agg(kept_since=_.created.min())
        rows = rows.inner_join(kept, rows.object_id == kept.kept_id)
        rows = rows.select("size", "object_id", created="kept_since")
    return rows.select("object_id", "size", at_ns=stored_ns(rows.created))


def _expected(
    tables: Tables,
    past: Sequence[Period],
    coming: Sequence[Period],
    now: dt.datetime,
    storage_id: str | None,
) -> ir.Table:
    """The ``coming`` periods, with ``stored_bytes`` now, ``gained`` in ``length_ns`` of the past.

    And ``added_bytes, expected_bytes``. One pass over objects: Trino asks anew for each mention.
    """
    here = moment_ns(now)
    ends = (past[0].start_ns, past[-1].end_ns) if past else (0, 0)
    rows = _registered(tables, storage_id)
    figures = rows.agg(
        oldest_ns=rows.at_ns.min(),
        stored_bytes=_bytes((rows.at_ns <= here).ifelse(rows["size"], 0)),
        gained=_bytes(((rows.at_ns >= ends[0]) & (rows.at_ns < ends[1])).ifelse(rows["size"], 0)),
    )
    steps = periods_table([*past, *coming]).cross_join(figures)
    counts = (_.end_ns <= here) & (_.end_ns > _.oldest_ns)
    steps = steps.mutate(length=counts.ifelse(_.end_ns - _.start_ns, 0))
    steps = steps.mutate(length_ns=held(_.length.cast(WIDE).sum().over(ibis.window())))
    steps = steps.filter(_.end_ns > here)
    steps = steps.mutate(added_bytes=_times(_.end_ns - here, _.gained, _.length_ns))
    return steps.mutate(expected_bytes=held(_.stored_bytes.cast(WIDE) + _.added_bytes.cast(WIDE)))


def _times(number: Any, part: Any, of: Any) -> Any:
    """``number * part / of``, rounded: in doubles, which all engines reckon alike; NULL of 0."""
    found = number.cast("float64") * part.cast("float64") / of.nullif(0).cast("float64")
    return ibis.cases((found > FAR, ibis.literal(FAR)), else_=found).round().cast("int64")


def _bytes(size: Any) -> Any:
    return held(size.cast(WIDE).sum()).coalesce(0)
