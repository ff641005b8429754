"""The bound that a flow's fence gives: no segment of it is longer than ``max_segment_ns``.

A segment that overlaps a window ends after the window starts. So it starts after that start minus
the longest length; said as well, the condition has two sides on the column that segments are
sorted by. It follows from the others and can only narrow what is read.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace

import ibis
import ibis.expr.datatypes as dt
import pyarrow as pa
import pyarrow.compute as pc

from tams_analytics.engines.vast.connection import Place
from tams_analytics.engines.vast.opened import OpenTransaction
from tams_analytics.engines.vast.planning import Scan
from tams_analytics.engines.vast.pushing import Conjunct, Term, predicate
from tams_analytics.engines.vast.scanning import ROW_ID, Asked, Scanned, scan
from tams_analytics.engines.vast.stopping import Stop
from tams_analytics.errors import BadParameter, NotFound
from tams_analytics.span import LEAST
from tams_analytics.tables import FLOW_FENCES, SEGMENTS, ibis_schema
from tams_analytics.timerange import HIGHEST_NS

OURS = (("flow_id", dt.String), ("start_ns", dt.Int64), ("end_ns", dt.Int64))
"""The columns that make a table of segments ours; others may be called the same."""
ALL_FLOWS = "*"
"""In place of a flow's id: the fence of what segments of any flow may show (`engines.stamps`)."""
MOST_FLOWS = 100
"""Of more flows at once the fences are not read."""
FENCES = ibis.table(ibis_schema(FLOW_FENCES), name=FLOW_FENCES.name)


def bounded(given: Scan, transaction: OpenTransaction, stop: Stop) -> tuple[Scan, Scanned | None]:
    """``given`` with a lower bound on ``start_ns``, and the answer about its flows.

    Only a window of few known flows is given one; for others nothing is asked.
    """
    flows, after = _flows(given), window_start(given)
    if flows is None or after is None:
        return given, None
    fences = _fences(given, flows, transaction, stop)
    if fences is None:
        return given, None
    start = _earliest(fences.rows, set(flows.terms[0].values), after)
    if start is None:
        return given, fences
    bound = Conjunct("start_ns", (Term(">", (start,)),), dt.int64)
    return replace(given, pushed=(*given.pushed, bound)), fences


def stamp(place: Place, flow_id: str, transaction: OpenTransaction) -> Hashable | None:
    """What a write that changes the flow's segments, or what any may show, changes in the fences.

    A row's id tells a flow from one that had its id before. ``None`` for a flow without a fence.
    """
    named = Conjunct("flow_id", (Term("isin", (flow_id, ALL_FLOWS)),), dt.string)
    columns = (ROW_ID, "flow_id", "epoch")
    asked = Asked(place, columns, predicate([named], FENCES), is_narrow=True)
    rows = scan(transaction, asked).rows.select(columns).to_pylist()
    is_there = any(row["flow_id"] == flow_id for row in rows)
    return frozenset(tuple(row.values()) for row in rows) if is_there else None


def _fences(
    given: Scan, flows: Conjunct, transaction: OpenTransaction, stop: Stop
) -> Scanned | None:
    """``flow_id, max_segment_ns``; ``None`` for segments of somebody else, without fences."""
    bucket, schema = given.table.namespace.catalog, given.table.namespace.database
    place = Place(bucket, schema, FLOW_FENCES.name)
    asked = Asked(place, ("flow_id", "max_segment_ns"), predicate([flows], FENCES), is_narrow=True)
    if transaction.connection.lacks(place):
        return None
    try:
        return scan(transaction, asked, stop)
    except (NotFound, BadParameter):
        transaction.connection.note_absence(place)
        return None


def _earliest(fences: pa.Table, flows: set[str], after: int) -> int | None:
    """What the segments start after; ``None`` where a fence is missing or says nothing."""
    if set(fences.column("flow_id").to_pylist()) != flows:
        return None
    lengths = fences.column("max_segment_ns")
    if lengths.null_count:
        return None
    longest: int = pc.max(lengths).as_py()
    return None if longest >= HIGHEST_NS or after - longest < LEAST else after - longest


def _flows(given: Scan) -> Conjunct | None:
    """The condition that names the flows."""
    schema = given.table.schema
    if given.table.name != SEGMENTS.name or any(
        schema.get(name) is None or not isinstance(schema[name], kind) for name, kind in OURS
    ):
        return None
    for conjunct in given.pushed:
        term = conjunct.terms[0]
        if conjunct.column == "flow_id" and len(conjunct.terms) == 1 and term.op in ("==", "isin"):
            return conjunct if len(term.values) <= MOST_FLOWS else None
    return None


def window_start(given: Scan) -> int | None:
    """What the segments of few flows end after.

    ``None`` where that is not said, or ``start_ns`` has its bound already.
    """
    if _flows(given) is None:
        return None
    single = [(c.column, c.terms[0]) for c in given.pushed if len(c.terms) == 1]
    if any(column == "start_ns" and term.op in (">", ">=", "==") for column, term in single):
        return None
    ends = [(term.op, term.values[0]) for column, term in single if column == "end_ns"]
    # what ends at a nanosecond or later ends after the one before it
    return max(
        (e - (op == ">=") for op, e in ends if op in (">", ">=") and e > LEAST), default=None
    )
