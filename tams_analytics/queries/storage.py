"""Questions about what storage backends hold by the records of the store (Q19, Q21, Q23).

What buckets really hold is a question of a listing: `inventory`.
"""

from __future__ import annotations

from typing import Any

import ibis
import ibis.expr.types as ir
from ibis import _

from tams_analytics.queries.united import united
from tams_analytics.span import WIDE, held
from tams_analytics.tables import Tables

OF_BACKEND = ("label", "provider", "region", "bucket")
HOST = r"\A[A-Za-z][A-Za-z0-9+.-]*://(?:[^/?#]*@)?(\[[^\]/?#@]*\]|[^/?#:@\[\]]+)(?::[0-9]*)?(?:[/?#]|\z)"
"""The host of a URL with an authority (RFC 3986), without user and port."""


def by_backend(tables: Tables) -> ir.Table:
    """What each storage backend holds by the records of the store, most first.

    ``storage_id``, `OF_BACKEND`, ``objects`` (each once, also those that are only allocated, wait
    for the collector, or have lost their own row, as the bytes are there; `measures` counts rows of
    objects), ``instances`` (their copies), ``bytes`` (of each object once),
    ``unknown`` (objects of which no size is on record), ``only_objects, only_bytes``: those with a
    copy in no other backend. URLs of clients are no such copy: the store does not keep what they
    lead to. A backend that is on no record has NULLs, one that holds nothing is there with 0.
    """
    known = tables.storage_backends.distinct(on="id", keep="first")
    empty = known.select(
        storage_id="id",
        object_id=ibis.null("string"),
        instances=ibis.null("int64"),
        places=ibis.null("int64"),
        size=ibis.null("int64"),
    )
    rows = united(_held(tables).select(*empty.columns), empty)
    is_only = rows.places == 1
    found = rows.group_by("storage_id").agg(
        objects=rows.object_id.count(),
        instances=rows.instances.sum().coalesce(0).cast("int64"),
        bytes=_bytes(rows.size),
        unknown=rows.object_id.count(where=rows.size.isnull()),
        only_objects=rows.object_id.count(where=is_only),
        only_bytes=_bytes(is_only.ifelse(rows.size, 0)),
    )
    described = known.select(known_id="id", **{name: name for name in OF_BACKEND})
    numbers = [name for name in found.columns if name != "storage_id"]
    found = found.left_join(described, found.storage_id == described.known_id)
    found = found.select("storage_id", *OF_BACKEND, *numbers)
    return found.order_by(_.bytes.desc(), "storage_id")


def uncontrolled(tables: Tables) -> ir.Table:
    """URLs that clients gave, whose bytes the store does not keep, by host (Q23), most first.

    ``host`` (in lower case, without user and port; NULL: a text without a host), ``urls`` (each
    once for an object), ``objects, bytes`` (of each object once), ``unknown`` (objects of which no
    size is on record), ``only_objects``: those of which the store keeps no copy itself.
    """
    rows = tables.object_instances.filter(~_.controlled)
    rows = rows.select("object_id", "url", host=_host(rows.url)).distinct()
    each = rows.group_by("host", "object_id").agg(urls=_.count())
    kept = tables.object_instances.filter(_.controlled).select(kept_id="object_id").distinct()
    each = each.left_join(kept, each.object_id == kept.kept_id)
    each = each.select("host", "object_id", "urls", is_only=each.kept_id.isnull())
    each = _sized(tables, each)
    found = each.group_by("host").agg(
        urls=_.urls.sum().cast("int64"),
        objects=_.count(),
        bytes=_bytes(_.size),
        unknown=_.size.isnull().sum().cast("int64"),
        only_objects=_.is_only.sum().cast("int64"),
    )
    return found.order_by(_.objects.desc(), "host")


def _held(tables: Tables) -> ir.Table:
    """``storage_id, object_id``, each pair once, ``instances, places, size``.

    ``places``: how many backends have the object.
    """
    rows = tables.object_instances.filter(_.controlled)
    rows = rows.select("storage_id", "object_id", "bucket", "key").distinct()
    each = rows.group_by("storage_id", "object_id").agg(instances=_.count())
    each = each.mutate(places=_.count().over(ibis.window(group_by="object_id")))
    return _sized(tables, each)


def _sized(tables: Tables, rows: ir.Table) -> ir.Table:
    """``rows`` with the ``size`` of their object; NULL too where there is no such object."""
    sizes = tables.objects.distinct(on="id", keep="first").select(sized="id", size="size")
    return rows.left_join(sizes, rows.object_id == sizes.sized).drop("sized")


def _host(url: ir.StringValue) -> ir.StringValue:
    """DuckDB has no match as an empty text, Trino as NULL."""
    return url.re_extract(HOST, 1).nullif("").lower()


def _bytes(size: Any) -> Any:
    return held(size.cast(WIDE).sum()).coalesce(0)
