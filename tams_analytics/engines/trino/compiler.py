"""Expressions as Trino's SQL: ibis' own, where that is right to the nanosecond, and ours else.

What ibis 10.8 gets wrong here is listed in ``tests/test_upstream_trino.py``, case by case.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import ibis.expr.datatypes as idt
import ibis.expr.operations as ops
import sqlglot as sg
import sqlglot.expressions as sge
from ibis.backends.sql.compilers.trino import TrinoCompiler
from ibis.common.patterns import replace
from ibis.expr.rewrites import p

from tams_analytics.engines.trino.errors import ENGINE
from tams_analytics.errors import BadParameter, Unsupported

MOST_ROWS = 20_000
"""Rows of a table in memory that go along as VALUES; Trino takes a million characters of SQL."""
UNITS = {"s": 10**9, "ms": 10**6, "us": 10**3, "ns": 1}
"""Nanoseconds of each unit that a number can be a timestamp in."""
MICROSECONDS = 6
UNNESTED = "unnested"
"""What the elements of an array are called where they are joined."""


@replace(p.Comparison)  # type: ignore[untyped-decorator]
def _with_moments(_: ops.Comparison, **_options: Any) -> ops.Comparison:
    """A time compared with a text, as analysts write it: DuckDB reads it, Trino does not."""
    if _.left.dtype.is_timestamp():
        return _.copy(right=_read(_.right))
    return _.copy(left=_read(_.left)) if _.right.dtype.is_timestamp() else _


def _read(side: ops.Value) -> ops.Value:
    if not (isinstance(side, ops.Literal) and isinstance(side.value, str)):
        return side
    try:
        moment = dt.datetime.fromisoformat(re.sub("[zZ]$", "+00:00", side.value))
    except ValueError as error:
        expected = "for example 2026-09-01 00:00:00"
        raise BadParameter("literal", side.value, "is no time", expected) from error
    return ops.Literal(moment, idt.Timestamp(timezone="UTC" if moment.tzinfo else None))


class Compiler(TrinoCompiler):
    """ibis' for Trino, with tables in memory as VALUES and exact times."""

    __slots__ = ()

    rewrites = (_with_moments, *TrinoCompiler.rewrites)

    def to_sqlglot(self, expr: Any, **options: Any) -> sge.Expression:
        """A tree that owns each of its parts: ibis' shares some, which transforms do not expect."""
        return unnested(super().to_sqlglot(expr, **options).copy())

    def visit_InMemoryTable(  # noqa: N802 - ibis' own name
        self, op: ops.InMemoryTable, *, name: str, schema: Any, data: Any
    ) -> sge.Expression:
        """Its rows, in the query: ibis would make a table on the server, and insert row by row.

        VALUES are pushed into scans, and feed the dynamic filters of joins.
        """
        columns = [sg.to_identifier(column, quoted=True) for column in schema]
        rows = data.to_pyarrow(schema).to_pylist()
        if len(rows) > MOST_ROWS:
            way_out = "join it on DuckDB: ta.localize(expression) brings the other side there"
            raise Unsupported(ENGINE, f"be sent a table of {len(rows)} rows in memory", way_out)
        filled = rows or [dict.fromkeys(schema)]
        tuples = [
            sge.Tuple(expressions=[self._value(row[key], kind) for key, kind in schema.items()])
            for row in filled
        ]
        values = sge.Values(
            expressions=tuples,
            alias=sge.TableAlias(this=sg.to_identifier(name, quoted=True), columns=columns),
        )
        found = sg.select(*(sg.column(each.copy()) for each in columns)).from_(values)
        return (found if rows else found.where(sge.false())).subquery(name)

    def _value(self, value: Any, kind: idt.DataType) -> Any:
        kind = kind.copy(nullable=True)
        literal = self.visit_Literal(ops.Literal(value, kind), value=value, dtype=kind)
        return literal if value is None else self.cast(literal, kind)

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
        if isinstance(value, dt.datetime):
            return _moment(value)
        return super().visit_NonNullLiteral(op, value=value, dtype=dtype)

    def visit_Cast(self, op: ops.Cast, *, arg: Any, to: idt.DataType) -> Any:  # noqa: N802
        if to.is_timestamp() and to.scale is None:  # Trino's default cuts to milliseconds
            to = to.copy(scale=MICROSECONDS)
        if to.is_timestamp() and op.arg.dtype.is_string():  # ISO 8601, which Trino's cast refuses
            arg = self.f.replace(arg, "T", " ")
        return super().visit_Cast(op, arg=arg, to=to)

    def visit_FloorDivide(self, op: ops.FloorDivide, *, left: Any, right: Any) -> Any:  # noqa: N802
        """Whole numbers stay whole: ibis divides doubles, which is wrong beyond 2**53."""
        if not (op.left.dtype.is_integer() and op.right.dtype.is_integer()):
            return super().visit_FloorDivide(op, left=left, right=right)
        exact = sge.paren(sge.Sub(this=sge.paren(left), expression=_rest(left, right)))
        return sge.Div(this=exact, expression=sge.paren(right), typed=True, safe=False)

    def visit_TimestampFromUNIX(self, op: ops.TimestampFromUNIX, *, arg: Any, unit: Any) -> Any:  # noqa: N802
        """To the microsecond, as ibis' type has it; ibis' own cuts to seconds."""
        number = sge.paren(arg)
        if unit.short == "ns":  # the cast would round
            number = sge.paren(sge.Sub(this=number, expression=_rest(number, sge.convert(1000))))
        nanoseconds = sge.Mul(this=number, expression=sge.convert(UNITS[unit.short]))
        zoned = self.f.anon.from_unixtime_nanos(nanoseconds)
        in_utc = sge.AtTimeZone(this=zoned, zone=sge.convert("UTC"))
        return self.cast(in_utc, idt.Timestamp(scale=MICROSECONDS))

    def visit_JoinLink(self, op: ops.JoinLink, *, how: str, table: Any, predicates: Any) -> Any:  # noqa: N802
        if how == "asof":
            raise Unsupported(ENGINE, "join ASOF", "use ta.closest")
        return super().visit_JoinLink(op, how=how, table=table, predicates=predicates)


def _rest(left: sge.Expression, right: sge.Expression) -> sge.Expression:
    """What a floored division leaves: of a negative number too it has the divisor's sign."""
    rest = sge.Mod(this=sge.paren(left), expression=sge.paren(right))
    return sge.paren(sge.Mod(this=sge.paren(rest + sge.paren(right)), expression=sge.paren(right)))


def unnested(tree: sge.Expression) -> sge.Expression:
    """``tree`` with an array column unnested by a join.

    sqlglot would pair each element with each position, and keep those that fit. Of several arrays
    in one SELECT, which end with the longest, it has to.
    """
    for select in list(tree.find_all(sge.Select)):
        arrays = [each for each in select.expressions if isinstance(each.unalias(), sge.Explode)]
        if len(arrays) == 1 and isinstance(arrays[0], sge.Alias):
            (array,) = arrays
            alias = sge.TableAlias(
                this=sg.to_identifier(UNNESTED, quoted=True), columns=[array.args["alias"].copy()]
            )
            elements = sge.Unnest(expressions=[array.this.this.copy()], alias=alias)
            select.join(elements, join_type="CROSS", copy=False)
            array.set("this", sg.column(array.alias, table=UNNESTED, quoted=True))
    return tree


def _moment(value: dt.datetime) -> sge.Expression:
    """A literal with all of its microseconds; in UTC where it has a zone."""
    zone = "" if value.tzinfo is None else " UTC"
    plain = value if value.tzinfo is None else value.astimezone(dt.timezone.utc)
    text = plain.replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds")
    return sge.Var(this=f"TIMESTAMP '{text}{zone}'")


COMPILER = Compiler()
