"""Questions about what plays: a flow's segments, with all that it takes to reach their bytes."""

from __future__ import annotations

import ibis.expr.types as ir
from ibis import _

from tams_analytics.queries import showing
from tams_analytics.queries.segments import ORDER, listing
from tams_analytics.span import Limit, Range, Text
from tams_analytics.tables import Tables

OF_OBJECT = ("object_start_ns", "object_end_ns", "init_object_id")
"""Beside each segment; the first two are the bounds of the whole object on its own timeline."""


def playing(
    tables: Tables,
    *,
    flow_id: Text,
    timerange: Range = None,
    limit: Limit = None,
    reverse: bool = False,
) -> ir.Table:
    """The segments of a flow that overlap ``timerange``, uncut, with the instances of their bytes.

    ``object_id, start_ns, end_ns, ts_offset_ns``, `OF_OBJECT` (NULL where nobody said it), and the
    columns of `showing.OF_INSTANCE` as ``instance_…`` and, of the initialisation object, as
    ``init_…``: a row for each pair of them, with NULLs where there is none.
    """
    rows = listing(tables, flow_id=flow_id, timerange=timerange, limit=limit, reverse=reverse)
    rows = rows.select(*ORDER, "ts_offset_ns")
    told = {"object_start_ns": "start_ns", "object_end_ns": "end_ns"}
    rows = showing.with_media(rows, tables, **told)
    places = [*showing.order(rows, "instance_"), *showing.order(rows, "init_")]
    return rows.order_by([*(rows[name] for name in ORDER), *places])


def instances_of(tables: Tables, *, object_id: Text) -> ir.Table:
    """The instances of one object, those that the store keeps first; `showing.OF_INSTANCE`."""
    rows = tables.object_instances.filter(_.object_id == object_id)
    by_place = [rows.controlled.desc(), *(rows[name].asc() for name in showing.ORDER[1:])]
    return rows.order_by(by_place).select(*showing.OF_INSTANCE)
