"""Timeranges by the column: canonical texts from two integer columns, and back, without a loop.

The texts are those of `TimeRange.from_ns` and `TimeRange.registered`, row for row. The common
form of a text, two timestamps and no exclusive start, is taken apart by Arrow; what is left goes
through the scalar parser, which knows every form and every refusal.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tams_analytics.errors import BadTimeRange
from tams_analytics.timerange.grammar import HIGHEST_NS, INT64, SECOND, read_registered

# RE2 gives "" for a group that took no part. Below this second no nanosecond leaves int64.
_TS = "(?P<{0}minus>-?)(?P<{0}seconds>0|[1-9][0-9]{{0,9}}):(?P<{0}nanos>0|[1-9][0-9]{{0,8}})"
_COMMON = rf"\A(?P<opening>\[?){_TS.format('start_')}_{_TS.format('end_')}(?P<closing>[\])]?)\z"
_SAFE_SECONDS = HIGHEST_NS // SECOND
_TEXT_KINDS = (
    pa.types.is_string,
    pa.types.is_large_string,
    pa.types.is_string_view,
    pa.types.is_null,
)


class RegisteredColumns(NamedTuple):
    """What to store of registered timeranges: two int64 columns and the texts, none NULL."""

    start_ns: pa.Int64Array
    end_ns: pa.Int64Array
    texts: pa.StringArray


def timerange_texts(start_ns: Any, end_ns: Any) -> pa.StringArray:
    """The canonical text of each row: ``[a_b)``, ``[t]`` for one nanosecond, ``()`` for never.

    Takes Arrow or numpy int64 columns of one length; NULL in either gives NULL.
    """
    start, end = _int64(start_ns), _int64(end_ns)
    first, last = _timestamps(start), _timestamps(end)
    texts = pc.binary_join_element_wise("[", first, "_", last, ")", "")
    # subtract wraps round; a wrapped 1 has its end before its start and is a never-range.
    is_instant = pc.equal(pc.subtract(end, start), 1)
    texts = pc.if_else(is_instant, pc.binary_join_element_wise("[", first, "]", ""), texts)
    return pc.if_else(pc.less_equal(end, start), "()", texts)


def _timestamps(ns: pa.Int64Array) -> pa.StringArray:
    """``seconds:nanoseconds`` of each row; the division goes towards zero, as the texts do."""
    seconds = pc.divide(ns, SECOND)
    nanos = pc.subtract(ns, pc.multiply(seconds, SECOND))
    sign = pc.if_else(pc.less(ns, 0), "-", "")
    parts = (pc.cast(pc.abs(part), pa.string()) for part in (seconds, nanos))
    whole, fraction = parts
    return pc.binary_join_element_wise(sign, whole, ":", fraction, "")


def _int64(values: Any) -> pa.Int64Array:
    array = values if isinstance(values, (pa.Array, pa.ChunkedArray)) else pa.array(values)
    if not pa.types.is_integer(array.type):
        raise BadTimeRange(str(array.type), "nanoseconds are whole numbers", "an int64 column")
    try:
        return _one_chunk(array.cast(pa.int64()))
    except pa.ArrowInvalid as error:
        raise BadTimeRange(str(array.type), "a value leaves 64 bits", INT64) from error


def _one_chunk(array: Any) -> Any:
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array


def parse_registered_texts(texts: Any) -> RegisteredColumns:
    """Bounds and stored texts of segments that are being registered, as `TimeRange.registered`.

    Takes an Arrow column of strings. Raises `BadTimeRange`, which names the first bad row, counted
    from 0; a NULL is one.
    """
    column = _strings(texts)
    parts = pc.extract_regex(column, pattern=_COMMON)
    start, end = _nanoseconds(parts, "start_"), _nanoseconds(parts, "end_")
    end = pc.add(end, _end_included(parts))
    stored = pc.if_else(_unmarked(parts), pc.binary_join_element_wise("[", column, ")", ""), column)
    is_sound = pc.fill_null(pc.and_(_is_safe(parts), pc.less(start, end)), False)
    return _with_odd_rows(column, is_sound, RegisteredColumns(start, end, stored))


def _strings(texts: Any) -> pa.StringArray:
    array = texts if isinstance(texts, (pa.Array, pa.ChunkedArray)) else pa.array(texts)
    kind = array.type.value_type if pa.types.is_dictionary(array.type) else array.type
    if not any(is_kind(kind) for is_kind in _TEXT_KINDS):
        raise BadTimeRange(str(kind), "timeranges are texts", "a column of strings")
    return _one_chunk(array.cast(pa.string()))


def _nanoseconds(parts: pa.StructArray, side: str) -> pa.Int64Array:
    """Nanoseconds of one timestamp; a wrong number where the row is not safe."""
    seconds, nanos = (
        pc.cast(pc.struct_field(parts, side + part), pa.int64()) for part in ("seconds", "nanos")
    )
    size = pc.add(pc.multiply(seconds, SECOND), nanos)
    return pc.if_else(_is(parts, side + "minus", "-"), pc.negate(size), size)


def _is_safe(parts: pa.StructArray) -> pa.BooleanArray:
    seconds = (pc.struct_field(parts, f"{side}_seconds") for side in ("start", "end"))
    first, last = (pc.less(pc.cast(each, pa.int64()), _SAFE_SECONDS) for each in seconds)
    return pc.and_(first, last)


def _is(parts: pa.StructArray, name: str, text: str) -> pa.BooleanArray:
    return pc.equal(pc.struct_field(parts, name), text)


def _unmarked(parts: pa.StructArray) -> pa.BooleanArray:
    return pc.and_(_is(parts, "opening", ""), _is(parts, "closing", ""))


def _end_included(parts: pa.StructArray) -> pa.Int64Array:
    """1 for ``]``, and for a missing closing marker where the opening one is there."""
    included = pc.or_(
        _is(parts, "closing", "]"),
        pc.and_(_is(parts, "closing", ""), _is(parts, "opening", "[")),
    )
    return pc.cast(included, pa.int64())


def _with_odd_rows(
    column: pa.StringArray, is_sound: pa.BooleanArray, common: RegisteredColumns
) -> RegisteredColumns:
    """``common``, with what the scalar parser says where a row is not of the common form."""
    odd = pc.invert(is_sound)
    rows = np.flatnonzero(odd.to_numpy(zero_copy_only=False))
    if not len(rows):
        return common
    read = [_read_row(column[int(row)].as_py(), int(row)) for row in rows]
    replacements = (
        pa.array([row[0] for row in read], pa.int64()),
        pa.array([row[1] for row in read], pa.int64()),
        pa.array([row[2] for row in read], pa.string()),
    )
    return RegisteredColumns(
        *(
            pc.replace_with_mask(old, odd, new)
            for old, new in zip(common, replacements, strict=True)
        )
    )


def _read_row(text: str | None, row: int) -> tuple[int | None, int | None, str]:
    try:
        (start, end, _), stored = read_registered(text)
    except BadTimeRange as error:
        problem = f"row {row}: {error.problem}"
        raise BadTimeRange(text, problem, error.expected, error.position) from None
    return start, end, stored
