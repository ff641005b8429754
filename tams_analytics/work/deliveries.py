"""Delivers what waits for webhooks: each in order, several at once (F80, statements 225 to 232).

A slow receiver delays nobody but itself. Of all processes of a store one delivers at a time
(`work.loop`); where two do it all the same, an event may be told twice, with one id.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING

from tams_analytics.engines import Engine
from tams_analytics.engines.rows import now
from tams_analytics.errors import Unsupported
from tams_analytics.media.storages import Storages
from tams_analytics.queries import webhooks
from tams_analytics.work.told import Told

if TYPE_CHECKING:
    from tams_analytics.work.telling import Telling

RETRY_S = 10.0
"""Until the first retry; each later one waits four times as long: 10 s, 40 s, 160 s."""
MOST_AT_ONCE = 16
TICK_S = 0.25
"""How often it is looked for webhooks that have something to hear now."""
ASKS_EVERY_S = 5.0
"""How often it is asked whether to go on, which writes to the store."""


def has_work(engine: Engine) -> bool:
    """Whether `deliver` would find anything now."""
    return bool(ready(engine))


def ready(engine: Engine) -> list[str]:
    """The webhooks that are to be told something now; and those that are gone, to be forgotten."""
    moment = now()
    return [
        row["webhook_id"]
        for row in engine.ask(webhooks.waiting).to_pylist()
        if row["status"] is None or (row["status"] in webhooks.LISTENING and row["due"] <= moment)
    ]


def deliver(
    engine: Engine,
    storages: Storages,
    *,
    goes_on: Callable[[], bool] = lambda: True,
    retry_s: float = RETRY_S,
) -> Told:
    """Deliver all that is due, and what comes meanwhile; what is put off waits for a later run.

    Ends soon after ``goes_on`` says no: with the deliveries that are under way.
    """
    going = Going(goes_on)
    telling = _telling()(engine, storages, going.is_over, retry_s)
    running: dict[str, Future[Told]] = {}
    done = Told()
    with ThreadPoolExecutor(MOST_AT_ONCE, thread_name_prefix="tams webhook") as pool:
        while True:
            for id in ready(engine) if going.on() else ():
                if id not in running:
                    running[id] = pool.submit(telling.tell, id)
            if not running:
                return done
            wait(running.values(), TICK_S, FIRST_COMPLETED)
            for id in [id for id, future in running.items() if future.done()]:
                done += _result(running.pop(id), going)


def _telling() -> type[Telling]:
    try:
        from tams_analytics.work.telling import Telling  # noqa: PLC0415 - its HTTP client is an extra
    except ImportError as error:
        instead = 'pip install "tams-analytics[server]"'
        raise Unsupported("library", "deliver events without httpx2", instead) from error
    return Telling


def _result(future: Future[Told], going: Going) -> Told:
    """What a webhook's thread did. What failed inside ends the others too, and is raised."""
    if future.exception() is not None:
        going.is_over.set()
    return future.result()


class Going:
    """Asks whether to go on, now and then, and remembers a no."""

    def __init__(self, goes_on: Callable[[], bool]) -> None:
        self.is_over = threading.Event()
        self._goes_on = goes_on
        self._asked_at: float | None = None

    def on(self) -> bool:
        moment = time.monotonic()
        if self._asked_at is None or moment - self._asked_at > ASKS_EVERY_S:
            self._asked_at = moment
            if not self._goes_on():
                self.is_over.set()
        return not self.is_over.is_set()
