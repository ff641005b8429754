"""The tables in which runs of checks and measures are remembered: notes about a store.

No question about media reads them, so a store that was made before them answers all of those.
"""

from __future__ import annotations

from tams_analytics.tables.columns import NOW, Column, TableDef, required

RUNS = TableDef(
    "runs",
    "Runs of checks and of measures, one row each.",
    (
        required("id", "string", "the run"),
        required("kind", "string", "check or measure"),
        required("started", "timestamp", "when it began"),
        required("finished", "timestamp", "when it ended"),
        required("engine", "string", "what it asked: duckdb, vast or trino"),
        Column("engine_version", "string", "the version of that"),
        required("library_version", "string", "the version of tams-analytics"),
        Column("during", "string", "the timerange it was asked for; NULL: all of time"),
        Column("start_ns", "int64", "first nanosecond of that; NULL: unbounded"),
        Column("end_ns", "int64", "the nanosecond after the last; NULL: unbounded"),
        Column("since", "timestamp", "it looked at flows that changed since; NULL: at all"),
        required(
            "status", "string", "passed, failed, or incomplete where not all that was asked for ran"
        ),
        required("watermark", "timestamp", "what was written before, it has seen"),
    ),
    sort_key=("id",),
)

RUN_CHECKS = TableDef(
    "run_checks",
    "What became of each check of a run.",
    (
        required("run_id", "string", "the run"),
        required("check_id", "string", "the check"),
        required("severity", "string", "error or warn"),
        Column("failures", "int64", "findings that nobody acknowledged; NULL: it did not run"),
        Column("new_failures", "int64", "those of them not known before; NULL: nothing was known"),
        required("acknowledged", "int64", "findings that somebody acknowledged", default=0),
        Column("reason", "string", "why it did not run"),
        required("took_ms", "int64", "milliseconds", default=0),
    ),
    sort_key=("check_id",),
)

FINDINGS = TableDef(
    "findings",
    "What is wrong as far as runs of checks have told, up to a bound for each check.",
    (
        required("check_id", "string", "the check"),
        required("entity", "string", "the table of what was found"),
        required("id", "string", "which of its rows; of a segment flow_id@timerange"),
        required("severity", "string", "error or warn"),
        required("detail", "string", "what is wrong with it"),
        required("run_id", "string", "the last run that found it"),
        required("first_seen", "timestamp", "when the run began that found it first"),
        required("last_seen", "timestamp", "when the run began that found it last"),
    ),
    sort_key=("check_id",),
    distinct=("id",),
)

WATERMARKS = TableDef(
    "watermarks",
    "How far each check has looked at the store, one row for each that a run has told of.",
    (
        required("check_id", "string", "the check"),
        Column("watermark", "timestamp", "it has seen all that was written before; NULL: never"),
        required("kept", "int64", "how many findings of it are kept", default=0),
        required("unkept", "int64", "findings beyond the bound, which are not kept", default=0),
        required("run_id", "string", "the last run that told of it"),
        required("updated", "timestamp", "when that run began"),
    ),
    sort_key=("check_id",),
)

ACKNOWLEDGEMENTS = TableDef(
    "acknowledgements",
    "Findings that somebody answers for: until they expire they are no failures.",
    (
        required("check_id", "string", "the check"),
        Column("entity", "string", "the table of what was found; NULL: whichever"),
        Column("id", "string", "the id of the finding; NULL: all that the check finds"),
        required("owner", "string", "who answers for it"),
        required("reason", "string", "why it may be so"),
        required("created", "timestamp", "when it was acknowledged", default=NOW),
        Column("expires", "timestamp", "until when; NULL: for good"),
    ),
    sort_key=("check_id",),
)

MEASUREMENTS = TableDef(
    "measurements",
    "What was measured, one row for each measure and group.",
    (
        required("run_id", "string", "the run"),
        required("measured", "timestamp", "the moment as of which it is so"),
        required("measure", "string", "which"),
        required("unit", "string", "its unit"),
        Column("dimension", "string", "what it is grouped by, as source, tag:channel; NULL: none"),
        Column("member", "string", "which group: the source, the tag's value"),
        Column(
            "period", "string", "the month 2026-08, day 2026-08-31, …; NULL: all that was asked"
        ),
        Column("start_ns", "int64", "first nanosecond of that time; NULL: unbounded"),
        Column("end_ns", "int64", "the nanosecond after the last; NULL: unbounded"),
        Column("value", "float64", "how much; NULL: not known"),
    ),
    sort_key=("measure", "measured"),
)

OF_RUNS: tuple[TableDef, ...] = (
    RUNS,
    RUN_CHECKS,
    FINDINGS,
    WATERMARKS,
    ACKNOWLEDGEMENTS,
    MEASUREMENTS,
)
"""The tables that a store of `READABLE_FROM` need not have."""

READABLE_FROM = 2
"""The oldest version of the tables that is read as it is: it lacks nothing but `OF_RUNS`."""
