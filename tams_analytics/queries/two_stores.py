"""Questions about two stores, or two states of one: what differs, what both have (Q36, Q37).

Each takes the tables of both, where one engine can join them. Of two states the earlier one comes
first; of two stores the first is ``here``, the second ``there``. What is added, removed or modified
is told by `queries.differences`.
"""

from __future__ import annotations

from typing import Any

import ibis
import ibis.expr.types as ir
from ibis import _

from tams_analytics import intervals
from tams_analytics.queries import freeing
from tams_analytics.queries.differences import (
    ADDED,
    KEYS,
    MODIFIED,
    REMOVED,
    by_key,
    counts,
    told,
    unequal,
)
from tams_analytics.queries.groups import flows_once
from tams_analytics.queries.inventory import PLACE, newest
from tams_analytics.queries.united import united
from tams_analytics.span import WIDE, Bounds, held
from tams_analytics.tables import Tables

BOTH, HERE, THERE = "both", "here", "there"
"""Which of two stores has something."""
RELEASED = "released"
BY_WRITERS = ("created", "created_by", "updated", "updated_by")
NOTES = (*BY_WRITERS, "metadata_updated", "segments_updated")
"""Columns that differ wherever the same flow was written twice: no metadata of the media."""
SAID = ("label", "format")


def summary(before: Tables, after: Tables) -> ir.Table:
    """How many rows of each entity are different: ``entity, added, removed, modified``."""
    found = ibis.union(*(counts(name, _unequal(before, after, name)) for name in KEYS))
    return found.order_by("entity")


def changed_flows(before: Tables, after: Tables) -> ir.Table:
    """Flows that were added, removed or modified; what was removed comes first.

    Columns: ``change, flow_id, label, source_id, format, read_only``, as they are after (of what
    was removed: as they were), and ``changed``, which columns were modified, a text with commas.
    """
    rows = told(_unequal(before, after, "flows"), KEYS["flows"], *SAID, "source_id", "read_only")
    columns = ("source_id", "format", "read_only", "changed")
    found = rows.select("change", "label", *columns, flow_id="id")
    found = found.select("change", "flow_id", "label", *columns)
    return found.order_by(ibis.desc("change"), "label", "flow_id", "changed", "source_id")


def changed_sources(before: Tables, after: Tables) -> ir.Table:
    """Sources likewise: ``change, source_id, label, format, changed``."""
    rows = told(_unequal(before, after, "sources"), KEYS["sources"], *SAID)
    found = rows.select("change", "label", "format", "changed", source_id="id")
    found = found.select("change", "source_id", "label", "format", "changed")
    return found.order_by(ibis.desc("change"), "label", "source_id", "changed")


def changed_segments(before: Tables, after: Tables) -> ir.Table:
    """What came and went on each flow, the one that lost most time first.

    Columns: ``flow_id, label, added, removed, modified`` segments, ``time_added_ns,
    time_removed_ns`` their lengths added up; ``lost_ns`` had media before and has none now,
    ``gained_ns`` the other way round. A segment of another object in the same place is added and
    removed, and loses nothing.
    """
    keys = by_key(_unequal(before, after, "segments"), KEYS["segments"])
    lengths = keys.mutate(length=Bounds(keys.start_ns, keys.end_ns).exact_duration)
    flows = lengths.group_by("flow_id").agg(
        **{name: _whole(_[name].sum()) for name in (ADDED, REMOVED, MODIFIED)},
        time_added_ns=held((_.length * _.added.cast(WIDE)).sum()),
        time_removed_ns=held((_.length * _.removed.cast(WIDE)).sum()),
    )
    apart = coverage_apart(before, after)
    found = flows.left_join(apart, "flow_id").drop("flow_id_right")
    known = _flows_of_both(before, after).select("flow_id", "label")
    found = found.left_join(known, "flow_id").drop("flow_id_right")
    found = found.select(
        *("flow_id", "label", ADDED, REMOVED, MODIFIED, "time_added_ns", "time_removed_ns"),
        lost_ns="only_here_ns",
        gained_ns="only_there_ns",
    )
    return found.order_by(ibis.desc("lost_ns"), ibis.desc(REMOVED), ibis.desc(ADDED), "flow_id")


def changed_objects(before: Tables, after: Tables) -> ir.Table:
    """Objects that came, went, were released, or are of another size or in other copies.

    Columns: ``change, object_id, size_before, size_after, copies_before, copies_after,
    stored_bytes``. Of what was ``released`` the bytes are still there, for a while. ``copies`` are
    those that the store keeps, ``stored_bytes`` what all of them take, or took, if they are gone.
    """
    found = _changed_objects(before, after)
    found = found.mutate(stored_bytes=held(found.stored_bytes))
    return found.order_by(ibis.desc("stored_bytes"), "change", "object_id")


def changed_bytes(before: Tables, after: Tables) -> ir.Table:
    """`changed_objects` added up: ``change, objects, bytes, unknown``.

    ``unknown`` objects have no size on record, so that their bytes are not among them.
    """
    found = _changed_objects(before, after).group_by("change")
    found = found.agg(
        objects=_.count(),
        bytes=held(_.stored_bytes.sum()).coalesce(0),
        unknown=_whole(_.stored_bytes.isnull().sum()),
    )
    return found.order_by(ibis.desc("change"))


def _changed_objects(before: Tables, after: Tables) -> ir.Table:
    """``stored_bytes`` of the type `WIDE`."""
    sides = [_kept(tables).mutate(side=n) for n, tables in enumerate((before, after))]
    rows = (
        united(*sides)
        .group_by("object_id")
        .agg(
            had=(_.side == 0).any(),
            has=(_.side == 1).any(),
            **{
                f"{name}_{when}": _[name].max(where=_.side == side)
                for name in ("size", "copies", "stored", "is_released")
                for side, when in enumerate(("before", "after"))
            },
        )
    )
    change = ibis.cases(
        (~_.had, ADDED),
        (~_.has, REMOVED),
        (_.is_released_after > _.is_released_before, RELEASED),
        else_=MODIFIED,
    )
    is_other = ~_.size_before.identical_to(_.size_after)
    is_other = is_other | (_.copies_before != _.copies_after)
    is_other = is_other | (_.is_released_before != _.is_released_after)
    rows = rows.filter(~_.had | ~_.has | is_other)
    return rows.select(
        *("object_id", "size_before", "size_after", "copies_before", "copies_after"),
        change=change,
        stored_bytes=ibis.ifelse(_.has, _.stored_after, _.stored_before),
    ).select(
        *("change", "object_id", "size_before", "size_after", "copies_before", "copies_after"),
        "stored_bytes",
    )


def _kept(tables: Tables) -> ir.Table:
    """``object_id, size, copies, stored, is_released`` (1 or 0), each object once."""
    states = tables.objects.group_by(released_id="id").agg(released_at=_.released_at.max())
    rows = freeing.stored(tables)
    rows = rows.inner_join(states, rows.object_id == states.released_id)
    return rows.select(
        *("object_id", "size", "copies"),
        stored="stored_bytes",
        is_released=ibis.ifelse(_.released_at.notnull(), 1, 0),
    )


def coverage_apart(here: Tables, there: Tables) -> ir.Table:
    """How much time each flow covers in both stores, and how much of it in one alone.

    Columns: ``flow_id, covered_here_ns, covered_there_ns, only_here_ns, only_there_ns``; a flow
    without a segment in either is not there.
    """
    sides = [
        tables.segments.select("flow_id", "start_ns", "end_ns").mutate(
            side=ibis.array([side, BOTH]).unnest()
        )
        for side, tables in ((HERE, here), (THERE, there))
    ]
    covered = intervals.coverage(ibis.union(*sides), by=["flow_id", "side"])
    flows = covered.group_by("flow_id").agg(
        **{side: _.covered_ns.max(where=_.side == side).coalesce(0) for side in (HERE, THERE)},
        both=_.covered_ns.max(where=_.side == BOTH),
    )
    return flows.select(
        "flow_id",
        covered_here_ns=HERE,
        covered_there_ns=THERE,
        only_here_ns=_.both - _.there,
        only_there_ns=_.both - _.here,
    )


def flows_apart(here: Tables, there: Tables) -> ir.Table:
    """Flows that one store alone has, or that cover other time there: most of it first.

    Columns: ``flow_id, label, place`` (both, here, there: which store has the flow), and those of
    `coverage_apart`.
    """
    lengths = ("covered_here_ns", "covered_there_ns", "only_here_ns", "only_there_ns")
    known = _flows_of_both(here, there)
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
    found = by_key(_unequal(here, there, "tags"), key)
    found = found.filter(_.entity_type.isin(("flows", "sources")))
    ids = united(*(_ids_of_both(here, there, name) for name in ("flows", "sources")))
    found = found.semi_join(
        ids, (found.entity_type == ids.known_type) & (found.entity_id == ids.known_id)
    )
    rows = found.select(
        *key,
        only_here=_whole(_.removed + _.modified),
        only_there=_whole(_.added + _.modified),
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
        unknown_here=_whole((_.is_here & _.size_here.isnull()).sum()),
        unknown_there=_whole((_.is_there & _.size_there.isnull()).sum()),
        other_size=_whole((_.is_here & _.is_there & ~_.sizes_agree).sum()),
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
    sides = [_registered(tables).mutate(side=n) for n, tables in enumerate((here, there))]
    rows = (
        united(*sides)
        .group_by("object_id")
        .agg(
            is_here=(_.side == 0).any(),
            is_there=(_.side == 1).any(),
            **{
                f"{name}_{place}": _[name].max(where=_.side == side)
                for name in ("size", "path", "registered")
                for side, place in enumerate((HERE, THERE))
            },
        )
    )
    place = ibis.cases((_.is_here & _.is_there, BOTH), (_.is_here, HERE), else_=THERE)
    return rows.mutate(
        place=place,
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


def _flows_of_both(first: Tables, second: Tables) -> ir.Table:
    """Each flow once: ``flow_id``, ``label`` (that of the second, if it has one), ``place``."""
    sides = [
        flows_once(tables).select("label", flow_id="id", side=ibis.literal(n))
        for n, tables in enumerate((first, second))
    ]
    rows = (
        united(*sides)
        .group_by("flow_id")
        .agg(
            is_here=(_.side == 0).any(),
            is_there=(_.side == 1).any(),
            first=_.label.max(where=_.side == 0),
            second=_.label.max(where=_.side == 1),
        )
    )
    place = ibis.cases((_.is_here & _.is_there, BOTH), (_.is_here, HERE), else_=THERE)
    return rows.select("flow_id", label=_.second.coalesce(_.first), place=place)


def _ids_of_both(here: Tables, there: Tables, name: str) -> ir.Table:
    ours, theirs = (getattr(tables, name).select("id").distinct() for tables in (here, there))
    both = ours.semi_join(theirs, "id")
    return both.select(known_type=ibis.literal(name), known_id="id")


def _unequal(before: Tables, after: Tables, name: str) -> ir.Table:
    return unequal(getattr(before, name), getattr(after, name))


def _whole(number: Any) -> Any:
    """A count: engines give sums of different types."""
    return number.cast("int64")
