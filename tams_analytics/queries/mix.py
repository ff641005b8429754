"""What flows are made of: codings, containers, sizes, rates, and how long segments are (Q27, Q29).

Time is that of flows added up, where each covers it once; bytes are those of objects whose size is
known, each once for a kind.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Sequence
from typing import Any

import ibis
import ibis.expr.types as ir
from ibis import _

from tams_analytics.intervals import merge
from tams_analytics.queries import rates
from tams_analytics.queries.days import PERIOD, by_period, few_by_period
from tams_analytics.queries.groups import flows_once
from tams_analytics.span import WIDE, held, span
from tams_analytics.tables import Tables
from tams_analytics.timerange import SECOND, Period, TimeRange, TimeRangeLike

KIND = (
    *("format", "codec", "container", "frame_width", "frame_height", "frame_rate"),
    *("sample_rate", "channels"),
)
"""What tells one kind of flow from another; ``frame_rate`` is text, ``25`` or ``30000/1001``."""

CODING = ("format", "codec")

ADDED = {"flows": "int64", "covered_ns": "int64", "bytes": "int64", "of_bytes": "int64"}
ADDED |= {"in_ns": "int64", "rate": "int64"}
"""What rows of `_added_up` may have beside their kind."""

BUCKETS = ((1, 2), (9, 10), (11, 10), (2, 1), (10, 1))
"""Where the distribution of lengths is divided, as parts of the target."""


def by_kind(tables: Tables, *, timerange: TimeRangeLike | None = None) -> ir.Table:
    """What there is of each kind of flow, the most time first.

    `KIND`, ``flows, covered_ns, bytes`` (of objects whose size is known), ``kilobits`` (1000 bits a
    second, really: `rates`), ``least_avg_bit_rate, most_avg_bit_rate`` (as flows say). All of
    `KIND` NULL: segments of flows that are not there. With ``timerange`` the time in it, and the
    objects of segments that overlap it. Raises `BadTimeRange`.
    """
    kinds = _kinds(tables)
    window = "_" if timerange is None else timerange
    runs = _runs(tables, window)
    covered = runs.select("flow_id", covered_ns=span.duration)
    rated = rates.of_flows(tables, timerange=timerange)
    rated = rated.select("flow_id", of_bytes="rated_bytes", in_ns="rated_ns")
    shown = rates.of_objects(tables, timerange=timerange).select("flow_id", "object_id", "size")
    shown = _of_kinds(shown, kinds).group_by([*KIND, "object_id"]).agg(bytes=_.size.max())
    flows = kinds.mutate(flows=ibis.literal(1), rate=_.avg_bit_rate)
    parts = [flows, _of_kinds(covered, kinds), _of_kinds(rated, kinds), shown]
    found = _added_up(parts, KIND)
    real = found.of_bytes.cast("float64") * rates.KILO / found.in_ns.nullif(0).cast("float64")
    found = found.mutate(kilobits=real).select(
        *(*KIND, "flows", "covered_ns", "bytes", "kilobits"),
        *("least_avg_bit_rate", "most_avg_bit_rate"),
    )
    return found.order_by(_.covered_ns.desc(), *KIND)


def over_time(tables: Tables, periods: Sequence[Period]) -> ir.Table:
    """The mix of formats and codings by the month, or whatever ``periods`` are, in order.

    ``period, format, codec, flows`` (with media in it), ``covered_ns, bytes`` (of objects whose
    segments begin in it). ``periods`` are in order, as `timerange.periods` gives them.
    """
    kinds = _kinds(tables)
    ends = (periods[0].start_ns, periods[-1].end_ns) if periods else (0, 0)
    window = TimeRange.from_ns(*ends)
    key = [PERIOD, *CODING]
    runs = few_by_period(_runs(tables, window), periods).mutate(length_ns=span.duration)
    covered = runs.group_by([PERIOD, "flow_id"]).agg(covered_ns=_.length_ns.sum().cast("int64"))
    covered = covered.mutate(flows=ibis.literal(1))
    begun = tables.segments.filter(span.overlaps(window))
    begun = begun.select("flow_id", "object_id", "start_ns", end_ns=_.start_ns + 1)
    sizes = tables.objects.distinct(on="id", keep="first").select(object_id="id", size="size")
    begun = _of_kinds(by_period(begun, periods), kinds).select(*key, "object_id").distinct()
    begun = begun.left_join(sizes, "object_id").select(*key, bytes="size")
    found = _added_up([_of_kinds(covered, kinds), begun], key)
    return found.select(*key, "flows", "covered_ns", "bytes").order_by(*key)


def lengths(tables: Tables, *, timerange: TimeRangeLike | None = None) -> ir.Table:
    """How long segments are against the segment_duration of their flow: one row for each bucket.

    ``bucket`` (``0.5 to 0.9`` times the target; ``no target``), ``segments, flows,
    segments_ratio`` (of all). A segment as long as a bound is of the bucket that begins there.
    Raises `BadTimeRange`.
    """
    targets = flows_once(tables).filter(_.segment_duration_num > 0, _.segment_duration_den > 0)
    targets = targets.select(of="id", num="segment_duration_num", den="segment_duration_den")
    rows = tables.segments.filter(span.overlaps("_" if timerange is None else timerange))
    rows = rows.select("flow_id", length=span.exact_duration)
    rows = rows.left_join(targets, rows.flow_id == targets.of)
    target = rows.num.cast(WIDE) * SECOND
    below = [(rows.length * rows.den * of < target * part) for part, of in BUCKETS]
    steps = [(rows.of.isnull(), -1), *zip(below, range(len(BUCKETS)), strict=True)]
    rows = rows.mutate(place=ibis.cases(*steps, else_=len(BUCKETS)))
    found = rows.group_by("place").agg(segments=_.count(), flows=_.flow_id.nunique())
    total = found.segments.sum().over(ibis.window())
    found = found.mutate(
        bucket=ibis.cases(*((found.place == n, name) for n, name in enumerate(_names(), -1))),
        segments_ratio=found.segments.cast("float64") / total.cast("float64"),
    )
    return found.order_by("place").select("bucket", "segments", "segments_ratio", "flows")


def _names() -> list[str]:
    """What buckets are called: the one without a target, then from the shortest on."""
    bounds = [f"{part / of:g}" for part, of in BUCKETS]
    between = [f"{low} to {high}" for low, high in itertools.pairwise(bounds)]
    return ["no target", f"below {bounds[0]}", *between, f"{bounds[-1]} and more"]


def _kinds(tables: Tables) -> ir.Table:
    """``flow_id``, `KIND` and ``avg_bit_rate`` of each flow once."""
    flows = flows_once(tables)
    whole = flows.frame_rate_num.cast("string")
    part = whole + "/" + flows.frame_rate_den.cast("string")
    rate = ibis.ifelse(flows.frame_rate_den.coalesce(1) == 1, whole, part)
    found = flows.mutate(flow_id=flows.id, frame_rate=rate)
    found = found.select("flow_id", *KIND, "avg_bit_rate")
    return found.cast({"format": "string"})  # that of a flow which is not there is NULL


def _runs(tables: Tables, window: TimeRangeLike) -> ir.Table:
    """What each flow covers: ``flow_id, start_ns, end_ns``."""
    rows = tables.segments.filter(span.overlaps(window)).select("flow_id", "start_ns", "end_ns")
    rows = rows.mutate(**span.intersection(window).columns())
    return merge(rows, by="flow_id").drop("pieces")


def _of_kinds(rows: ir.Table, kinds: ir.Table) -> ir.Table:
    """``rows`` of flows, with the kind of theirs."""
    return rows.left_join(kinds.select("flow_id", *KIND), "flow_id").drop("flow_id_right")


def _added_up(parts: Sequence[ir.Table], key: Sequence[str]) -> ir.Table:
    """The sums of all ``parts`` by ``key``, where NULL is like any other, as in joins it is not."""
    rows = [
        part.select(
            *(part[name].cast(part[name].type().copy(nullable=True)).name(name) for name in key),
            **{
                name: part[name].cast(kind) if name in part.columns else ibis.null(kind)
                for name, kind in ADDED.items()
            },
        )
        for part in parts
    ]
    both = functools.reduce(lambda one, other: one.union(other), rows)
    return both.group_by(list(key)).agg(
        **{name: _sum(_[name]) for name in ("flows", "covered_ns", "bytes")},
        **{name: _sum(_[name]) for name in ("of_bytes", "in_ns")},
        least_avg_bit_rate=_.rate.min(),
        most_avg_bit_rate=_.rate.max(),
    )


def _sum(numbers: Any) -> Any:
    return held(numbers.cast(WIDE).sum()).coalesce(0)
