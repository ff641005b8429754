"""Checks of sources, flows and collections, and of ids."""

from __future__ import annotations

from collections import defaultdict

import ibis
import ibis.expr.types as ir
from ibis import _

from tams_analytics.checks.check import Scope
from tams_analytics.checks.circles import in_circles
from tams_analytics.queries.united import united

WITH_IDS = ("sources", "flows", "objects", "profiles", "storage_backends", "webhooks")
"""The tables whose ``id`` names one row."""


def flows_without_source(scope: Scope) -> ir.Table:
    """Flows of sources that are not there."""
    flows, sources = scope.tables.flows, scope.tables.sources
    found = flows.select("id", "source_id", "label")
    found = found.anti_join(sources, found.source_id == sources.id)
    return found.mutate(detail="there is no source " + _.source_id)


def formats_differing(scope: Scope) -> ir.Table:
    """Flows of another format than their source (§81): ``id, format, source_format``."""
    flows = scope.tables.flows.select("id", "source_id", "format", "label")
    sources = scope.tables.sources.select(of="id", source_format="format")
    found = flows.join(sources, flows.source_id == sources.of)
    found = found.filter(_.format != _.source_format).drop("of").distinct()
    return found.mutate(detail="is " + _.format + ", its source is " + _.source_format)


def sources_without_flow(scope: Scope) -> ir.Table:
    """Sources that no flow represents, and that nobody made on purpose (POST /sources)."""
    flows, sources = scope.tables.flows, scope.tables.sources
    found = sources.filter(~_.explicit).select("id", "label")
    found = found.anti_join(flows, found.id == flows.source_id)
    return found.mutate(detail=ibis.literal("no flow has it as its source"))


def duplicate_ids(scope: Scope) -> ir.Table:
    """Ids that several rows of one table have: ``entity, id, rows``."""
    tables = {name: getattr(scope.tables, name) for name in WITH_IDS}
    tables["objects"] = scope.of_suspects(tables["objects"], "id")
    return united(*(_twice(rows, name) for name, rows in tables.items()))


def _twice(rows: ir.Table, name: str) -> ir.Table:
    found = rows.group_by("id").agg(rows=_.count()).filter(_.rows > 1)
    detail = _.rows.cast("string") + " rows have this id"
    return found.select(entity=ibis.literal(name), id="id", rows="rows", detail=detail)


def members_missing(scope: Scope) -> ir.Table:
    """Members of collections that are no flow: ``id`` (the collecting flow), ``member_id``."""
    flows, rows = scope.tables.flows, scope.tables.collections
    found = rows.select("member_id", "role", id="flow_id")
    found = found.anti_join(flows, found.member_id == flows.id)
    return found.mutate(detail="collects " + _.member_id + ", which is no flow")


def collection_cycles(scope: Scope) -> ir.Table:
    """Flows that collect themselves, at once or by others: ``id``, ``circle``.

    Reachability is no question of relational algebra: what is read is what collectors collect of
    collectors, which is little, and those on a circle come back as a small table.
    """
    rows = scope.tables.collections.select("flow_id", "member_id").distinct()
    collectors = rows.select(collector="flow_id").distinct()
    inner = rows.semi_join(collectors, rows.member_id == collectors.collector)
    edges: dict[str, set[str]] = defaultdict(set)
    for row in inner.to_pyarrow().to_pylist():
        edges[row["flow_id"]].add(row["member_id"])
    found = [
        {"id": id, "circle": " > ".join(circle), "detail": f"collects itself: {' > '.join(circle)}"}
        for id, circle in sorted(in_circles(edges).items())
    ]
    return ibis.memtable(found, schema={"id": "string", "circle": "string", "detail": "string"})
