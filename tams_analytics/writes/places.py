"""Where the bytes of an object lie: set once, with its row (R8)."""

from __future__ import annotations

from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc


def storage_path(flow_id: str | None, day: datetime, object_id: str) -> str:
    """``flow_id/YYYY/MM/DD/object_id``, the day in UTC; without a flow the day comes first."""
    folder = f"{flow_id}/" if flow_id else ""
    return f"{folder}{day.year:04}/{day.month:02}/{day.day:02}/{object_id}"


def storage_paths(flow_id: pa.Array, day: datetime, object_id: pa.Array) -> pa.Array:
    """`storage_path` of each row."""
    folder = pc.if_else(pc.is_null(flow_id), "", pc.binary_join_element_wise(flow_id, "", "/"))
    return pc.binary_join_element_wise(folder, f"{day:%Y/%m/%d}/", object_id, "")
