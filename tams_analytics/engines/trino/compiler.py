"""Expressions as Trino's SQL: ibis' own, where that is right to the nanosecond, and ours else.

What ibis 10.8 and Trino 476 do otherwise is listed in ``tests/trino/test_traps.py``, trap by trap;
here are its joins, in `packed` its tables in memory, in `times` and `numbers` its values.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import ibis.expr.datatypes as idt
import ibis.expr.operations as ops
import sqlglot as sg
import sqlglot.expressions as sge
from ibis.common.exceptions import TranslationError, UnsupportedBackendType
from ibis.common.patterns import replace
from ibis.expr.rewrites import p
from sqlglot.transforms import eliminate_semi_and_anti_joins

from tams_analytics.engines.trino.errors import ENGINE
from tams_analytics.engines.trino.packed import Packed, told_once
from tams_analytics.errors import BadParameter, Unsupported

LONGEST = 2**63 - 1
"""The largest number that Trino reads as a whole one; what is larger it reads as a decimal."""
UNNESTED = "unnested"
"""What the elements of an array are called where they are joined."""
INSTEAD: dict[type[ops.Node], str] = {
    ops.Median: "use approx_median()",
    ops.Quantile: "use approx_quantile()",
    ops.MultiQuantile: "use approx_quantile()",
    ops.TimestampBucket: "group by whole numbers, as in _.start_ns // (3_600 * 10**9)",
    ops.Mode: "use value_counts()",
}
"""What to write for what Trino has no way to compute."""
ELSEWHERE = "compute it on DuckDB: ta.localize(expression) brings the rows there"


@replace(p.Comparison)  # type: ignore[untyped-decorator]
def _with_moments(_: ops.Comparison, **_options: Any) -> ops.Comparison:
    """A time compared with a text, as analysts write it: DuckDB reads it, Trino does not."""
    return _.copy(left=_read(_.left, _.right), right=_read(_.right, _.left))


@replace(p.Between)  # type: ignore[untyped-decorator]
def _between_moments(_: ops.Between, **_options: Any) -> ops.Between:
    return _.copy(lower_bound=_read(_.lower_bound, _.arg), upper_bound=_read(_.upper_bound, _.arg))


@replace(p.InValues)  # type: ignore[untyped-decorator]
def _in_moments(_: ops.InValues, **_options: Any) -> ops.InValues:
    return _.copy(options=tuple(_read(each, _.value) for each in _.options))


def _read(side: ops.Value, other: ops.Value) -> ops.Value:
    """``side`` as a time where it is a text that is compared with one."""
    kind = other.dtype
    is_text = isinstance(side, ops.Literal) and isinstance(side.value, str)
    if not (is_text and (kind.is_timestamp() or kind.is_date())):
        return side
    text = side.value
    try:
        moment = dt.datetime.fromisoformat(re.sub("[zZ]$", "+00:00", text))
    except ValueError as error:
        expected = "for example 2026-09-01 00:00:00"
        raise BadParameter("literal", text, "is no time", expected) from error
    if kind.is_date():
        return ops.Literal(moment.date(), idt.date)
    return ops.Literal(moment, idt.Timestamp(timezone="UTC" if moment.tzinfo else None))


class Compiler(Packed):
    """ibis' for Trino, with tables in memory in the query and exact times."""

    __slots__ = ()

    # ibis' own first, as the first that fits is the last: IN of nothing is false, and no SQL
    rewrites = (*Packed.rewrites, _with_moments, _between_moments, _in_moments)

    def to_sqlglot(self, expr: Any, **options: Any) -> sge.Expression:
        """A tree that owns each of its parts: ibis' shares some, which transforms do not expect."""
        tree = super().to_sqlglot(expr, **options).copy()
        return told_once(unnested(without_semi_joins(tree)))

    def visit_node(self, op: ops.Node, **parts: Any) -> Any:
        """Raises `Unsupported` for what ibis has no SQL of Trino for."""
        try:
            return super().visit_node(op, **parts)
        except (TranslationError, UnsupportedBackendType) as error:
            instead = INSTEAD.get(type(op), ELSEWHERE)
            raise Unsupported(ENGINE, f"compute {type(op).__name__}", instead) from error

    def visit_SQLQueryResult(  # noqa: N802 - ibis' own name
        self, op: ops.SQLQueryResult, *, query: str, schema: Any, source: Any
    ) -> Any:
        """The user's SQL as it was written: sqlglot would change its literals."""
        written = sge.Subquery(this=sge.Var(this=f"{query}\n"))
        return sg.select(sge.Star()).from_(written.as_("asked", quoted=True)).subquery(copy=False)

    def visit_NonNullLiteral(  # noqa: N802 - ibis' own name
        self, op: ops.Literal, *, value: Any, dtype: idt.DataType
    ) -> Any:
        if isinstance(value, str) and "\0" in value:
            raise BadParameter("literal", value, "holds a NUL character", "text without it")
        if dtype.is_integer() and value > LONGEST:
            return sge.Var(this=f"DECIMAL '{value}'")
        if dtype.is_json():
            return self.f.anon.json_parse(sge.convert(value))
        return super().visit_NonNullLiteral(op, value=value, dtype=dtype)

    def visit_Unnest(self, op: ops.Unnest, *, arg: Any) -> Any:  # noqa: N802
        if not op.arg.dtype.value_type.is_struct():
            return super().visit_Unnest(op, arg=arg)
        return self.f.element_at(sge.Explode(this=_boxed(arg)), 1)

    def visit_TableUnnest(self, op: ops.TableUnnest, *, column: Any, **parts: Any) -> Any:  # noqa: N802
        if not op.column.dtype.value_type.is_struct():
            return super().visit_TableUnnest(op, column=column, **parts)
        found = super().visit_TableUnnest(op, column=column, **parts)
        (unnest,) = found.find_all(sge.Unnest)
        (box,) = unnest.alias_column_names
        unnest.set("expressions", [_boxed(each) for each in unnest.expressions])
        for each in found.expressions:
            if each.this == sg.to_identifier(box, quoted=True):
                each.set("this", self.f.element_at(sg.column(box, quoted=True), 1))
        return found

    def visit_JoinLink(self, op: ops.JoinLink, *, how: str, table: Any, predicates: Any) -> Any:  # noqa: N802
        if how == "asof":
            raise Unsupported(ENGINE, "join ASOF", "use ta.closest")
        return super().visit_JoinLink(op, how=how, table=table, predicates=predicates)


def _boxed(rows: sge.Expression) -> sge.Expression:
    """Each row of an array in an array: Trino would unnest its fields as columns of their own."""
    x = sg.to_identifier("x", quoted=True)
    box = sge.Lambda(this=sge.Array(expressions=[x]), expressions=[x])
    return sg.func("TRANSFORM", rows, box, dialect="trino")


def without_semi_joins(tree: sge.Query) -> sge.Query:
    """``tree`` with EXISTS for each semi and anti join, which Trino has no word for.

    sqlglot does so as it writes, and passes over each second one of a SELECT (28.6).
    """
    for select in list(tree.find_all(sge.Select)):
        while any(map(_is_semi_join, select.args.get("joins") or ())):
            eliminate_semi_and_anti_joins(select)
    return tree


def _is_semi_join(join: sge.Join) -> bool:
    return join.kind in {"SEMI", "ANTI"} and join.args.get("on") is not None


def unnested(tree: sge.Query) -> sge.Query:
    """``tree`` with the array columns of a SELECT unnested by one join.

    sqlglot would pair each element with each position, and keep those that fit; a row would be lost
    with one of its arrays empty. Of several arrays the longest counts, the others end in NULLs.
    """
    for select in list(tree.find_all(sge.Select)):
        arrays = [
            (column, array)
            for column in select.expressions
            for array in column.find_all(sge.Explode)
            if array.parent_select is select
        ]
        if not arrays or not all(isinstance(column, sge.Alias) for column, _array in arrays):
            continue
        names = [
            column.alias if len(arrays) == 1 else f"{column.alias}_{place}"
            for place, (column, _array) in enumerate(arrays)
        ]
        alias = sge.TableAlias(
            this=sg.to_identifier(UNNESTED, quoted=True),
            columns=[sg.to_identifier(name, quoted=True) for name in names],
        )
        elements = sge.Unnest(
            expressions=[array.this.copy() for _column, array in arrays], alias=alias
        )
        select.join(elements, join_type="CROSS", copy=False)
        for name, (_column, array) in zip(names, arrays, strict=True):
            array.replace(sg.column(name, table=UNNESTED, quoted=True))
    return tree


COMPILER = Compiler()
