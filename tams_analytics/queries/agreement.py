"""Whether the flows of one source agree: in format, role, time, and where segments begin (Q34).

Each flow of a source is set beside the first that the source had (by ``created``, then by id), on
whose timeline it should lie.
"""

from __future__ import annotations

from typing import Any

import ibis
import ibis.expr.types as ir
from ibis import _

from tams_analytics.intervals.islands import islands
from tams_analytics.queries.groups import flows_once
from tams_analytics.span import WIDE, held, span
from tams_analytics.tables import Tables
from tams_analytics.timerange import TimeRangeLike

PAIR = ("source_id", "source", "flow_id", "label", "first_flow_id", "first_label")


def of_sources(tables: Tables, *, timerange: TimeRangeLike | None = None) -> ir.Table:
    """Each flow of a source beside the source's first flow; what differs most comes first.

    `PAIR`; ``offset_ns`` (how much later its media begins; negative: earlier), ``end_offset_ns``;
    ``covered_ratio, first_covered_ratio`` (of the time that either covers), ``aligned_ratio`` (of
    its segments, those that begin where one of the first flow does); ``format, first_format, codec,
    first_codec, roles, first_roles`` (in collections, the first by the alphabet and how many more).
    NULL without media, or role. With ``timerange`` all of the segments that overlap it, uncut.
    Raises `BadTimeRange`.
    """
    pairs = _pairs(tables)
    rows = tables.segments.filter(span.overlaps("_" if timerange is None else timerange))
    rows = _of_pairs(rows.select("flow_id", "start_ns", "end_ns"), pairs)
    runs = islands(rows, ["flow_id"]).drop("_pieces").distinct()  # computed once on DuckDB
    facts = _facts(tables, runs)
    found = _with(pairs, facts, "flow_id")
    found = _with(found, facts.rename("first_{name}"), "first_flow_id")
    found = _with(found, _together(runs, pairs), "flow_id")
    found = _with(found, _aligned(rows, pairs), "flow_id")
    found = found.mutate(
        offset_ns=_later(found.first_ns, found.first_first_ns),
        end_offset_ns=_later(found.last_ns, found.first_last_ns),
        covered_ratio=_ratio(found.covered_ns, found.union_ns),
        first_covered_ratio=_ratio(found.first_covered_ns, found.union_ns),
        aligned_ratio=_ratio(found.aligned, found.starts),
    )
    kinds = [side + name for name in ("format", "codec", "roles") for side in ("", "first_")]
    ratios = ["covered_ratio", "first_covered_ratio", "aligned_ratio"]
    differs = (found.format != found.first_format).cast("int64")
    least = ibis.least(*(found[name].coalesce(2.0) for name in ratios[:2]))
    found = found.order_by(differs.desc(), least, found.offset_ns.abs().desc(), "flow_id")
    return found.select(*PAIR, "offset_ns", "end_offset_ns", *ratios, *kinds)


def _pairs(tables: Tables) -> ir.Table:
    """`PAIR` of each flow but the first of its source."""
    flows = flows_once(tables).select("id", "source_id", "label", "created")
    order = ibis.window(group_by="source_id", order_by=["created", "id"])
    placed = flows.mutate(place=ibis.row_number().over(order))
    first = placed.filter(_.place == 0)
    first = first.select("source_id", first_flow_id="id", first_label="label")
    others = placed.filter(_.place > 0).select("source_id", flow_id="id", label="label")
    sources = tables.sources.distinct(on="id", keep="first")
    sources = sources.select(source_id="id", source="label")
    found = _with(others.inner_join(first, "source_id"), sources, "source_id")
    return found.select(*PAIR)


def _of_pairs(rows: ir.Table, pairs: ir.Table) -> ir.Table:
    """The segments of the flows that are compared."""
    both = ibis.array([_.flow_id, _.first_flow_id]).unnest()
    both = pairs.select(one=both)
    return rows.semi_join(both, rows.flow_id == both.one)


def _facts(tables: Tables, runs: ir.Table) -> ir.Table:
    """Of each flow ``format, codec, roles, covered_ns, first_ns, last_ns``."""
    flows = flows_once(tables).select("format", "codec", flow_id="id")
    found = _with(flows, _roles(tables), "flow_id")
    own = runs.group_by("flow_id").agg(
        covered_ns=held(span.exact_duration.sum()),
        first_ns=_.start_ns.min(),
        last_ns=_.end_ns.max(),
    )
    return _with(found, own, "flow_id")


def _roles(tables: Tables) -> ir.Table:
    """``flow_id, roles`` of the flows that are collected in any."""
    rows = tables.collections.filter(_.role.notnull())
    found = rows.group_by(flow_id="member_id").agg(role=_.role.min(), roles=_.role.nunique())
    more = found.role + " and " + (found.roles - 1).cast("string") + " more"
    return found.select("flow_id", roles=ibis.ifelse(found.roles == 1, found.role, more))


def _together(runs: ir.Table, pairs: ir.Table) -> ir.Table:
    """``flow_id, union_ns``: what a flow and the first one cover together."""
    either = pairs.select("flow_id", "first_flow_id")
    either = either.mutate(one=ibis.array([_.flow_id, _.first_flow_id]).unnest())
    both = either.inner_join(runs.rename(one="flow_id"), "one")
    found = islands(both.select("flow_id", "start_ns", "end_ns"), ["flow_id"])
    return found.group_by("flow_id").agg(union_ns=held(span.exact_duration.sum()))


def _aligned(rows: ir.Table, pairs: ir.Table) -> ir.Table:
    """``flow_id, starts, aligned``: how many places segments begin at, and the first's do too."""
    starts = rows.select("flow_id", "start_ns").distinct()
    own = starts.inner_join(pairs.select("flow_id", "first_flow_id"), "flow_id")
    first = starts.view().select(of="flow_id", at="start_ns")
    found = own.left_join(first, [own.first_flow_id == first.of, own.start_ns == first["at"]])
    return found.group_by("flow_id").agg(starts=_.count(), aligned=_.of.count())


def _with(rows: ir.Table, more: ir.Table, on: str) -> ir.Table:
    """``rows`` with what is known of them besides."""
    return rows.left_join(more, on).drop(f"{on}_right")


def _later(one: Any, other: Any) -> Any:
    return held(one.cast(WIDE) - other.cast(WIDE))


def _ratio(part: Any, whole: Any) -> Any:
    return part.cast("float64") / whole.cast("float64")
