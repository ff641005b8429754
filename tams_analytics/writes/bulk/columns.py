"""Columns of segments as given to a bulk load, checked and completed to what is stored."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from tams_analytics.errors import BadParameter, BadTimeRange
from tams_analytics.timerange import (
    format_timestamp,
    parse_registered_texts,
    parse_timestamp,
    timerange_texts,
)
from tams_analytics.writes.bulk.batch import Batch
from tams_analytics.writes.bulk.types import first_true, one_chunk

NEEDED = "timerange, or start_ns and end_ns"


def segment_columns(rows: pa.Table, first_row: int) -> pa.Table:
    """Typed ``rows`` with bounds, texts and offsets, all checked (R10, §169, §170, §181).

    ``first_row`` is the number of the first row, for messages. Raises `BadParameter`,
    `BadTimeRange`.
    """
    for name in ("flow_id", "object_id"):
        if name not in rows.column_names:
            raise BadParameter(f"segments.{name}", None, "is missing")
    Batch("segments", rows, first_row).refuse_bad_json("body")
    start, end, texts = _bounds(rows, first_row)
    for name, column in (("start_ns", start), ("end_ns", end), ("timerange", texts)):
        rows = (
            rows.set_column(*_placed(rows, name, column))
            if name in rows.column_names
            else (rows.append_column(name, column))
        )
    return _with_offsets(_with_durations(rows, first_row), first_row)


def _placed(rows: pa.Table, name: str, column: Any) -> tuple[int, str, Any]:
    return rows.column_names.index(name), name, column


def _bounds(rows: pa.Table, first_row: int) -> tuple[pa.Array, pa.Array, pa.Array]:
    """First nanosecond, the one after the last, and the text to store, of each row."""
    has_text = "timerange" in rows.column_names
    sides = [name for name in ("start_ns", "end_ns") if name in rows.column_names]
    if len(sides) == 1 or not (sides or has_text):
        raise BadParameter("segments", sides or None, "say no timerange", NEEDED)
    if not sides:
        return _read_texts(rows.column("timerange"), first_row)
    start, end = (one_chunk(rows.column(name)) for name in sides)
    _refuse_never(start, end, first_row)
    if not has_text:
        return start, end, timerange_texts(start, end)
    read = _read_texts(rows.column("timerange"), first_row)
    _refuse_difference(start, end, read, first_row)
    return read


def _read_texts(column: pa.ChunkedArray, first_row: int) -> tuple[pa.Array, pa.Array, pa.Array]:
    texts = one_chunk(column)
    try:
        return tuple(parse_registered_texts(texts))
    except BadTimeRange as error:
        row = first_row + pc.index(texts, error.value).as_py()
        problem = f"row {row}: {error.problem.partition(': ')[2]}"
        raise BadTimeRange(error.value, problem, error.expected, error.position) from None


def _refuse_never(start: pa.Array, end: pa.Array, first_row: int) -> None:
    row = first_true(pc.less_equal(end, start))
    if row >= 0:
        raise BadTimeRange(
            (start[row].as_py(), end[row].as_py()),
            f"row {first_row + row}: a segment cannot be empty",
            "a start before the end",
        )


def _refuse_difference(start: pa.Array, end: pa.Array, read: Any, first_row: int) -> None:
    row = first_true(pc.or_(pc.not_equal(start, read[0]), pc.not_equal(end, read[1])))
    if row >= 0:
        given = f"{start[row].as_py()} to {end[row].as_py()}"
        problem = f"is not start_ns to end_ns, {given} (row {first_row + row})"
        raise BadParameter("segments.timerange", read[2][row].as_py(), problem)


def _with_offsets(rows: pa.Table, first_row: int) -> pa.Table:
    """``ts_offset`` and ``ts_offset_ns``, where one of them is given: both, and equal."""
    has_text, has_ns = (name in rows.column_names for name in ("ts_offset", "ts_offset_ns"))
    if has_text:
        read = _each(rows, "ts_offset", parse_timestamp, pa.int64(), first_row)
        if not has_ns:
            return rows.append_column("ts_offset_ns", pc.fill_null(read, 0))
        given = one_chunk(rows.column("ts_offset_ns"))
        row = first_true(pc.fill_null(pc.not_equal(pc.fill_null(read, 0), given), True))
        if row >= 0:
            problem = f"is not ts_offset (row {first_row + row})"
            raise BadParameter("segments.ts_offset_ns", given[row].as_py(), problem)
    elif has_ns:
        written = _each(rows, "ts_offset_ns", format_timestamp, pa.string(), first_row)
        written = pc.if_else(pc.equal(one_chunk(rows.column("ts_offset_ns")), 0), None, written)
        return rows.append_column("ts_offset", written)
    return rows


def _with_durations(rows: pa.Table, first_row: int) -> pa.Table:
    if "last_duration" in rows.column_names:
        _each(rows, "last_duration", not_negative, pa.int64(), first_row)
    return rows


def not_negative(text: str) -> int:
    """Nanoseconds of a duration. Raises `BadTimeRange`, also for a negative one (§181)."""
    found = parse_timestamp(text)
    if found < 0:
        raise BadTimeRange(text, "a duration is not negative", "for example 0:40000000")
    return found


def _each(
    rows: pa.Table, name: str, read: Callable[[Any], Any], type_: pa.DataType, first_row: int
) -> pa.Array:
    """``read`` of each distinct value of a column, back in its rows; NULL stays NULL."""
    column = one_chunk(rows.column(name))
    coded = one_chunk(column.dictionary_encode())
    found = []
    for value in coded.dictionary.to_pylist():
        try:
            found.append(read(value))
        except BadTimeRange as error:
            row = first_row + pc.index(column, value).as_py()
            problem = f"{error.problem} (segments.{name}, row {row})"
            raise BadTimeRange(value, problem, error.expected) from None
    return pa.array(found, type_).take(coded.indices)
