"""The bytes that nobody needs: marked in one transaction, forgotten in another (R5, R7, §201).

Between the two the collector deletes them. A mark says that they are going: whoever would register
the object is refused, and its id stays taken until the bytes are gone, so that no PUT of a new
owner can meet the delete. A collector that ends in between leaves marks behind, which another one
finds. Marking looks for references again: what a registration has saved is kept.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from tams_analytics.engines import Engine, Transaction
from tams_analytics.engines.rows import now
from tams_analytics.media.timeouts import min_object_timeout_s
from tams_analytics.queries import collecting, deletions, objects
from tams_analytics.queries.collecting import Until
from tams_analytics.settings import Settings
from tams_analytics.writes.audit import audited
from tams_analytics.writes.collected import TAKEN_OVER_AFTER
from tams_analytics.writes.objects import refuse_needed
from tams_analytics.writes.rows import found

LOG = logging.getLogger(__name__)
Row = dict[str, Any]
BATCH = 1000
"""So many objects are marked at once: S3 deletes as many keys with one request."""
GRACE = dt.timedelta(minutes=10)
"""Beyond `min_object_timeout`: for clocks that differ, and a PUT that began at the last moment."""


class Place(NamedTuple):
    """Where bytes lie."""

    storage_id: str
    key: str


@dataclass(frozen=True)
class Marked:
    """What one collector is to delete: the places of each object, by its id."""

    at: dt.datetime
    """The mark; no other collector has the same."""
    places: dict[str, list[Place]]
    seen: int
    """How many objects were looked at: more than are going, where references were found."""


def until(
    settings: Settings, moment: dt.datetime, taken_over_after: dt.timedelta = TAKEN_OVER_AFTER
) -> Until:
    """What has waited long enough at ``moment``, as the settings say (§62, §63)."""
    lives = dt.timedelta(seconds=min_object_timeout_s(settings))
    readable = dt.timedelta(seconds=settings.s3_presigned_url_download_timeout)
    return Until(
        unused=moment - lives - GRACE,
        discarded=moment - readable,
        left=moment - taken_over_after,
    )


def has_work(engine: Engine, until: Until) -> bool:
    """Whether anything waits; nothing is written."""

    def work(tx: Transaction) -> bool:
        waiting = (kind(tx.tables.objects, until).select("id") for kind in collecting.KINDS)
        discarded = collecting.discarded(tx.tables, until).select(id="object_id")
        return any(tx.rows(rows.limit(1)).num_rows for rows in (*waiting, discarded))

    return engine.transact(work)


def mark_unused(
    engine: Engine, kind: collecting.Kind, until: Until, *, batch: int = BATCH
) -> Marked:
    """Mark objects of one of `collecting.KINDS`, which nothing refers to."""
    return engine.transact(lambda tx: _mark_unused(tx, kind, until, batch))


def _mark_unused(tx: Transaction, kind: collecting.Kind, until: Until, batch: int) -> Marked:
    waiting = kind(tx.tables.objects, until).order_by("id").limit(batch)
    ids = tx.rows(waiting.select("id")).column("id").to_pylist()
    referenced = _referenced(tx, ids)
    if referenced:
        _keep(tx, referenced)
    going = [id for id in ids if id not in referenced]
    return _marked(tx, going, len(ids))


def _referenced(tx: Transaction, ids: Sequence[str]) -> set[str]:
    """Those of these objects that a segment has, or a registered object as what initialises it."""
    media = {row["object_id"] for row in found(tx, deletions.uses, "object_ids", ids)}
    return media | {row["id"] for row in found(tx, objects.users_of_init, "ids", ids)}


def _keep(tx: Transaction, ids: Iterable[str]) -> None:
    """They were not as unused as their rows said: an upload to an object in use was killed."""
    LOG.warning("objects that are referenced had waited for the collector: %s", sorted(ids))
    kept = {"released_at": None, "collecting_since": None, "registered_at": now()}
    tx.update("objects", {"id": sorted(ids)}, kept)


def _marked(tx: Transaction, ids: Sequence[str], seen: int) -> Marked:
    moment = now()
    places: dict[str, list[Place]] = {id: [] for id in ids}
    if ids:
        tx.update("objects", {"id": list(ids)}, {"collecting_since": moment})
    for row in found(tx, objects.instances, "object_ids", ids):
        if row["controlled"] and row["storage_id"] is not None and row["key"] is not None:
            places[row["object_id"]].append(Place(row["storage_id"], row["key"]))
    for row in found(tx, collecting.discarded_of, "object_ids", ids):
        places[row["object_id"]].append(Place(row["storage_id"], row["key"]))
    return Marked(moment, places, seen)


def mark_object(engine: Engine, object_id: str, *, principal: str | None = None) -> Marked:
    """Mark one object that is allocated or waits: a client gives it back early (R5, F21).

    Raises `NotFound`, `StillReferenced` that names the flows or objects which need it, and
    `Refused` while it is being collected or an upload of it is under way.
    """

    def work(tx: Transaction) -> Marked:
        refuse_needed(tx, object_id)
        return _marked(tx, [object_id], 1)

    with audited("delete", "object", object_id, principal):
        return engine.transact(work)


def forget_objects(engine: Engine, marked: Marked, ids: Sequence[str]) -> int:
    """Drop the rows of objects whose bytes are gone; how many there were. Their ids are free."""
    return engine.transact(lambda tx: _forget_objects(tx, marked.at, ids))


def _forget_objects(tx: Transaction, at: dt.datetime, ids: Sequence[str]) -> int:
    own = own_marks(tx, at, ids)
    remove_objects(tx, own)
    return len(own)


def own_marks(tx: Transaction, at: dt.datetime, ids: Iterable[str]) -> list[str]:
    """Those of these objects that still have the mark ``at``: nobody else has taken them over."""
    rows = found(tx, objects.by_ids, "ids", ids)
    return [row["id"] for row in rows if row["collecting_since"] == at]


def remove_objects(tx: Transaction, ids: Sequence[str]) -> None:
    """Drop the rows of objects without bytes."""
    if ids:
        tx.delete("objects", {"id": list(ids)})
        tx.delete("object_instances", {"object_id": list(ids)})
        tx.delete("discarded_instances", {"object_id": list(ids)})


def mark_discarded(engine: Engine, until: Until, *, batch: int = BATCH) -> Marked:
    """Mark instances that a client deleted, and whose URLs have expired (§214)."""
    return engine.transact(lambda tx: _mark_discarded(tx, until, batch))


def _mark_discarded(tx: Transaction, until: Until, batch: int) -> Marked:
    moment = now()
    waiting = collecting.discarded(tx.tables, until).order_by("object_id", "storage_id")
    rows = tx.rows(waiting.limit(batch)).to_pylist()
    for which in _by_storage(rows):
        tx.update("discarded_instances", which, {"collecting_since": moment})
    places: dict[str, list[Place]] = {}
    for row in rows:
        places.setdefault(row["object_id"], []).append(Place(row["storage_id"], row["key"]))
    return Marked(moment, places, len(places))


def forget_discarded(engine: Engine, marked: Marked, ids: Sequence[str]) -> int:
    """Drop the rows of discarded instances of these objects whose bytes are gone; how many."""
    return engine.transact(lambda tx: _forget_discarded(tx, marked.at, ids))


def _forget_discarded(tx: Transaction, at: dt.datetime, ids: Sequence[str]) -> int:
    rows = found(tx, collecting.discarded_of, "object_ids", ids)
    own = [row for row in rows if row["collecting_since"] == at]
    for which in _by_storage(own):
        tx.delete("discarded_instances", which)
    return len(own)


def _by_storage(rows: Iterable[Row]) -> list[dict[str, Any]]:
    """Which rows these are, in as many conditions as there are storage backends."""
    ids: dict[str, list[str]] = {}
    for row in rows:
        ids.setdefault(row["storage_id"], []).append(row["object_id"])
    return [{"storage_id": storage, "object_id": found} for storage, found in ids.items()]
