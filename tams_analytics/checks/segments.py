"""Checks of segments: of each by itself, and beside the others of its flow."""

from __future__ import annotations

from functools import reduce
from operator import and_

import ibis
import ibis.expr.types as ir
from ibis import _

from tams_analytics import intervals
from tams_analytics.checks.check import Scope, of_segments
from tams_analytics.checks.texts import plain_timestamp, saying_otherwise
from tams_analytics.display.expressions import timerange_text, timestamp_text
from tams_analytics.intervals.rows import among
from tams_analytics.span import NEAR, WIDE

PLACE = ("flow_id", "object_id", "start_ns", "end_ns", "timerange")
"""What says which segment it is."""


def overlapping(scope: Scope) -> ir.Table:
    """The later segment of each pair of one flow that share time; once, however many it meets."""
    pairs = intervals.overlaps(scope.segments.select(*PLACE), by="flow_id")
    later = {name: pairs[f"{name}_right"] for name in PLACE[1:]}
    found = pairs.group_by("flow_id", **later).agg(others=_.count(), other=_.timerange.min())
    more = ibis.ifelse(_.others > 1, " and " + (_.others - 1).cast("string") + " more", "")
    return of_segments(found, "overlaps " + _.other + more)


def without_flow(scope: Scope) -> ir.Table:
    """Segments of flows that are not there."""
    flows = scope.tables.flows
    missing = scope.segments.select("flow_id").distinct()
    missing = missing.anti_join(flows, missing.flow_id == flows.id)
    found = among(scope.segments.select(*PLACE), missing)
    return of_segments(found, "there is no flow " + _.flow_id)


def without_object(scope: Scope) -> ir.Table:
    """Segments of objects that are not there."""
    objects = scope.tables.objects
    missing = scope.of_suspects(scope.segments.select("object_id"), "object_id")
    missing = missing.anti_join(objects, missing.object_id == objects.id)
    found = among(scope.segments.select(*PLACE), missing)
    return of_segments(found, "there is no object " + _.object_id)


def bounds_differ_from_text(scope: Scope) -> ir.Table:
    """Segments whose text says other bounds than are compared."""
    found = saying_otherwise(scope.segments.select(*PLACE))
    said = "the text is not that of its bounds, " + timerange_text(_.start_ns, _.end_ns)
    return of_segments(found, said)


def outside_object(scope: Scope) -> ir.Table:
    """Segments whose timerange, less their ts_offset, is not inside their object's (§177).

    An object without a timerange is found elsewhere.
    """
    rows = scope.of_suspects(scope.segments.select(*PLACE, "ts_offset_ns"), "object_id")
    objects = scope.tables.objects.select(of="id", has_start_ns="start_ns", has_end_ns="end_ns")
    found = rows.join(objects, rows.object_id == objects.of)
    found = found.filter(is_outside(found))
    found = found.select(*PLACE, "ts_offset_ns", "has_start_ns", "has_end_ns").distinct()
    has = timerange_text(found.has_start_ns, found.has_end_ns)
    by = timestamp_text(found.ts_offset_ns)
    return of_segments(found, "less its ts_offset " + by + " it is not inside its object's " + has)


def is_outside(rows: ir.Table) -> ir.BooleanValue:
    """Of segments with ``has_start_ns, has_end_ns`` of their object."""
    sides = (rows.start_ns, rows.end_ns, rows.ts_offset_ns)
    near = reduce(and_, (side.between(1 - NEAR, NEAR - 1) for side in sides))
    start_ns, end_ns, offset_ns = sides
    is_so = (start_ns - offset_ns < rows.has_start_ns) | (end_ns - offset_ns > rows.has_end_ns)
    # Decimals are 40 times slower, so they are left to where they are needed.
    start_ns, end_ns, offset_ns = (side.cast(WIDE) for side in sides)
    is_far = (start_ns - offset_ns < rows.has_start_ns) | (end_ns - offset_ns > rows.has_end_ns)
    return ibis.ifelse(near, is_so, is_far)


def offset_differs_from_text(scope: Scope) -> ir.Table:
    """Segments whose ``ts_offset`` says other nanoseconds than are subtracted."""
    rows = scope.segments.select(*PLACE, "ts_offset", "ts_offset_ns")
    none = rows.filter(rows.ts_offset.isnull(), rows.ts_offset_ns != 0)
    other = rows.filter(rows.ts_offset.notnull())
    is_plain = (_.ts_offset_ns >= 0) & (_.ts_offset == plain_timestamp(_.ts_offset_ns))
    other = other.filter(~is_plain, _.ts_offset != timestamp_text(_.ts_offset_ns))
    found = none.union(other)
    said, means = found.ts_offset.coalesce("none"), timestamp_text(found.ts_offset_ns)
    return of_segments(found, "its ts_offset is " + said + " as text, and " + means)
