"""Around every request: its correlation id, how long it took, a line in the log, and the numbers.

An incoming ``x-correlation-id`` is kept, else one is made (F82); it is in every line that is logged
for the request, and in the answer, beside ``x-request-duration`` in seconds. The query, which may
hold an ``access_token`` or a signature, is in no line (§18, L3).
"""

from __future__ import annotations

import logging
import os
import re
import time
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tams_analytics.errors import shortened
from tams_analytics.watching import watched_by
from tams_server.current import Current, begin
from tams_server.metrics import Metrics

LOG = logging.getLogger("tams_server.access")
HEADER = b"x-correlation-id"
DURATION = b"x-request-duration"
FIT = re.compile(rb"[A-Za-z0-9._:/+=@-]{1,128}")
"""An incoming id that can stand in a log; another one is replaced."""
LINE = "%(method)s %(path)s %(status)s %(milliseconds)s ms"


class Observed:
    """Times each request, names it, and writes down how it ended."""

    def __init__(self, app: ASGIApp, metrics: Metrics | None) -> None:
        self.app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = time.perf_counter()
        asked = begin(correlation_of(scope))

        async def send_named(message: Message) -> None:
            if message["type"] == "http.response.start":
                asked.status = message["status"]
                message = {
                    **message,
                    "headers": [*message.get("headers", ()), *_named(asked, began)],
                }
            await send(message)

        try:
            await self._watched(scope, receive, send_named)
        finally:
            self._note(scope, asked, time.perf_counter() - began)

    async def _watched(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._metrics is None:
            await self.app(scope, receive, send)
            return
        with self._metrics.under_way(), watched_by(self._metrics.watch):
            await self.app(scope, receive, send)

    def _note(self, scope: Scope, asked: Current, seconds: float) -> None:
        if self._metrics is not None:
            self._metrics.answered(scope["method"], asked, seconds)
        if LOG.isEnabledFor(logging.INFO):
            _write(facts(scope, asked, seconds))


def _write(told: dict[str, Any]) -> None:
    """As `Logger.info`, which would first look for the line of code that calls it."""
    code = _write.__code__
    place = (__file__, code.co_firstlineno)
    LOG.handle(
        LOG.makeRecord(
            LOG.name, logging.INFO, *place, LINE, (told,), None, code.co_name, extra=told
        )
    )


def facts(scope: Scope, asked: Current, seconds: float) -> dict[str, Any]:
    """What a line of the log says of a request: never its query."""
    return {
        "method": scope["method"],
        "path": shown_path(scope),
        "route": asked.route,
        "status": asked.status,
        "milliseconds": round(seconds * 1000, 3),
        "principal": asked.principal,
    }


def shown_path(scope: Scope) -> str:
    """The path as it was sent, so that nothing in it can break a line; cut where it is long."""
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    return shortened(raw.decode("ascii", "backslashreplace").partition("?")[0])


def correlation_of(scope: Scope) -> str:
    """The id that the request came with, or a new one."""
    for name, value in scope["headers"]:
        if name == HEADER and FIT.fullmatch(value):
            id: str = value.decode("ascii")
            return id
    return os.urandom(12).hex()


def _named(asked: Current, began: float) -> list[tuple[bytes, bytes]]:
    took = f"{time.perf_counter() - began:.6f}"
    return [(HEADER, asked.correlation_id.encode()), (DURATION, took.encode())]
