"""One leaf of a column with its levels above: the shape in which VAST sends nested columns.

``struct<a, b>`` goes as ``struct<a>`` and ``struct<b>``; ``map<k, v>`` as ``list<struct<k>>`` and
``list<struct<v>>``; lists keep their offsets.
"""

from __future__ import annotations

import pyarrow as pa

Below = tuple[tuple[int, str], ...]


def leaf_array(column: pa.Array, below: Below) -> pa.Array:
    """The column with a single path of children; it must not be a slice if it is nested."""
    if not below:
        return column
    if pa.types.is_struct(column.type):
        return one_field(column, below)
    if pa.types.is_map(column.type):
        return one_of_entries(column, below)
    if pa.types.is_fixed_size_list(column.type):
        child = leaf_array(column.values, below[1:])
        of_type = pa.list_(column.type.value_field.with_type(child.type), column.type.list_size)
        return pa.FixedSizeListArray.from_arrays(child, type=of_type, mask=column.is_null())
    child = leaf_array(column.values, below[1:])
    of_type = pa.list_(column.type.value_field.with_type(child.type))
    return pa.ListArray.from_arrays(column.offsets, child, type=of_type, mask=column.is_null())


def one_field(column: pa.StructArray, below: Below) -> pa.StructArray:
    (number, name), rest = below[0], below[1:]
    index = column.type.get_field_index(name)
    field = column.type.field(index if index >= 0 else number)
    child = column.flatten()[index if index >= 0 else number]
    if column.null_count:
        child = child.take(pa.array(range(len(child)), pa.int64()))  # with no bytes below a NULL
    child = leaf_array(child, rest)
    return pa.StructArray.from_arrays(
        [child], fields=[field.with_type(child.type).with_nullable(True)], mask=column.is_null()
    )


def one_of_entries(column: pa.MapArray, below: Below) -> pa.ListArray:
    """``below`` names the entries, then key (0) or value (1)."""
    number = below[1][0] if len(below) > 1 else 0
    field = column.type.key_field if number == 0 else column.type.item_field
    child = leaf_array(column.keys if number == 0 else column.items, below[2:])
    entries = pa.StructArray.from_arrays([child], fields=[field.with_type(child.type)])
    of_type = pa.list_(pa.field("entries", entries.type))
    return pa.ListArray.from_arrays(column.offsets, entries, type=of_type, mask=column.is_null())


def compact(column: pa.Array) -> pa.Array:
    """The column from offset 0 on: what is built of raw buffers cannot be a slice."""
    if not pa.types.is_nested(column.type):
        return column
    return column.take(pa.array(range(len(column)), pa.int64()))
