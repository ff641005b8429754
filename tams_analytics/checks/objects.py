"""Checks of media objects, and of the bytes that a listing of buckets has."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
from ibis import _

from tams_analytics.checks.check import Scope
from tams_analytics.checks.texts import saying_otherwise
from tams_analytics.display.expressions import timerange_text
from tams_analytics.queries import collecting, inventory
from tams_analytics.queries.objects import is_registered


def unreferenced(scope: Scope) -> ir.Table:
    """Registered objects that no segment shows, no object needs, and nobody released (R5)."""
    objects = scope.tables.objects
    found = scope.of_suspects(objects, "id")
    found = found.filter(is_registered(found), _.collecting_since.isnull())
    found = found.select("id", "size", "first_flow_id", "registered_at")
    found = found.anti_join(scope.tables.segments, found.id == scope.tables.segments.object_id)
    needed = objects.filter(_.init_object_id.notnull()).select(needed="init_object_id")
    found = found.anti_join(needed, found.id == needed.needed)
    return found.mutate(detail=ibis.literal("no segment shows it, and it was not released"))


def never_registered(scope: Scope) -> ir.Table:
    """Objects that were allocated longer ago than an upload may take, without a segment (§62)."""
    found = collecting.never_registered(scope.tables.objects, scope.until)
    found = found.select("id", "first_flow_id", "created")
    return found.mutate(detail="allocated " + _.created.cast("string") + ", never registered")


def without_timerange(scope: Scope) -> ir.Table:
    """Objects that segments show and that have no timerange (§204).

    Not initialisation objects, which have none: that they are shown is what is wrong with them.
    """
    objects, segments = scope.tables.objects, scope.tables.segments
    found = scope.of_suspects(objects, "id")
    found = found.filter(_.timerange.isnull() | _.start_ns.isnull() | _.end_ns.isnull())
    found = found.filter(is_registered(found)).select("id", "first_flow_id").distinct()
    found = found.semi_join(segments, found.id == segments.object_id)
    needed = objects.filter(_.init_object_id.notnull()).select(needed="init_object_id")
    found = found.anti_join(needed, found.id == needed.needed)
    return found.mutate(detail=ibis.literal("is shown by a segment and has no timerange"))


def bounds_differ_from_text(scope: Scope) -> ir.Table:
    """Objects whose text says other bounds than are compared."""
    found = saying_otherwise(scope.tables.objects.select("id", "start_ns", "end_ns", "timerange"))
    said = "the text is not that of its bounds, " + timerange_text(_.start_ns, _.end_ns)
    return found.distinct().mutate(detail=_.timerange + ": " + said)


def bytes_missing(scope: Scope) -> ir.Table:
    """Instances whose bytes no listing has: `queries.inventory.missing`, ``id`` the object's."""
    found = inventory.missing(scope.tables, scope.listing)
    where = _.bucket + "/" + _.key
    return found.mutate(id="object_id", detail="no bytes at " + where)


def sizes_differ(scope: Scope) -> ir.Table:
    """Instances of another size than on record: `queries.inventory.of_other_size`."""
    found = inventory.of_other_size(scope.tables, scope.listing)
    sizes = _.stored_size.cast("string") + " bytes stored, " + _.size.cast("string") + " on record"
    return found.mutate(id="object_id", detail=_.bucket + "/" + _.key + ": " + sizes)


def bytes_unknown(scope: Scope) -> ir.Table:
    """Keys that no object has: `queries.inventory.unknown`, ``id`` is ``bucket/key``."""
    found = inventory.unknown(scope.tables, scope.listing)
    size = _.size.cast("string").coalesce("?") + " bytes that no object knows"
    return found.mutate(id=_.bucket + "/" + _.key, detail=size)
