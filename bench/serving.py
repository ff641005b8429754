"""The server in a process of its own, and bare HTTP/1.1 connections to it.

``python -m bench.serving FILE PORT`` serves a store as one worker of `tams serve` does.
"""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HOST = "127.0.0.1"
PATIENCE_S = 60


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


class Line:
    """One connection that stays open; what it costs is a send and a few receives."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection((HOST, port), timeout=PATIENCE_S)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, request: bytes) -> tuple[int, bytes]:
        """Status and body."""
        self._socket.sendall(request)
        found = b""
        while (end := found.find(b"\r\n\r\n")) < 0:
            found += self._more()
        head = found[:end].lower()
        at = head.find(b"content-length:")
        length = int(head[at + 15 :].partition(b"\r\n")[0]) if at >= 0 else 0
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


def request(method: str, path: str, body: bytes = b"") -> bytes:
    """A request as it goes over the line."""
    head = f"{method} {path} HTTP/1.1\r\nHost: {HOST}\r\n"
    if body:
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + b"\r\n" + body


@contextlib.contextmanager
def served(file: str) -> Iterator[Served]:
    """A server over the store in ``file``, as long as the context is open."""
    port = _free_port()
    command = [sys.executable, "-m", "bench.serving", file, str(port)]
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


def _serve(file: str, port: int) -> None:
    import uvicorn  # noqa: PLC0415 - the benchmark's own process needs none of this

    import tams_analytics as ta  # noqa: PLC0415
    from tams_server.app import create_app  # noqa: PLC0415

    with ta.connect(file) as store:
        app = create_app(store)
        uvicorn.run(app, host=HOST, port=port, log_level="warning", access_log=False)


if __name__ == "__main__":
    _serve(sys.argv[1], int(sys.argv[2]))
