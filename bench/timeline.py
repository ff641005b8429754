"""A timeline of a whole store, beside reading its segments into pandas to draw them."""

from __future__ import annotations

import time
from typing import Any

import pandas as pd

from bench.peak import peak_mb
from bench.stores import kept_newsroom, kept_sizes
from bench.timing import Work
from bench.verbs import COLUMNS, pandas_gaps
from tams_analytics.timerange import TimeRange
from tams_analytics.widgets import timeline
from tams_analytics.widgets.timeline import Timeline

QUESTION = "a timeline of all flows, and 30 lanes of a hundredth of it closer; pandas' gaps to draw"
IN_MEMORY = 10_000_000
"""More segments than these are not read into pandas: their ids alone take more than 10 GB."""
LANES = 30


def run() -> list[dict[str, Any]]:
    """One row for each size; at most 14,000 bars, and 6,000 more where one looks closer."""
    return [measured(size) for size in kept_sizes()]


def measured(size: int) -> dict[str, Any]:
    with kept_newsroom(size) as store:
        drawn, whole_s = timed(lambda: timeline.of_tables(store.tables))
        closer, closer_s = timed(lambda: drawn.around(a_hundredth(drawn), range(LANES)))
        row = {
            "segments": size,
            "lanes": len(drawn.lanes) + drawn.unseen,
            "bars": len(drawn.bars),
            "closer bars": 0 if closer is None else len(closer.bars),
            "kB to the page": sum(map(len, drawn.state()["bars"].values())) / 1e3,
            "whole s": whole_s,
            "closer s": closer_s,
        }
        if size <= IN_MEMORY:
            _gaps, pandas_s = timed(lambda: pandas_gaps(store.con.con.sql(COLUMNS).df()))
            row |= {"pandas s": pandas_s, "pandas/whole": pandas_s / whole_s}
    row["whole MB"] = peak_mb("timeline", "whole", str(size))
    if size <= IN_MEMORY:
        row["pandas MB"] = peak_mb("timeline", "pandas", str(size))
    return row


def a_hundredth(drawn: Timeline) -> TimeRange:
    """In the middle of its time."""
    start, end = drawn.timerange.start_ns or 0, drawn.timerange.end_ns or 0
    middle, length = (start + end) // 2, (end - start) // 100
    return TimeRange.from_ns(middle - length // 2, middle + length // 2)


def works(size: int) -> dict[str, Work]:
    """For `bench.peak`."""
    store = kept_newsroom(size)

    def frame() -> pd.DataFrame:
        return pandas_gaps(store.con.con.sql(COLUMNS).df())

    return {"whole": lambda: timeline.of_tables(store.tables), "pandas": frame}


def timed(work: Work) -> tuple[Any, float]:
    began = time.perf_counter()
    return work(), time.perf_counter() - began
