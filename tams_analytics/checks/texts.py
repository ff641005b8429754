"""Whether a text says the bounds that stand beside it: nothing is parsed (R10, B19).

The texts that mean given bounds are few, and written by the engine.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
from ibis import _

from tams_analytics.display.expressions import timerange_text, timestamp_text
from tams_analytics.timerange import SECOND

MIN_NS, MAX_NS = -(2**63), 2**63 - 1


def saying_otherwise(rows: ir.Table) -> ir.Table:
    """Those of ``rows`` whose ``timerange`` is not that of their ``start_ns, end_ns``.

    An opening ``(`` stands before the nanosecond before the first, a closing ``]`` after the last.
    """
    rows = rows.filter(_is_unusual(rows))
    rows = rows.filter(_.timerange != timerange_text(_.start_ns, _.end_ns))
    last_ns = ibis.ifelse(rows.end_ns > MIN_NS, rows.end_ns - 1, rows.end_ns)
    before_ns = ibis.ifelse(rows.start_ns > MIN_NS, rows.start_ns - 1, rows.start_ns)
    first, last = timestamp_text(rows.start_ns), timestamp_text(last_ns)
    before, after = timestamp_text(before_ns), timestamp_text(rows.end_ns)
    opening = ("[" + first, "(" + before, first)
    closing = (after + ")", last + "]", last)
    texts = [one + "_" + other for one in opening for other in closing]
    instant = (last_ns == rows.start_ns) & rows.timerange.isin(["[" + first + "]", first])
    return rows.filter(~rows.timerange.isin(texts), ~instant)


def _is_unusual(rows: ir.Table) -> ir.BooleanValue:
    """Not ``[a_b)`` from 0 on: all that is so needs a closer look, which costs three times as much.

    NULLs are no finding of a text.
    """
    start, end = (plain_parts(side) for side in (rows.start_ns, rows.end_ns))
    usual = joined9("[", *start, "_", *end, ")")
    is_usual = (rows.start_ns >= 0) & (rows.start_ns < rows.end_ns - 1) & (rows.timerange == usual)
    return ~is_usual.coalesce(False)


def plain_timestamp(ns: ir.IntegerValue) -> ir.StringValue:
    """`timestamp_text`, right from 0 on, and quicker: it divides."""
    return joined3(*plain_parts(ns))


def plain_parts(ns: ir.IntegerValue) -> tuple[ir.StringValue, str, ir.StringValue]:
    """Seconds, a colon, and the rest.

    The quotient of a whole number of seconds is off by less than 2 ppm of one, and then rounded.
    """
    nanos = ns % SECOND
    seconds = ((ns - nanos) / SECOND).cast("int64")
    return seconds.cast("string"), ":", nanos.cast("string")


@ibis.udf.scalar.builtin(name="concat")  # type: ignore[untyped-decorator]
def joined3(a: str, b: str, c: str) -> str:  # type: ignore[empty-body]
    """All of them at once: ``a || b || c`` makes a text of each pair, which takes twice as long.

    NULL is nothing on DuckDB, and makes NULL of all on others; this is for what has none.
    """


@ibis.udf.scalar.builtin(name="concat")  # type: ignore[untyped-decorator]
def joined9(  # type: ignore[empty-body]  # noqa: PLR0913, PLR0917 - concat takes any number
    a: str, b: str, c: str, d: str, e: str, f: str, g: str, h: str, i: str
) -> str:
    """As `joined3`."""
