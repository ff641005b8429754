"""Whether the columns of an answer, as Trino declares them, are those that are expected.

JSON does not tell a text from a moment or a decimal, and rows have no names in it: a schema that
somebody gave for his SQL may be wrong, and the rows look right.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterable, Sequence
from typing import Any

import ibis.expr.datatypes as idt
import pyarrow as pa
from ibis.formats.pyarrow import PyArrowType

from tams_analytics.engines.trino.errors import ENGINE
from tams_analytics.engines.trino.types import TypeMapper, has_joined_keys, parts
from tams_analytics.errors import EngineFailed, Unsupported, named

UNNAMED = re.compile(r"_col\d+")
"""What Trino calls a column that has no name."""
INSTEAD = "con.sql finds the schema where none is given"
FAMILIES: tuple[tuple[str, tuple[type[idt.DataType], ...]], ...] = (
    ("number", (idt.Integer, idt.Floating, idt.Decimal)),
    ("boolean", (idt.Boolean,)),
    ("moment", (idt.Date, idt.Timestamp)),
    ("time", (idt.Time,)),
    ("binary", (idt.Binary,)),
    ("array", (idt.Array,)),
    ("map", (idt.Map,)),
    ("row", (idt.Struct,)),
)
"""Types within one of these are told apart by their values, and Trino's differ from ibis' there:
an unsigned number is a decimal. What is in none comes as a text."""


def refuse_joined_keys(columns: Iterable[Any]) -> None:
    """Raises `Unsupported` for a map of which the answer may hold fewer entries than there are."""
    for column in columns:
        if has_joined_keys(column.type):
            what = f"read {column.name}, a map by keys of several values"
            instead = f"map_entries({column.name}) gives keys and values as rows"
            raise Unsupported(ENGINE, what, instead)


def refuse_others(columns: Sequence[Any], schema: pa.Schema) -> None:
    """Raises `EngineFailed` where ``columns`` are not those of ``schema``; values are not seen."""
    refuse_joined_keys(columns)
    for column, field in zip(columns, schema, strict=False):  # a number that differs is told later
        is_named = not UNNAMED.fullmatch(column.name)
        if is_named and column.name.casefold() != field.name.casefold():
            reason = f"column {named(column.name)} came where {named(field.name)} was expected"
            raise EngineFailed(ENGINE, "reading the answer", reason, INSTEAD)
        if not _fits(_read(column.type), _of_arrow(field.type)):
            reason = f"{named(field.name)} is {column.type} on Trino, and no {field.type}"
            raise EngineFailed(ENGINE, "reading the answer", reason, INSTEAD)


@functools.lru_cache(maxsize=1000)
def _read(kind: str) -> idt.DataType:
    found: idt.DataType = TypeMapper.from_string(kind)
    return found


@functools.lru_cache(maxsize=1000)
def _of_arrow(kind: pa.DataType) -> idt.DataType:
    found: idt.DataType = _OfArrow.to_ibis(kind)
    return found


class _OfArrow(PyArrowType):
    """ibis', which makes intervals of days and months for Arrow and does not take them back."""

    @classmethod
    def to_ibis(cls, typ: pa.DataType, nullable: bool = True) -> idt.DataType:
        if pa.types.is_interval(typ):
            return idt.Interval("M", nullable=nullable)
        return super().to_ibis(typ, nullable)


def _fits(found: idt.DataType, expected: idt.DataType) -> bool:
    if isinstance(found, idt.Unknown) or expected.is_null():
        return True  # of NULL alone, and of what is only known to Trino
    family = _family(found)
    if family != _family(expected):
        return False
    if isinstance(found, idt.Struct) and isinstance(expected, idt.Struct):
        order, wanted = list(found.names), list(expected.names)
        if order != wanted and sorted(order) == sorted(wanted):
            return False
    return all(itertools.starmap(_fits, zip(parts(found), parts(expected), strict=False)))


def _family(kind: idt.DataType) -> str:
    return next((name for name, kinds in FAMILIES if isinstance(kind, kinds)), "text")
