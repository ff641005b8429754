"""Facts of things: segments, flows, sources, objects, their bytes and where those are.

As in `times`, each gives a row for each group that has something. An object counts once in a
group, however many segments use it; one that is used as the initialisation object of media counts
as used (mission R5). Objects that nothing uses are in the group NULL, unless time was asked for.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
from ibis import _

from tams_analytics.measures import groups
from tams_analytics.measures.groups import FLOW, SOURCE, by_flow
from tams_analytics.measures.parts import parts
from tams_analytics.measures.scope import Scope, once, total, united
from tams_analytics.queries.clocks import stored_ns
from tams_analytics.span import WIDE, Bounds


def segments(scope: Scope) -> ir.Table:
    """``segments``, their ``shown_ns`` as cut, and from their end to their registration: lags.

    ``longest_lag_ns``, and of all together ``lag_ns``.
    """
    rows = parts(scope)
    lag = Bounds(rows.whole_end_ns, stored_ns(rows.created)).exact_duration
    of_flow = ["flow_id"] if scope.keys_of("flow") else []
    each = rows.aggregate(
        by=[*of_flow, *scope.keys_of("time")],
        segments=rows.count().cast(WIDE),
        shown_ns=total(_length(rows.start_ns, rows.end_ns)),
        longest_lag_ns=lag.max(),
        lag_ns=total(lag),
    )
    return by_flow(scope, each).aggregate(
        by=scope.keys_of("flow", "time"),
        segments=total(_.segments),
        shown_ns=total(_.shown_ns),
        longest_lag_ns=_.longest_lag_ns.max(),
        lag_ns=total(_.lag_ns),
    )


def _length(start_ns: ir.IntegerValue, end_ns: ir.IntegerValue) -> ir.DecimalValue:
    """A never-range has none."""
    return Bounds(start_ns, ibis.greatest(start_ns, end_ns)).exact_duration


def flows(scope: Scope) -> ir.Table:
    """``flows``: known ones, each once; where time was asked for, those with a segment then."""
    rows = _shown_flows(scope).select(FLOW, *scope.keys_of("flow", "time")).distinct()
    return rows.aggregate(by=scope.keys_of("flow", "time"), flows=_.count())


def sources(scope: Scope) -> ir.Table:
    """``sources``: known ones, each once; where time was asked for, those with a segment then."""
    keys = scope.keys_of("flow", "time")
    rows = _shown_flows(scope).select(SOURCE, *keys)
    if scope.is_everything:
        rows = united([rows, groups.lonely_sources(scope).select(SOURCE, *keys)])
    known = scope.tables.sources.select(known_id="id").distinct()
    rows = rows.distinct().semi_join(known, _[SOURCE] == known.known_id)
    return rows.aggregate(by=keys, sources=_.count())


@once
def _shown_flows(scope: Scope) -> ir.Table:
    """`groups.flows` that have a segment in what was asked for, in each day that they have one."""
    known = groups.flows(scope)
    if scope.is_everything:
        return known
    rows = parts(scope).select("flow_id", *scope.keys_of("time")).distinct()
    return rows.join(known, rows.flow_id == known[FLOW])


def objects(scope: Scope) -> ir.Table:
    """``objects``, ``stored_bytes`` (of the sizes that are known), ``unknown`` sizes."""
    rows = _held(scope)
    for key in scope.keys_of("place"):
        places = scope.tables.object_instances.select(at="object_id", storage_id="storage_id")
        places = places.distinct().rename({key: "storage_id"})
        rows = rows.left_join(places, rows.object_id == places.at)
    return rows.aggregate(
        by=list(scope.keys),
        objects=_.count(),
        stored_bytes=total(_.size),
        unknown=_.size.isnull().cast("int64").sum().cast("int64"),
    )


def instances(scope: Scope) -> ir.Table:
    """``instances`` that this store keeps (controlled ones), each once, and ``instance_bytes``."""
    rows = scope.tables.object_instances.filter(_.controlled)
    rows = rows.select(at="object_id", storage_id="storage_id").distinct()
    rows = rows.rename(dict.fromkeys(scope.keys_of("place"), "storage_id"))
    held = _held(scope)
    return held.join(rows, held.object_id == rows.at).aggregate(
        by=list(scope.keys), instances=_.count(), instance_bytes=total(_.size)
    )


def used(scope: Scope) -> ir.Table:
    """``used_bytes``: of the objects that the group's flows use, each once."""
    keys = scope.keys_of("flow", "time")
    rows = _used(scope).distinct()
    return _sized(scope, rows).aggregate(by=keys, used_bytes=total(_.size))


def references(scope: Scope) -> ir.Table:
    """``referenced_bytes``: of the objects that each flow uses, once in each flow.

    And ``known_ns``: how long all whole segments are whose object has a known size.
    """
    keys, times = scope.keys_of("flow", "time"), scope.keys_of("time")
    each = _sized(scope, _uses(scope)).aggregate(
        by=["flow_id", *times],
        referenced_bytes=total(_.size),
        known_ns=total(ibis.cases((_.size.notnull(), _.whole_ns))),
    )
    return by_flow(scope, each).aggregate(
        by=keys, referenced_bytes=total(_.referenced_bytes), known_ns=total(_.known_ns)
    )


@once
def _uses(scope: Scope) -> ir.Table:
    """``flow_id, object_id``, the key of time and ``whole_ns``: which flow uses what, each once."""
    return _with_inits(scope, ["flow_id", *scope.keys_of("time")])


@once
def _used(scope: Scope) -> ir.Table:
    """The keys of flows and time, and ``object_id``."""
    if not scope.keys_of("flow"):
        return _with_inits(scope, scope.keys_of("time")).drop("whole_ns")
    return by_flow(scope, _uses(scope)).select(*scope.keys_of("flow", "time"), "object_id")


def _with_inits(scope: Scope, by: list[str]) -> ir.Table:
    """``by``, each ``object_id`` there once, media or initialisation object, and ``whole_ns``.

    That is how long its segments are, uncut; NULL of an initialisation object.
    """
    rows = parts(scope)
    length = _length(rows.whole_start_ns, rows.whole_end_ns)
    media = rows.aggregate(by=[*by, "object_id"], whole_ns=total(length))
    inits = scope.tables.objects.select(of="id", init="init_object_id").filter(_.init.notnull())
    inits = inits.distinct(on="of", keep="first")
    named = media.left_join(inits, media.object_id == inits.of)
    both = named.select(
        *by,
        media_id="object_id",
        whole_ns="whole_ns",
        object_id=ibis.array([named.object_id, named.init]).unnest(),
    ).filter(_.object_id.notnull())
    return both.aggregate(
        by=[*by, "object_id"],
        whole_ns=total(ibis.cases((_.object_id == _.media_id, _.whole_ns))),
    )


@once
def _held(scope: Scope) -> ir.Table:
    """The keys of flows and time, ``object_id, size``: each object once in each of its groups."""
    keys = scope.keys_of("flow", "time")
    if scope.is_everything and not keys:
        return _sizes(scope)
    used = _used(scope).distinct()
    found = _sized(scope, used)
    if not scope.is_everything:
        return found
    unused = _sizes(scope).anti_join(used, "object_id")
    unused = unused.mutate(**{key: ibis.null(found[key].type()) for key in keys})
    return united([found, unused.select(*found.columns)])


def _sized(scope: Scope, rows: ir.Table) -> ir.Table:
    """``rows`` with the ``size`` of their object, without those whose object nobody knows."""
    sizes = _sizes(scope).rename(sized="object_id")
    return rows.join(sizes, rows.object_id == sizes.sized).drop("sized")


@once
def _sizes(scope: Scope) -> ir.Table:
    """``object_id, size`` of each object once."""
    rows = scope.tables.objects.select("id", "size").distinct(on="id", keep="first")
    return rows.select(object_id="id", size="size")
