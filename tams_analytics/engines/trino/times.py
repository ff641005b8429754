"""Times on Trino, with all their digits: casts, literals, formats, intervals."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import ibis.expr.datatypes as idt
import ibis.expr.operations as ops
import sqlglot as sg
import sqlglot.expressions as sge
from ibis.backends.sql.compilers.base import NULL
from ibis.common.temporal import IntervalUnit

from tams_analytics.engines.trino.arrays import Arrays
from tams_analytics.engines.trino.errors import ENGINE
from tams_analytics.engines.trino.numbers import rest
from tams_analytics.engines.trino.types import MICROSECONDS, MOST_DIGITS
from tams_analytics.errors import BadParameter, Unsupported

UNITS = {"s": 10**9, "ms": 10**6, "us": 10**3, "ns": 1}
"""Nanoseconds of each unit that a number can be a timestamp in."""
ZEROS = r"\.0*$|(\.\d*[1-9])0+$"
"""Those at the end of a time's text, which DuckDB does not write; its first group stays."""
FORMATS = {
    **{letter: letter for letter in "YmdHIbayjp%"},
    "S": "s",
    "M": "i",
    "B": "M",
    "A": "W",
    "F": "Y-%m-%d",
    "T": "H:%i:%s",
}
"""strftime's letters, and MySQL's, which Trino reads."""
NANOSECONDS, ZONED = idt.Timestamp(scale=MOST_DIGITS), idt.Timestamp("UTC", MOST_DIGITS)
CLOCK = len("00:00:00.000000000")
OURS = (ops.Strftime, ops.StringToTimestamp, ops.ExtractEpochSeconds)


class Times(Arrays):
    """With times as DuckDB has them."""

    __slots__ = ()

    SIMPLE_OPS = {  # noqa: RUF012 - ibis' own
        op: name for op, name in Arrays.SIMPLE_OPS.items() if op not in OURS
    }

    def visit_NonNullLiteral(self, op: Any, *, value: Any, dtype: idt.DataType) -> Any:  # noqa: N802
        if isinstance(value, dt.datetime):
            return moment(value)
        return super().visit_NonNullLiteral(op, value=value, dtype=dtype)

    def visit_Cast(self, op: ops.Cast, *, arg: Any, to: idt.DataType) -> Any:  # noqa: N802
        from_ = op.arg.dtype
        if to.is_timestamp():
            return self._as_moment(op, arg, to)
        if to.is_string() and (from_.is_timestamp() or from_.is_time()):
            return self._as_text(arg, from_)
        if to.is_time() and from_.is_timestamp():
            return self.visit_Time(op, arg=arg)
        return super().visit_Cast(op, arg=arg, to=to)

    def _as_moment(self, op: ops.Cast, arg: Any, to: idt.DataType) -> Any:
        from_ = op.arg.dtype
        if from_.is_integer():
            return self.cast(self._of_nanoseconds(sge.paren(arg) * UNITS["s"]), to)
        if from_.is_numeric():
            nanoseconds = self.cast(arg, idt.Decimal(38, 9)) * UNITS["s"]
            return self.cast(self._of_nanoseconds(nanoseconds), to)
        if from_.is_string():
            return self._cut(self._read(arg), to)
        is_finer = from_.is_timestamp() and _digits(from_) > _digits(to)
        return self._cut(arg, to) if is_finer else super().visit_Cast(op, arg=arg, to=to)

    def _read(self, text: Any) -> Any:
        """ISO 8601, whose ``T`` Trino's cast refuses; where it names no zone, in UTC."""
        return self.cast(self.f.replace(text, "T", " "), ZONED)

    def _cut(self, arg: Any, to: idt.DataType) -> Any:
        """Without the nanoseconds, as DuckDB reads microseconds; Trino's cast would round."""
        in_utc = sge.AtTimeZone(this=self.cast(arg, ZONED), zone=sge.convert("UTC"))
        found = self.cast(in_utc, NANOSECONDS)
        if _digits(to) == MICROSECONDS:
            found = self.f.anon.regexp_replace(self.cast(found, idt.string), ".{3}$", "")
        found = self.cast(found, to.copy(timezone=None))
        return found if to.timezone is None else self.f.anon.with_timezone(found, "UTC")

    def visit_TimestampTruncate(self, op: Any, *, arg: Any, unit: Any) -> Any:  # noqa: N802
        """In UTC, without a zone."""
        kind = op.arg.dtype
        if kind.is_time():
            return super().visit_TimestampTruncate(op, arg=arg, unit=unit)
        if kind.timezone is not None or _digits(kind) > MICROSECONDS:
            arg = self._cut(arg, op.dtype)
        if unit.short == "us":  # what ibis' type holds is whole already
            return arg
        return super().visit_TimestampTruncate(op, arg=arg, unit=unit)

    def visit_DateFromYMD(self, op: Any, **parts: Any) -> Any:  # noqa: N802
        return self._of_parts(super().visit_DateFromYMD, op, parts)

    def visit_TimeFromHMS(self, op: Any, **parts: Any) -> Any:  # noqa: N802
        return self._of_parts(super().visit_TimeFromHMS, op, parts)

    def visit_TimestampFromYMDHMS(self, op: Any, **parts: Any) -> Any:  # noqa: N802
        return self._of_parts(super().visit_TimestampFromYMDHMS, op, parts)

    def _of_parts(self, made: Any, op: Any, parts: dict[str, Any]) -> Any:
        """NULL where a part is: Trino would write that as a text, which is no time."""
        unknown = [
            part.is_(NULL)
            for part, known in zip(parts.values(), op.args, strict=True)
            if not isinstance(known, ops.Literal) or known.value is None
        ]
        found = made(op, **parts)
        return self.if_(sg.or_(*unknown), NULL, found) if unknown else found

    def _as_text(self, arg: Any, kind: idt.DataType) -> Any:
        is_zoned = kind.is_timestamp() and kind.timezone is not None
        if is_zoned:
            in_utc = sge.AtTimeZone(this=sge.paren(arg), zone=sge.convert("UTC"))
            arg = self.cast(in_utc, idt.Timestamp(scale=_digits(kind)))
        text = self.f.anon.regexp_replace(self.cast(arg, idt.string), ZEROS, "$1")
        return self.f.concat(text, "+00") if is_zoned else text

    def visit_Time(self, _op: ops.Time | ops.Cast, *, arg: Any) -> Any:  # noqa: N802
        """By its text: Trino's cast is a second off before 1970."""
        text = self.cast(self.cast(arg, NANOSECONDS), idt.string)
        return self.cast(self.f.substr(text, -CLOCK), idt.time)

    def visit_TimestampFromUNIX(self, op: ops.TimestampFromUNIX, *, arg: Any, unit: Any) -> Any:  # noqa: N802
        """To the microsecond, as ibis' type has it; ibis' own cuts to seconds."""
        number = sge.paren(arg)
        if unit.short == "ns":  # the cast would round
            number = sge.paren(sge.Sub(this=number, expression=rest(number, sge.convert(1000))))
        nanoseconds = sge.Mul(this=number, expression=sge.convert(UNITS[unit.short]))
        return self.cast(self._of_nanoseconds(nanoseconds), idt.Timestamp(scale=MICROSECONDS))

    def _of_nanoseconds(self, number: Any) -> Any:
        zoned = self.f.anon.from_unixtime_nanos(number)
        return sge.AtTimeZone(this=zoned, zone=sge.convert("UTC"))

    def visit_ExtractEpochSeconds(self, _op: Any, *, arg: Any) -> Any:  # noqa: N802
        """In 64 bits, though ibis' type has 32: nanoseconds are made of it by a product."""
        return self.cast(self.f.floor(self.f.anon.to_unixtime(arg)), idt.int64)

    def visit_ExtractMicrosecond(self, op: Any, *, arg: Any) -> Any:  # noqa: N802
        return self._microseconds(arg, op.arg.dtype)

    def _microseconds(self, arg: Any, kind: idt.DataType) -> Any:
        """All six digits: Trino's own functions know milliseconds."""
        fine = NANOSECONDS if kind.is_timestamp() else idt.time
        digits = self.f.substr(self.cast(self.cast(arg, fine), idt.string), -MOST_DIGITS)
        return self.cast(self.f.substr(digits, 1, MICROSECONDS), idt.int64)

    def visit_TimestampDelta(self, op: Any, *, part: Any, left: Any, right: Any) -> Any:  # noqa: N802
        if str(part.this).lower() != "microsecond":  # a unit that Trino counts
            return super().visit_TimestampDelta(op, part=part, left=left, right=right)
        second = sge.convert("second")
        seconds = super().visit_TimestampDelta(op, part=second, left=left, right=right)
        left, right = (
            self._microseconds(arg, side.dtype)
            for arg, side in ((left, op.left), (right, op.right))
        )
        return sge.paren(sge.paren(seconds) * 1_000_000 + left - right)

    def visit_DayOfWeekName(self, _op: Any, *, arg: Any) -> Any:  # noqa: N802
        return self.f.anon.date_format(self.cast(arg, idt.date), "%W")

    def visit_Strftime(self, op: ops.Strftime, *, arg: Any, format_str: Any) -> Any:  # noqa: N802
        if op.arg.dtype.is_timestamp():  # it would round to the next millisecond, and day
            arg = self.f.anon.date_trunc("second", arg)
        return self.f.anon.date_format(arg, _format(op))

    def visit_StringToTimestamp(self, op: Any, *, arg: Any, format_str: Any) -> Any:  # noqa: N802
        read = self.f.anon.date_parse(arg, _format(op))
        return self.f.anon.with_timezone(self.cast(read, idt.Timestamp(scale=MICROSECONDS)), "UTC")

    def visit_StringToDate(self, op: Any, *, arg: Any, format_str: Any) -> Any:  # noqa: N802
        return self.cast(self.f.anon.date_parse(arg, _format(op)), idt.date)

    def _make_interval(self, arg: Any, unit: Any) -> Any:
        """Of whole milliseconds, as Trino has them; it would leave away what is less."""
        if unit.short in ("us", "ns"):
            instead = "add them to the nanoseconds of a segment, as in _.start_ns + 1"
            raise Unsupported(ENGINE, f"add an interval of {unit.plural}", instead)
        if unit.short in LONGER:
            times, shorter = LONGER[unit.short]
            each = super()._make_interval(sge.convert(times), IntervalUnit(shorter))
        elif isinstance(arg, sge.Literal):
            return super()._make_interval(arg, unit)
        else:
            each = super()._make_interval(sge.convert("1"), unit)
        number = sge.convert(int(arg.this)) if isinstance(arg, sge.Literal) else sge.paren(arg)
        return sge.paren(sge.Mul(this=number, expression=each))


LONGER = {"ms": ("0.001", "s"), "W": ("7", "D"), "Q": ("3", "M")}
"""Units that Trino has no word for, in those that it has."""


def _digits(kind: Any) -> int:
    """Of a second; the library's own where a type does not say."""
    return MICROSECONDS if kind.scale is None else int(kind.scale)


def _format(op: Any) -> str:
    """The format of a time as Trino reads it."""
    if not isinstance(op.format_str, ops.Literal):
        raise Unsupported(ENGINE, "take the format of a time from a column", "a text for all rows")
    return re.sub("%(.?)", _letter, op.format_str.value)


def _letter(found: re.Match[str]) -> str:
    if found[1] not in FORMATS:
        expected = f"one of {' '.join('%' + each for each in FORMATS)}"
        raise BadParameter("format_str", found[0], "is not known to the trino engine", expected)
    return "%" + FORMATS[found[1]]


def moment(value: dt.datetime) -> sge.Expression:
    """A literal with all of its digits."""
    return sge.Var(this=f"TIMESTAMP '{written(value)}'")


def written(value: dt.datetime) -> str:
    """With all digits, as Trino reads it; in UTC where it has a zone. pandas' have nanoseconds."""
    zone = "" if value.tzinfo is None else " UTC"
    plain = value if value.tzinfo is None else value.astimezone(dt.timezone.utc)
    timespec = "nanoseconds" if getattr(value, "nanosecond", 0) else "microseconds"
    return plain.replace(tzinfo=None).isoformat(sep=" ", timespec=timespec) + zone
