"""What the server answers under ``/analytics``: the verbs and aggregates, by flow or storage (F24).

Each narrows by ``flow_id``, ``source_id`` and ``format``, and by ``timerange`` to the segments that
overlap it. A timerange cuts rows, so it is part of a statement's shape, unlike in listings.
"""

from __future__ import annotations

from typing import Any

import ibis.expr.types as ir
from ibis import _

from tams_analytics import intervals
from tams_analytics.queries.paging import limited
from tams_analytics.span import WIDE, Limit, Text, held, span
from tams_analytics.tables import Tables
from tams_analytics.timerange import DurationLike, TimeRangeLike

OF_FLOW = ("flow_id", "source_id", "format", "codec", "label")


def coverage(
    tables: Tables,
    *,
    flow_id: Text = None,
    source_id: Text = None,
    format: Text = None,
    timerange: TimeRangeLike | None = None,
    limit: Limit = None,
) -> ir.Table:
    """`intervals.coverage` of each flow within ``timerange``, by flow."""
    rows = _segments(tables, flow_id, source_id, format)
    found = intervals.coverage(rows, by="flow_id", within=timerange)
    return limited(found.order_by("flow_id"), limit)


def gaps(
    tables: Tables,
    *,
    flow_id: Text = None,
    source_id: Text = None,
    format: Text = None,
    timerange: TimeRangeLike | None = None,
    min_duration: DurationLike = 0,
    limit: Limit = None,
) -> ir.Table:
    """`intervals.gaps` of each flow within ``timerange``, by flow and time."""
    rows = _segments(tables, flow_id, source_id, format)
    found = intervals.gaps(rows, by="flow_id", within=timerange, min_duration=min_duration)
    return limited(found.order_by("flow_id", "start_ns"), limit)


def overlaps(
    tables: Tables,
    *,
    flow_id: Text = None,
    source_id: Text = None,
    format: Text = None,
    timerange: TimeRangeLike | None = None,
    limit: Limit = None,
) -> ir.Table:
    """`intervals.overlaps` among the segments of each flow that overlap ``timerange``.

    ``flow_id, object_id, start_ns, end_ns``, the other one's with ``_right``, and what they share.
    """
    rows = _segments(tables, flow_id, source_id, format, timerange)
    rows = rows.select("flow_id", "object_id", "start_ns", "end_ns")
    found = intervals.overlaps(rows, by="flow_id")
    order = ["flow_id", "start_ns", "end_ns", "object_id", "start_ns_right", "end_ns_right"]
    return limited(found.order_by([*order, "object_id_right"]), limit)


def flow_usage(
    tables: Tables,
    *,
    flow_id: Text = None,
    source_id: Text = None,
    format: Text = None,
    timerange: TimeRangeLike | None = None,
    limit: Limit = None,
) -> ir.Table:
    """What each flow uses: `OF_FLOW`, ``segments, objects, length_ns, start_ns, end_ns, size``.

    ``length_ns`` adds up its segments, uncut; ``size`` its objects, each once, in bytes: NULL where
    no size is known. Both are at most the largest int64. A flow without a segment there uses
    nothing.
    """
    flows = _flows(tables, flow_id, source_id, format)
    rows = _segments(tables, flow_id, source_id, format, timerange)
    each = rows.group_by(["flow_id", "object_id"]).agg(
        segments=_.count(),
        length_ns=span.exact_duration.sum(),
        start_ns=_.start_ns.min(),
        end_ns=_.end_ns.max(),
    )
    is_narrowed = _is_narrowed(flow_id, source_id, format, timerange)
    each = each.left_join(_sizes(tables, rows if is_narrowed else None), "object_id")
    used = each.group_by("flow_id").agg(
        segments=_.segments.sum().cast("int64"),
        objects=_.count(),
        length_ns=held(_.length_ns.sum()),
        start_ns=_.start_ns.min(),
        end_ns=_.end_ns.max(),
        size=held(_.size.cast(WIDE).sum()),
    )
    found = flows.left_join(used, "flow_id").select(
        *OF_FLOW,
        **{name: _[name].coalesce(0) for name in ("segments", "objects", "length_ns")},
        start_ns="start_ns",
        end_ns="end_ns",
        size="size",
    )
    return limited(found.order_by("flow_id"), limit)


def storage_usage(
    tables: Tables,
    *,
    flow_id: Text = None,
    source_id: Text = None,
    format: Text = None,
    timerange: TimeRangeLike | None = None,
    storage_id: Text = None,
    limit: Limit = None,
) -> ir.Table:
    """What each storage backend holds: ``storage_id, label, objects, size, unknown``.

    Objects are counted once in each that has an instance; narrowed, those that the segments use.
    ``storage_id`` NULL: outside of all backends, by URLs that clients gave. ``size`` in bytes, of
    the objects whose size is known; ``unknown`` is how many of the others there are.
    """
    rows = tables.object_instances
    if storage_id is not None:
        rows = rows.filter(_.storage_id == storage_id)
    used = None
    if _is_narrowed(flow_id, source_id, format, timerange):
        used = _segments(tables, flow_id, source_id, format, timerange)
        rows = rows.filter(rows.object_id.isin(used.object_id))
    each = rows.select("storage_id", "object_id").distinct()
    each = each.left_join(_sizes(tables, used), "object_id")
    held_there = each.group_by("storage_id").agg(
        objects=_.count(),
        size=held(_.size.cast(WIDE).sum()).coalesce(0),
        unknown=_.size.isnull().sum().cast("int64"),
    )
    labels = tables.storage_backends.distinct(on="id", keep="first")
    labels = labels.select(storage_id="id", label="label")
    found = held_there.left_join(labels, "storage_id")
    found = found.select("storage_id", "label", "objects", "size", "unknown")
    return limited(found.order_by(_.size.desc(), "storage_id"), limit)


def time_range_analysis(
    tables: Tables,
    *,
    flow_id: Text = None,
    source_id: Text = None,
    format: Text = None,
    timerange: TimeRangeLike | None = None,
    limit: Limit = None,
) -> ir.Table:
    """How the time of each flow is filled: `coverage`, and the segments that fill it.

    Beside the columns of the verb ``segments`` that overlap ``timerange``, and the shortest and
    longest of them, uncut: ``shortest_ns, longest_ns``.
    """
    rows = _segments(tables, flow_id, source_id, format, timerange)
    lengths = rows.group_by("flow_id").agg(
        segments=_.count(),
        shortest_ns=held(span.exact_duration.min()),
        longest_ns=held(span.exact_duration.max()),
    )
    covered = intervals.coverage(rows, by="flow_id", within=timerange)
    found = covered.join(lengths, "flow_id")
    return limited(found.order_by("flow_id"), limit)


def _flows(tables: Tables, flow_id: Any, source_id: Any, format: Any) -> ir.Table:
    """`OF_FLOW` of the flows that are asked for, each once."""
    rows = tables.flows.distinct(on="id", keep="first").rename(flow_id="id").select(*OF_FLOW)
    for name, value in {"flow_id": flow_id, "source_id": source_id, "format": format}.items():
        if value is not None:
            rows = rows.filter(_[name] == value)
    return rows


def _is_narrowed(*said: Any) -> bool:
    return any(each is not None for each in said)


def _sizes(tables: Tables, used: ir.Table | None) -> ir.Table:
    """``object_id, size`` of all objects, or of those that ``used`` has, each once.

    To group all of them by their ids, for the few of one flow, would take most of the time.
    """
    rows = tables.objects
    if used is not None:
        rows = rows.filter(rows.id.isin(used.object_id))
    return rows.distinct(on="id", keep="first").select(object_id="id", size="size")


def _segments(
    tables: Tables,
    flow_id: Any,
    source_id: Any,
    format: Any,
    timerange: TimeRangeLike | None = None,
) -> ir.Table:
    """The segments of those flows; of one flow by its id alone, which every engine is quick at."""
    rows = tables.segments
    if timerange is not None:
        rows = rows.filter(span.overlaps(timerange))
    if flow_id is not None:
        rows = rows.filter(_.flow_id == flow_id)
    if source_id is not None or format is not None:
        rows = rows.filter(rows.flow_id.isin(_flows(tables, None, source_id, format).flow_id))
    return rows
