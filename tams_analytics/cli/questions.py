"""What each command that looks asks of a store: one builder a command, for `tams explain` too.

A builder takes an open store and what was `Asked`, and gives a lazy ibis table whose columns are
those of the verb or of the entity.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir
from ibis import _

from tams_analytics import intervals
from tams_analytics.errors import BadParameter
from tams_analytics.queries import flows as flow_questions
from tams_analytics.span import span
from tams_analytics.store import Store
from tams_analytics.timerange import TimeRange
from tams_command.words import GROUPS


@dataclass(frozen=True)
class Asked:
    """The options of a command that looks, made strict; ``None`` means all.

    ``is_backwards``: the window is empty, as its end was given before its start. ``min_duration``
    in nanoseconds; ``all_flows``: registered flows without a row in the
    window are gaps, and cover nothing; ``source_ids``: what is taken together by source.
    """

    flow_ids: tuple[str, ...] | None = None
    source_ids: tuple[str, ...] | None = None
    window: TimeRange | None = None
    is_backwards: bool = False
    by: str = "flow"
    min_duration: int = 0
    all_flows: bool = False

    @property
    def is_narrow(self) -> bool:
        """Less than the whole store is asked for."""
        return self.flow_ids is not None or self.window is not None


Builder = Callable[[Store, Asked], ir.Table]


def info(store: Store, asked: Asked) -> ir.Table:
    """One row: how many there are of each entity, and the bounds of the segments, NULL of none."""
    rows = segments_in(store, asked)
    # Their columns cannot be NULL, and ibis would take their bounds for such, too.
    rows = rows.cast({name: dt.int64(nullable=True) for name in ("start_ns", "end_ns")})
    found = rows.aggregate(
        segments=rows.count(), start_ns=rows.start_ns.min(), end_ns=rows.end_ns.max()
    )
    counts = {name: table.count().as_scalar() for name, table in _counted(store, asked).items()}
    return found.select(
        store=ibis.literal(store.url),
        engine=ibis.literal(store.engine),
        **counts,
        segments="segments",
        start_ns="start_ns",
        end_ns="end_ns",
    )


def flows(store: Store, asked: Asked) -> ir.Table:
    """The flows, those with a segment in the window where there is one."""
    return _flows(store, asked).order_by("label", "id")


def segments(store: Store, asked: Asked) -> ir.Table:
    """The segments that overlap the window, uncut."""
    rows = segments_in(store, asked)
    return rows.order_by("flow_id", "start_ns", "end_ns", "object_id")


def gaps(store: Store, asked: Asked) -> ir.Table:
    """`intervals.gaps` within the window."""
    found = intervals.gaps(
        _grouped(store, asked),
        by=GROUPS[asked.by],
        within=asked.window,
        min_duration=asked.min_duration,
        groups=_groups(store, asked),
    )
    return _sorted(found, asked, "start_ns")


def coverage(store: Store, asked: Asked) -> ir.Table:
    """`intervals.coverage` within the window; with ``all_flows`` also of what covers nothing."""
    found = intervals.coverage(_grouped(store, asked), by=GROUPS[asked.by], within=asked.window)
    groups = _groups(store, asked)
    return _sorted(found if groups is None else _with_groups(found, groups), asked)


def overlaps(store: Store, asked: Asked) -> ir.Table:
    """`intervals.overlaps` among the segments that overlap the window."""
    rows = _during(_grouped(store, asked), asked)
    return _sorted(intervals.overlaps(rows, by=GROUPS[asked.by]), asked, "start_ns", "end_ns")


def depth(store: Store, asked: Asked) -> ir.Table:
    """`intervals.depth` of what the segments have within the window."""
    rows = _during(_grouped(store, asked), asked)
    if asked.window is not None:
        rows = rows.mutate(**span.intersection(asked.window).columns())
    return _sorted(intervals.depth(rows, by=GROUPS[asked.by]), asked, "start_ns")


def segments_in(store: Store, asked: Asked) -> ir.Table:
    """The segments of the flows that overlap the window."""
    return _during(_of_flows(store.segments, "flow_id", asked), asked)


def expected(store: Store, asked: Asked) -> ir.Table:
    """`queries.flows.expected` of the flows that are asked."""
    rows = _of_flows(store.flows, "id", asked)
    return flow_questions.expected_among(rows, store.segments, store.collections)


def _during(rows: ir.Table, asked: Asked) -> ir.Table:
    return rows if asked.window is None else rows.filter(span.overlaps(asked.window))


def _of_flows(rows: ir.Table, column: str, asked: Asked) -> ir.Table:
    if asked.flow_ids is None:
        return rows
    if len(asked.flow_ids) == 1:
        return rows.filter(_[column] == asked.flow_ids[0])
    return rows.filter(_[column].isin(asked.flow_ids))


def _flows(store: Store, asked: Asked) -> ir.Table:
    rows = _of_flows(store.flows, "id", asked)
    if asked.window is None:
        return rows
    return rows.filter(rows.id.isin(segments_in(store, asked).flow_id))


def _counted(store: Store, asked: Asked) -> dict[str, ir.Table]:
    """What is counted beside segments; of less than the whole store, what belongs to it."""
    found = _flows(store, asked)
    if not asked.is_narrow:
        return {"sources": store.sources, "flows": found, "objects": store.objects}
    return {
        "sources": found.select("source_id").distinct(),
        "flows": found,
        "objects": segments_in(store, asked).select("object_id").distinct(),
    }


def _grouped(store: Store, asked: Asked) -> ir.Table:
    """The segments of the flows, with the column that they are taken together by."""
    rows = _of_flows(store.segments, "flow_id", asked)
    if asked.by != "source":
        return rows
    return rows.join(_sources(store, asked), "flow_id", how="left").drop("flow_id_right")


def _sources(store: Store, asked: Asked) -> ir.Table:
    """``flow_id, source_id`` of each registration; a flow may be registered twice."""
    pairs = store.flows.select(flow_id="id", source_id="source_id").distinct()
    if asked.source_ids is None:
        return pairs
    return pairs.filter(_.source_id.isin(asked.source_ids))


def _groups(store: Store, asked: Asked) -> ir.Table | None:
    """The groups of the flows that should have media, if such without a row are wanted."""
    if not asked.all_flows:
        return None
    if asked.by == "all":
        raise BadParameter("by", asked.by, "takes all flows together", "flow or source")
    if asked.window is not None and asked.window.is_empty:
        return None
    wanted = expected(store, asked)
    if asked.by == "flow":
        return wanted
    return wanted.join(_sources(store, asked), "flow_id").select("source_id").distinct()


def _with_groups(found: ir.Table, groups: ir.Table) -> ir.Table:
    """The rows of a coverage, and one of nothing for each of ``groups`` that it has none of."""
    (key,) = groups.columns
    rows = found.join(groups, key, how="outer")
    nothing = {name: rows[name].coalesce(0) for name in ("covered_ns", "pieces", "ratio")}
    filled = rows.mutate(**{key: rows[key].coalesce(rows[f"{key}_right"])}, **nothing)
    return filled.select(found.columns).cast(found.schema())


def _sorted(rows: ir.Table, asked: Asked, *columns: str) -> ir.Table:
    key = GROUPS[asked.by]
    order = [*([key] if key else []), *columns]
    return rows.order_by(order) if order else rows
