"""What clients say of the service: its name and description (statement 65, F2)."""

from __future__ import annotations

from typing import Any

from tams_analytics.engines import Engine, Transaction
from tams_analytics.engines.rows import now
from tams_analytics.queries import facts
from tams_analytics.queries.service import PREFIX, SAID
from tams_analytics.writes.audit import audited
from tams_analytics.writes.bodies.service import service
from tams_analytics.writes.rows import insert


def update_service(engine: Engine, body: Any, *, principal: str | None = None) -> None:
    """Keep name and description of the service; what the body does not name stays.

    Raises `BadParameter`.
    """
    given = service(body)
    with audited("update", "service", "service", principal):
        engine.transact(lambda tx: _update(tx, given))


def _update(tx: Transaction, given: dict[str, Any]) -> None:
    for each in SAID:
        if each in given:
            name, row = PREFIX + each, {"value": given[each], "updated": now()}
            if tx.few(facts.fact, name=name):
                tx.update("store_metadata", {"name": name}, row)
            else:
                insert(tx, "store_metadata", [{"name": name, **row}])
