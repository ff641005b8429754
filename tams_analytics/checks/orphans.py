"""Checks of rows that belong to another one: instances, tags, members of collections."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
from ibis import _

from tams_analytics.checks.check import Scope
from tams_analytics.queries.objects import is_registered
from tams_analytics.writes.bulk.tags import TAGGED

PLACE = ("object_id", "storage_id", "bucket", "key")


def objects_without_instance(scope: Scope) -> ir.Table:
    """Unverified objects: a segment shows them, and they have no bytes anywhere (R5, R14)."""
    segments = scope.tables.segments
    objects = scope.of_suspects(scope.tables.objects, "id")
    instances = scope.tables.object_instances
    found = objects.filter(is_registered(objects)).select("id", "first_flow_id").distinct()
    found = found.anti_join(instances, found.id == instances.object_id)
    found = found.semi_join(segments, found.id == segments.object_id)
    return found.mutate(detail=ibis.literal("is shown by a segment and has no instance"))


def instances_without_object(scope: Scope) -> ir.Table:
    """Instances of objects that are not there: ``id`` (the object's), ``storage_id, label``."""
    objects = scope.tables.objects
    instances = scope.of_suspects(scope.tables.object_instances, "object_id")
    found = instances.select("storage_id", "label", id="object_id")
    found = found.anti_join(objects, found.id == objects.id)
    where = _.label.coalesce(_.storage_id).coalesce("nowhere")
    return found.mutate(detail="has an instance at " + where + ", and is not there")


def places_differing(scope: Scope) -> ir.Table:
    """Controlled instances that are not where their object is kept (R8): ``id, bucket, key``.

    Also those without a place, or with a URL, which is made anew for each reader (F69).
    """
    rows = scope.of_suspects(scope.tables.object_instances, "object_id")
    rows = rows.filter(_.controlled).select(*PLACE, "url")
    objects = scope.tables.objects.select(of="id", path="storage_path")
    found = rows.left_join(objects, rows.object_id == objects.of)
    no_place = _.bucket.isnull() | _.key.isnull()
    found = found.filter(no_place | _.url.notnull() | (_.key != _.path)).distinct()
    said = ibis.cases(
        (no_place, "is controlled and has no bucket and key"),
        (_.url.notnull(), "is controlled and has a URL stored"),
        else_="lies at " + _.key + ", its storage_path is " + _.path,
    )
    return found.mutate(id="object_id", detail=said)


def tags_without_entity(scope: Scope) -> ir.Table:
    """Tags of what is not there: ``entity, id, name``."""
    tags = scope.tables.tags.select(entity="entity_type", id="entity_id", name="name").distinct()
    known = [
        getattr(scope.tables, name).select(of=ibis.literal(name), known="id") for name in TAGGED
    ]
    there = ibis.union(*known)
    found = tags.anti_join(there, [tags.entity == there.of, tags.id == there.known])
    return found.mutate(detail="has the tag " + _.name + ", and is not there")


def members_without_collector(scope: Scope) -> ir.Table:
    """Members of flows that are not there: ``id`` (the collecting flow), ``member_id``."""
    rows, flows = scope.tables.collections, scope.tables.flows
    found = rows.select("member_id", id="flow_id").distinct()
    found = found.anti_join(flows, found.id == flows.id)
    return found.mutate(detail="collects " + _.member_id + ", and is not there")
