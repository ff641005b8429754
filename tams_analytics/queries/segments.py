"""Questions about the segments of a flow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ibis.expr.types as ir
from ibis import _

from tams_analytics.queries import showing
from tams_analytics.queries.flows import UNDER_WAY
from tams_analytics.queries.paging import limited
from tams_analytics.span import Limit, Number, Range, Text, span
from tams_analytics.tables import Tables

ORDER = ("start_ns", "end_ns", "object_id")
"""The order of a listing (statement 136), made total."""


def listing(  # noqa: PLR0913 - what the specification lets a client say
    tables: Tables,
    *,
    flow_id: Text,
    timerange: Range = None,
    object_id: Text = None,
    limit: Limit = None,
    reverse: bool = False,
    after_start_ns: Number = None,
    after_end_ns: Number = None,
    after_object_id: Text = None,
) -> ir.Table:
    """The segments of a flow that overlap ``timerange``, uncut, in order of time.

    All columns of ``segments`` (statements 129 to 139). ``reverse`` is the exact mirror. The three
    ``after_…`` of the last row of a page begin the next one. Raises `BadTimeRange`.
    """
    rows = tables.segments.filter(_.flow_id == flow_id, span.overlaps(timerange))
    if object_id is not None:
        rows = rows.filter(_.object_id == object_id)
    if after_start_ns is not None:
        cursor = Cursor(after_start_ns, after_end_ns, after_object_id)
        rows = rows.filter(_beyond(cursor, reverse=reverse))
    return limited(rows.order_by(_order(rows, reverse=reverse)), limit)


def around(tables: Tables, *, flow_id: Text, at: Number = None, limit: Limit = None) -> ir.Table:
    """The segments of a flow at a time and next to it, in order: all columns of ``segments``.

    The last ``limit`` that end at ``at`` (nanoseconds) or before, and the first ``limit`` after
    them. Without a time the last of the flow.
    """
    rows = tables.segments.filter(_.flow_id == flow_id)
    if at is None:
        latest = limited(rows.order_by(_order(rows, reverse=True)), limit)
        return latest.order_by(_order(latest, reverse=False))
    before, after = rows.filter(_.end_ns <= at), rows.filter(_.end_ns > at)
    before = limited(before.order_by(_order(before, reverse=True)), limit)
    after = limited(after.order_by(_order(after, reverse=False)), limit)
    both = before.union(after)
    return both.order_by(_order(both, reverse=False))


def _order(rows: ir.Table, *, reverse: bool) -> list[ir.Value]:
    return [rows[name].desc() if reverse else rows[name].asc() for name in ORDER]


OF_SEGMENT = (
    "object_id",
    "start_ns",
    "end_ns",
    "timerange",
    "ts_offset",
    "last_duration",
    "sample_offset",
    "sample_count",
    "body",
)
"""The columns of a segment that its document needs."""


def shown(  # noqa: PLR0913 - as `listing`
    tables: Tables,
    *,
    flow_id: Text,
    timerange: Range = None,
    object_id: Text = None,
    limit: Limit = None,
    reverse: bool = False,
    after_start_ns: Number = None,
    after_end_ns: Number = None,
    after_object_id: Text = None,
    backends: bool = True,
) -> ir.Table:
    """The rows of `listing`, which takes the same arguments, with all that a GET shows of them.

    `OF_SEGMENT`; of the object ``key_frame_count, object_timerange, init_object_id``; ``instances``
    and ``init_instances``, lists of `showing.OF_INSTANCE`, NULL where there are none; and, in the
    first row alone, ``backends``: a list of all storage backends.
    """
    rows = listing(
        tables,
        flow_id=flow_id,
        timerange=timerange,
        object_id=object_id,
        limit=limit,
        reverse=reverse,
        after_start_ns=after_start_ns,
        after_end_ns=after_end_ns,
        after_object_id=after_object_id,
    )
    return _with_media(rows, tables, reverse=reverse, backends=backends)


def of_objects(tables: Tables, *, flow_id: Text, object_ids: Text) -> ir.Table:
    """The segments of a flow that use these objects, with all that `shown` shows of them."""
    rows = tables.segments.filter(_.flow_id == flow_id, _.object_id.isin(object_ids))
    return _with_media(rows, tables, reverse=False, backends=True)


def _with_media(rows: ir.Table, tables: Tables, *, reverse: bool, backends: bool) -> ir.Table:
    rows = rows.select(*OF_SEGMENT)
    told = {"key_frame_count": "key_frame_count", "object_timerange": "timerange"}
    rows = showing.with_media(rows, tables, **told)
    rows = showing.with_backends(rows, tables) if backends else rows
    of_place = [*showing.order(rows, "instance_"), *showing.order(rows, "init_")]
    return rows.order_by([*_order(rows, reverse=reverse), *of_place])


def amount(tables: Tables, *, flow_id: Text) -> ir.Table:
    """One row: ``segments``, how many a flow has."""
    return tables.segments.filter(_.flow_id == flow_id).agg(segments=_.count())


@dataclass(frozen=True)
class Cursor:
    """The place of a row in a listing."""

    start_ns: Any
    end_ns: Any
    object_id: Any


def _beyond(cursor: Cursor, *, reverse: bool) -> Any:
    """Rows after ``cursor``; the first term alone bounds the sort column, so that it is pushed."""
    if reverse:
        return (_.start_ns <= cursor.start_ns) & (
            (_.start_ns < cursor.start_ns)
            | (_.end_ns < cursor.end_ns)
            | ((_.end_ns == cursor.end_ns) & (_.object_id < cursor.object_id))
        )
    return (_.start_ns >= cursor.start_ns) & (
        (_.start_ns > cursor.start_ns)
        | (_.end_ns > cursor.end_ns)
        | ((_.end_ns == cursor.end_ns) & (_.object_id > cursor.object_id))
    )


def written_to(tables: Tables, *, flow_id: Text) -> ir.Table:
    """What a writer of segments must know of a flow; no row: no such flow.

    ``id, read_only, container, init_segments, segments_updated``.
    """
    rows = tables.flows.filter(_.id == flow_id)
    return rows.select("id", "read_only", "container", "init_segments", "segments_updated")


def fence(tables: Tables, *, flow_id: Text) -> ir.Table:
    """The fence of a flow: ``epoch, max_segment_ns``; no row: nobody has raised it yet."""
    rows = tables.flow_fences.filter(_.flow_id == flow_id)
    return rows.select("epoch", "max_segment_ns")


def deletions_under_way(tables: Tables, *, flow_id: Text) -> ir.Table:
    """The deletion requests of a flow that have not ended: ``created, delete_flow``."""
    requests = tables.deletion_requests.filter(_.flow_id == flow_id, _.status.isin(UNDER_WAY))
    return requests.select("created", "delete_flow")


def end_of(tables: Tables, *, flow_id: Text) -> ir.Table:
    """Where a flow's segments end: ``end_ns``, NULL where it has none; always one row."""
    rows = tables.segments.filter(_.flow_id == flow_id)
    return rows.aggregate(end_ns=_.end_ns.max())


def taken(
    tables: Tables, *, flow_id: Text, timerange: Range, starting_after: Number = None
) -> ir.Table:
    """The ranges that a flow's segments take up in ``timerange``: ``start_ns, end_ns``.

    ``starting_after`` is a bound that overlapping implies: the range's start less the longest
    segment of the flow.
    """
    rows = tables.segments.filter(_.flow_id == flow_id, span.overlaps(timerange))
    if starting_after is not None:
        rows = rows.filter(_.start_ns > starting_after)
    return rows.select("start_ns", "end_ns")
