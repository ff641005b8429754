"""How complete collections are: which members have media where others have (Q15, Q16).

The time of a collection is what its members cover together, and the collecting flow itself, where
it has media of its own. A member without any segment is not expected to have some if it is a multi
flow, or if the collecting flow has media: then its own lies there.
"""

from __future__ import annotations

from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
from ibis import _

from tams_analytics.intervals import merge
from tams_analytics.intervals.islands import islands, uncovered
from tams_analytics.intervals.rows import loose
from tams_analytics.queries.groups import flows_once
from tams_analytics.span import WIDE, held, span
from tams_analytics.tables import Tables
from tams_analytics.tables.formats import MULTI
from tams_analytics.timerange import DurationLike, TimeRangeLike, as_ns

OF_MEMBER = ("collection_id", "collection", "member_id", "member", "role")


def by_collection(tables: Tables, *, timerange: TimeRangeLike | None = None) -> ir.Table:
    """How much of its time each collection is complete, the least first.

    ``collection_id, label, members, unknown`` (of these, what is no flow), ``covered_ns`` (by any
    of them), ``complete_ns`` (by all that should), ``complete_ratio``; NULL without media. Raises
    `BadTimeRange`.
    """
    told = _told(tables, timerange)
    found = told.members.group_by("collection_id", label="collection").agg(
        members=_.member_id.nunique(),
        unknown=_.member_id.nunique(where=~_.is_flow),
    )
    found = _with(found, told.whole.select("collection_id", "whole_ns"))
    lacking = islands(told.missing, ["collection_id"])
    found = _with(found, _length(lacking, "lacking_ns", "collection_id"))
    complete = found.whole_ns - found.lacking_ns.coalesce(0)
    found = found.select(
        *("collection_id", "label", "members", "unknown"),
        covered_ns="whole_ns",
        complete_ns=complete,
        complete_ratio=complete.cast("float64") / found.whole_ns.cast("float64"),
    )
    least = _.complete_ratio.coalesce(2.0)  # those without media come last
    return found.order_by(least, _.unknown.desc(), "label", "collection_id")


def by_member(tables: Tables, *, timerange: TimeRangeLike | None = None) -> ir.Table:
    """What each member covers of the time of its collection, in order.

    `OF_MEMBER`, ``format`` (NULL: there is no such flow), ``covered_ns, missing_ns`` (where others
    have media; NULL where it need not have any), ``covered_ratio``. Raises `BadTimeRange`.
    """
    told = _told(tables, timerange)
    own = _length(told.runs, "covered_ns", "flow_id").rename(member_id="flow_id")
    found = _with(told.members, own, "member_id")
    found = _with(found, told.whole.select("collection_id", "whole_ns"))
    expected = told.expected.mutate(is_expected=True)
    found = found.left_join(expected, ["collection_id", "member_id"])
    covered = found.covered_ns.coalesce(0)
    missing = ibis.cases((found.is_expected, found.whole_ns - covered))
    ratio = covered.cast("float64") / found.whole_ns.cast("float64")
    found = found.mutate(covered_ns=covered, missing_ns=missing, covered_ratio=ratio)
    found = found.order_by("collection", "collection_id", "position", "member_id", "role")
    return found.select(*OF_MEMBER, "format", "covered_ns", "missing_ns", "covered_ratio")


def missing(
    tables: Tables,
    *,
    timerange: TimeRangeLike | None = None,
    min_duration: DurationLike = 0,
) -> ir.Table:
    """Where a member has no media and others of its collection have, the longest first.

    `OF_MEMBER`, ``start_ns, end_ns, missing_ns``, of at least ``min_duration``. Raises
    `BadTimeRange`.
    """
    told = _told(tables, timerange)
    found = told.missing.inner_join(told.members, ["collection_id", "member_id"])
    found = found.mutate(missing_ns=span.duration).filter(_.missing_ns >= as_ns(min_duration))
    found = found.select(*OF_MEMBER, "start_ns", "end_ns", "missing_ns")
    return found.order_by(_.missing_ns.desc(), "collection_id", "start_ns", "member_id", "role")


def unknown_members(tables: Tables) -> ir.Table:
    """Members of collections that are no flow: `OF_MEMBER` without ``member``."""
    found = _members(tables).filter(~_.is_flow)
    found = found.select("collection_id", "collection", "member_id", "role")
    return found.order_by("collection", "collection_id", "member_id", "role")


@dataclass(frozen=True)
class _Told:
    """What the questions have in common, each table few rows beside the segments."""

    members: ir.Table
    """`OF_MEMBER` with ``format, position, is_flow``: each member once in each of its roles."""
    runs: ir.Table
    """What each flow of a collection covers: ``flow_id, start_ns, end_ns``."""
    expected: ir.Table
    """The members that should have media: ``collection_id, member_id``."""
    whole: ir.Table
    """From when to when a collection has any: ``collection_id, start_ns, end_ns, whole_ns``."""
    missing: ir.Table
    """What a member lacks: ``collection_id, member_id, start_ns, end_ns``."""


def _told(tables: Tables, timerange: TimeRangeLike | None) -> _Told:
    members = _members(tables)
    pairs = _pairs(tables)
    runs = _runs(tables, pairs, timerange)
    in_collections = pairs.inner_join(runs, "flow_id")
    in_collections = in_collections.select("collection_id", "start_ns", "end_ns", "flow_id")
    holes = uncovered(in_collections, ["collection_id"])
    whole = _whole(in_collections, holes)
    expected = _expected(members, runs)
    return _Told(members, runs, expected, whole, _missing(expected, runs, holes, whole))


def _members(tables: Tables) -> ir.Table:
    rows = tables.collections.rename(collection_id="flow_id")
    rows = rows.group_by(["collection_id", "member_id", "role"]).agg(position=_.position.min())
    flows = flows_once(tables)
    members = flows.select(member_id="id", member="label", format="format")
    collecting = flows.select(collection_id="id", collection="label")
    found = _with(_with(rows, members, "member_id"), collecting)
    found = found.mutate(is_flow=_.format.notnull())
    return found.select(*OF_MEMBER, "format", "position", "is_flow")


def _pairs(tables: Tables) -> ir.Table:
    """Whose media counts for a collection: ``collection_id, flow_id``, itself among them."""
    rows = tables.collections
    members = rows.select(collection_id="flow_id", flow_id="member_id")
    itself = rows.select(collection_id="flow_id", flow_id="flow_id")
    return members.union(itself, distinct=True)


def _runs(tables: Tables, pairs: ir.Table, timerange: TimeRangeLike | None) -> ir.Table:
    """Nothing is in it twice, and DISTINCT says so: DuckDB then computes it once for all uses."""
    rows = tables.segments.select("flow_id", "start_ns", "end_ns")
    if timerange is not None:
        rows = rows.filter(span.overlaps(timerange))
        rows = rows.mutate(**span.intersection(timerange).columns())
    rows = rows.semi_join(pairs, "flow_id")
    return merge(rows, by="flow_id").drop("pieces").distinct()


def _whole(in_collections: ir.Table, holes: ir.Table) -> ir.Table:
    found = in_collections.group_by("collection_id").agg(
        start_ns=_.start_ns.min(), end_ns=_.end_ns.max()
    )
    found = _with(found, holes.group_by("collection_id").agg(of=span.exact_duration.sum()))
    lacking = found["of"].coalesce(ibis.literal(0, WIDE))
    length = held(span.exact_duration.resolve(found) - lacking)
    return found.select("collection_id", "start_ns", "end_ns", whole_ns=length)


def _expected(members: ir.Table, runs: ir.Table) -> ir.Table:
    """Those that have media, and all others but multi flows, and parts of what has media itself."""
    there = runs.select("flow_id").distinct()
    rows = members.filter(_.is_flow)
    rows = rows.select("collection_id", "member_id", "format").distinct()
    have = rows.semi_join(there, rows.member_id == there.flow_id)
    should = rows.filter(_.format != MULTI)
    should = should.anti_join(there, should.collection_id == there.flow_id)
    both = have.union(should, distinct=True)
    return both.select("collection_id", "member_id")


def _missing(expected: ir.Table, runs: ir.Table, holes: ir.Table, whole: ir.Table) -> ir.Table:
    """What neither a member covers, nor is a hole of the whole collection, between its ends."""
    key = ["collection_id", "member_id"]
    own = expected.inner_join(runs.rename(member_id="flow_id"), "member_id")
    ends = [whole.select("collection_id", start_ns=at, end_ns=at) for at in ("start_ns", "end_ns")]
    parts = [own, *(expected.inner_join(each, "collection_id") for each in (holes, *ends))]
    points = ibis.union(*(loose(each.select(*key, "start_ns", "end_ns")) for each in parts))
    return uncovered(points, key)


def _length(rows: ir.Table, name: str, by: str) -> ir.Table:
    return rows.group_by(by).agg(**{name: held(span.exact_duration.sum())})


def _with(rows: ir.Table, more: ir.Table, on: str = "collection_id") -> ir.Table:
    """``rows`` with what is known of them besides."""
    return rows.left_join(more, on).drop(f"{on}_right")
