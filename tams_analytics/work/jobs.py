"""What there is to do in the background, and how often it is looked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tams_analytics.display.text import plural
from tams_analytics.engines import Engine
from tams_analytics.engines.rows import now
from tams_analytics.media.storages import Storages
from tams_analytics.queries import deletions
from tams_analytics.queries.flows import UNDER_WAY
from tams_analytics.work import collector, deliveries
from tams_analytics.writes.deletion_work import work_deletion_requests

GoesOn = Callable[[], bool]


@dataclass(frozen=True)
class Job:
    """A kind of work; of all processes of a store one does it at a time (`writes.leases`)."""

    name: str
    every_s: float
    """So long after one look the next one is due."""
    has_work: Callable[[Engine], bool]
    """Whether there is anything to do: a question, as it is asked all the time."""
    run: Callable[[Engine, Storages, GoesOn], object]
    """Does it, in batches, asking before each whether to go on; `str` of the answer says what."""


def _delete(engine: Engine, _storages: Storages, goes_on: GoesOn) -> object:
    ended = work_deletion_requests(engine, goes_on=goes_on)
    return f"{plural(ended, 'delete request')} ended"


def _collect(engine: Engine, storages: Storages, goes_on: GoesOn) -> object:
    return collector.collect(engine, storages, goes_on=goes_on)


def _deliver(engine: Engine, storages: Storages, goes_on: GoesOn) -> object:
    return deliveries.deliver(engine, storages, goes_on=goes_on)


def _has_deletions(engine: Engine) -> bool:
    """Under way, or ended so long ago that they are to be forgotten."""
    moment = now()
    return any(
        row["status"] in UNDER_WAY or (row["expiry"] is not None and row["expiry"] < moment)
        for row in engine.ask(deletions.requests).to_pylist()
    )


DELETIONS = Job("deletions", 1, _has_deletions, _delete)
"""Large deletes of segments, flows and sources (R2, R4, R7)."""
COLLECTOR = Job("collector", 60, collector.has_work, _collect)
"""The bytes that nobody needs any more (R5)."""

DELIVERIES = Job("deliveries", 1, deliveries.has_work, _deliver)
"""Events that webhooks wait for (F80)."""

JOBS: tuple[Job, ...] = (DELETIONS, DELIVERIES, COLLECTOR)
