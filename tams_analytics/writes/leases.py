"""Who does a background job now: one worker at a time, among all processes of a store.

A lease is a fact of ``store_metadata`` with an end. Of two workers that try at once one wins: they
write the same row. After a kill -9 the lease ends by itself, and another worker takes it. It keeps
two from doing the same work, no more: each step of a job has to be right beside any other, as
the clocks of two machines differ and a worker may wake up after its lease has ended.
"""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from tams_analytics.engines import Engine, Transaction
from tams_analytics.engines.rows import now
from tams_analytics.queries import facts
from tams_analytics.queries.documents import json_text
from tams_analytics.writes.rows import insert


def hold(engine: Engine, job: str, worker: str, seconds: float) -> bool:
    """Whether ``worker`` holds ``job`` from now on for so many seconds; holding again prolongs."""
    return engine.transact(lambda tx: _hold(tx, _name(job), worker, seconds))


def release(engine: Engine, job: str, worker: str) -> None:
    """Let others have ``job`` at once; nothing happens where ``worker`` does not hold it."""
    engine.transact(lambda tx: _release(tx, _name(job), worker))


def _hold(tx: Transaction, name: str, worker: str, seconds: float) -> bool:
    moment = now()
    held = _lease(tx, name)
    if held and held["worker"] != worker and held["until"] > moment.isoformat():
        return False
    until = (moment + dt.timedelta(seconds=seconds)).isoformat()
    _write(tx, name, {"worker": worker, "until": until}, is_new=held is None)
    return True


def _release(tx: Transaction, name: str, worker: str) -> None:
    held = _lease(tx, name)
    if held and held["worker"] == worker:
        _write(tx, name, {"worker": worker, "until": ""})


def _lease(tx: Transaction, name: str) -> dict[str, Any] | None:
    rows = tx.few(facts.fact, name=name)
    found: dict[str, Any] | None = json.loads(rows[0]["value"]) if rows else None
    return found


def _write(tx: Transaction, name: str, lease: dict[str, str], *, is_new: bool = False) -> None:
    row = {"value": json_text(lease), "updated": now()}
    if is_new:
        insert(tx, "store_metadata", [{"name": name, **row}])
    else:
        tx.update("store_metadata", {"name": name}, row)


def _name(job: str) -> str:
    return f"lease {job}"
