"""Checks of initialisation objects: what the objects of some flows need to be decoded."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
from ibis import _

from tams_analytics.checks.check import Scope, of_segments
from tams_analytics.checks.segments import PLACE

ASKED = "its flow needs initialisation objects, its object has none"
NOT_ASKED = "its object has an initialisation object, its flow needs none"


def missing(scope: Scope) -> ir.Table:
    """Objects whose initialisation object is not there: ``id``, ``init_object_id``."""
    objects, absent = scope.tables.objects, _inits(scope)
    absent = absent.anti_join(objects, absent.id == objects.id).rename(absent="id")
    found = objects.filter(_.init_object_id.notnull()).select("id", "init_object_id")
    found = found.semi_join(absent, found.init_object_id == absent.absent)
    return found.mutate(detail="there is no initialisation object " + _.init_object_id)


def shown(scope: Scope) -> ir.Table:
    """Initialisation objects that a segment shows as if they were media (§179): ``id``."""
    segments = scope.tables.segments
    found = _inits(scope)
    found = found.semi_join(segments, found.id == segments.object_id)
    return found.mutate(
        detail=ibis.literal("objects need it to be decoded, and a segment shows it")
    )


def with_timerange(scope: Scope) -> ir.Table:
    """Initialisation objects that have a timerange (§204), but for those that segments show."""
    inits, segments = _inits(scope), scope.tables.segments
    found = scope.tables.objects.filter(_.timerange.notnull() | _.start_ns.notnull())
    found = found.select("id", "start_ns", "end_ns", "timerange")
    found = found.semi_join(inits, found.id == inits.id)
    found = found.anti_join(segments, found.id == segments.object_id).distinct()
    said = _.timerange.coalesce("?")
    return found.mutate(detail="is an initialisation object and has the timerange " + said)


def differing(scope: Scope) -> ir.Table:
    """Segments of which only one of flow and object has to do with initialisation objects (§180).

    Segments without flow or object are found elsewhere.
    """
    rows = scope.of_suspects(scope.segments.select(*PLACE), "object_id")
    flows = scope.tables.flows.select(of_flow="id", wanted=_.init_segments.coalesce(False))
    objects = scope.tables.objects.select(of_object="id", has=_.init_object_id.notnull())
    found = rows.join(flows, rows.flow_id == flows.of_flow)
    found = found.join(objects, found.object_id == objects.of_object)
    found = found.filter(_.wanted != _.has).select(*PLACE, "wanted").distinct()
    return of_segments(found, ibis.ifelse(_.wanted, ASKED, NOT_ASKED))


def _inits(scope: Scope) -> ir.Table:
    """The ids of all objects that another one needs."""
    objects = scope.tables.objects
    return objects.filter(_.init_object_id.notnull()).select(id="init_object_id").distinct()
