"""The work on deletion requests: in batches, each a transaction (mission R7).

Where the batches of a request end is read once, and outside of any transaction: what comes to the
flow later is not the request's, so that batches only become smaller. After each of them
``timerange_remaining`` is true, so that a restart goes on where it stopped.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Container, Mapping, Sequence
from typing import Any

from ibis import _

from tams_analytics.engines import Engine, Transaction
from tams_analytics.engines.rows import now
from tams_analytics.errors import EngineFailed, TamsError
from tams_analytics.queries import deletions, flows
from tams_analytics.queries.documents import date_text, json_text
from tams_analytics.timerange import TimeRange
from tams_analytics.writes.deleting import (
    delete_flows_now,
    delete_segments_now,
    delete_source_rows,
)
from tams_analytics.writes.deletion_requests import selection_of
from tams_analytics.writes.events import source_before
from tams_analytics.writes.standing import refuse_read_only, standing

LOG = logging.getLogger(__name__)
KEPT_FOR = dt.timedelta(days=1)
"""How long a request that has ended can still be read (§218)."""
BATCH = 5_000
"""So many segments go in one transaction, for which others wait on DuckDB. Most of it is reading
the store's object ids: half as many take as long, and the whole delete twice as long."""

Row = dict[str, Any]


def work_deletion_requests(
    engine: Engine, *, batch: int = BATCH, goes_on: Callable[[], bool] = lambda: True
) -> int:
    """Do what all deletion requests ask for, oldest first; how many of them ended.

    ``goes_on`` is asked before each batch; what is left then is for another time. A request that
    fails ends with status ``error``, which says why, and the next one has its turn. Where the
    database fails, which the request cannot help, it stays as it is: `EngineFailed` is raised, once
    the others had their turn. Requests that ended a day ago are forgotten.
    """
    engine.transact(lambda tx: tx.delete("deletion_requests", _.expiry < now()))
    ended = 0
    ways: dict[str, list[Row]] = {}
    put_off: dict[str, EngineFailed] = {}
    while goes_on() and (row := _next(engine, put_off)):
        try:
            way = ways.get(row["id"]) or _way(engine, row, batch)
            ended += _advance(engine, row["id"], way)
            ways[row["id"]] = way[1:]
        except EngineFailed as error:
            put_off[row["id"]] = error
    if put_off:
        raise next(iter(put_off.values()))
    return ended


def _next(engine: Engine, put_off: Container[str]) -> Row | None:
    """The oldest request under way that is not put off."""
    rows = engine.ask(deletions.requests_under_way).to_pylist()
    return next((row for row in rows if row["id"] not in put_off), None)


def _way(engine: Engine, row: Row, batch: int) -> list[Row]:
    """The batches of a request, rows of `deletions.stretches`."""
    found: list[Row] = engine.ask(deletions.stretches, **selection_of(row), size=batch).to_pylist()
    return found


def _advance(engine: Engine, request_id: str, way: Sequence[Row]) -> bool:
    """The first of these batches; whether the request has ended. Raises `EngineFailed`."""
    try:
        return engine.transact(lambda tx: _step(tx, request_id, way[1:]))
    except EngineFailed:
        raise
    except TamsError as failure:
        error = failure  # the name after ``as`` is gone when the function below runs
        LOG.error("deletion request %s failed: %s", request_id, error)
        engine.transact(lambda tx: _fail(tx, request_id, error))
        return True


def _step(tx: Transaction, request_id: str, later: Sequence[Row]) -> bool:
    """All but the ``later`` batches."""
    row = _request(tx, request_id)
    if row is None or row["status"] not in flows.UNDER_WAY:
        return True
    flow = standing(tx, row["flow_id"])
    if flow is None:  # another delete was faster
        return _end(tx, row)
    refuse_read_only(flow, "deleting segments")
    selection = selection_of(row)
    if not later:
        delete_segments_now(tx, flow, selection)
        return _finish(tx, row)
    starts, ends = ([part[name] for part in later] for name in ("start_ns", "end_ns"))
    delete_segments_now(tx, flow, selection | {"starting_before": starts[0]})
    left = str(TimeRange.from_ns(starts[0], max(ends)))
    moved = {"status": "started", "timerange_remaining": left, "updated": now()}
    tx.update("deletion_requests", {"id": request_id}, moved)
    return False


def _request(tx: Transaction, request_id: str) -> Row | None:
    rows = tx.ask(deletions.requests, ids=[request_id]).to_pylist()
    return rows[0] if rows else None


def _finish(tx: Transaction, row: Mapping[str, Any]) -> bool:
    """The segments are gone: so goes the flow, and with a source's last flow the source."""
    source_id = row["source_id"]
    before = None if source_id is None else source_before(tx, source_id)
    if row["delete_flow"]:
        delete_flows_now(tx, [row["flow_id"]], now())
    if source_id is not None:
        left = tx.ask(flows.of_source, source_id=source_id, limit=1)
        if not left.num_rows:
            delete_source_rows(tx, source_id, before)
    return _end(tx, row)


def _end(tx: Transaction, row: Mapping[str, Any]) -> bool:
    ended = {"status": "done", "timerange_remaining": "()"} | _stamps()
    tx.update("deletion_requests", {"id": row["id"]}, ended)
    return True


def _fail(tx: Transaction, request_id: str, error: TamsError) -> None:
    said = {"type": type(error).__name__, "summary": str(error), "time": date_text(now())}
    tx.update(
        "deletion_requests",
        {"id": request_id},
        {"status": "error", "error": json_text(said)} | _stamps(),
    )


def _stamps() -> dict[str, Any]:
    moment = now()
    return {"updated": moment, "expiry": moment + KEPT_FOR}
