"""What the demo tells of a store: coverage and gaps by flow, overlaps, reuse; each one question."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import ibis
import ibis.expr.types as ir
from ibis import _

from tams_analytics import intervals, queries
from tams_analytics.cli import views
from tams_analytics.cli.views import Columns
from tams_analytics.display import tables, text
from tams_analytics.span import Bounds, span
from tams_analytics.store import Store
from tams_analytics.timerange import timerange_texts

WIDTH = 100
"""Columns of a terminal that the demo fits in."""
NO_FLOW = "(no such flow)"


def by_flow(store: Store) -> Columns:
    """A row for each flow with segments: how much it covers, and what it misses."""
    found = covered_and_missing(store).to_pyarrow()
    return {
        "flow": views.shortened(found["flow_id"].to_pylist()),
        "label": found["label"].to_pylist(),
        "segments": found["segments"].to_pylist(),
        **right("covered", found["covered_ns"], text.duration),
        **right("share", found["ratio"], text.percent),
        "gaps": found["gaps"].to_pylist(),
        **right("longest gap", found["longest_ns"], text.duration),
    }


def covered_and_missing(store: Store) -> ir.Table:
    """``flow_id, label, segments, covered_ns, ratio, gaps, longest_ns``, by label."""
    rows = store.segments
    missing = intervals.gaps(rows, by="flow_id").group_by("flow_id")
    missing = missing.agg(gaps=_.count(), longest_ns=span.duration.max())
    counted = rows.group_by("flow_id").agg(segments=_.count())
    found = intervals.coverage(rows, by="flow_id")
    found = _with(_with(_with(found, counted), missing), _labels(store))
    found = found.mutate(gaps=_.gaps.coalesce(0), label=_.label.coalesce(NO_FLOW))
    names = ("flow_id", "label", "segments", "covered_ns", "ratio", "gaps", "longest_ns")
    return found.select(*names).order_by(_.label == NO_FLOW, "label", "flow_id")


def longest_gaps(store: Store, *, limit: int = 3) -> Columns:
    """The longest gaps; flows that stop and start together have one of them."""
    found = _with(intervals.gaps(store.segments, by="flow_id"), _labels(store))
    found = found.group_by(["start_ns", "end_ns"]).agg(flows=_.count(), label=_.label.max())
    found = found.mutate(length=span.duration)
    found = found.order_by(_.length.desc(), "start_ns").limit(limit).to_pyarrow()
    flows = zip(found["label"].to_pylist(), found["flows"].to_pylist(), strict=True)
    return {
        "gap": _timeranges(found, "start_ns", "end_ns"),
        **right("from, UTC", found["start_ns"], _moment),
        **right("length", found["length"], text.duration),
        "of": [label if n == 1 else text.plural(n, "flow") for label, n in flows],
    }


def overlaps(store: Store) -> Columns:
    """Pairs of segments of one flow that share time: the time that they share."""
    rows = store.segments.select("flow_id", "start_ns", "end_ns")
    found = _with(intervals.overlaps(rows, by="flow_id"), _labels(store))
    found = found.mutate(length=Bounds(_.overlap_start_ns, _.overlap_end_ns).duration)
    found = found.order_by("label", "overlap_start_ns").to_pyarrow()
    return {
        "shared by two segments": _timeranges(found, "overlap_start_ns", "overlap_end_ns"),
        **right("from, UTC", found["overlap_start_ns"], _moment),
        **right("length", found["length"], text.duration),
        "of": found["label"].to_pylist(),
    }


def reuse(store: Store) -> Columns:
    """Flows that show objects made for another flow."""
    found = reused(store).to_pyarrow()
    return {
        "flow": found["label"].to_pylist(),
        "shows objects of": found["origin"].to_pylist(),
        "objects": found["objects"].to_pylist(),
        **right("length", found["length_ns"], text.duration),
        **right("not copied", found["size"], text.size),
    }


def reused(store: Store) -> ir.Table:
    """`queries.reuse.by_flow` with the labels of both flows, registered or not."""
    labels = _labels(store)
    found = _with(queries.reuse.by_flow(store.tables), labels)
    origins = labels.select(origin_id="flow_id", origin="label")
    found = found.left_join(origins, "origin_id").mutate(
        label=_.label.coalesce(NO_FLOW), origin=_.origin.coalesce(NO_FLOW)
    )
    found = found.select("label", "origin", "objects", "length_ns", "size")
    return found.order_by(_.length_ns.desc(), "label", "origin")


def table(columns: Columns, indent: str) -> str:
    """A heading and rows, indented, without a rule between them."""
    rows = list(zip(*columns.values(), strict=True))
    heads, _rule, *lines = tables.plain(list(columns), rows, width=WIDTH - len(indent)).splitlines()
    return "\n".join(f"{indent}{line}" for line in (heads, *lines))


def right(name: str, values: Any, shown: Callable[[Any], str]) -> Columns:
    """An Arrow column as texts whose ends stand below each other and below the name's."""
    texts = ["" if value is None else shown(value) for value in values.to_pylist()]
    room = max(map(len, [name, *texts]))
    return {name.rjust(room): [each.rjust(room) for each in texts]}


def _labels(store: Store) -> ir.Table:
    """``flow_id, label`` of each flow once; a flow without a label has an empty one."""
    flows = store.flows.distinct(on="id", keep="first")
    return flows.select(flow_id="id", label=flows.label.coalesce(ibis.literal("")))


def _with(rows: ir.Table, more: ir.Table) -> ir.Table:
    """``rows`` with what is known of their flow."""
    return rows.join(more, "flow_id", how="left", rname="{name}_again").drop("flow_id_again")


def _timeranges(rows: Any, start: str, end: str) -> Sequence[str]:
    texts: list[str] = timerange_texts(rows[start], rows[end]).to_pylist()
    return texts


def _moment(ns: int) -> str:
    """In UTC, where the media is on the wall clock; else in seconds."""
    return text.utc(ns).removesuffix(" UTC") if text.is_wall_clock(ns) else text.duration(ns)
