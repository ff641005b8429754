"""The SQL of questions about a whole store, as the files ``sql/<dialect>/<module>_*.sql``.

Those of `queries.analytics` that are a verb of all segments are in `verb_snapshots`.
"""

from __future__ import annotations

import functools
from collections.abc import Callable

import ibis
import ibis.expr.types as ir

from tams_analytics.engines.statement import DEFINED
from tams_analytics.queries import analytics, inventory, reuse, runs
from tams_analytics.tables import S3_OBJECTS, ibis_schema
from tests.support.verb_snapshots import COMPILERS, written

LISTED = ibis.table(ibis_schema(S3_OBJECTS), name="s3_objects")
"""A listing of buckets, under this name beside the tables of the store."""

QUESTIONS: dict[str, tuple[str, Callable[[], ir.Table]]] = {
    "analytics_flow_usage": (
        "How many segments, objects, how much time and how many bytes has each flow?",
        lambda: analytics.flow_usage(DEFINED),
    ),
    "analytics_storage_usage": (
        "How many objects and bytes does each storage backend hold?",
        lambda: analytics.storage_usage(DEFINED),
    ),
    "analytics_time_range_analysis": (
        "How is the time of each flow filled, and by segments of which lengths?",
        lambda: analytics.time_range_analysis(DEFINED),
    ),
    "reuse_by_flow": (
        "How much of another flow's media does each flow show?",
        lambda: reuse.by_flow(DEFINED),
    ),
    "inventory_unknown": (
        "Which bytes in s3_objects, a listing of the buckets, does no object know?",
        lambda: inventory.unknown(DEFINED, LISTED),
    ),
    "inventory_missing": (
        "Which copies of objects are not in s3_objects, a listing of the buckets?",
        lambda: inventory.missing(DEFINED, LISTED),
    ),
    "inventory_of_other_size": (
        "Which copies of objects have more or fewer bytes in s3_objects than on record?",
        lambda: inventory.of_other_size(DEFINED, LISTED),
    ),
    "inventory_usage": (
        "How many bytes are in each bucket and storage class, and how many does no object know?",
        lambda: inventory.usage(DEFINED, LISTED),
    ),
    "inventory_growth": (
        "How many bytes came to each bucket on each day?",
        lambda: inventory.growth(LISTED),
    ),
    "runs_availability": (
        "What was the availability of each group in each month, as it was measured last?",
        lambda: runs.availability(DEFINED),
    ),
}
FILES = {f"{dialect}/{name}.sql": (dialect, name) for dialect in COMPILERS for name in QUESTIONS}
"""The dialect and the question of each, by its path below ``sql/``."""


@functools.cache
def text(file: str) -> str:
    """What is in a file."""
    dialect, name = FILES[file]
    question, asked = QUESTIONS[name]
    return f"-- {question}\n{written(asked(), dialect)}\n"
