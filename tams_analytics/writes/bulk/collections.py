"""Collections in bulk: flows collect flows that are there, and none collects itself (§123 to §128).

Circles are looked for when all rows are in, so their order and the chunks do not matter.
"""

from __future__ import annotations

import graphlib
from collections import defaultdict
from itertools import pairwise

import pyarrow as pa
import pyarrow.compute as pc

from tams_analytics.engines import Transaction
from tams_analytics.errors import BadParameter
from tams_analytics.writes.bulk.batch import Batch
from tams_analytics.writes.bulk.loading import Loading
from tams_analytics.writes.bulk.stored import refuse_closed_flows, unknown_ids

CHANGE = "loading its flow_collection"


def refuse_bad_members(tx: Transaction, batch: Batch) -> None:
    """Raise `BadParameter` for what is no flow and for a flow in its own collection.

    Raises `ReadOnlyFlow` for a collector that is closed; a member may be.
    """
    is_self = pc.equal(batch.column("flow_id"), batch.column("member_id"))
    batch.refuse("member_id", is_self, "is the collecting flow itself", "another flow")
    for name in filter(batch.has, ("flow_id", "member_id")):
        unknown = unknown_ids(tx, "flows", batch.column(name))
        is_unknown = pc.is_in(batch.column(name), value_set=unknown)
        batch.refuse(name, is_unknown, "is no flow of this store", "load flows first")
    refuse_closed_flows(tx, batch.column("flow_id"), CHANGE)


def members(batch: Batch) -> pa.Table:
    """Who collects whom: ``flow_id, member_id, row``."""
    row = pc.add(batch.numbers(), batch.first_row)
    named = {name: batch.column(name) for name in ("flow_id", "member_id")}
    return pa.table(named | {"row": row})


def refuse_circles(tx: Transaction, loading: Loading) -> None:
    """Raise `BadParameter` about the first row of a circle that the load has closed (§127)."""
    if not any(table.num_rows for table in loading.members):
        return
    try:
        graphlib.TopologicalSorter(_collected(tx)).prepare()
    except graphlib.CycleError as error:
        circle = {(flow, member) for member, flow in pairwise(error.args[1])}
        for row in pa.concat_tables(loading.members).to_pylist():
            if (row["flow_id"], row["member_id"]) in circle:
                problem = f"would make flow {row['flow_id']} collect itself (row {row['row']})"
                raise BadParameter("collections.member_id", row["member_id"], problem) from None
        problem = "collects itself in the store already"
        raise BadParameter("collections.flow_id", error.args[1][0], problem) from None


def _collected(tx: Transaction) -> dict[str, set[str]]:
    """What each flow collects that collects something in its turn: all that a circle has."""
    rows = tx.tables.collections
    collectors = rows.select(collector="flow_id").distinct()
    inner = rows.semi_join(collectors, rows.member_id == collectors.collector)
    found = tx.rows(inner.select("flow_id", "member_id").distinct())
    collected: dict[str, set[str]] = defaultdict(set)
    for row in found.to_pylist():
        collected[row["flow_id"]].add(row["member_id"])
    return collected
