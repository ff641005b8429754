"""Questions about objects that are shown by more flows than the one they were made for (Q17)."""

from __future__ import annotations

import ibis.expr.types as ir
from ibis import _

from tams_analytics.span import WIDE, held, span
from tams_analytics.tables import Tables


def by_flow(tables: Tables) -> ir.Table:
    """What each flow shows of another flow's objects, most first.

    ``flow_id, origin_id`` (the flow that the objects were first used by), ``objects`` (each counted
    once), ``segments``, ``length_ns`` (of those segments), ``size`` (bytes that were not
    copied: each object once; NULL where no size is known). Both are at most the largest int64.
    """
    made = tables.objects.distinct(on="id", keep="first")
    made = made.select(object_id="id", origin_id="first_flow_id", size="size")
    uses = tables.segments.join(made, "object_id").filter(_.flow_id != _.origin_id)
    each = uses.group_by(["flow_id", "origin_id", "object_id"]).agg(
        segments=_.count(), length_ns=span.exact_duration.sum(), size=_.size.max()
    )
    found = each.group_by(["flow_id", "origin_id"]).agg(
        objects=_.count(),
        segments=_.segments.sum().cast("int64"),
        length_ns=held(_.length_ns.sum()),
        size=held(_.size.cast(WIDE).sum()),
    )
    return found.order_by(_.length_ns.desc(), "flow_id", "origin_id")
