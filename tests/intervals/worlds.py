"""Tables for the verbs: drawn from small integers, and loaded into DuckDB."""

from __future__ import annotations

from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from hypothesis import strategies as st

SCHEMA = pa.schema(
    [
        ("start_ns", pa.int64()),
        ("end_ns", pa.int64()),
        ("flow_id", pa.string()),
        ("track", pa.int64()),
        ("id", pa.string()),
    ]
)
TIMES = st.one_of(st.integers(-12, 12), st.none())
BY = st.sampled_from([[], ["flow_id"], ["track"], ["flow_id", "track"], ["track", "flow_id"]])


@st.composite
def row(draw: st.DrawFn) -> dict[str, Any]:
    start = draw(st.integers(-12, 12))
    length = draw(st.sampled_from([1, 1, 2, 3, 5, 9, 20, 0, -2]))
    return {
        "start_ns": None if draw(st.integers(0, 9)) == 0 else start,
        "end_ns": None if draw(st.integers(0, 9)) == 0 else start + length,
        "flow_id": draw(st.sampled_from(["a", "b", None])),
        "track": draw(st.sampled_from([0, 1, None])),
        "id": draw(st.sampled_from(["x", "y", None])),
    }


ROWS = st.lists(row(), max_size=9)


def table(rows: list[dict[str, Any]]) -> ir.Table:
    return ibis.memtable(pa.Table.from_pylist(rows, schema=SCHEMA))


def tuples(expression: ir.Table, connection: Any) -> list[tuple[Any, ...]]:
    found = connection.to_pyarrow(expression)
    return [
        tuple(row) for row in zip(*(column.to_pylist() for column in found.columns), strict=True)
    ]


def counted(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """In one order, NULLs and all."""
    return sorted(rows, key=repr)
