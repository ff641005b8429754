"""Verbs: table in, table out, on any ibis table with ``start_ns, end_ns``.

The two columns are whole nanoseconds, half-open. Rows without a time range (NULL) and never-ranges
(``end_ns <= start_ns``) take no part. ``by`` is a column, a list of them, or None for one group;
NULL is a group like any other. ``on`` is the same for two tables, and its NULL matches nothing. The
names follow bioframe.

Each verb is one expression that runs on every engine: a running maximum instead of a self join, in
n log n time, and buckets of time instead of comparing every row with every other (`cells` says when
these are many). Columns that a verb needs for itself begin with an underscore.
"""

from __future__ import annotations

from tams_analytics.intervals.islands import coverage, gaps, merge
from tams_analytics.intervals.nearest import closest
from tams_analytics.intervals.pairs import join_overlaps, overlaps
from tams_analytics.intervals.pieces import depth, subtract

__all__ = [
    "closest",
    "coverage",
    "depth",
    "gaps",
    "join_overlaps",
    "merge",
    "overlaps",
    "subtract",
]
