"""Questions about two stores beside each other: what both have, and one alone (Q37).

Each takes the tables of both, ``here`` and ``there``, where one engine can join them. Which rows
differ is told by `queries.differences`.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
from ibis import _

from tams_analytics.queries.differences import KEYS, MODIFIED, by_key, told, unequal
from tams_analytics.queries.inventory import PLACE, newest
from tams_analytics.queries.sides import (
    BOTH,
    HERE,
    THERE,
    coverage_apart,
    flows_of_both,
    place,
    side_by_side,
    unequal_in,
    whole,
)
from tams_analytics.queries.united import united
from tams_analytics.span import WIDE, held
from tams_analytics.tables import Tables

BY_WRITERS = ("created", "created_by", "updated", "updated_by")
NOTES = (*BY_WRITERS, "metadata_updated", "segments_updated")
"""Columns that differ wherever the same flow was written twice: no metadata of the media."""


def flows_apart(here: Tables, there: Tables) -> ir.Table:
    """Flows that one store alone has, or that cover other time there: most of it first.

    Columns: ``flow_id, label, place`` (both, here, there: which store has the flow), and those of
    `coverage_apart`.
    """
    lengths = ("covered_here_ns", "covered_there_ns", "only_here_ns", "only_there_ns")
    known = flows_of_both(here, there)
    found = known.left_join(coverage_apart(here, there), "flow_id").drop("flow_id_right")
    found = found.select(
        "flow_id", "label", "place", **{name: found[name].coalesce(0) for name in lengths}
    )
    is_apart = (_.place != BOTH) | (_.only_here_ns > 0) | (_.only_there_ns > 0)
    found = found.filter(is_apart)
    most = ibis.greatest(found.only_here_ns, found.only_there_ns)
    return found.order_by(ibis.desc(most), "flow_id")


def metadata_apart(here: Tables, there: Tables) -> ir.Table:
    """Flows and sources that both stores have, and describe in other ways.

    Columns: ``entity, id, label`` (as it is there), ``differs``, the names of their columns as a
    text with commas. Who wrote them and when (`NOTES`) is no difference; tags are in `tags_apart`.
    """
    found = [
        told(_described(here, there, name), KEYS[name], "label")
        .filter(_.change == MODIFIED)
        .select("id", "label", entity=ibis.literal(name), differs="changed")
        for name in ("flows", "sources")
    ]
    rows = united(*found).select("entity", "id", "label", "differs")
    return rows.order_by("entity", "id", "label", "differs")


def _described(here: Tables, there: Tables, name: str) -> ir.Table:
    rows = [getattr(tables, name) for tables in (here, there)]
    columns = [column for column in rows[0].columns if column not in NOTES]
    return unequal(*(each.select(*columns) for each in rows))


def tags_apart(here: Tables, there: Tables) -> ir.Table:
    """Tags that differ, of flows and sources that both stores have.

    Columns: ``entity_type, entity_id, name, only_here, only_there``: values that one alone has.
    """
    key = ("entity_type", "entity_id", "name")
    found = by_key(unequal_in(here, there, "tags"), key)
    found = found.filter(_.entity_type.isin(("flows", "sources")))
    ids = united(*(_ids_of_both(here, there, name) for name in ("flows", "sources")))
    found = found.semi_join(
        ids, (found.entity_type == ids.known_type) & (found.entity_id == ids.known_id)
    )
    rows = found.select(
        *key,
        only_here=whole(_.removed + _.modified),
        only_there=whole(_.added + _.modified),
    )
    return rows.order_by(*key)


def objects_by_place(here: Tables, there: Tables) -> ir.Table:
    """How many objects both stores have, and each of them alone.

    Columns: ``place`` (both, here, there), ``objects, here_bytes, there_bytes`` (one copy of each),
    ``unknown_here, unknown_there`` (objects of no known size, which are not among these bytes),
    ``other_size`` (objects whose sizes do not agree). An object is had where it is registered and
    not released.
    """
    found = _objects(here, there).group_by("place")
    found = found.agg(
        objects=_.count(),
        here_bytes=held(_.size_here.cast(WIDE).sum()).coalesce(0),
        there_bytes=held(_.size_there.cast(WIDE).sum()).coalesce(0),
        unknown_here=whole((_.is_here & _.size_here.isnull()).sum()),
        unknown_there=whole((_.is_there & _.size_there.isnull()).sum()),
        other_size=whole((_.is_here & _.is_there & ~_.sizes_agree).sum()),
    )
    return found.order_by("place")


def objects_shared(here: Tables, there: Tables) -> ir.Table:
    """Objects that both stores have; those of which they say other things first.

    Columns: ``object_id, size_here, size_there, sizes_agree, same_path, registered_here,
    registered_there``. Two sizes that are on no record agree. ``sql/federation`` asks the same.
    """
    found = _objects(here, there).filter(_.place == BOTH)
    columns = ("object_id", "size_here", "size_there", "sizes_agree", "same_path")
    found = found.select(*columns, "registered_here", "registered_there")
    return found.order_by("sizes_agree", "same_path", "object_id")


def objects_apart(here: Tables, there: Tables) -> ir.Table:
    """Objects that one store alone has: ``place, object_id, size, registered_at``, large first."""
    found = _objects(here, there).filter(_.place != BOTH)
    found = found.select(
        "place",
        "object_id",
        size=_.size_here.coalesce(_.size_there),
        registered_at=_.registered_here.coalesce(_.registered_there),
    )
    return found.order_by(ibis.desc("size"), "place", "object_id")


def _objects(here: Tables, there: Tables) -> ir.Table:
    """Each object that one of them has, once, with what both say of it."""
    rows = side_by_side(_registered(here), _registered(there), "object_id")
    return rows.mutate(
        place=place(),
        sizes_agree=_.size_here.identical_to(_.size_there),
        same_path=_.path_here == _.path_there,
    )


def _registered(tables: Tables) -> ir.Table:
    rows = tables.objects.group_by(object_id="id").agg(
        size=_.size.max(),
        path=_.storage_path.max(),
        registered=_.registered_at.max(),
        released=_.released_at.max(),
    )
    rows = rows.filter(_.registered.notnull(), _.released.isnull())
    return rows.select("object_id", "size", "path", "registered")


def bytes_shared(here: Tables, there: Tables, s3_objects: ir.Table) -> ir.Table:
    """Bytes that are kept twice, once for each store, by ETag and size: what that costs first.

    Columns: ``etag, size, places, bytes_too_many, object_here, object_there`` (the first of
    several). Equal ETags of a PUT in one part are equal bytes; those of uploads in parts depend on
    the parts, so that equal bytes can be overlooked. One place that both name is one copy, and no
    row. ``s3_objects`` lists the buckets of both. ``sql/federation`` asks the same.
    """
    listed = newest(s3_objects).filter(_.size > 0, _.etag.notnull())
    listed = listed.group_by(*PLACE).agg(etag=_.etag.max(), size=_.size.max())
    for side, tables in ((HERE, here), (THERE, there)):
        known = _places(tables, side)
        listed = listed.left_join(
            known, [listed.bucket == known[f"bucket_{side}"], listed.key == known[f"key_{side}"]]
        )
    is_here, is_there = _.object_here.notnull(), _.object_there.notnull()
    copies = listed.filter(is_here | is_there).group_by("etag", "size")
    copies = copies.agg(
        places=_.count(),
        here_alone=(~is_there).sum(),
        there_alone=(~is_here).sum(),
        object_here=_.object_here.min(),
        object_there=_.object_there.min(),
    ).filter(_.here_alone > 0, _.there_alone > 0)
    found = copies.select(
        *("etag", "size", "places"),
        bytes_too_many=held(_.size.cast(WIDE) * (_.places - 1).cast(WIDE)),
        object_here="object_here",
        object_there="object_there",
    )
    return found.order_by(ibis.desc("bytes_too_many"), "etag", "size")


def _places(tables: Tables, side: str) -> ir.Table:
    """Where a store has bytes: ``bucket_…, key_…, object_…``, each place once."""
    rows = tables.object_instances.filter(_.bucket.notnull(), _.key.notnull())
    names = {f"bucket_{side}": rows.bucket, f"key_{side}": rows.key}
    return rows.group_by(**names).agg(**{f"object_{side}": rows.object_id.min()})


def _ids_of_both(here: Tables, there: Tables, name: str) -> ir.Table:
    ours, theirs = (getattr(tables, name).select("id").distinct() for tables in (here, there))
    both = ours.semi_join(theirs, "id")
    return both.select(known_type=ibis.literal(name), known_id="id")
