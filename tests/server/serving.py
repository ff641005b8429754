"""The application behind a real socket: uvicorn on loopback, in a thread of this process."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass

import uvicorn
from starlette.types import ASGIApp

PATIENCE_S = 20
"""No answer takes that long; only a server that hangs does."""


@dataclass(frozen=True)
class Served:
    """Where it listens."""

    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @contextlib.contextmanager
    def socket(self) -> Iterator[socket.socket]:
        """A connection, for what no HTTP client would send."""
        address = ("127.0.0.1", self.port)
        with socket.create_connection(address, timeout=PATIENCE_S) as opened:
            yield opened

    def answers(self, *sent: bytes) -> bytes:
        """All that comes back, until the server closes, for bytes sent piece by piece."""
        with self.socket() as opened:
            for each in sent:
                opened.sendall(each)
            return received(opened)


def received(opened: socket.socket) -> bytes:
    """What comes until the other side closes."""
    parts: list[bytes] = []
    with contextlib.suppress(ConnectionResetError):
        while part := opened.recv(1 << 16):
            parts.append(part)
    return b"".join(parts)


@contextlib.contextmanager
def serving(app: ASGIApp) -> Iterator[Served]:
    """``app``, served as long as the context is open."""
    listening = socket.create_server(("127.0.0.1", 0))
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 16)
    config = uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=5)
    server = uvicorn.Server(config)
    runs = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    runs.start()
    try:
        yield Served(listening.getsockname()[1])
    finally:
        server.should_exit = True
        runs.join(PATIENCE_S)
        listening.close()
    assert not runs.is_alive(), "the server does not stop"
