"""Segments in bulk: the rules of registration, asked of a whole batch at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from ibis import _

from tams_analytics.engines import Transaction
from tams_analytics.errors import FlowBeingDeleted, NotFound, ReadOnlyFlow, SegmentsOverlap
from tams_analytics.timerange import HIGHEST_NS, TimeRange
from tams_analytics.writes.bulk.columns import segment_columns
from tams_analytics.writes.bulk.loading import Loading
from tams_analytics.writes.bulk.objects import register_objects
from tams_analytics.writes.bulk.types import one_chunk
from tams_analytics.writes.overlaps import Ranges, first_clash

MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class LoadedFlows:
    """The flows of a batch: ``number`` is each row's place in ``table``.

    ``table``: ``flow_id, read_only, container, init_segments, epoch, max_segment_ns, open_request,
    flow_goes``; a flow that is not stored has ``read_only`` NULL.
    """

    number: pa.Array
    table: pa.Table

    def of_rows(self, column: str) -> pa.Array:
        """A column of the flows, for each row of the batch."""
        return one_chunk(self.table.column(column)).take(self.number)


def load_segments(tx: Transaction, rows: pa.Table, first_row: int, loading: Loading) -> None:
    """Register a batch of segments. Raises `BadParameter`, `BadTimeRange`, `NotFound`, `Refused`.

    Objects that are not stored become unverified ones (R14), allocated and released ones
    registered. ``first_row`` is the number of the first row, for messages.
    """
    rows = segment_columns(rows, first_row)
    if not rows.num_rows:
        return
    flows = _flows(tx, one_chunk(rows.column("flow_id")))
    _refuse_closed_flows(flows.table)
    _raise_fences(tx, rows, flows)
    _refuse_overlaps(tx, rows, flows)
    register_objects(tx, rows, flows.of_rows, first_row, loading)
    tx.insert("segments", _created_later(rows, flows, loading.now))
    ids = flows.table.column("flow_id").to_pylist()
    tx.update("flows", {"id": ids}, {"segments_updated": loading.now})


def _flows(tx: Transaction, flow_id: pa.Array) -> LoadedFlows:
    """What the rules need of the flows of a batch, in the order in which they first occur."""
    coded = flow_id.dictionary_encode()
    ids = ibis.memtable(
        pa.table({"flow_id": coded.dictionary, "number": np.arange(len(coded.dictionary))})
    )
    flows, fences = tx.tables.flows, tx.tables.flow_fences
    is_open = _.status.isin(["created", "started"])
    requests = (
        tx.tables.deletion_requests.filter(is_open)
        .group_by("flow_id")
        .agg(open_request=_.created.max(), flow_goes=_.delete_flow.max())
    )
    found = (
        ids.left_join(flows, ids.flow_id == flows.id)
        .select("flow_id", "number", "read_only", "container", "init_segments")
        .left_join(fences, "flow_id")
        .select(
            "flow_id",
            "number",
            "read_only",
            "container",
            "init_segments",
            "epoch",
            "max_segment_ns",
        )
        .left_join(requests, "flow_id")
        .drop("flow_id_right")
        .order_by("number")
    )
    return LoadedFlows(coded.indices, tx.rows(found))


def _refuse_closed_flows(flows: pa.Table) -> None:
    """Every flow is there, can be written, and is not about to go."""
    ids = flows.column("flow_id")
    unknown = ids.filter(flows.column("read_only").is_null())
    if len(unknown):
        are = "is" if len(unknown) == 1 else "are"
        hint = f"{len(unknown)} of the flows of these segments {are} not stored: load flows first"
        raise NotFound("flow", unknown[0].as_py(), hint)
    closed = ids.filter(flows.column("read_only"))
    if len(closed):
        raise ReadOnlyFlow(closed[0].as_py(), "loading segments")
    going = ids.filter(pc.fill_null(flows.column("flow_goes"), False))
    if len(going):
        raise FlowBeingDeleted(going[0].as_py(), "loading segments")


def _raise_fences(tx: Transaction, rows: pa.Table, flows: LoadedFlows) -> None:
    """Before anything else is read: a second writer of one of the flows conflicts here."""
    longest = _longest(rows, flows)
    fences = flows.table.select(["flow_id", "epoch", "max_segment_ns"])
    is_missing = fences.column("epoch").is_null()
    raised = pa.table(
        {
            "flow_id": fences.column("flow_id"),
            "epoch": pc.add(pc.fill_null(fences.column("epoch"), 0), 1),
            "max_segment_ns": pc.max_element_wise(fences.column("max_segment_ns"), longest),
        }
    )
    tx.update_each("flow_fences", "flow_id", raised.sort_by("flow_id"))
    if pc.any(is_missing).as_py():
        tx.insert("flow_fences", raised.filter(is_missing))


def _longest(rows: pa.Table, flows: LoadedFlows) -> pa.Array:
    """The longest segment of each flow; `HIGHEST_NS` where one is longer than int64 can say.

    Who reads a fence takes `HIGHEST_NS` for "of any length".
    """
    start, end = _bounds(rows)
    length = np.where(end - start > 0, end - start, HIGHEST_NS)
    longest = np.zeros(flows.table.num_rows, dtype=np.int64)
    np.maximum.at(longest, _numbers(flows), length)
    return pa.array(longest)


def _bounds(rows: pa.Table) -> tuple[Any, Any]:
    start, end = (one_chunk(rows.column(name)).to_numpy() for name in ("start_ns", "end_ns"))
    return start, end


def _numbers(flows: LoadedFlows) -> Any:
    return flows.number.to_numpy().astype(np.int64)


def _refuse_overlaps(tx: Transaction, rows: pa.Table, flows: LoadedFlows) -> None:
    new = Ranges(_numbers(flows), *_bounds(rows))
    clash = first_clash(new, _stored(tx, new, flows.table))
    if clash is not None:
        raise SegmentsOverlap(
            rows.column("flow_id")[clash.row].as_py(),
            rows.column("timerange")[clash.row].as_py(),
            str(TimeRange.from_ns(clash.other_start, clash.other_end)),
            clash.failures,
        )


def _stored(tx: Transaction, new: Ranges, flows: pa.Table) -> Ranges:
    """The stored segments of these flows, where the new ones of each begin and end."""
    low = np.full(flows.num_rows, np.iinfo(np.int64).max)
    high = np.full(flows.num_rows, np.iinfo(np.int64).min)
    np.minimum.at(low, new.code, new.start)
    np.maximum.at(high, new.code, new.end)
    windows = ibis.memtable(
        pa.table(
            {
                "flow_id": flows.column("flow_id"),
                "number": flows.column("number"),
                "low": low,
                "high": high,
            }
        )
    )
    whole = (_.start_ns < int(high.max())) & (_.end_ns > int(low.min()))
    stored = tx.tables.segments.filter(whole).select("flow_id", "start_ns", "end_ns")
    found = stored.inner_join(windows, "flow_id").filter((_.start_ns < _.high) & (_.end_ns > _.low))
    columns = tx.rows(found.select("number", "start_ns", "end_ns"))
    return Ranges(*(one_chunk(column).to_numpy() for column in columns.columns))


def _created_later(rows: pa.Table, flows: LoadedFlows, now: datetime) -> pa.Table:
    """``rows`` with ``created`` after any open deletion request of the flow (R2, R4)."""
    type_ = pa.timestamp("us")
    if "created" not in rows.column_names:
        rows = rows.append_column("created", pa.repeat(pa.scalar(now, type_), rows.num_rows))
    if flows.table.column("open_request").null_count == flows.table.num_rows:
        return rows
    after = pc.add(flows.of_rows("open_request"), pa.scalar(MICROSECOND))
    created = one_chunk(rows.column("created")).cast(type_)
    place = rows.column_names.index("created")
    return rows.set_column(place, "created", pc.max_element_wise(created, after))
