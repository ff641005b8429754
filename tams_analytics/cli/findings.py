"""What the demo tells of a store: coverage and gaps by flow, overlaps, reuse; each one question."""

from __future__ import annotations

import ibis.expr.types as ir
from ibis import _

from tams_analytics import intervals
from tams_analytics.cli import views
from tams_analytics.cli.views import Columns
from tams_analytics.display import tables, text
from tams_analytics.store import Store
from tams_analytics.timerange import timerange_texts

WIDTH = 100
"""Columns of a terminal that the demo fits in."""


def by_flow(store: Store) -> Columns:
    """A row for each flow with segments: how much it covers, and what it misses."""
    found = covered_and_missing(store).to_pyarrow()
    records = found.to_pylist()
    return {
        "flow": views.shortened([each["flow_id"] for each in records]),
        "label": [each["label"] for each in records],
        "segments": [text.count(each["segments"]) for each in records],
        "covered": [text.duration(each["covered_ns"]) for each in records],
        "share": [text.percent(each["ratio"]) for each in records],
        "gaps": [each["gaps"] or 0 for each in records],
        "longest gap": [_length(each["longest_ns"]) for each in records],
    }


def covered_and_missing(store: Store) -> ir.Table:
    """``flow_id, label, segments, covered_ns, ratio, gaps, longest_ns``, by label."""
    rows = store.segments
    labels = store.flows.distinct(on="id", keep="first").select(flow_id="id", label="label")
    missing = intervals.gaps(rows, by="flow_id")
    missing = missing.group_by("flow_id").agg(
        gaps=_.count(), longest_ns=(_.end_ns - _.start_ns).max()
    )
    counted = rows.group_by("flow_id").agg(segments=_.count())
    found = intervals.coverage(rows, by="flow_id")
    for more in (counted, missing, labels):
        found = found.join(more, "flow_id", how="left", rname="{name}_again").drop("flow_id_again")
    names = ("flow_id", "label", "segments", "covered_ns", "ratio", "gaps", "longest_ns")
    return found.select(*names).order_by(_.label.isnull(), "label", "flow_id")


def longest_gaps(store: Store, limit: int) -> Columns:
    """The longest gaps of all flows."""
    found = intervals.gaps(store.segments, by="flow_id").mutate(length=_.end_ns - _.start_ns)
    found = _labelled(store, found.order_by(_.length.desc(), "start_ns", "flow_id").limit(limit))
    records = found.order_by(_.length.desc(), "start_ns", "flow_id").to_pyarrow()
    return {
        "label": records["label"].to_pylist(),
        "gap": timerange_texts(records["start_ns"], records["end_ns"]).to_pylist(),
        "length": [text.duration(each) for each in records["length"].to_pylist()],
        "from": [text.utc(each) for each in records["start_ns"].to_pylist()],
    }


def overlaps(store: Store) -> Columns:
    """Pairs of segments of one flow that share time."""
    found = intervals.overlaps(store.segments.select("flow_id", "start_ns", "end_ns"), by="flow_id")
    rows = _labelled(store, found).order_by("label", "start_ns").to_pyarrow()
    shared = zip(
        rows["overlap_start_ns"].to_pylist(), rows["overlap_end_ns"].to_pylist(), strict=True
    )
    return {
        "label": rows["label"].to_pylist(),
        "segment": timerange_texts(rows["start_ns"], rows["end_ns"]).to_pylist(),
        "shares": [text.duration(end - start) for start, end in shared],
        "with": timerange_texts(rows["start_ns_right"], rows["end_ns_right"]).to_pylist(),
    }


def reuse(store: Store) -> Columns:
    """Flows that show objects made for another flow."""
    records = reused(store).to_pyarrow().to_pylist()
    return {
        "label": [each["label"] for each in records],
        "reuses": [f"{text.plural(each['objects'], 'object')}" for each in records],
        "of": [each["origin"] for each in records],
        "length": [text.duration(each["length_ns"]) for each in records],
        "not copied": [text.size(each["size"] or 0) for each in records],
    }


def reused(store: Store) -> ir.Table:
    """``label, origin, objects, length_ns, size``: what flows show of other flows' objects."""
    made = store.objects.distinct(on="id", keep="first").select(
        object_id="id", origin_id="first_flow_id", size="size"
    )
    uses = store.segments.join(made, "object_id").filter(_.flow_id != _.origin_id)
    found = uses.group_by(["flow_id", "origin_id"]).agg(
        objects=_.object_id.nunique(),
        length_ns=(_.end_ns - _.start_ns).sum().cast("int64"),
        size=_.size.sum().cast("int64"),
    )
    flows = store.flows.distinct(on="id", keep="first")
    found = found.join(flows.select(flow_id="id", label="label"), "flow_id")
    found = found.join(flows.select(origin_id="id", origin="label"), "origin_id")
    return found.select("label", "origin", "objects", "length_ns", "size").order_by(
        _.length_ns.desc(), "label", "origin"
    )


def table(columns: Columns, indent: str = "  ") -> str:
    """The columns as text, indented; numbers to the right."""
    if not any(columns.values()):
        return f"{indent}none"
    rows = list(zip(*columns.values(), strict=True))
    lines = tables.plain(list(columns), rows, width=WIDTH - len(indent)).splitlines()
    return "\n".join(f"{indent}{line}" for line in lines)


def _labelled(store: Store, rows: ir.Table) -> ir.Table:
    labels = store.flows.distinct(on="id", keep="first").select(flow_id="id", label="label")
    return rows.join(labels, "flow_id", how="left", rname="{name}_again").drop("flow_id_again")


def _length(ns: int | None) -> str:
    return "" if ns is None else text.duration(ns)
