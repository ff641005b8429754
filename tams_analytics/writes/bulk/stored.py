"""What a batch of rows finds in the store: the same rows, what it names, flows that are closed."""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import pyarrow as pa
import pyarrow.compute as pc
from ibis import _

from tams_analytics.engines import Transaction
from tams_analytics.errors import FlowBeingDeleted, ReadOnlyFlow
from tams_analytics.queries.flows import UNDER_WAY
from tams_analytics.writes.bulk.batch import Batch
from tams_analytics.writes.bulk.types import one_chunk


def refuse_stored(tx: Transaction, batch: Batch, names: Sequence[str]) -> None:
    """Raise `BadParameter` for a row with the same values there as an earlier or a stored one."""
    batch.refuse_twice(names)
    stored = getattr(tx.tables, batch.table)
    given = {name: batch.column(name) for name in names} | {"place": batch.numbers()}
    rows = ibis.memtable(pa.table(given))
    same = [rows[name].identical_to(stored[name]) for name in names]
    found = tx.rows(rows.semi_join(stored, same).select("place")).column("place")
    is_stored = pc.is_in(batch.numbers(), value_set=found)
    batch.refuse(names[-1], is_stored, "is stored already: same " + ", ".join(names))


def unknown_ids(tx: Transaction, table: str, ids: pa.Array) -> pa.Array:
    """Those of these ids that no row of a table has; NULL is none."""
    given = ibis.memtable(pa.table({"id": ids.drop_null().unique()}))
    return one_chunk(tx.rows(given.anti_join(getattr(tx.tables, table), "id")).column("id"))


def refuse_closed_flows(tx: Transaction, flow_ids: pa.Array, change: str) -> None:
    """Raise `ReadOnlyFlow` where one of these flows is read-only or is being deleted (§118, R2)."""
    given = ibis.memtable(pa.table({"flow_id": flow_ids.drop_null().unique()}))
    requests = tx.tables.deletion_requests.filter(_.delete_flow, _.status.isin(UNDER_WAY))
    going = tx.rows(given.semi_join(requests, "flow_id").order_by("flow_id").limit(1)).to_pylist()
    if going:
        raise FlowBeingDeleted(going[0]["flow_id"], change)
    flows = tx.tables.flows.filter(_.read_only).select(flow_id="id")
    closed = tx.rows(given.semi_join(flows, "flow_id").order_by("flow_id").limit(1)).to_pylist()
    if closed:
        raise ReadOnlyFlow(closed[0]["flow_id"], change)
