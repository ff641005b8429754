"""Columns as given to a bulk load, in the types of their table: nothing is converted in silence."""

from __future__ import annotations

import re

import pyarrow as pa
import pyarrow.compute as pc

from tams_analytics.errors import BadParameter
from tams_analytics.tables import TableDef, arrow_schema

INDEX = re.compile(r"__index_level_\d+__")
"""What pandas calls the index that it sends along; it is not meant as a column."""

FILLED = {("objects", "storage_path")}
"""Columns that are never NULL in the store, but may be in a load (R8)."""

TEXTS = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view)

EXPECTED = {
    "string": "text",
    "int64": "whole numbers, in pandas Int64",
    "boolean": "booleans",
    "timestamp": "dates with times",
}


def typed(table: TableDef, rows: pa.Table, first_row: int) -> pa.Table:
    """``rows`` with the types of ``table``, and without the index of a pandas frame.

    Text may come in any of Arrow's layouts, integers in any width. Raises `BadParameter` for an
    unknown column, one given twice, one of another type, and NULL where none may be.
    """
    names = [name for name in rows.column_names if not INDEX.fullmatch(name)]
    for name in names:
        if name not in table.names:
            expected = "one of " + ", ".join(table.names)
            raise BadParameter(table.name, name, "is not a column of it", expected)
        if names.count(name) > 1:
            raise BadParameter(f"{table.name}.{name}", name, "is given twice")
    return pa.table({name: _column(table, name, rows.column(name), first_row) for name in names})


def one_chunk(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    """The column as one array."""
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def first_true(mask: pa.BooleanArray) -> int:
    """The place of the first true value, -1 without any."""
    return int(pc.index(mask, True).as_py())


def _column(table: TableDef, name: str, given: pa.ChunkedArray, first_row: int) -> pa.Array:
    type_, kind = arrow_schema(table).field(name).type, table[name].type
    is_coded = pa.types.is_dictionary(given.type)
    if not _can_be(given.type.value_type if is_coded else given.type, kind):
        problem = "is no type of this column"
        raise BadParameter(f"{table.name}.{name}", str(given.type), problem, EXPECTED[kind])
    try:
        column = one_chunk(given.cast(type_))
    except pa.ArrowException as error:
        problem = f"cannot be {kind}: {error}"
        raise BadParameter(f"{table.name}.{name}", str(given.type), problem) from error
    if column.null_count and not table[name].nullable and (table.name, name) not in FILLED:
        problem = f"may not be NULL (row {first_row + first_true(column.is_null())})"
        raise BadParameter(f"{table.name}.{name}", None, problem)
    return column


def _can_be(type_: pa.DataType, kind: str) -> bool:
    is_text = any(is_such(type_) for is_such in TEXTS)
    if pa.types.is_null(type_):
        return True
    if kind == "string":
        return is_text or bool(pa.types.is_binary(type_) or pa.types.is_large_binary(type_))
    if kind == "int64":
        return bool(pa.types.is_integer(type_))
    if kind == "boolean":
        return bool(pa.types.is_boolean(type_))
    return is_text or bool(pa.types.is_timestamp(type_) or pa.types.is_date(type_))
