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

from tams_analytics.intervals.islands import islands, uncovered
from tams_analytics.queries.groups import flows_once
from tams_analytics.queries.united import united
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
    found = (
        _members(tables)
        .group_by("collection_id", label="collection")
        .agg(
            members=_.member_id.nunique(),
            unknown=_.member_id.nunique(where=~_.is_flow),
        )
    )
    lacking = _length(islands(told.missing, ["collection_id"]), "lacking_ns")
    found = _with(_with(found, told.whole), lacking)
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
    found = told.members
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
    rows = told.missing.mutate(missing_ns=span.duration)
    rows = rows.filter(_.missing_ns >= as_ns(min_duration))
    found = rows.inner_join(_members(tables), ["collection_id", "member_id"])
    found = found.select(*OF_MEMBER, "start_ns", "end_ns", "missing_ns")
    return found.order_by(_.missing_ns.desc(), "collection_id", "start_ns", "member_id", "role")


def unknown_members(tables: Tables) -> ir.Table:
    """Members of collections that are no flow: `OF_MEMBER` without ``member``."""
    found = _members(tables).filter(~_.is_flow)
    found = found.select("collection_id", "collection", "member_id", "role")
    return found.order_by("collection", "collection_id", "member_id", "role")


@dataclass(frozen=True)
class _Told:
    """What the questions have in common; each names the segments few times: Trino reads each."""

    members: ir.Table
    """As of `_members`, with ``covered_ns, whole_ns, is_expected``."""
    whole: ir.Table
    """How much a collection covers: ``collection_id, whole_ns``."""
    missing: ir.Table
    """What a member lacks that should have media: ``…_id, start_ns, end_ns``."""


def _told(tables: Tables, timerange: TimeRangeLike | None) -> _Told:
    runs = _runs(tables, timerange)
    holes = uncovered(runs, ["collection_id"])
    ends = runs.group_by("collection_id").agg(
        start_ns=_.start_ns.min(),
        end_ns=_.end_ns.max(),
        has_own=(_.flow_id == _.collection_id).any(),
    )
    whole = _whole(ends, holes)
    members = _expecting(_members(tables), runs, _with(ends, whole))
    lacking = _lacking(tables, runs, holes, ends)
    expected = members.filter(_.is_expected).select("collection_id", "member_id").distinct()
    return _Told(members, whole, lacking.semi_join(expected, ["collection_id", "member_id"]))


def _members(tables: Tables) -> ir.Table:
    """`OF_MEMBER` with ``format, position, is_flow``: each member once in each of its roles."""
    rows = tables.collections.rename(collection_id="flow_id")
    rows = rows.group_by(["collection_id", "member_id", "role"]).agg(position=_.position.min())
    flows = flows_once(tables)
    members = flows.select(member_id="id", member="label", format="format")
    collecting = flows.select(collection_id="id", collection="label")
    found = _with(_with(rows, members, "member_id"), collecting)
    found = found.mutate(is_flow=_.format.notnull())
    return found.select(*OF_MEMBER, "format", "position", "is_flow")


def _runs(tables: Tables, timerange: TimeRangeLike | None) -> ir.Table:
    """Media that counts for a collection: ``collection_id, flow_id, start_ns, end_ns``.

    What its members cover, and itself. DISTINCT changes nothing: DuckDB then computes it once.
    """
    rows = tables.segments.select("flow_id", "start_ns", "end_ns")
    if timerange is not None:
        rows = rows.filter(span.overlaps(timerange))
        rows = rows.mutate(**span.intersection(timerange).columns())
    pairs = tables.collections.select(collection_id="flow_id", member="member_id")
    pairs = pairs.mutate(flow_id=ibis.array([_.collection_id, _.member]).unnest())
    pairs = pairs.select("collection_id", "flow_id").distinct()
    runs = islands(rows.semi_join(pairs, "flow_id"), ["flow_id"])
    found = runs.inner_join(pairs, "flow_id")
    return found.select("collection_id", "flow_id", "start_ns", "end_ns").distinct()


def _whole(ends: ir.Table, holes: ir.Table) -> ir.Table:
    """How much of the time between its ``ends`` a collection covers."""
    found = _with(ends, holes.group_by("collection_id").agg(hole=span.exact_duration.sum()))
    length = found.end_ns.cast(WIDE) - found.start_ns.cast(WIDE)
    covered = length - found.hole.coalesce(ibis.literal(0, WIDE))
    return found.select("collection_id", whole_ns=held(covered))


def _expecting(members: ir.Table, runs: ir.Table, collections: ir.Table) -> ir.Table:
    """``members`` with what they cover, and whether they should have media.

    Those that have some, and all others but multi flows, and parts of what has media itself.
    """
    own = runs.group_by("collection_id", member_id="flow_id").agg(
        covered_ns=held(span.exact_duration.sum())
    )
    found = members.left_join(own, ["collection_id", "member_id"])
    found = found.drop("collection_id_right", "member_id_right")
    found = _with(found, collections.select("collection_id", "has_own", "whole_ns"))
    has_none = (found.format == MULTI) | found.has_own.coalesce(False)
    is_expected = found.is_flow & (found.covered_ns.notnull() | ~has_none)
    return found.mutate(is_expected=is_expected).drop("has_own")


def _lacking(tables: Tables, runs: ir.Table, holes: ir.Table, ends: ir.Table) -> ir.Table:
    """What each member does not cover, but for holes of the whole: ``…_id, start_ns, end_ns``."""
    key = ["collection_id", "member_id"]
    members = tables.collections.select(collection_id="flow_id", member_id="member_id").distinct()
    ends = ends.mutate(at=ibis.array([_.start_ns, _.end_ns]).unnest())
    ends = ends.select("collection_id", start_ns="at", end_ns="at")
    free = united(holes, ends)
    free = members.inner_join(free, "collection_id").select(*key, "start_ns", "end_ns")
    own = runs.select("collection_id", "start_ns", "end_ns", member_id="flow_id")
    return uncovered(united(own.select(*free.columns), free), key)


def _length(rows: ir.Table, name: str) -> ir.Table:
    return rows.group_by("collection_id").agg(**{name: held(span.exact_duration.sum())})


def _with(rows: ir.Table, more: ir.Table, on: str = "collection_id") -> ir.Table:
    """``rows`` with what is known of them besides."""
    return rows.left_join(more, on).drop(f"{on}_right")
