"""The server in a process of its own, and bare HTTP/1.1 connections to it.

``python -m bench.serving STORE PORT`` serves a store as one worker of `tams serve` does, without
work in the background unless ``background`` follows. `COUNTERS` tells what its process has done.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.types import ASGIApp

    import tams_analytics as ta

HOST = "127.0.0.1"
PATIENCE_S = 60
COUNTERS = "/_bench/counters"
JSON = "application/json"


@dataclass(frozen=True)
class Served:
    """A server that runs."""

    port: int
    process: int

    def cpu_s(self) -> float:
        """Seconds that its threads have worked: what a busy machine does not blur so much."""
        numbers = Path(f"/proc/{self.process}/stat").read_text().rpartition(")")[2].split()
        ticks = sum(
            int(each) for each in numbers[11:13]
        )  # of the program, and for it in the kernel
        return ticks / os.sysconf("SC_CLK_TCK")

    def counted(self) -> Counters:
        """What it did so far."""
        with contextlib.closing(Line(self.port)) as line:
            return Counters(**json.loads(line.ask(request("GET", COUNTERS))[1]))


@dataclass(frozen=True)
class Counters:
    """What a server's process did: questions and transactions, statements of SQL, seconds."""

    asks: float
    statements: float
    cpu_s: float

    def since(self, before: Counters, times: int = 1) -> Counters:
        """What it did for each of so many requests."""
        return Counters(
            (self.asks - before.asks) / times,
            (self.statements - before.statements) / times,
            (self.cpu_s - before.cpu_s) / times,
        )


class Line:
    """One connection that stays open; what it costs is a send and a few receives."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection((HOST, port), timeout=PATIENCE_S)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, request: bytes) -> tuple[int, bytes]:
        """Status and body, of which a HEAD has none."""
        self._socket.sendall(request)
        found = b""
        while (end := found.find(b"\r\n\r\n")) < 0:
            found += self._more()
        head = found[:end].lower()
        at = head.find(b"content-length:")
        has_body = at >= 0 and not request.startswith(b"HEAD ")
        length = int(head[at + 15 :].partition(b"\r\n")[0]) if has_body else 0
        while len(found) < end + 4 + length:
            found += self._more()
        return int(found[9:12]), found[end + 4 :]

    def _more(self) -> bytes:
        part = self._socket.recv(1 << 16)
        if not part:
            raise ConnectionError("the server closed the connection")
        return part

    def close(self) -> None:
        self._socket.close()


def request(method: str, path: str, body: bytes = b"", kind: str = JSON) -> bytes:
    """A request as it goes over the line."""
    head = f"{method} {path} HTTP/1.1\r\nHost: {HOST}\r\n"
    if body:
        head += f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + b"\r\n" + body


@contextlib.contextmanager
def served(store: str, *words: str, module: str = "bench.serving") -> Iterator[Served]:
    """``module`` as a server over the store, as long as the context is open."""
    port = _free_port()
    command = [sys.executable, "-m", module, store, str(port), *words]
    process = subprocess.Popen(command)
    try:
        _wait_for(port, process)
        yield Served(port, process.pid)
    finally:
        process.terminate()
        process.wait(PATIENCE_S)


def _free_port() -> int:
    with socket.create_server((HOST, 0)) as found:
        return int(found.getsockname()[1])


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE_S
    while process.poll() is None and time.monotonic() < until:
        with contextlib.suppress(OSError), socket.create_connection((HOST, port)):
            return
        time.sleep(0.05)
    raise RuntimeError("the server did not start")


def _serve(url: str, port: int, *words: str) -> None:
    import tams_analytics as ta  # noqa: PLC0415 - the benchmark's own process needs none of this
    from tams_server.app import create_app  # noqa: PLC0415
    from tams_server.settings import ServerSettings  # noqa: PLC0415

    settings = ServerSettings(metrics_interval=3600)  # counts the store once, at the beginning
    with ta.connect(url) as store:
        store.writes.prepare_storage_backends()
        app = create_app(store, settings, beside=store.background() if words else None)
        run(_counting(app, store), port)


def run(app: ASGIApp, port: int) -> None:
    """Serve until a signal ends it; a line stays open while another server works."""
    import uvicorn  # noqa: PLC0415

    options = {"log_level": "warning", "access_log": False, "timeout_keep_alive": PATIENCE_S}
    uvicorn.run(app, host=HOST, port=port, **options)


def _counting(app: FastAPI, store: ta.Store) -> ASGIApp:
    """``app``, and `COUNTERS` beside it."""
    from starlette.responses import JSONResponse  # noqa: PLC0415

    def asked(operation: str) -> float:
        named = {"engine": store.engine, "operation": operation}
        numbers = app.state.context.metrics.registry
        return numbers.get_sample_value("tams_vast_query_duration_seconds_count", named) or 0

    def counters() -> JSONResponse:
        parsed = getattr(store._engine, "parsed", None)
        return JSONResponse(
            {
                "asks": asked("ask") + asked("transact"),
                "statements": parsed.sent if parsed else 0,
                "cpu_s": time.process_time(),
            }
        )

    async def counting(scope: Any, receive: Any, send: Any) -> None:
        is_ours = scope["type"] == "http" and scope["path"] == COUNTERS
        await (counters() if is_ours else app)(scope, receive, send)

    return counting


if __name__ == "__main__":
    _serve(sys.argv[1], int(sys.argv[2]), *sys.argv[3:])
