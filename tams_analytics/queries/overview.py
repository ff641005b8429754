"""Questions about a store as a whole."""

from __future__ import annotations

import functools

import ibis
import ibis.expr.types as ir
from ibis import _

from tams_analytics.queries.paging import limited
from tams_analytics.span import WIDE, Limit, held
from tams_analytics.tables import Tables

COUNTED = ("sources", "flows", "segments", "objects", "object_instances", "collections", "tags")
"""The entities that a store's card counts, in the order in which they are shown."""


def counts(tables: Tables) -> ir.Table:
    """How many rows each of `COUNTED` has: ``entity, rows``."""
    each = [_count(tables, name) for name in COUNTED]
    return functools.reduce(lambda one, other: one.union(other), each)


def _count(tables: Tables, name: str) -> ir.Table:
    counted: ir.Table = getattr(tables, name).agg(rows=_.count())
    return counted.mutate(entity=ibis.literal(name)).select("entity", "rows")


def extent(tables: Tables) -> ir.Table:
    """From the first to the last segment of the store: one row, ``start_ns, end_ns``, or NULLs."""
    return tables.segments.agg(start_ns=_.start_ns.min(), end_ns=_.end_ns.max())


def sizes(tables: Tables) -> ir.Table:
    """How much there is of ``sources, flows, segments`` and ``bytes``: ``entity, number``.

    Bytes are those of the objects whose size is known, at most the largest int64.
    """
    counted = [_number(name, getattr(tables, name).count()) for name in COUNTED[:3]]
    known = held(tables.objects.size.cast(WIDE).sum()).coalesce(0)
    return functools.reduce(
        lambda one, other: one.union(other), [*counted, _number("bytes", known)]
    )


def _number(entity: str, number: ir.Scalar) -> ir.Table:
    found: ir.Table = number.name("number").as_table()
    return found.select(entity=ibis.literal(entity), number=found.number.cast("int64"))


def formats(tables: Tables) -> ir.Table:
    """How many flows there are of each format: ``format, flows``, the most first."""
    counted = tables.flows.group_by("format").agg(flows=_.count())
    return counted.order_by(_.flows.desc(), "format")


def written_last(tables: Tables, *, limit: Limit = None) -> ir.Table:
    """The flows whose segments changed last: ``flow_id, source_id, label, format, …``.

    Also ``codec, status, segments_updated`` (UTC). Reads flows alone, however many segments there
    are.
    """
    rows = tables.flows.filter(_.segments_updated.notnull())
    columns = ("source_id", "label", "format", "codec", "status", "segments_updated")
    found = rows.select(*columns, flow_id="id").relocate("flow_id")
    return limited(found.order_by(_.segments_updated.desc(), "flow_id"), limit)


def alive(tables: Tables) -> ir.Table:
    """Nothing of interest, for next to nothing: whether the engine answers; ``id`` of a flow."""
    return tables.flows.select("id").limit(1)
