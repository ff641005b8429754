"""Checks of segments: of each by itself, and beside the others of its flow."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
from ibis import _

from tams_analytics import intervals
from tams_analytics.checks.check import Scope, of_segments
from tams_analytics.display.expressions import timerange_text, timestamp_text

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
    found = scope.segments.select(*PLACE)
    found = found.anti_join(scope.tables.flows, found.flow_id == scope.tables.flows.id)
    return of_segments(found, "there is no flow " + _.flow_id)


def without_object(scope: Scope) -> ir.Table:
    """Segments of objects that are not there."""
    found = scope.segments.select(*PLACE)
    found = found.anti_join(scope.tables.objects, found.object_id == scope.tables.objects.id)
    return of_segments(found, "there is no object " + _.object_id)


def bounds_differ_from_text(scope: Scope) -> ir.Table:
    """Segments whose text says other bounds than are compared.

    Nothing is parsed: the texts that mean the bounds are few, and written by the engine. An
    opening ``(`` stands before the nanosecond before the first, a closing ``]`` after the last.
    """
    rows = scope.segments.select(*PLACE).filter(_.timerange != timerange_text(_.start_ns, _.end_ns))
    first, last = (timestamp_text(ns) for ns in (rows.start_ns, rows.end_ns - 1))
    before, after = (timestamp_text(ns) for ns in (rows.start_ns - 1, rows.end_ns))
    opening = ("[" + first, "(" + before, first)
    closing = (after + ")", last + "]", last)
    texts = [one + "_" + other for one in opening for other in closing]
    instant = (rows.end_ns - 1 == rows.start_ns) & rows.timerange.isin(["[" + first + "]", first])
    found = rows.filter(~rows.timerange.isin(texts), ~instant)
    said = "the text is not that of its bounds, " + timerange_text(_.start_ns, _.end_ns)
    return of_segments(found, said)
