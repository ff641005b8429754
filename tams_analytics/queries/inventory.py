"""Questions about what buckets hold, and what the store thinks that they hold (Q8, Q9, Q14, Q21).

Each takes the tables of a store and a listing of buckets, ``s3_objects``, of any engine that can
join the two. They are joined by place, ``(bucket, key)``, never by URLs. Of several listings of a
bucket in one table its newest counts, and a place once, however often it was kept. A listing takes
its time, and uploads and deletes go on meanwhile: so what is younger than ``grace`` before it began
is no finding. ``sql/federation`` asks the same in SQL, by the same rules.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ibis
import ibis.expr.types as ir
from ibis import _

from tams_analytics.errors import BadParameter
from tams_analytics.queries.flows import UNDER_WAY
from tams_analytics.queries.objects import is_registered
from tams_analytics.span import WIDE, held
from tams_analytics.tables import S3_OBJECTS, Tables, ibis_schema
from tams_analytics.timerange import DurationLike, as_ns

PLACE = ("bucket", "key")
SEGMENT = ("flow_id", "object_id", "start_ns", "end_ns")
DAY = "86400:0"
NS_PER_S = 10**9


def as_listing(found: ir.Table) -> ir.Table:
    """``found`` with exactly the columns of a listing; those that it lacks are NULL.

    Raises `BadParameter` where it lacks the place.
    """
    missing = [name for name in PLACE if name not in found.columns]
    if missing:
        problem = f"of a listing lack {' and '.join(missing)}"
        raise BadParameter("columns", list(found.columns), problem, ", ".join(S3_OBJECTS.names))
    return found.select(
        **{
            name: found[name].cast(kind) if name in found.columns else ibis.null(kind)
            for name, kind in ibis_schema(S3_OBJECTS).items()
        }
    )


def unknown(tables: Tables, s3_objects: ir.Table, *, grace: DurationLike = DAY) -> ir.Table:
    """Bytes that no object knows (Q9): all columns of a listing.

    Known are all places that have an instance, whatever becomes of its object, and those of
    instances that a client deleted, whose bytes wait for the collector.
    """
    found = _once(newest(s3_objects).anti_join(_places(tables), PLACE))
    is_old = _.last_modified < _.listed_at - _seconds(grace)
    return found.filter(_.last_modified.isnull() | _.listed_at.isnull() | is_old)


def missing(
    tables: Tables,
    s3_objects: ir.Table,
    *,
    buckets: Sequence[str] | None = None,
    grace: DurationLike = DAY,
) -> ir.Table:
    """Instances whose bytes are not there (Q8): ``object_id, storage_id, bucket, key, size``.

    ``size`` is that on record. Left out are objects that are allocated only, that are released or
    being collected, and those whose every segment a deletion request will take. A listing has to be
    of all buckets that instances name, or of ``buckets``: what it has nothing of is missing.
    """
    listed = newest(s3_objects)
    instances = _expected(tables, buckets)
    lost = instances.anti_join(listed, PLACE)
    moments = listed.group_by("bucket").agg(listed_at=_.listed_at.max())
    lost = lost.left_join(moments, "bucket").drop("bucket_right")
    last = listed.agg(last_at=_.listed_at.max()).last_at.as_scalar()
    until = ibis.coalesce(lost.listed_at, last) - _seconds(grace)
    is_old = (lost.created < until) & (lost.registered_at < until)
    lost = lost.filter(until.isnull() | is_old)
    lost = lost.select("object_id", "storage_id", *PLACE, "size")
    return lost.anti_join(_going(tables), "object_id")


def of_other_size(tables: Tables, s3_objects: ir.Table, *, or_unknown: bool = False) -> ir.Table:
    """Instances whose bytes are more or fewer than on record (Q14).

    ``object_id, storage_id, bucket, key, size, stored_size``; with ``or_unknown`` also those of
    objects whose size is on no record.
    """
    listed = newest(s3_objects).filter(_.size.notnull())
    listed = listed.group_by(*PLACE).agg(stored_size=_.size.max())
    found = _expected(tables, None).inner_join(listed, PLACE)
    is_other = found["size"] != found["stored_size"]
    if or_unknown:
        is_other = is_other | found["size"].isnull()
    found = found.filter(is_other)
    found = found.select("object_id", "storage_id", *PLACE, "size", "stored_size")
    return found.anti_join(_going(tables), "object_id")


def usage(tables: Tables, s3_objects: ir.Table) -> ir.Table:
    """Bytes by bucket and storage class (Q21), most first.

    ``bucket, storage_class, keys, size``, and of these ``unknown_keys, unknown_size``: what no
    object knows, however young it is.
    """
    listed = _once(newest(s3_objects))
    known = known_places(tables).mutate(is_known=True)
    found = listed.left_join(known, PLACE).select(
        "bucket", "storage_class", size=_.size.coalesce(0), is_unknown=_.is_known.isnull()
    )
    used = found.group_by(["bucket", "storage_class"]).agg(
        keys=_.count(),
        size=_sum(_.size),
        unknown_keys=_.is_unknown.sum().cast("int64"),
        unknown_size=_sum(_.is_unknown.ifelse(_.size, 0)),
    )
    return used.order_by(_.size.desc(), "bucket", "storage_class")


def growth(s3_objects: ir.Table, *, by: Sequence[str] = ("bucket",)) -> ir.Table:
    """What came on each day, of what is there now (Q20): by…, ``day, keys, size, size_so_far``.

    ``day`` is a date in UTC; ``by`` are columns of a listing, as ``("bucket", "storage_class")``.
    """
    keys = [*by]
    listed = _once(newest(s3_objects)).filter(_.last_modified.notnull())
    listed = listed.mutate(day=_.last_modified.date(), size=_.size.coalesce(0))
    daily = listed.group_by([*keys, "day"]).agg(keys=_.count(), size=_sum(_.size))
    until = ibis.window(group_by=keys, order_by="day", preceding=None, following=0)
    found = daily.mutate(size_so_far=held(_.size.cast(WIDE).sum().over(until)))
    return found.order_by([*keys, "day"])


def newest(s3_objects: ir.Table) -> ir.Table:
    """Of each bucket its newest listing."""
    moments = s3_objects.group_by("bucket").agg(newest_at=_.listed_at.max())
    found = s3_objects.inner_join(moments, "bucket")
    found = found.filter((_.listed_at == _.newest_at) | _.newest_at.isnull())
    return found.select(*S3_OBJECTS.names)


def _once(listed: ir.Table) -> ir.Table:
    """Each place once: a listing may be kept twice, and parts of S3 Inventory may overlap.

    Of rows of one place that differ, each column has its largest value.
    """
    others = [name for name in S3_OBJECTS.names if name not in PLACE]
    found = listed.group_by(*PLACE).agg(**{name: listed[name].max() for name in others})
    return found.select(*S3_OBJECTS.names)


def known_places(tables: Tables) -> ir.Table:
    """Where the store has bytes, or had some that may be there still: ``bucket, key``, once."""
    return _places(tables).distinct()


def _places(tables: Tables) -> ir.Table:
    kept = tables.object_instances.filter(_.controlled).select(*PLACE)
    buckets = tables.storage_backends.select(storage_id="id", bucket="bucket").distinct()
    discarded = tables.discarded_instances.inner_join(buckets, "storage_id").select(*PLACE)
    both = ibis.union(_nullable(kept), _nullable(discarded))
    return both.filter(_.bucket.notnull(), _.key.notnull())


def _expected(tables: Tables, buckets: Sequence[str] | None) -> ir.Table:
    """Instances whose bytes have to be there, with ``size, registered_at`` of their objects.

    Each once: no engine but DuckDB refuses a second row of an object.
    """
    said = ("size", "registered_at", "released_at", "collecting_since")
    objects = tables.objects.group_by(object_id="id").agg(**{name: _[name].max() for name in said})
    objects = objects.filter(is_registered(objects), _.collecting_since.isnull())
    objects = objects.select("object_id", "size", "registered_at")
    instances = tables.object_instances.filter(_.controlled, _.bucket.notnull(), _.key.notnull())
    if buckets is not None:
        instances = instances.filter(_.bucket.isin([*buckets]))
    instances = instances.group_by("object_id", "storage_id", *PLACE).agg(created=_.created.max())
    return instances.inner_join(objects, "object_id")


def _going(tables: Tables) -> ir.Table:
    """Objects with segments, all of which deletion requests will take (R4, R5): ``object_id``.

    One that another flow keeps, or another part of its flow, is needed: of the objects that lose
    a segment, all segments are counted.
    """
    taken = _taken(tables)
    losing = taken.group_by("object_id").agg(taken=_.count())
    whole = tables.segments.select(*SEGMENT).semi_join(taken, "object_id")
    whole = whole.distinct().group_by("object_id").agg(whole=_.count())
    going = losing.inner_join(whole, "object_id").filter(_.taken == _.whole)
    return going.select("object_id")


def _taken(tables: Tables) -> ir.Table:
    """The segments that deletion requests will take, by what tells them apart (R4).

    Those of before the request, as its worker does.
    """
    requests = tables.deletion_requests.filter(_.status.isin(UNDER_WAY))
    requests = requests.select(
        "flow_id", since="start_ns", until="end_ns", only="object_id", asked="created"
    )
    segments = tables.segments.select(*SEGMENT, "created")
    taken = segments.inner_join(requests, "flow_id").filter(
        _.since.isnull() | (_.start_ns >= _.since),
        _.until.isnull() | (_.end_ns <= _.until),
        _.only.isnull() | (_.object_id == _.only),
        _.created <= _.asked,
    )
    return taken.select(*SEGMENT).distinct()


def _nullable(table: ir.Table) -> ir.Table:
    """Engines unite columns that may be NULL with each other only."""
    return table.select(**{name: table[name].cast("string") for name in table.columns})


def _seconds(grace: DurationLike) -> Any:
    """Whole ones, rounded up: the unit that each engine takes."""
    return ibis.interval(seconds=-(-as_ns(grace) // NS_PER_S))


def _sum(size: Any) -> Any:
    return held(size.cast(WIDE).sum())
