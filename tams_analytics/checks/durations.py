"""Checks of lengths: of segments and samples, of steps between timelines, of key frames (Q29)."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
from ibis import _

from tams_analytics.checks.check import Scope, of_segments
from tams_analytics.checks.segments import PLACE
from tams_analytics.display.expressions import timestamp_ns, timestamp_text
from tams_analytics.intervals.rows import SPAN, among
from tams_analytics.span import WIDE, span
from tams_analytics.tables.formats import VIDEO
from tams_analytics.timerange import SECOND

MOST_TARGETS = 10
"""A segment is odd that is so many times as long as its flow aims at: some vary much."""


def offset_jumps(scope: Scope) -> ir.Table:
    """Segments whose ts_offset is not that of their two neighbours, which agree.

    Where it is another for each segment, as objects with clocks of their own have it, there are no
    such neighbours. A segment that shows an object of another flow is an edit, and no jump.
    """
    rows = scope.segments.select("flow_id", *SPAN, "ts_offset_ns")
    flows = rows.group_by("flow_id").agg(least=_.ts_offset_ns.min(), most=_.ts_offset_ns.max())
    varying = flows.filter(_.least < _.most).select(varying="flow_id")
    rows = rows.semi_join(varying, rows.flow_id == varying.varying)
    order = ibis.window(group_by="flow_id", order_by=[*SPAN])
    rows = rows.mutate(
        before_ns=_.ts_offset_ns.lag().over(order), after_ns=_.ts_offset_ns.lead().over(order)
    )
    odd = rows.filter(_.before_ns == _.after_ns, _.ts_offset_ns != _.before_ns)
    found = scope.segments.select(*PLACE, "ts_offset_ns")
    found = found.join(odd.distinct(), ["flow_id", *SPAN, "ts_offset_ns"])
    made = scope.tables.objects.select(made="id", maker="first_flow_id")
    own = [found.object_id == made.made, found.flow_id == made.maker]
    found = found.semi_join(made, own)
    has, theirs = timestamp_text(found.ts_offset_ns), timestamp_text(found.before_ns)
    return of_segments(found, "its ts_offset is " + has + ", both neighbours have " + theirs)


def odd_last_durations(scope: Scope) -> ir.Table:
    """Segments whose last sample is of no length, longer than the segment, or than a frame.

    A frame where the flow has a fixed rate of them; what is no timestamp at all is odd too.
    """
    rows = scope.segments.select(*PLACE, "last_duration").filter(_.last_duration.notnull())
    shortest = rows.group_by("flow_id", "last_duration").agg(duration_ns=span.duration.min())
    odd = _odd(shortest.mutate(last_ns=timestamp_ns(_.last_duration)), scope)
    found = among(rows, odd.select("flow_id", "last_duration").distinct())
    found = found.mutate(last_ns=timestamp_ns(_.last_duration), duration_ns=span.duration)
    found = _odd(found, scope).select(*PLACE, "last_duration").distinct()
    return of_segments(found, "its last_duration is " + _.last_duration)


def _odd(rows: ir.Table, scope: Scope) -> ir.Table:
    """Those with ``last_ns`` out of what their ``duration_ns`` and their flow's frames allow."""
    is_fixed = (_.frame_rate_num > 0) & (_.frame_rate_den > 0) & ~_.vfr.coalesce(False)
    rates = scope.tables.flows.filter(is_fixed)
    rates = rates.select(of="id", num="frame_rate_num", den="frame_rate_den").distinct()
    rows = rows.left_join(rates, rows.flow_id == rates.of)
    frame = _.den.cast(WIDE) * SECOND
    is_odd = (_.last_ns <= 0) | (_.last_ns > _.duration_ns)
    is_long = _.last_ns * _.num >= frame + _.num  # a whole nanosecond more than a frame
    return rows.filter(_.last_ns.isnull() | is_odd | is_long)


def longer_than_target(scope: Scope) -> ir.Table:
    """Segments that are more than `MOST_TARGETS` times as long as their flow aims at."""
    targets = scope.tables.flows.filter(_.segment_duration_num > 0, _.segment_duration_den > 0)
    targets = targets.select(of="id", num="segment_duration_num", den="segment_duration_den")
    rows = scope.segments.select(*PLACE).mutate(duration_ns=span.duration)
    longest = scope.segments.group_by("flow_id").agg(duration_ns=span.duration.max())
    odd = _too_long(longest, targets).select(odd="flow_id").distinct()
    rows = rows.semi_join(odd, rows.flow_id == odd.odd)
    found = _too_long(rows, targets).drop("duration_ns").distinct()
    target = found.num.cast("string") + "/" + found.den.cast("string")
    return of_segments(found, "is more than ten times as long as its flow's " + target + " s")


def _too_long(rows: ir.Table, targets: ir.Table) -> ir.Table:
    found = rows.join(targets, rows.flow_id == targets.of)
    most = _.num.cast(WIDE) * (MOST_TARGETS * SECOND)
    return found.filter(_.duration_ns.cast(WIDE) * _.den > most)


def without_key_frames(scope: Scope) -> ir.Table:
    """Objects of video flows in which decoding can begin nowhere: key_frame_count is 0."""
    video = scope.tables.flows.filter(_.format == VIDEO).select(video="id")
    found = scope.tables.objects.filter(_.key_frame_count == 0).select("id", "first_flow_id")
    found = found.semi_join(video, found.first_flow_id == video.video)
    return found.mutate(detail=ibis.literal("is video and has no key frame"))


def fences_too_short(scope: Scope) -> ir.Table:
    """Flows with a segment that is longer than their fence says: ``id, longest_ns, fence_ns``.

    Questions look for segments as far back as the fence says, and would not find it (design §3).
    """
    flows, fences = scope.tables.flows, scope.tables.flow_fences
    longest = scope.segments.group_by(id="flow_id").agg(longest_ns=span.duration.max())
    longest = longest.semi_join(flows, longest.id == flows.id)
    fences = fences.group_by(fenced="flow_id").agg(fence_ns=_.max_segment_ns.max())
    found = longest.left_join(fences, longest.id == fences.fenced)
    found = found.select("id", "longest_ns", fence_ns=_.fence_ns.coalesce(0))
    found = found.filter(_.longest_ns > _.fence_ns)
    longest_text = _.longest_ns.cast("string") + " ns"
    return found.mutate(
        detail="has a segment of " + longest_text + ", its fence says " + _.fence_ns.cast("string")
    )
