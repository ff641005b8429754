"""What the buckets of a newsroom would hold, had its objects bytes: for checks of bytes."""

from __future__ import annotations

import datetime as dt

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from ibis import _

from tams_analytics.examples.clock import END_UTC
from tams_analytics.examples.planted import HANDFUL, has_defects
from tams_analytics.queries import inventory
from tams_analytics.tables import S3_OBJECTS, Tables, arrow_schema

LISTED_AT = END_UTC + dt.timedelta(days=2)
"""When the listing was made: long enough after the last object."""
DAMAGED = "S1 video"
"""The flow some of whose objects have no bytes, or others than on record."""
STRAY = "left-behind"
"""How the keys begin that no object knows."""


def listed(tables: Tables) -> ir.Table:
    """A listing of all controlled instances whose objects have a size; with defects some differ."""
    sizes = tables.objects.filter(_.size.notnull()).group_by(object_id="id")
    instances = tables.object_instances.filter(_.controlled, _.bucket.notnull())
    found = instances.inner_join(sizes.agg(size=_.size.max()), "object_id")
    found = found.group_by("bucket", "key").agg(size=_.size.max(), last_modified=_.created.max())
    if has_defects(tables):
        lost, resized = (rows["key"].to_pylist() for rows in _damaged(tables))
        found = found.filter(~_.key.isin(lost))
        found = found.mutate(size=_.size + _.key.isin(resized).ifelse(1, 0))
        found = found.union(ibis.memtable(_stray(tables)))
    return inventory.as_listing(
        found.mutate(storage_class=ibis.literal("STANDARD"), listed_at=ibis.literal(LISTED_AT))
    )


def planted(tables: Tables) -> ir.Table:
    """What is wrong in it: ``check, entity, id``; nothing in a clean newsroom."""
    rows: list[tuple[str, str, str]] = []
    if has_defects(tables):
        lost, resized = (rows["object_id"].to_pylist() for rows in _damaged(tables))
        strays = [f"{row['bucket']}/{row['key']}" for row in _stray(tables).to_pylist()]
        rows += [("object_bytes_missing", "objects", id) for id in lost]
        rows += [("object_size_differs", "objects", id) for id in resized]
        rows += [("bytes_unknown", "s3_objects", id) for id in strays]
    columns = ("check", "entity", "id")
    table = pa.Table.from_pylist(
        [dict(zip(columns, row, strict=True)) for row in rows],
        pa.schema([(name, pa.string()) for name in columns]),
    )
    return ibis.memtable(table)


def _damaged(tables: Tables) -> tuple[pa.Table, pa.Table]:
    """Instances without bytes, and others of another size: the first of `DAMAGED`, in order."""
    flow = tables.flows.filter(_.label == DAMAGED).select(flow_id="id").distinct()
    objects = tables.objects.filter(_.size.notnull())
    objects = objects.semi_join(flow, objects.first_flow_id == flow.flow_id).select("id")
    rows = tables.object_instances.filter(_.controlled).select("object_id", "bucket", "key")
    rows = rows.semi_join(objects, rows.object_id == objects.id)
    first = rows.order_by("object_id").limit(2 * HANDFUL).to_pyarrow()
    return first.slice(0, HANDFUL), first.slice(HANDFUL)


def _stray(tables: Tables) -> pa.Table:
    """Keys that no object knows."""
    bucket = tables.object_instances.filter(_.bucket.notnull()).select("bucket").limit(1)
    (name,) = bucket.to_pyarrow()["bucket"].to_pylist()
    rows = [
        {"bucket": name, "key": f"{STRAY}/{n}", "size": 1000 + n, "last_modified": END_UTC}
        for n in range(HANDFUL)
    ]
    schema = arrow_schema(S3_OBJECTS)
    return pa.Table.from_pylist(rows, pa.schema([schema.field(name) for name in rows[0]]))
