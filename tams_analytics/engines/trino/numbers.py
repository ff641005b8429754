"""What is computed from numbers, texts, arrays and documents gives on Trino what DuckDB gives."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import ibis.expr.datatypes as idt
import ibis.expr.operations as ops
import sqlglot as sg
import sqlglot.expressions as sge
from ibis.backends.sql.compilers.base import NULL
from ibis.backends.sql.compilers.trino import TrinoCompiler

from tams_analytics.engines.trino.errors import ENGINE
from tams_analytics.engines.trino.types import TypeMapper
from tams_analytics.errors import Unsupported

IN_REPLACEMENT = re.compile(r"\\[0-9\\]|\$")
"""A group, a backslash or a dollar in what a regular expression is replaced with."""
WORD = 64
"""Bits of the longest whole number."""


class Numbers(TrinoCompiler):
    """ibis' for Trino, with values other than times as DuckDB has them."""

    __slots__ = ()

    # ibis gives each subclass its own again of what these name
    SIMPLE_OPS = {  # noqa: RUF012 - ibis' own
        op: name for op, name in TrinoCompiler.SIMPLE_OPS.items() if op is not ops.RegexReplace
    }
    type_mapper = TypeMapper

    def visit_Cast(self, op: ops.Cast, *, arg: Any, to: idt.DataType) -> Any:  # noqa: N802
        from_ = op.arg.dtype
        if from_.is_floating() and to.is_integer():
            return self.cast(self._evened(arg), to)
        if from_.is_floating() and to.is_string():
            instead = "cast to a decimal first, as in _.x.cast('decimal(18, 3)').cast('string')"
            raise Unsupported(ENGINE, "write float64 as other engines do", instead)
        if from_.is_string() and to.is_json():  # the cast would make a JSON string of it
            return self.f.anon.json_parse(arg)
        if from_.is_json() and to.is_string():
            return self.f.anon.json_format(arg)
        return super().visit_Cast(op, arg=arg, to=to)

    def visit_TryCast(self, op: ops.TryCast, *, arg: Any, to: idt.DataType) -> Any:  # noqa: N802
        found = self.f.anon["try"](self.visit_Cast(op, arg=arg, to=to))
        if not (op.arg.dtype.is_string() and to.is_integer()):
            return found
        # a fraction is rounded; by a wide decimal, as a double would lose digits, and once
        rounded = self.cast(self.cast(arg, idt.Decimal(38, 18)), to)
        return self.f.coalesce(found, self.f.anon["try"](rounded))

    def _evened(self, arg: Any) -> Any:
        """The nearest whole number; of two the even one, where Trino's cast takes the outer."""
        is_tie = self.f.abs(sge.paren(arg) - self.f.anon.truncate(arg)).eq(sge.convert(0.5))
        even = self.f.round(sge.paren(arg) / sge.convert(2)) * sge.convert(2)
        return self.if_(is_tie, even, self.f.round(arg))

    def visit_Divide(self, op: ops.Divide, *, left: Any, right: Any) -> Any:  # noqa: N802
        """As doubles: Trino would round a quotient of decimals to their digits."""
        sides = zip((left, right), (op.left, op.right), strict=True)
        left, right = (
            self.cast(arg, idt.float64) if _is_decimal(side.dtype) else arg for arg, side in sides
        )
        return super().visit_Divide(op, left=left, right=right)

    def visit_Mean(self, op: ops.Mean, *, arg: Any, where: Any) -> Any:  # noqa: N802
        """Of unsigned numbers in doubles: Trino's mean of decimals has their digits."""
        number = self.cast(arg, idt.float64) if op.arg.dtype.is_uint64() else arg
        return super().visit_Mean(op, arg=number, where=where)

    def visit_FloorDivide(self, op: ops.FloorDivide, *, left: Any, right: Any) -> Any:  # noqa: N802
        """Whole numbers stay whole: ibis divides doubles, which is wrong beyond 2**53."""
        if not (op.left.dtype.is_integer() and op.right.dtype.is_integer()):
            return super().visit_FloorDivide(op, left=left, right=right)
        exact = sge.paren(sge.Sub(this=sge.paren(left), expression=rest(left, right)))
        return sge.Div(this=exact, expression=sge.paren(right), typed=True, safe=False)

    def visit_BitwiseRightShift(self, _op: Any, *, left: Any, right: Any) -> Any:  # noqa: N802
        """The sign stays: Trino's other shift makes large numbers of negative ones."""
        shifted = self.f.anon.bitwise_right_shift_arithmetic(left, right)
        return self.if_(sge.paren(right) < WORD, shifted, self.f.anon.bitwise_and(left, 0))

    def visit_Greatest(self, op: ops.Greatest, *, arg: Any) -> Any:  # noqa: N802
        known = zip(arg, op.arg, strict=True)
        return self._unless_nan(self._most(self.f.greatest, op, arg), known)

    def _unless_nan(self, greatest: Any, known: Iterable[tuple[Any, Any]]) -> Any:
        """Of doubles NaN is the greatest; Trino takes it only where there is nothing else."""
        doubles = [
            self.f.anon.is_nan(each)
            for each, value in known
            if value.dtype.is_floating() and not isinstance(value, ops.Literal)
        ]
        return self.if_(sg.or_(*doubles), self.NAN, greatest) if doubles else greatest

    def visit_Least(self, op: ops.Least, *, arg: Any) -> Any:  # noqa: N802
        return self._most(self.f.least, op, arg)

    def _most(self, most: Any, op: Any, arg: Any) -> Any:
        """That of the values there are; Trino gives NULL where one of them is.

        What ibis takes for NOT NULL may be: a row before the first, the largest of none.
        """
        is_known = [_is_value(each) for each in op.arg]
        if all(is_known):
            return most(*arg)
        if len(arg) == 2:
            # a known one is last, as nothing comes after it
            rest = [arg[is_known.index(True)]] if any(is_known) else arg
            return self.f.coalesce(most(*arg), *rest)
        array = self.f.array_max if isinstance(op, ops.Greatest) else self.f.array_min
        return array(self._known(self.f.array(*arg)))

    def visit_Clip(self, op: ops.Clip, *, arg: Any, lower: Any, upper: Any) -> Any:  # noqa: N802
        """A bound that is NULL is none."""
        clipped = arg
        for bound, nearer in ((upper, self.f.least), (lower, self.f.greatest)):
            if bound is not None:
                clipped = self.f.coalesce(nearer(bound, clipped), clipped)
        is_kept = upper is None and lower is not None
        return self._unless_nan(clipped, [(arg, op.arg)]) if is_kept else clipped

    def _known(self, array: Any) -> Any:
        """Those elements of an array that are not NULL."""
        x = sg.to_identifier("x", quoted=True)
        return self.f.filter(array, sge.Lambda(this=x.is_(sg.not_(NULL)), expressions=[x]))

    def visit_ArrayIndex(self, op: ops.ArrayIndex, *, arg: Any, index: Any) -> Any:  # noqa: N802
        """Counted from 0, or from the end."""
        if _is_value(op.index):
            number = op.index.value
            return self.f.element_at(arg, number + 1 if number >= 0 else number)
        place = self.if_(sge.paren(index) < 0, index, sge.paren(index) + 1)
        return self.f.element_at(arg, place)

    def visit_ArraySumAgg(self, op: Any, *, arg: Any, output: Any) -> Any:  # noqa: N802
        return super().visit_ArraySumAgg(op, arg=self._known(arg), output=output)

    def visit_ArrayStringJoin(self, _op: Any, *, sep: Any, arg: Any) -> Any:  # noqa: N802
        """Of no text but NULLs, and of none, it is NULL."""
        texts = self._known(arg)
        return self.if_(self.f.cardinality(texts) > 0, self.f.array_join(texts, sep), NULL)

    def visit_MapGet(self, op: Any, *, arg: Any, key: Any, default: Any) -> Any:  # noqa: N802
        """Of no map there is nothing else either."""
        found = super().visit_MapGet(op, arg=arg, key=key, default=default)
        return self.if_(arg.is_(NULL), NULL, found)

    def visit_StrRight(self, _op: Any, *, arg: Any, nchars: Any) -> Any:  # noqa: N802
        """All of a shorter text, of which Trino would give nothing."""
        first = self.f.length(arg) - nchars + 1
        return self.f.substr(arg, self.f.greatest(first, 1))

    def visit_StringAscii(self, op: Any, *, arg: Any) -> Any:  # noqa: N802
        """Of an empty text it is 0."""
        found = super().visit_StringAscii(op, arg=arg)
        return self.if_(arg.eq(sge.convert("")), sge.convert(0), found)

    def visit_Covariance(self, _op: Any, *, left: Any, right: Any, how: str, where: Any) -> Any:  # noqa: N802
        """Of doubles: of two whole numbers Trino computes it in 32 bits."""
        name = {"pop": "covar_pop", "sample": "covar_samp"}[how]
        return self.agg[name](*self._doubles(left, right), where=where)

    def visit_Correlation(self, op: Any, *, left: Any, right: Any, how: str, where: Any) -> Any:  # noqa: N802
        if how == "sample":
            return super().visit_Correlation(op, left=left, right=right, how=how, where=where)
        return self.agg.corr(*self._doubles(left, right), where=where)

    def _doubles(self, *args: Any) -> list[Any]:
        return [self.cast(arg, idt.float64) for arg in args]

    def visit_Repeat(self, _op: Any, *, arg: Any, times: Any) -> Any:  # noqa: N802
        """Nothing, not NULL, where it is repeated no times; and NULL of NULL."""
        text = self.f.array_join(self.f.anon.repeat(arg, self.f.greatest(times, 0)), "")
        return self.if_(arg.is_(NULL), NULL, text)

    def visit_RegexExtract(self, op: Any, *, arg: Any, pattern: Any, index: Any) -> Any:  # noqa: N802
        """An empty text where nothing matches."""
        found = super().visit_RegexExtract(op, arg=arg, pattern=pattern, index=index)
        return self.f.coalesce(found, self.f.substr(arg, 1, 0))

    def visit_RegexReplace(  # noqa: N802
        self, op: Any, *, arg: Any, pattern: Any, replacement: Any
    ) -> Any:
        """A group is a backslash and a number, and a dollar is a dollar; Trino writes ``$1``."""
        if not _is_value(op.replacement):
            raise Unsupported(ENGINE, "take a replacement from a column", "give it as a text")
        text = IN_REPLACEMENT.sub(_as_trinos, op.replacement.value)
        replacement = sge.convert(text)
        return super().visit_RegexReplace(op, arg=arg, pattern=pattern, replacement=replacement)

    def visit_UnwrapJSONInt64(self, op: Any, *, arg: Any) -> Any:  # noqa: N802
        """Negative ones too."""
        value = self.f.json_value(self.f.json_format(arg), 'strict $?($.type() == "number")')
        return self.cast(self.if_(self.f.regexp_like(value, r"^-?\d+$"), value, NULL), op.dtype)


def rest(left: sge.Expression, right: sge.Expression) -> sge.Expression:
    """What a floored division leaves: of a negative number too it has the divisor's sign."""
    rest = sge.Mod(this=sge.paren(left), expression=sge.paren(right))
    return sge.paren(sge.Mod(this=sge.paren(rest + sge.paren(right)), expression=sge.paren(right)))


def _as_trinos(found: re.Match[str]) -> str:
    written = found.group()
    return f"${written[1]}" if written[1:].isdigit() else rf"\{written[-1]}"


def _is_decimal(kind: idt.DataType) -> bool:
    """On Trino, which has no unsigned numbers of 64 bits."""
    return isinstance(kind, (idt.Decimal, idt.UInt64))


def _is_value(op: ops.Value) -> bool:
    return isinstance(op, ops.Literal) and op.value is not None
