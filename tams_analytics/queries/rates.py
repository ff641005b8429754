"""The bit rates that flows really have, beside those that they say (Q28).

Bytes are known of objects, so a rate is that of the objects that a flow shows as a whole, each
once: of a part of an object nobody knows the bytes.
"""

from __future__ import annotations

from typing import Any

import ibis
import ibis.expr.types as ir
from ibis import _

from tams_analytics.queries.groups import flows_once
from tams_analytics.span import WIDE, held, span
from tams_analytics.tables import Tables
from tams_analytics.timerange import SECOND, TimeRangeLike

KILO = 8 * SECOND // 1000
"""Bytes in a nanosecond are so many thousands of bits in a second."""


def by_flow(tables: Tables, *, timerange: TimeRangeLike | None = None) -> ir.Table:
    """The real bit rate of each flow against what it says, the furthest off first.

    ``flow_id, label, avg_bit_rate, max_bit_rate`` (in 1000 bits per second), `of_flows`, and
    ``off_ratio``: how much the real rate is above (below: negative) the average that the flow says,
    as a part of that. With ``timerange`` of objects whose segments overlap it. Raises
    `BadTimeRange`.
    """
    flows = flows_once(tables).filter(_.avg_bit_rate.notnull() | _.max_bit_rate.notnull())
    flows = flows.select("id", "label", "avg_bit_rate", "max_bit_rate")
    rates = of_flows(tables, timerange=timerange)
    found = flows.inner_join(rates, flows.id == rates.flow_id).drop("id")
    off = _.kilobits / _.avg_bit_rate.nullif(0).cast("float64") - 1.0
    found = found.mutate(off_ratio=off)
    found = found.relocate("flow_id", "label", "kilobits", "off_ratio")
    return found.order_by(_.off_ratio.abs().coalesce(-1.0).desc(), "flow_id")


def off(
    tables: Tables, *, by_more_than: float = 0.25, timerange: TimeRangeLike | None = None
) -> ir.Table:
    """Of `by_flow`, the flows above their ``max_bit_rate`` or too far from their ``avg_bit_rate``.

    ``by_more_than`` is a part of that: 0.25 finds 1.3 and 0.7 times as much. Raises `BadTimeRange`.
    """
    found = by_flow(tables, timerange=timerange)
    is_above = found.kilobits >= found.max_bit_rate.cast("float64") + 0.5  # it says whole ones
    return found.filter(is_above | (found.off_ratio.abs() > by_more_than))


def of_flows(tables: Tables, *, timerange: TimeRangeLike | None = None) -> ir.Table:
    """The real bit rate of each flow with segments: one row for each.

    ``flow_id, kilobits`` (1000 bits in a second, a mean; NULL where nobody knows),
    ``peak_kilobits`` (of the object with the most), ``rated_bytes, rated_ns`` (of which it is the
    rate), ``objects`` (shown), ``unrated`` (of these: of no known size, or shown in part).
    """
    each = of_objects(tables, timerange=timerange).mutate(rate=_rate(_.size, _.own_ns))
    found = each.group_by("flow_id").agg(
        peak_kilobits=_.rate.max(where=_.is_rated),
        rated_bytes=held(_.size.cast(WIDE).sum(where=_.is_rated)),
        rated_ns=held(_.own_ns.cast(WIDE).sum(where=_.is_rated)),
        objects=_.count(),
        unrated=(~_.is_rated).sum().cast("int64"),
    )
    found = found.mutate(kilobits=_rate(_.rated_bytes, _.rated_ns))
    return found.relocate("flow_id", "kilobits")


def of_objects(tables: Tables, *, timerange: TimeRangeLike | None = None) -> ir.Table:
    """Which flow shows which object, once: ``flow_id, object_id, size, own_ns, is_rated``.

    ``own_ns`` is how long the object is, ``is_rated``: its size is known and all of it is shown.
    """
    rows = tables.segments.filter(span.overlaps(timerange or "_"))
    shown = rows.group_by(["flow_id", "object_id"]).agg(shown_ns=span.exact_duration.sum())
    objects = tables.objects
    if timerange is not None:
        objects = objects.filter(objects.id.isin(rows.object_id))
    objects = objects.distinct(on="id", keep="first")
    objects = objects.select("id", "size", length_ns=span.duration)
    found = shown.left_join(objects, shown.object_id == objects.id).drop("id")
    found = found.mutate(own_ns=_.length_ns.coalesce(held(_.shown_ns)))
    is_whole = (_.shown_ns >= _.own_ns.cast(WIDE)) & (_.own_ns > 0)
    found = found.mutate(is_rated=(_.size.notnull() & is_whole).coalesce(ibis.literal(False)))
    return found.select("flow_id", "object_id", "size", "own_ns", "is_rated")


def _rate(size: Any, length_ns: Any) -> Any:
    return size.cast("float64") * KILO / length_ns.nullif(0).cast("float64")
