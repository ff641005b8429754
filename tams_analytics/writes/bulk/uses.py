"""What a batch of segments uses of its objects, on each object's own timeline (§175)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tams_analytics.errors import BadTimeRange
from tams_analytics.timerange import timerange_texts, tr
from tams_analytics.writes.bulk.types import one_chunk

FlowColumn = Callable[[str], pa.Array]
"""A column of the batch's flows, for each row of the batch."""


def object_uses(rows: pa.Table, of_flow: FlowColumn, first_row: int) -> pa.Table:
    """Of each row: ``row, object_id, flow_id, used_from, used_until, used, needs_init``.

    Raises `BadTimeRange` where ``timerange - ts_offset`` leaves int64.
    """
    start, end, texts = (
        one_chunk(rows.column(name)) for name in ("start_ns", "end_ns", "timerange")
    )
    if "ts_offset_ns" in rows.column_names:
        offset = one_chunk(rows.column("ts_offset_ns"))
        start, end, texts = _moved(start, end, texts, offset)
    needs_init = pc.fill_null(of_flow("init_segments"), False)
    return pa.table(
        {
            "row": np.arange(first_row, first_row + rows.num_rows),
            "object_id": one_chunk(rows.column("object_id")),
            "flow_id": one_chunk(rows.column("flow_id")),
            "used_from": start,
            "used_until": end,
            "used": texts,
            "needs_init": needs_init,
        }
    )


def _moved(start: pa.Array, end: pa.Array, texts: pa.Array, offset: pa.Array) -> tuple[Any, ...]:
    """Bounds and texts less ``ts_offset``; the closing marker is kept (§175)."""
    if not pc.any(pc.not_equal(offset, 0)).as_py():
        return start, end, texts
    try:
        start, end = pc.subtract_checked(start, offset), pc.subtract_checked(end, offset)
    except pa.ArrowInvalid as error:
        raise BadTimeRange(
            "timerange - ts_offset", "it leaves 64 bits", "int64 nanoseconds"
        ) from error
    return start, end, _with_closed(timerange_texts(start, end), texts, offset)


def _with_closed(canonical: pa.Array, texts: pa.Array, offset: pa.Array) -> pa.Array:
    """``canonical``, but a text that ended with ``]`` is moved as it is."""
    is_closed = pc.ends_with(texts, "]")
    closed = zip(
        texts.filter(is_closed).to_pylist(), offset.filter(is_closed).to_pylist(), strict=True
    )
    moved = pa.array([str(tr(text).shift(-by)) for text, by in closed], pa.string())
    return pc.replace_with_mask(canonical, is_closed, moved)
