"""The frame rate of a timeline's labels in timecode."""

from __future__ import annotations

import contextlib
from fractions import Fraction

import ibis
import ibis.expr.types as ir
from ibis import _

from tams_analytics.errors import BadParameter
from tams_analytics.timerange.timecode import NTSC, as_rate

RATE = ("frame_rate_num", "frame_rate_den")


def usual_rate(flows: ir.Table) -> Fraction | None:
    """The rate that most flows have; None where there is none, or timecode has no such rate."""
    if not {*RATE} <= {*flows.columns}:
        return None
    rated = flows.filter(_.frame_rate_num > 0, _.frame_rate_den.coalesce(1) > 0)
    counted = rated.group_by(*RATE).aggregate(flows=_.count())
    found = counted.order_by(ibis.desc("flows"), *RATE).limit(1).to_pyarrow().to_pylist()
    for row in found:
        with contextlib.suppress(BadParameter):  # a rate that timecode has no labels for
            return as_rate(Fraction(row["frame_rate_num"], row["frame_rate_den"] or 1))
    return None


def timecode_state(rate: Fraction) -> list[int]:
    """``[frames, in so many seconds, whether labels are left out]``, as ``timeline.js`` has it.

    Labels are left out where a standard has that (30000/1001 and 60000/1001): so they stay beside
    the clock.
    """
    drops = rate.denominator != 1 and (rate / NTSC) % 30 == 0
    return [rate.numerator, rate.denominator, int(drops)]
