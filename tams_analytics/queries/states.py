"""Questions about two states of one store: what came, what went, what changed (Q36).

Each takes the tables of the earlier state, then those of the later one, where one engine can join
them. What is added, removed or modified is told by `queries.differences`.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
from ibis import _

from tams_analytics.queries import freeing
from tams_analytics.queries.differences import (
    ADDED,
    KEYS,
    MODIFIED,
    REMOVED,
    by_key,
    counts,
    told,
)
from tams_analytics.queries.sides import (
    coverage_apart,
    flows_of_both,
    side_by_side,
    unequal_in,
    whole,
)
from tams_analytics.span import WIDE, Bounds, held
from tams_analytics.tables import Tables

RELEASED = "released"


def summary(before: Tables, after: Tables) -> ir.Table:
    """How many rows of each entity are different: ``entity, added, removed, modified``."""
    found = ibis.union(*(counts(name, unequal_in(before, after, name)) for name in KEYS))
    return found.order_by("entity")


def changed_flows(before: Tables, after: Tables) -> ir.Table:
    """Flows that were added, removed or modified; what was removed comes first.

    Columns: ``change, flow_id, label, source_id, format, read_only``, as they are after (of what
    was removed: as they were), and ``changed``, which columns were modified, a text with commas.
    """
    shown = ("label", "format", "source_id", "read_only")
    rows = told(unequal_in(before, after, "flows"), KEYS["flows"], *shown)
    columns = ("source_id", "format", "read_only", "changed")
    found = rows.select("change", "label", *columns, flow_id="id")
    found = found.select("change", "flow_id", "label", *columns)
    return found.order_by(ibis.desc("change"), "label", "flow_id", "changed", "source_id")


def changed_sources(before: Tables, after: Tables) -> ir.Table:
    """Sources likewise: ``change, source_id, label, format, changed``."""
    rows = told(unequal_in(before, after, "sources"), KEYS["sources"], "label", "format")
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
    keys = by_key(unequal_in(before, after, "segments"), KEYS["segments"])
    lengths = keys.mutate(length=Bounds(keys.start_ns, keys.end_ns).exact_duration)
    flows = lengths.group_by("flow_id").agg(
        **{name: whole(_[name].sum()) for name in (ADDED, REMOVED, MODIFIED)},
        time_added_ns=held((_.length * _.added.cast(WIDE)).sum()),
        time_removed_ns=held((_.length * _.removed.cast(WIDE)).sum()),
    )
    apart = coverage_apart(before, after)
    found = flows.left_join(apart, "flow_id").drop("flow_id_right")
    known = flows_of_both(before, after).select("flow_id", "label")
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
        unknown=whole(_.stored_bytes.isnull().sum()),
    )
    return found.order_by(ibis.desc("change"))


def _changed_objects(before: Tables, after: Tables) -> ir.Table:
    """``stored_bytes`` of the type `WIDE`."""
    rows = side_by_side(_kept(before), _kept(after), "object_id", names=("before", "after"))
    change = ibis.cases(
        (~_.is_before, ADDED),
        (~_.is_after, REMOVED),
        (_.is_released_after > _.is_released_before, RELEASED),
        else_=MODIFIED,
    )
    is_other = ~_.size_before.identical_to(_.size_after)
    is_other = is_other | (_.copies_before != _.copies_after)
    is_other = is_other | (_.is_released_before != _.is_released_after)
    rows = rows.filter(~_.is_before | ~_.is_after | is_other)
    return rows.select(
        *("object_id", "size_before", "size_after", "copies_before", "copies_after"),
        change=change,
        stored_bytes=ibis.ifelse(_.is_after, _.stored_after, _.stored_before),
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
