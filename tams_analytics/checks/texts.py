"""Whether a text says the bounds that stand beside it: nothing is parsed (R10, B19).

The texts that mean given bounds are few, and written by the engine.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from tams_analytics.display.expressions import timestamp_text
from tams_analytics.timerange import SECOND

MIN_NS, MAX_NS = -(2**63), 2**63 - 1


def saying_otherwise(rows: ir.Table) -> ir.Table:
    """Those of ``rows`` whose ``timerange`` is not that of their ``start_ns, end_ns``.

    An opening ``(`` stands before the nanosecond before the first, a closing ``]`` after the last,
    and both are inside where nothing is said of it. The text of a nanosecond may be one timestamp.
    """
    rows = rows.filter(_is_unusual(rows))
    text = rows.timerange
    last_ns = _before(rows.end_ns)
    before_ns = _before(rows.start_ns)
    is_after, is_before = text.startswith("("), text.endswith(")")
    opening = ibis.cases((is_after, "("), (text.startswith("["), "["), else_="")
    closing = ibis.cases((is_before, ")"), (text.endswith("]"), "]"), else_="")
    opened = timestamp_text(ibis.ifelse(is_after, before_ns, rows.start_ns))
    closed = timestamp_text(ibis.ifelse(is_before, rows.end_ns, last_ns))
    never = (rows.end_ns <= rows.start_ns) & (text == "()")
    one = timestamp_text(rows.start_ns)
    instant = (last_ns == rows.start_ns) & text.isin(["[" + one + "]", one])
    return rows.filter(text != opening + opened + "_" + closed + closing, ~never, ~instant)


def _is_unusual(rows: ir.Table) -> ir.BooleanValue:
    """Not ``[a_b)`` from 0 on: all that is so needs a closer look, which costs three times as much.

    NULLs are no finding of a text.
    """
    usual = "[" + plain_timestamp(rows.start_ns) + "_" + plain_timestamp(rows.end_ns) + ")"
    is_long = rows.start_ns < _before(rows.end_ns)
    is_usual = (rows.start_ns >= 0) & is_long & (rows.timerange == usual)
    return ~is_usual.coalesce(False)


def _before(ns: ir.IntegerValue) -> ir.IntegerValue:
    """The nanosecond before; of the first there is, itself."""
    return ibis.ifelse(ns > MIN_NS, ns - 1, ns)


def plain_timestamp(ns: ir.IntegerValue) -> ir.StringValue:
    """`timestamp_text`, right from 0 on, and quicker: it divides.

    The quotient of a whole number of seconds is off by less than 2 ppm of one, and then rounded.
    """
    nanos = ns % SECOND
    seconds = ((ns - nanos) / SECOND).cast("int64")
    return seconds.cast("string") + ":" + nanos.cast("string")
