"""Flows, and sources without one, in their groups; all groups that there are."""

from __future__ import annotations

import functools

import ibis
import ibis.expr.types as ir
from ibis import _

from tams_analytics.measures.dimensions import COLLECTION, SOURCE_TAG, TAG, Dimension
from tams_analytics.measures.scope import Scope, once, united
from tams_analytics.queries import days
from tams_analytics.queries import flows as flow_queries
from tams_analytics.span import span
from tams_analytics.tables import Tables
from tams_analytics.tables.formats import MULTI

FLOW, SOURCE = "of_flow", "of_source"
"""The columns of `flows` that name the two."""


def segments(scope: Scope) -> ir.Table:
    """Those that overlap what was asked for, uncut."""
    rows = scope.tables.segments
    return rows if scope.during is None else rows.filter(span.overlaps(scope.during))


def by_flow(scope: Scope, rows: ir.Table) -> ir.Table:
    """``rows`` with a ``flow_id``, and the keys of their flow: a row for each group it is in."""
    keys = scope.keys_of("flow")
    own = {key: rows.flow_id for key in keys if scope.keys[key].name == "flow"}
    if len(own) == len(keys):
        return rows.mutate(**own)
    known = flows(scope)
    found = rows.left_join(known, rows.flow_id == known[FLOW])
    others = [key for key in keys if key not in own]
    return found.select(*rows.columns, *others, **dict.fromkeys(own, found.flow_id))


@once
def flows(scope: Scope) -> ir.Table:
    """``of_flow, of_source`` of each flow, and its keys: a row for each group that it is in."""
    plain = {
        key: "id" if dimension.name == "flow" else dimension.column
        for key, dimension in scope.keys.items()
        if dimension.of == "flow" and dimension.is_partition
    }
    columns = dict.fromkeys(["id", "source_id", *plain.values()])
    rows = scope.tables.flows.select(*columns).distinct(on="id", keep="first")
    found = rows.select(
        **{FLOW: rows.id, SOURCE: rows.source_id},
        **{key: rows[name] for key, name in plain.items()},
    )
    return _with_values(scope, found, TAG, SOURCE_TAG, COLLECTION)


@once
def lonely_sources(scope: Scope) -> ir.Table:
    """The same columns of each source without a flow: NULL is what only a flow has."""
    rows = scope.tables.sources.select("id", "format").distinct(on="id", keep="first")
    of = scope.tables.flows.select(known_id="source_id").distinct()
    rows = rows.anti_join(of, rows.id == of.known_id)
    own = {"source": rows.id, "format": rows.format}
    keys = {
        key: own.get(dimension.name, ibis.null("string"))
        for key, dimension in scope.keys.items()
        if dimension.of == "flow" and dimension.kind != SOURCE_TAG
    }
    found = rows.select(**{FLOW: ibis.null("string"), SOURCE: rows.id}, **keys)
    return _with_values(scope, found, SOURCE_TAG)


def _with_values(scope: Scope, found: ir.Table, *kinds: str) -> ir.Table:
    """``found`` with those keys of which a flow may have several values."""
    for key, dimension in scope.keys.items():
        if dimension.kind in kinds:
            values = _values(scope.tables, dimension).rename({"valued": "of", key: "value"})
            on = SOURCE if dimension.kind == SOURCE_TAG else FLOW
            found = found.left_join(values, found[on] == values.valued).drop("valued")
    return found


def _values(tables: Tables, dimension: Dimension) -> ir.Table:
    """``of, value``, each pair once: tags of flows or sources, or what collects a flow."""
    if dimension.kind in (TAG, SOURCE_TAG):
        entity = "flows" if dimension.kind == TAG else "sources"
        tags = tables.tags.filter(_.entity_type == entity, _.name == dimension.tag)
        return tags.select(of="entity_id", value="value").distinct()
    return tables.collections.select(of="member_id", value="flow_id").distinct()


def members(scope: Scope) -> ir.Table | None:
    """All groups that are known whatever they hold: they are there with nothing, too.

    None of time without both ends of ``during``, and of storage backends only by themselves.
    """
    if scope.keys_of("time") and not scope.is_filled:
        return None
    if scope.keys_of("place") and len(scope.keys) > 1:
        return None
    known = everyone if scope.keys_of("time") else known_flows
    return _crossed([known(scope), _of_time(scope), _of_places(scope)])


def expected(scope: Scope) -> ir.Table | None:
    """Those groups, by the keys of flows and time, that should have media, as `expected_flows`.

    None where nothing is divided. For a scope that is filled.
    """
    return _crossed([expected_flows(scope), _of_time(scope)])


def _crossed(parts: list[ir.Table | None]) -> ir.Table | None:
    there = [part for part in parts if part is not None]
    return functools.reduce(lambda one, other: one.cross_join(other), there) if there else None


@once
def known_flows(scope: Scope) -> ir.Table | None:
    """The groups of known flows, and of sources without one; None where flows are not divided."""
    keys = scope.keys_of("flow")
    if not keys:
        return None
    found = flows(scope).select(*keys)
    if _has_lonely(scope):
        found = united([found, lonely_sources(scope).select(*keys)])
    return found.distinct()


@once
def everyone(scope: Scope) -> ir.Table | None:
    """`known_flows`, and what unknown flows are in: with them all groups that have a segment."""
    known = known_flows(scope)
    return None if known is None else united([known, _shown(scope)]).distinct()


@once
def expected_flows(scope: Scope) -> ir.Table | None:
    """The groups with a flow that should have media (`queries.flows.expected`), and `_shown` ones.

    A source without a flow should have some, too, unless it is of the format multi. None where
    flows are not divided.
    """
    keys = scope.keys_of("flow")
    if not keys:
        return None
    known, due = flows(scope), flow_queries.expected(scope.tables)
    found = known.semi_join(due, known[FLOW] == due.flow_id).select(*keys)
    if _has_lonely(scope):
        lonely = lonely_sources(scope)
        multi = scope.tables.sources.filter(_.format == MULTI).select(multi_id="id")
        found = united(
            [found, lonely.anti_join(multi, lonely[SOURCE] == multi.multi_id).select(*keys)]
        )
    return united([found, _shown(scope)]).distinct()


@once
def _shown(scope: Scope) -> ir.Table:
    """The groups that have a segment, whether or not its flow is known."""
    shown = by_flow(scope, segments(scope).select("flow_id").distinct())
    return shown.select(*scope.keys_of("flow"))


def _has_lonely(scope: Scope) -> bool:
    """Sources without a flow are in groups of their own."""
    kinds = {scope.keys[key].kind for key in scope.keys_of("flow")}
    return bool(kinds & {"source", SOURCE_TAG})


def _of_time(scope: Scope) -> ir.Table | None:
    keys = scope.keys_of("time")
    return days.periods_table(scope.periods).select(**{keys[0]: days.PERIOD}) if keys else None


def _of_places(scope: Scope) -> ir.Table | None:
    keys = scope.keys_of("place")
    return scope.tables.storage_backends.select(**{keys[0]: "id"}).distinct() if keys else None
