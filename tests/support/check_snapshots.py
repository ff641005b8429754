"""The SQL of each check, as the files ``sql/<dialect>/check_<id>.sql``."""

from __future__ import annotations

import datetime as dt
import functools
from dataclasses import astuple

import ibis

from tams_analytics.checks import CHECKS, Scope
from tams_analytics.engines.statement import DEFINED
from tams_analytics.settings import Settings
from tams_analytics.writes import collecting
from tests.support.question_snapshots import LISTED
from tests.support.verb_snapshots import COMPILERS, written

MOMENT = dt.datetime(1903, 3, 3)  # UTC without a zone, as in the tables
"""Stands for now while a check is compiled: nothing else in it is of such a time."""
SCOPE = Scope(DEFINED, collecting.until(Settings(), MOMENT), objects=LISTED)
NOW = {
    "duckdb": "CURRENT_TIMESTAMP AT TIME ZONE 'UTC'",
    "trino": "CAST(CURRENT_TIMESTAMP AT TIME ZONE 'UTC' AS TIMESTAMP(6))",
}
NOT_RELATIONAL = {"collection_cycle"}
"""Written by hand: a recursive query, which no ibis expression is."""

ASKED = {check.id: check for check in CHECKS if check.id not in NOT_RELATIONAL}
FILES = {f"{dialect}/check_{id}.sql": (dialect, id) for dialect in COMPILERS for id in ASKED}
"""The dialect and the check of each, by its path below ``sql/``."""


@functools.cache
def text(file: str) -> str:
    """What is in a file."""
    dialect, id = FILES[file]
    check = ASKED[id]
    sql = written(check.findings(SCOPE), dialect)
    for literal, since in before_now(dialect).items():
        sql = sql.replace(literal, since)
    listing = "-- Its table s3_objects is a listing of the buckets\n" if check.needs_objects else ""
    head = f"-- Is there any row of which this is true: {check.meaning}?"
    return f"{head}\n{listing}-- What would mend it: {check.repair}\n{sql}\n"


@functools.cache
def before_now(dialect: str) -> dict[str, str]:
    """The literals of a check's times, and the same times as SQL that is run later has them."""
    moments = {each for each in astuple(SCOPE.until) if isinstance(each, dt.datetime)}
    found = {}
    for moment in moments:
        literal = COMPILERS[dialect].to_sqlglot(ibis.literal(moment)).expressions[0].this
        seconds = int((MOMENT - moment).total_seconds())
        found[literal.sql(dialect)] = f"{NOW[dialect]} - INTERVAL '{seconds}' SECOND"
    return found
