"""VAST Catalog as a listing of buckets.

The catalog has a row for each file and folder of a cluster, of a snapshot that the cluster takes
now and then, under the path of the view of its bucket. When that was stands nowhere: the last
change that the bucket shows is not later, so questions that leave out what is young leave out
enough (one of the future counts as now). What it was tried on is a table of the shape that is told
in public.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from tams_analytics.errors import BadParameter
from tams_analytics.queries.inventory import as_listing

SETTING = "TAMS_VAST_CATALOG_PATHS"
FILE = "FILE"
MOMENTS = ("mtime", "creation_time")
"""When bytes changed last, and came: a copy may bring the former along, so the later one counts."""


def listing(catalog: ir.Table, paths: Sequence[tuple[str, str]]) -> ir.Table:
    """The columns of `tables.S3_OBJECTS`; ``etag`` and ``storage_class`` are NULL.

    ``paths`` has for each bucket the path of its view. Raises `BadParameter` without any.
    """
    if not paths:
        raise BadParameter(SETTING, None, "is not set", "for example media=/tams/media")
    if "element_type" in catalog.columns:
        catalog = catalog.filter(catalog.element_type == FILE)
    found = ibis.union(*(_bucket(catalog, bucket, path) for bucket, path in paths))
    last = found.agg(last_at=found.last_modified.max()).last_at.as_scalar()
    now = ibis.literal(dt.datetime.now(dt.timezone.utc).replace(tzinfo=None), "timestamp(6)")
    return as_listing(found.mutate(listed_at=ibis.least(last, now)))


def _bucket(catalog: ir.Table, bucket: str, path: str) -> ir.Table:
    base = f"{path.rstrip('/')}/"
    rows = catalog.filter(catalog.parent_path.startswith(base))
    moments = [rows[name].cast("timestamp(6)") for name in MOMENTS if name in catalog.columns]
    return rows.select(
        bucket=ibis.literal(bucket),
        key=(rows.parent_path + rows.name).substr(len(base)),
        size=rows.size.cast("int64"),
        last_modified=ibis.coalesce(ibis.greatest(*moments), *moments),
    )
