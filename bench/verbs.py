"""gaps and coverage of every flow, beside the SQL that one would write and beside pandas."""

from __future__ import annotations

from typing import Any

import duckdb
import ibis
import pandas as pd

from bench.data import segments_file
from bench.peak import peak_mb
from bench.timing import Work, in_turns
from tams_analytics import intervals

QUESTION = "gaps and coverage of 1,000 flows with text ids: the verb, a running maximum, pandas"
ROWS = 10_000_000
ROUNDS = 5

UNTIL = """select flow_id, start_ns, max(end_ns) over (partition by flow_id
    order by start_ns, end_ns rows between unbounded preceding and 1 preceding) p, end_ns
    from segments"""
GAPS = f"select flow_id, p, start_ns from ({UNTIL}) where start_ns > p"  # noqa: S608
COVERAGE = f"""select flow_id, max(end_ns) - min(start_ns)
    - coalesce(sum(start_ns - p) filter (where start_ns > p), 0) covered_ns
    from ({UNTIL}) group by flow_id"""  # noqa: S608
COLUMNS = "select flow_id, start_ns, end_ns from segments"


def run(rows: int = ROWS, rounds: int = ROUNDS) -> list[dict[str, Any]]:
    """One row for each verb; ``verb/sql`` at most 1.25, ``pandas/verb`` at least 2."""
    taken = {name: min(seconds) for name, seconds in in_turns(works(rows), rounds).items()}
    return [
        {
            "verb": verb,
            "segments": rows,
            "verb s": taken[f"{verb} verb"],
            "sql s": taken[f"{verb} sql"],
            "pandas s": taken[f"{verb} pandas"],
            "verb/sql": taken[f"{verb} verb"] / taken[f"{verb} sql"],
            "pandas/verb": taken[f"{verb} pandas"] / taken[f"{verb} verb"],
            "verb MB": peak_mb("verbs", f"{verb} verb", str(rows)),
            "sql MB": peak_mb("verbs", f"{verb} sql", str(rows)),
        }
        for verb in ("gaps", "coverage")
    ]


def works(rows: int = ROWS) -> dict[str, Work]:
    connection = duckdb.connect(str(segments_file(rows)), read_only=True)
    connection.execute("set enable_progress_bar = false")
    segments = ibis.duckdb.from_connection(connection).table("segments")
    gaps = intervals.gaps(segments, by="flow_id")
    coverage = intervals.coverage(segments, by="flow_id")
    return {
        "gaps verb": gaps.to_pyarrow,
        "gaps sql": lambda: connection.sql(GAPS).arrow(),
        "gaps pandas": lambda: pandas_gaps(connection.sql(COLUMNS).df()),
        "coverage verb": coverage.to_pyarrow,
        "coverage sql": lambda: connection.sql(COVERAGE).arrow(),
        "coverage pandas": lambda: pandas_coverage(connection.sql(COLUMNS).df()),
    }


def pandas_gaps(frame: pd.DataFrame) -> pd.DataFrame:
    frame = with_until(frame)
    return frame[frame.start_ns > frame.until][["flow_id", "until", "start_ns"]]


def pandas_coverage(frame: pd.DataFrame) -> pd.Series:
    frame = with_until(frame)
    ends = frame.groupby("flow_id").agg(first=("start_ns", "min"), last=("end_ns", "max"))
    late = frame[frame.start_ns > frame.until]
    missing = (late.start_ns - late.until).groupby(late.flow_id).sum()
    return ends["last"] - ends["first"] - missing.reindex(ends.index, fill_value=0)


def with_until(frame: pd.DataFrame) -> pd.DataFrame:
    """Sorted, with the largest end of the rows before each."""
    frame = frame.sort_values(["flow_id", "start_ns", "end_ns"], ignore_index=True)
    until = frame.groupby("flow_id").end_ns.cummax().shift(fill_value=0)
    first = frame.flow_id != frame.flow_id.shift()
    return frame.assign(until=until.where(~first, frame.start_ns))
