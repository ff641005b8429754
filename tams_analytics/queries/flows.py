"""Questions about flows."""

from __future__ import annotations

import dataclasses
from typing import Any

import ibis
import ibis.expr.types as ir
from ibis import _

from tams_analytics.queries import attached, keyset
from tams_analytics.queries.keyset import After, Order
from tams_analytics.queries.paging import limited
from tams_analytics.queries.tags import TagFilter
from tams_analytics.span import Limit, Number, Range, Text, as_window, span
from tams_analytics.tables import Tables
from tams_analytics.tables.formats import MULTI, VIDEO

UNDER_WAY = ("created", "started")
"""What a deletion request is before it ends."""


ORDERS = {
    "created": Order("created", newest_first=True),
    "metadata_updated": Order("metadata_updated", newest_first=True),
    "label": Order("label"),
}
"""What a listing is sorted by (§40)."""


def listing(  # noqa: PLR0913 - what the specification lets a client say
    tables: Tables,
    *,
    source_id: Text = None,
    format: Text = None,
    codec: Text = None,
    profile_id: Text = None,
    label: Text = None,
    status: Text = None,
    frame_width: Number = None,
    frame_height: Number = None,
    init_segments: bool | None = None,
    timerange: Range = None,
    collected_by_ids: Text = None,
    tag_names: Text = (),
    tag_values: Text = (),
    tag_counts: tuple[int, ...] = (),
    tags_present: Text = (),
    tags_absent: Text = (),
    sort_by: str = "created",
    reverse: bool = False,
    limit: Limit = None,
    after_key: Text = None,
    after_id: Text = None,
    after_is_cut: bool = False,
) -> ir.Table:
    """Flows that fulfil all filters, in order, with the columns of `attached.of_flows` (§103).

    ``timerange``: a segment overlaps it; of the empty one: there is no segment (§107 to §109).
    ``collected_by_ids``: any of these collects it; of an empty list: none at all. ``tag_…`` are
    what `tags.asked` gives, ``after_…`` what `keyset.arguments_after` gives. Raises `BadParameter`,
    `BadTimeRange`.
    """
    order = keyset.chosen(ORDERS, sort_by)
    equal = {"source_id": source_id, "format": format, "codec": codec, "profile_id": profile_id}
    equal |= {"label": label, "status": status}
    rows = keyset.equal(tables.flows, equal)
    rows = _of_frames(rows, {"frame_width": frame_width, "frame_height": frame_height})
    if init_segments is not None:
        unset = _.init_segments.isnull()
        rows = rows.filter(_.init_segments if init_segments else unset | ~_.init_segments)
    rows = _with_content(rows, tables, timerange)
    rows = attached.collected_by(rows, attached.of_flows(tables), collected_by_ids)
    tags = TagFilter(tag_names, tag_values, tag_counts, tags_present, tags_absent)
    rows = tags.applied(rows, tables, "flows")
    after = After(after_key, after_id, after_is_cut)
    items = attached.of_flows(tables)
    return attached.page(rows, tables.flows, order, after, items, reverse=reverse, limit=limit)


def _of_frames(rows: ir.Table, sizes: dict[str, Any]) -> ir.Table:
    """Those of video that have these sizes (§106)."""
    asked = {name: size for name, size in sizes.items() if size is not None}
    return keyset.equal(rows, {"format": VIDEO, **asked}) if asked else rows


def _with_content(rows: ir.Table, tables: Tables, timerange: Any) -> ir.Table:
    if timerange is None:
        return rows
    if as_window(timerange).never:
        return rows.anti_join(tables.segments, rows.id == tables.segments.flow_id)
    there = tables.segments.filter(span.overlaps(timerange))
    return rows.semi_join(there, rows.id == there.flow_id)


def one(
    tables: Tables, *, id: Text, with_extent: bool = False, timerange: Range = None
) -> ir.Table:
    """The flow with this id: its row with the columns of `attached.of_flows`.

    ``with_extent``: and a struct ``extent`` of the timeranges ``first`` and ``last``, as they were
    written, of the segments that overlap ``timerange``; without any both are NULL (§112, §113).
    """
    rows = tables.flows.filter(_.id == id)
    found = attached.with_items_of_one(rows, id, attached.of_flows(tables))
    if not with_extent:
        return found
    segments = tables.segments.filter(_.flow_id == id, span.overlaps(timerange))
    first, last = _.timerange.argmin(_.start_ns), _.timerange.argmax(_.end_ns)
    extent = segments.agg(first=first, last=last)
    both = ibis.struct({"first": extent.first, "last": extent.last})
    return found.mutate(extent=extent.select(extent=both).as_scalar())


def by_ids(tables: Tables, *, ids: Text) -> ir.Table:
    """The flows with these ids, by id; all columns of ``flows``."""
    return tables.flows.filter(_.id.isin(ids)).order_by("id")


def of_sources(tables: Tables, *, source_ids: Text, most: Number = 20) -> ir.Table:
    """The first ``most`` flows of each of these sources, by label: ``source_id, flow_id, …``.

    Also ``label, format, codec, frame_width, frame_height``, and ``flows``: how many the source has
    in all.
    """
    rows = tables.flows.filter(_.source_id.isin(source_ids))
    by_label = [rows.label.asc(), rows.id.asc()]
    rows = rows.mutate(
        place=ibis.row_number().over(group_by="source_id", order_by=by_label),
        flows=_.count().over(group_by="source_id"),
    )
    found = rows.filter(_.place < most).order_by("source_id", "place")
    columns = ("label", "format", "codec", "frame_width", "frame_height", "flows")
    return found.select("source_id", *columns, flow_id="id").relocate("flow_id", after="source_id")


def narrowed(tables: Tables, *, flow_id: str | None = None, source_id: str | None = None) -> Tables:
    """The tables with this flow alone, or the flows of this source, and what belongs to them.

    Of ``sources``, ``flows`` and ``segments``; a segment of one flow is found by its id alone, also
    where no flow is registered. Without either all of them.
    """
    if flow_id is None and source_id is None:
        return tables
    flows, segments = tables.flows, tables.segments
    if flow_id is not None:
        flows, segments = flows.filter(_.id == flow_id), segments.filter(_.flow_id == flow_id)
    if source_id is not None:
        flows = flows.filter(_.source_id == source_id)
        segments = segments.filter(segments.flow_id.isin(flows.id))
    sources = tables.sources.filter(tables.sources.id.isin(flows.source_id))
    return dataclasses.replace(tables, sources=sources, flows=flows, segments=segments)


def known(tables: Tables, *, ids: Text) -> ir.Table:
    """Those of these ids that flows have: ``id``."""
    return tables.flows.filter(_.id.isin(ids)).select("id").order_by("id")


def for_writing(tables: Tables, *, ids: Text) -> ir.Table:
    """The flows with these ids, and ``being_deleted``: a deletion request is under way."""
    requests = tables.deletion_requests.filter(_.delete_flow, _.status.isin(UNDER_WAY))
    rows = tables.flows.filter(_.id.isin(ids))
    return rows.mutate(being_deleted=rows.id.isin(requests.flow_id)).order_by("id")


def refusal(flows: ir.Table, tables: Tables) -> ir.StringValue:
    """Of each of these ``flows`` why it refuses changes (§102, R2), NULL where it does not."""
    requests = tables.deletion_requests.filter(_.delete_flow, _.status.isin(UNDER_WAY))
    is_going = flows.id.isin(requests.flow_id)
    return ibis.cases((is_going, "is being deleted"), (flows.read_only, "is read-only"))


def expected(tables: Tables) -> ir.Table:
    """The flows that should have media of their own, each once: ``flow_id``.

    Not of them, as long as they have no segment: multi flows (most only collect others), and flows
    that one with segments itself collects, since their media lies there.
    """
    return expected_among(tables.flows, tables.segments, tables.collections)


def expected_among(
    flows: ir.Table, segments: ir.Table, collections: ir.Table | None = None
) -> ir.Table:
    """`expected` of tables that were narrowed: those of ``flows``."""
    there = segments.select("flow_id").distinct()  # read once: it is by far the largest table
    have = flows.semi_join(there, flows.id == there.flow_id)
    should = flows.filter(_.format.coalesce("") != MULTI)
    if collections is not None:
        held = collections.semi_join(there, collections.flow_id == there.flow_id)
        should = should.anti_join(held, should.id == held.member_id)
    # of one type: a semi join loses whether a column may be NULL
    each = [rows.select(flow_id=_.id.cast("string")) for rows in (have, should)]
    return each[0].union(each[1], distinct=True)


def of_source(tables: Tables, *, source_id: Text, limit: Limit = None) -> ir.Table:
    """The flows of a source, by id; all columns of ``flows``."""
    rows = tables.flows.filter(_.source_id == source_id).order_by("id")
    return limited(rows, limit)
