"""TAMS texts written and read by the engine, and frames that keep nanoseconds."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from tams_analytics.display import tables
from tams_analytics.errors import BadParameter
from tams_analytics.span import WIDE
from tams_analytics.timerange import SECOND

if TYPE_CHECKING:
    import pandas as pd

Rows = TypeVar("Rows", ir.Table, pa.Table)

DIGITS = len(str(SECOND)) - 1
MOST_SIGNS = len(str(-(2**63) // SECOND))
"""So many signs have the seconds of a timestamp at most."""


def timeranges(rows: Rows) -> Rows:
    """The same rows with their timerange as canonical TAMS text, column ``timerange``.

    Takes an ibis table, and gives one (the engine writes the texts), or an Arrow table. The column
    stands before ``start_ns``, or replaces one of its name: what is compared are the bounds, and a
    client may have written them otherwise. Raises `BadParameter` without ``start_ns, end_ns``.
    """
    columns = rows.columns if isinstance(rows, ir.Table) else rows.column_names
    if not {"start_ns", "end_ns"} <= set(columns):
        expected = "a table with start_ns and end_ns"
        raise BadParameter("rows", list(columns), "has no time range", expected)
    if isinstance(rows, pa.Table):
        return tables.timeranges(rows)
    text = timerange_text(rows.start_ns, rows.end_ns)
    if "timerange" in columns:
        return rows.mutate(timerange=text)
    before = columns.index("start_ns")
    return rows.mutate(timerange=text).select(*columns[:before], "timerange", *columns[before:])


def timerange_text(start: ir.IntegerValue, end: ir.IntegerValue) -> ir.StringValue:
    """``[a_b)``, ``[t]`` for one nanosecond, ``()`` for never; NULL where a bound is NULL."""
    # The difference may leave int64, but not for a neighbour: compare first, subtract after.
    instant = ibis.ifelse(start < end, end - 1 == start, False)
    return ibis.cases(
        (end <= start, "()"),
        (instant, "[" + timestamp_text(start) + "]"),
        else_="[" + timestamp_text(start) + "_" + timestamp_text(end) + ")",
    )


def timestamp_text(ns: ir.IntegerValue) -> ir.StringValue:
    """``seconds:nanoseconds``, one sign for both; without a division, which would round."""
    nanos = ns % SECOND
    whole = (ns - nanos).abs().cast("string")
    seconds = ibis.ifelse(whole == "0", "0", whole.substr(0, whole.length() - DIGITS))
    sign = ibis.ifelse(ns < 0, "-", "")
    return sign + seconds + ":" + nanos.abs().cast("string")


def timestamp_ns(text: ir.StringValue) -> ir.DecimalValue:
    """The nanoseconds of a timestamp, of the type `WIDE`; NULL for what is none.

    For many rows: a text that only nearly is a timestamp, as ``05:0``, is read too.
    """
    colon = text.find(":")
    seconds = text.substr(0, colon)
    fits = (colon > 0) & (seconds.length() <= MOST_SIGNS)
    whole = seconds.try_cast("int64").cast(WIDE).abs()
    nanos = text.substr(colon + 1).try_cast("int64").cast(WIDE)
    sign = ibis.ifelse(text.startswith("-"), ibis.literal(-1), ibis.literal(1)).cast(WIDE)
    return ibis.ifelse(fits, (whole * SECOND + nanos) * sign, ibis.null(WIDE))


def to_pandas(rows: ir.Expr | pa.Table) -> pd.DataFrame | pd.Series:
    """A frame (or a series, of a column) in Arrow types.

    A nullable ``int64`` stays one: pandas' own types would make it a float and lose nanoseconds.
    Raises `BadParameter` for what is neither a table nor a column.
    """
    import pandas as pd  # noqa: PLC0415 - a second to import, and most commands need none

    arrow = rows.to_pyarrow() if isinstance(rows, ir.Expr) else rows
    if isinstance(arrow, (pa.Table, pa.Array, pa.ChunkedArray)):
        return arrow.to_pandas(types_mapper=pd.ArrowDtype)
    of_one = "its value alone, by .to_pyarrow().as_py()"
    expected = of_one if isinstance(rows, ir.Scalar) else "one of ibis, or of Arrow"
    raise BadParameter("rows", type(rows).__name__, "is neither a table nor a column", expected)
