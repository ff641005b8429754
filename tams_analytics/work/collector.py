"""Deletes the bytes that nobody needs any more, on every storage backend (R5, R7, §201, W15).

Mark, delete, forget (`writes.collecting`): killed anywhere, another run goes on, and running twice
harms nothing. A collector acts on its marks for a while only; marks that are older are taken over.
So a collector that woke up late deletes nothing that has a new owner by now.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from tams_analytics.display.text import plural
from tams_analytics.engines import Engine
from tams_analytics.engines.rows import now
from tams_analytics.errors import EngineFailed
from tams_analytics.media.storages import Storages
from tams_analytics.queries.collecting import KINDS
from tams_analytics.writes import collecting
from tams_analytics.writes.collected import TAKEN_OVER_AFTER
from tams_analytics.writes.collecting import BATCH, Marked

LOG = logging.getLogger(__name__)
ACTS_FOR = dt.timedelta(minutes=5)
"""So long after its mark a collector may begin a delete; one takes no longer than that again."""


@dataclass(frozen=True)
class Collected:
    """What one run did; ``failed`` are objects of which a storage kept bytes."""

    objects: int = 0
    instances: int = 0
    failed: int = 0

    def __str__(self) -> str:
        kept = f", {plural(self.failed, 'object')} kept by a storage" if self.failed else ""
        of_others = f" and {plural(self.instances, 'instance')}" if self.instances else ""
        return f"{plural(self.objects, 'object')}{of_others} collected{kept}"


def collect(
    engine: Engine,
    storages: Storages,
    *,
    moment: dt.datetime | None = None,
    taken_over_after: dt.timedelta = TAKEN_OVER_AFTER,
    batch: int = BATCH,
    goes_on: Callable[[], bool] = lambda: True,
) -> Collected:
    """Collect all that has waited long enough at ``moment`` (default: now), in batches.

    ``goes_on`` is asked before each batch. A storage that fails is logged; what it keeps stays
    marked, for the next run.
    """
    until = collecting.until(engine.settings, moment or now(), taken_over_after)
    objects, instances, failed = 0, 0, 0
    marking = [partial(collecting.mark_unused, engine, kind, until, batch=batch) for kind in KINDS]
    for mark in marking:
        while goes_on() and (marked := mark()).seen:
            gone = _deleted(storages, marked)
            objects += collecting.forget_objects(engine, marked, gone)
            failed += len(marked.places) - len(gone)
    while goes_on() and (marked := collecting.mark_discarded(engine, until, batch=batch)).seen:
        gone = _deleted(storages, marked)
        instances += collecting.forget_discarded(engine, marked, gone)
        failed += len(marked.places) - len(gone)
    return Collected(objects, instances, failed)


def give_back(
    engine: Engine, storages: Storages, object_id: str, *, principal: str | None = None
) -> None:
    """Delete an object that is allocated or waits, with its bytes: its id is free then (R5, F21).

    Raises `NotFound`, `StillReferenced`, `Refused` while it is being collected or an upload of it
    is under way, and `EngineFailed` where a storage keeps bytes: then the collector goes on.
    """
    marked = collecting.mark_object(engine, object_id, principal=principal)
    gone = _deleted(storages, marked)
    if not gone:
        raise EngineFailed(
            "the storage", f"deleting object {object_id}", "it keeps bytes", "they go later"
        )
    collecting.forget_objects(engine, marked, gone)


def has_work(engine: Engine) -> bool:
    """Whether `collect` would find anything now."""
    return collecting.has_work(engine, collecting.until(engine.settings, now(), TAKEN_OVER_AFTER))


def _deleted(storages: Storages, marked: Marked) -> list[str]:
    """The objects whose bytes are gone from every storage backend."""
    keys: dict[str, list[str]] = defaultdict(list)
    for places in marked.places.values():
        for place in places:
            keys[place.storage_id].append(place.key)
    began = time.monotonic()
    failed = {each for each in keys if not _is_deleted(storages, each, keys[each], began)}
    return [
        id
        for id, places in marked.places.items()
        if not any(place.storage_id in failed for place in places)
    ]


def _is_deleted(storages: Storages, storage_id: str, keys: list[str], began: float) -> bool:
    if time.monotonic() - began > ACTS_FOR.total_seconds():
        LOG.warning("too late to delete from storage backend %s; a later run does", storage_id)
        return False
    try:
        storages.of(storage_id).delete(keys)
    except EngineFailed as error:
        LOG.error("storage backend %s keeps %d objects: %s", storage_id, len(keys), error)
        return False
    return True
