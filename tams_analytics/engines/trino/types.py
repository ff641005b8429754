"""Trino's types as ibis', so that every answer can be read; and ibis' as Trino's, with all digits.

What Arrow cannot hold is a text, as Trino writes it: times of more than nine digits, times of day
with a zone, intervals, shapes, rows with two fields of one name, maps by keys that are no single
values: those that Trino wrote may be fewer than there are, and such columns are not read.
"""

from __future__ import annotations

import re
from typing import Any, ClassVar

import ibis.expr.datatypes as idt
import sqlglot.expressions as sge
from ibis.backends.sql.datatypes import TrinoType

MOST_DIGITS = 9
"""Of a second, in Arrow."""
IN_QUOTES = r'"(?:[^"]|"")*"'
JOINED = r"\bmap\((?:row|array|map)\("
"""A type that has a map by keys of several values."""
MICROSECONDS = 6


def has_joined_keys(kind: str) -> bool:
    """Whether Trino's client writes keys of this type of Trino's so that different ones are alike.

    JSON has texts as keys: of ``('a, b', 'c')`` and ``('a', 'b, c')`` it is ``[a, b, c]``, and one
    entry is lost.
    """
    return re.search(JOINED, re.sub(IN_QUOTES, "", kind)) is not None


def parts(kind: idt.DataType) -> tuple[idt.DataType, ...]:
    """The types that a nested one is made of, in order; of others none."""
    if isinstance(kind, idt.Array):
        return (kind.value_type,)
    if isinstance(kind, idt.Map):
        return (kind.key_type, kind.value_type)
    return kind.types if isinstance(kind, idt.Struct) else ()


def _digits(scale: Any) -> int:
    return 0 if scale is None else int(scale.this.this)


class TypeMapper(TrinoType):
    """ibis' own, which fails on some of these types, and gives times three digits.

    Its methods have ibis' names.
    """

    unknown_type_strings: ClassVar[dict[str, Any]] = {}
    """ibis names intervals here, of which Arrow and files have several sorts."""

    @classmethod
    def _from_sqlglot_TIMESTAMP(cls, scale: Any = None, nullable: bool | None = None) -> Any:  # noqa: N802
        if _digits(scale) > MOST_DIGITS:
            return idt.String(nullable=nullable)
        return super()._from_sqlglot_TIMESTAMP(scale, nullable)

    @classmethod
    def _from_sqlglot_TIMESTAMPTZ(cls, scale: Any = None, nullable: bool | None = None) -> Any:  # noqa: N802
        if _digits(scale) > MOST_DIGITS:
            return idt.String(nullable=nullable)
        return super()._from_sqlglot_TIMESTAMPTZ(scale, nullable)

    @classmethod
    def _from_sqlglot_TIME(cls, scale: Any = None, nullable: bool | None = None) -> Any:  # noqa: N802
        kind = idt.String if _digits(scale) > MOST_DIGITS else idt.Time
        return kind(nullable=nullable)

    @classmethod
    def _from_sqlglot_TIMETZ(cls, *_scale: Any, nullable: bool | None = None) -> Any:  # noqa: N802
        return idt.String(nullable=nullable)

    @classmethod
    def _from_sqlglot_GEOMETRY(cls, *_kinds: Any, nullable: bool | None = None) -> Any:  # noqa: N802
        return idt.String(nullable=nullable)

    @classmethod
    def _from_sqlglot_INTERVAL(cls, _span: Any = None, nullable: bool | None = None) -> Any:  # noqa: N802
        return idt.String(nullable=nullable)

    @classmethod
    def _from_sqlglot_STRUCT(cls, *fields: Any, nullable: bool | None = None) -> Any:  # noqa: N802
        found = super()._from_sqlglot_STRUCT(*fields, nullable=nullable)
        return found if len(found) == len(fields) else idt.String(nullable=nullable)

    @classmethod
    def _from_sqlglot_MAP(cls, key: Any, value: Any, nullable: bool | None = None) -> Any:  # noqa: N802
        found = super()._from_sqlglot_MAP(key, value, nullable)
        return idt.String(nullable=nullable) if found.key_type.is_nested() else found

    @classmethod
    def _from_ibis_Timestamp(cls, dtype: Any) -> sge.DataType:  # noqa: N802
        known = dtype if dtype.scale is not None else dtype.copy(scale=MICROSECONDS)
        found: sge.DataType = super()._from_ibis_Timestamp(known)
        return found

    @classmethod
    def _from_ibis_Time(cls, _dtype: Any) -> sge.DataType:  # noqa: N802
        digits = sge.DataTypeParam(this=sge.convert(MOST_DIGITS))
        return sge.DataType(this=sge.DataType.Type.TIME, expressions=[digits])

    @classmethod
    def _from_ibis_UInt64(cls, _dtype: Any) -> sge.DataType:  # noqa: N802
        """With the twenty digits of its largest; ibis has nineteen."""
        digits = [sge.DataTypeParam(this=sge.convert(number)) for number in (20, 0)]
        return sge.DataType(this=sge.DataType.Type.DECIMAL, expressions=digits)
