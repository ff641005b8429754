"""Connections with an end to all waiting, which uvicorn's have only between two requests.

A client that sends a request's head or body, or takes its answer, so slowly that nothing moves for
``TAMS_CLIENT_TIMEOUT`` seconds is let go; so is one whose head is larger than any that a request
needs. What is no HTTP is answered with the error body as well.
"""

from __future__ import annotations

import asyncio
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from tams_server.errors import error_answer

MOST_HEAD_BYTES = 64 << 10
LOOKS = 4
"""So often in one timeout a connection is looked at."""


class Config(uvicorn.Config):
    """uvicorn's, with the timeout of `BoundedConnection`; workers get it by pickle."""

    def __init__(self, app: Any, *, client_timeout: float, **more: Any) -> None:
        super().__init__(app, http=BoundedConnection, **more)
        self.client_timeout = client_timeout


class BoundedConnection(HttpToolsProtocol):
    """One connection. ``_moved`` is when bytes last came or went, where those are waited for."""

    _moved = 0.0
    _head_began: float | None = None
    _head_bytes = 0
    _is_stuck = False
    _look: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._timeout_s = float(getattr(self.config, "client_timeout", 60))
        self._moved = self._head_began = self.loop.time()
        self._look_later()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._look is not None:
            self._look.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._moved = self.loop.time()
        self._head_bytes = len(data) + (self._head_bytes if self._head_began is not None else 0)
        super().data_received(data)
        if self._head_began is not None and self._head_bytes > MOST_HEAD_BYTES:
            self.send_400_response(f"a request's head may have {MOST_HEAD_BYTES} bytes")

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._head_began = self.loop.time()

    def on_headers_complete(self) -> None:
        self._head_began = None
        super().on_headers_complete()

    def pause_writing(self) -> None:
        self._is_stuck, self._moved = True, self.loop.time()
        super().pause_writing()

    def resume_writing(self) -> None:
        self._is_stuck, self._moved = False, self.loop.time()
        super().resume_writing()

    def send_400_response(self, msg: str) -> None:
        if self.transport.is_closing():
            return
        answer = error_answer(400, "BadRequest", msg, {"connection": "close"})
        lines = [f"{name}: {value}" for name, value in answer.headers.items()]
        head = "\r\n".join(["HTTP/1.1 400 Bad Request", *lines, "", ""])
        self.transport.write(head.encode("latin-1") + bytes(answer.body))
        self.transport.close()

    def _look_later(self) -> None:
        self._look = self.loop.call_later(self._timeout_s / LOOKS, self._look_at_client)

    def _look_at_client(self) -> None:
        if self._waited_s() >= self._timeout_s:
            self.transport.abort()  # close() would wait for what the client does not take
        else:
            self._look_later()

    def _waited_s(self) -> float:
        """How long nothing has moved though it is the client's turn; a head has one turn in all."""
        now = self.loop.time()
        if self._head_began is not None:
            return now - self._head_began
        cycle = self.cycle
        is_awaited = cycle is not None and cycle.more_body and not cycle.response_complete
        if self._is_stuck or (is_awaited and not self.flow.read_paused):
            return now - self._moved
        return 0.0
