"""Time-addressable media stores, as tables.

>>> import tams_analytics as ta
>>> from tams_analytics import _, span, tr
>>> with ta.connect(":memory:") as store:
...     hits = store.segments.filter(_.flow_id == "f", span.overlaps(tr("[0:0_10:0)")))
...     hits.to_pyarrow().num_rows
0
"""

from __future__ import annotations

import logging

from ibis import _

from tams_analytics import errors, examples, measures, queries
from tams_analytics.changes import changes
from tams_analytics.display.expressions import timeranges, to_pandas
from tams_analytics.display.extension import load as load_ipython_extension
from tams_analytics.display.extension import unload as unload_ipython_extension
from tams_analytics.engines import explain, localize, route
from tams_analytics.intervals import (
    closest,
    coverage,
    depth,
    gaps,
    join_overlaps,
    merge,
    overlaps,
    subtract,
)
from tams_analytics.span import span
from tams_analytics.store import Store, connect
from tams_analytics.timerange import TimeRange, tr

logging.getLogger(__name__).addHandler(logging.NullHandler())

__all__ = [
    "Store",
    "TimeRange",
    "_",
    "changes",
    "closest",
    "connect",
    "coverage",
    "depth",
    "errors",
    "examples",
    "explain",
    "gaps",
    "join_overlaps",
    "load_ipython_extension",
    "localize",
    "measures",
    "merge",
    "overlaps",
    "queries",
    "route",
    "span",
    "subtract",
    "timeranges",
    "to_pandas",
    "tr",
    "unload_ipython_extension",
]
