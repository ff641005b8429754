"""Rows of two stores, or of two states of one, side by side: where questions about both begin."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ibis
import ibis.expr.types as ir
from ibis import _

from tams_analytics import intervals
from tams_analytics.queries.differences import unequal
from tams_analytics.queries.groups import flows_once
from tams_analytics.queries.united import united
from tams_analytics.tables import Tables

BOTH, HERE, THERE = "both", "here", "there"
"""Which of two stores has something."""


def side_by_side(
    first: ir.Table, second: ir.Table, key: str, *, names: Sequence[str] = (HERE, THERE)
) -> ir.Table:
    """Each ``key`` of both once, with what each says of it.

    ``key``; for each of the two ``names`` ``is_NAME``, whether it has the key, and ``COLUMN_NAME``
    of all other columns: of several rows with one key the largest value.
    """
    rows = united(*(each.mutate(side=n) for n, each in enumerate((first, second))))
    others = [column for column in first.columns if column != key]
    return rows.group_by(key).agg(
        **{f"is_{name}": (_.side == n).any() for n, name in enumerate(names)},
        **{
            f"{column}_{name}": _[column].max(where=_.side == n)
            for column in others
            for n, name in enumerate(names)
        },
    )


def place() -> Any:
    """Of rows of `side_by_side`: who has them."""
    return ibis.cases((_.is_here & _.is_there, BOTH), (_.is_here, HERE), else_=THERE)


def flows_of_both(first: Tables, second: Tables) -> ir.Table:
    """Each flow once: ``flow_id``, ``label`` (that of the second, if it has one), ``place``."""
    ours, theirs = (flows_once(each).select("label", flow_id="id") for each in (first, second))
    rows = side_by_side(ours, theirs, "flow_id")
    return rows.select("flow_id", label=_.label_there.coalesce(_.label_here), place=place())


def coverage_apart(here: Tables, there: Tables) -> ir.Table:
    """How much time each flow covers in both stores, and how much of it in one alone.

    Columns: ``flow_id, covered_here_ns, covered_there_ns, only_here_ns, only_there_ns``; a flow
    without a segment in either is not there.
    """
    sides = [
        tables.segments.select("flow_id", "start_ns", "end_ns").mutate(
            side=ibis.array([side, BOTH]).unnest()
        )
        for side, tables in ((HERE, here), (THERE, there))
    ]
    covered = intervals.coverage(ibis.union(*sides), by=["flow_id", "side"])
    flows = covered.group_by("flow_id").agg(
        **{side: _.covered_ns.max(where=_.side == side).coalesce(0) for side in (HERE, THERE)},
        both=_.covered_ns.max(where=_.side == BOTH),
    )
    return flows.select(
        "flow_id",
        covered_here_ns=HERE,
        covered_there_ns=THERE,
        only_here_ns=_.both - _.there,
        only_there_ns=_.both - _.here,
    )


def unequal_in(before: Tables, after: Tables, name: str) -> ir.Table:
    """The rows of this entity that differ: `differences.unequal`."""
    return unequal(getattr(before, name), getattr(after, name))


def whole(number: Any) -> Any:
    """A count: engines give sums of different types."""
    return number.cast("int64")
