"""One of several server processes: opens the store that the command named, and serves it."""

from __future__ import annotations

import contextlib
import functools
import logging
import sys
from collections.abc import Iterator

from fastapi import FastAPI
from uvicorn.config import STARTUP_FAILURE

from tams_analytics.errors import TamsError
from tams_analytics.store import Store, connect
from tams_server import logs
from tams_server.app import asked_instead, create_app
from tams_server.ending import end_within
from tams_server.metrics import forget_dead_workers
from tams_server.settings import load

LOG = logging.getLogger(__name__)


def application() -> FastAPI:
    """The API over ``TAMS_URL``, which is closed when the application ends.

    Where it cannot be opened the process ends so that it is not started again.
    """
    settings = load()
    logs.configure(settings)
    forget_dead_workers()
    try:
        with asked_instead(settings):
            store = connect()
    except TamsError as error:
        LOG.critical("%s", error)
        sys.exit(STARTUP_FAILURE)
    at_end = functools.partial(end_within, settings.shutdown_timeout)
    beside = _at_work(store, settings.seen_at)
    return create_app(store, settings, beside=beside, at_end=at_end)


@contextlib.contextmanager
def _at_work(store: Store, seen_at: str) -> Iterator[None]:
    """Every worker is ready for the background work; leases say which one does it."""
    with store, store.background(seen_at):
        yield
