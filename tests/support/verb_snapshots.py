"""The SQL of each verb on the segments, as the files ``sql/<dialect>/verb_*.sql``."""

from __future__ import annotations

import functools
from typing import Any

import ibis
import ibis.expr.types as ir

from tams_analytics import intervals
from tams_analytics.engines.duckdb_backend import Backend
from tams_analytics.engines.trino.compiler import COMPILER
from tams_analytics.timerange import tr, utc_text

COMPILERS: dict[str, Any] = {"duckdb": Backend.compiler, "trino": COMPILER}
WINDOW = "[1756000000:0_1756003600:0)"
COLUMNS = {
    "flow_id": "!string",
    "object_id": "string",
    "start_ns": "!int64",
    "end_ns": "!int64",
}
SEGMENTS = ibis.table(COLUMNS, name="segments")
CLIPS = ibis.table(COLUMNS, name="clips")

VERBS: dict[str, tuple[str, ir.Table]] = {
    "merge": (
        "What does each flow cover, as stretches, and of how many segments is each made?",
        intervals.merge(SEGMENTS, by="flow_id"),
    ),
    "merge_max_gap": (
        "What does each flow cover, where a fifth of a second between segments is no gap?",
        intervals.merge(SEGMENTS, by="flow_id", max_gap="0:200000000"),
    ),
    "gaps": (
        "What is missing between the first and the last segment of each flow?",
        intervals.gaps(SEGMENTS, by="flow_id"),
    ),
    "gaps_within": (
        "What is missing of each flow in one hour, if longer than a fifth of a second?",
        intervals.gaps(SEGMENTS, by="flow_id", within=WINDOW, min_duration="0:200000000"),
    ),
    "coverage": (
        "How much of its time does each flow cover?",
        intervals.coverage(SEGMENTS, by="flow_id"),
    ),
    "coverage_within": (
        "How much of one hour does each flow cover?",
        intervals.coverage(SEGMENTS, by="flow_id", within=WINDOW),
    ),
    "overlaps": (
        "Which segments of one flow share time?",
        intervals.overlaps(SEGMENTS, by="flow_id"),
    ),
    "join_overlaps": (
        "Which clips share time with which segments of their flow?",
        intervals.join_overlaps(SEGMENTS, CLIPS, on="flow_id"),
    ),
    "join_overlaps_anti": (
        "Which segments are in no clip of their flow?",
        intervals.join_overlaps(SEGMENTS, CLIPS, on="flow_id", how="anti"),
    ),
    "depth": (
        "How many segments of each flow are there at once, and when?",
        intervals.depth(SEGMENTS, by="flow_id"),
    ),
    "subtract": (
        "What is left of each segment where no clip of its flow is?",
        intervals.subtract(SEGMENTS, CLIPS, on="flow_id"),
    ),
    "closest": (
        "Which clip of its flow is nearest to each segment?",
        intervals.closest(SEGMENTS, CLIPS, on="flow_id"),
    ),
}


FILES = {f"{dialect}/verb_{name}.sql": (dialect, name) for dialect in COMPILERS for name in VERBS}
"""The dialect and the verb of each, by its path below ``sql/``."""


@functools.cache
def text(file: str) -> str:
    """What is in a file: compiled when first asked for, as that takes a third of a second."""
    dialect, name = FILES[file]
    question, verb = VERBS[name]
    window = f"{head(WINDOW)}\n" if name.endswith("_within") else ""
    return f"-- {question}\n{window}{written(verb, dialect)}\n"


def head(window: str) -> str:
    """The line of a file's head that tells a window which its SQL has as numbers."""
    during = tr(window)
    start, end = (utc_text(ns or 0) for ns in (during.start_ns, during.end_ns))
    return f"-- Its window: {window}, from {start} to {end}"


def written(expression: ir.Expr, dialect: str) -> str:
    """The SQL that the library sends."""
    compiler = COMPILERS[dialect]
    sql: str = compiler.to_sqlglot(expression).sql(compiler.dialect, pretty=True)
    return sql
