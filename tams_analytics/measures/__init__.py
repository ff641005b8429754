"""Measures: named numbers that are right in each group that they may be asked by (`design.md` §4).

A measure counts what it names once in a group: time that several flows cover, an object that
several segments use, a flow with two values of a tag in the group of each. So its groups need not
add up to the whole; `rollup` puts them together where they do, and refuses the rest.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from tams_analytics.measures.catalogue import MEASURES
from tams_analytics.measures.dimensions import DIMENSIONS, Dimension
from tams_analytics.measures.measure import Measure
from tams_analytics.measures.measuring import measure
from tams_analytics.measures.remembering import remember
from tams_analytics.measures.rollup import rollup


def described() -> ir.Table:
    """All measures: ``name, unit, meaning, by`` (what they may be asked by), ``adds_up``, texts."""
    rows = [
        {
            "name": each.name,
            "unit": each.unit,
            "meaning": each.meaning,
            "by": ", ".join(each.dimensions),
            "adds_up": ", ".join(each.adds_up),
        }
        for each in MEASURES
    ]
    return ibis.memtable(rows, schema=dict.fromkeys(rows[0], "string"))


__all__ = [
    "DIMENSIONS",
    "MEASURES",
    "Dimension",
    "Measure",
    "described",
    "measure",
    "remember",
    "rollup",
]
