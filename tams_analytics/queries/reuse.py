"""Questions about objects that are shown by more flows than the one they were made for (Q17, Q18).

What is shown is what segments name: initialisation objects take no part.
"""

from __future__ import annotations

from typing import Any

import ibis.expr.types as ir
from ibis import _

from tams_analytics.queries.groups import flows_once
from tams_analytics.queries.paging import limited
from tams_analytics.span import WIDE, Limit, held, span
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


def objects(tables: Tables, *, limit: Limit = None) -> ir.Table:
    """The objects that are shown, those by the most flows first, then by the most segments.

    ``object_id, origin_id`` (the flow that it was first used by), ``segments, flows`` (that show
    it), ``first_used, last_used`` (when the first and the last of these segments were registered),
    ``size`` (bytes), ``saved_bytes`` (that are not stored since flows share it; NULL as ``size``).
    Of an object that is on no record only its segments are told.
    """
    found = _shown(tables).mutate(saved_bytes=held(_saved()))
    found = found.select(
        *("object_id", "origin_id", "segments", "flows", "first_used", "last_used"),
        *("size", "saved_bytes"),
    )
    return limited(found.order_by(_.flows.desc(), _.segments.desc(), "object_id"), limit)


def summary(tables: Tables) -> ir.Table:
    """How much is saved in all, in one row.

    ``objects`` (shown), ``shared`` (by two flows or more), ``unknown`` (objects of which no size is
    on record: bytes are without them), ``stored_bytes`` (each object once), ``copied_bytes`` (once
    for each flow that shows it, as if each had a copy), ``saved_bytes`` (the difference). Bytes
    are at most the largest int64.
    """
    found = _shown(tables)
    return found.agg(
        objects=found.count(),
        shared=found.count(where=found.flows > 1),
        unknown=found.count(where=found["size"].isnull()),
        stored_bytes=_total(found["size"].cast(WIDE)),
        copied_bytes=_total(found["size"].cast(WIDE) * found.flows),
        saved_bytes=_total(_saved()),
    )


def lineage(tables: Tables) -> ir.Table:
    """The edits made of each flow's objects, by the flow that they were first used by (Q18).

    ``origin_id, origin_label, origin_exists`` (a flow that was deleted has no label), ``flow_id,
    label`` (of what shows its objects), ``objects, segments, first_used, last_used`` (when the
    first and the last of these segments were registered). In the order in which edits were begun.
    """
    made = tables.objects.distinct(on="id", keep="first")
    made = made.select(object_id="id", origin_id="first_flow_id")
    rows = tables.segments.select("flow_id", "object_id", "created")
    uses = rows.join(made, "object_id").filter(_.flow_id != _.origin_id)
    each = uses.group_by("origin_id", "flow_id", "object_id").agg(**_used())
    found = each.group_by("origin_id", "flow_id").agg(objects=_.count(), **_added_up())
    known = flows_once(tables)
    edits = known.select(edit_id="id", label="label")
    origins = known.select(known_id="id", origin_label="label")
    found = found.left_join(edits, found.flow_id == edits.edit_id)
    found = found.left_join(origins, found.origin_id == origins.known_id)
    found = found.select(
        *("origin_id", "origin_label"),
        *("flow_id", "label", "objects", "segments", "first_used", "last_used"),
        origin_exists=found.known_id.notnull(),
    )
    found = found.relocate("origin_exists", after="origin_label")
    return found.order_by("origin_id", "first_used", "flow_id")


def _shown(tables: Tables) -> ir.Table:
    """The objects that segments show, once: how often, when, and what is known of them."""
    rows = tables.segments.select("flow_id", "object_id", "created")
    each = rows.group_by("object_id", "flow_id").agg(**_used())
    found = each.group_by("object_id").agg(flows=_.count(), **_added_up())
    known = tables.objects.distinct(on="id", keep="first")
    known = known.select(known_id="id", origin_id="first_flow_id", size="size")
    return found.left_join(known, found.object_id == known.known_id).drop("known_id")


def _used() -> dict[str, Any]:
    return {
        "segments": _.count(),
        "first_used": _.created.min(),
        "last_used": _.created.max(),
    }


def _added_up() -> dict[str, Any]:
    return {
        "segments": _.segments.sum().cast("int64"),
        "first_used": _.first_used.min(),
        "last_used": _.last_used.max(),
    }


def _saved() -> Any:
    return _["size"].cast(WIDE) * (_.flows - 1)


def _total(size: Any) -> Any:
    return held(size.sum()).coalesce(0)
