"""A receiver of webhooks: real HTTP on loopback, which answers as a test wants."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

EVENT_ID = "X-Tams-Event-Id"


class Receiver:
    """What was received; ``answers`` are status codes, the last one is that of all others.

    Where ``gate`` is not set, an answer waits for it.
    """

    def __init__(self, *answers: int, location: str | None = None, drip_s: float = 0) -> None:
        self.answers = list(answers) or [200]
        self.location = location
        self.drip_s = drip_s
        self.headers: list[dict[str, str]] = []
        self.events: list[dict[str, Any]] = []
        self.gate = threading.Event()
        self.gate.set()
        self._came = threading.Condition()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/hook"

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def ids(self) -> list[str]:
        return [each[EVENT_ID] for each in self.headers]

    def wait_for(self, count: int, seconds: float = 20) -> bool:
        """Whether so many came in time."""
        with self._came:
            return self._came.wait_for(lambda: len(self.events) >= count, seconds)

    def took(self, headers: dict[str, str], body: bytes) -> int:
        with self._came:
            self.headers.append(headers)
            self.events.append(json.loads(body))
            self._came.notify_all()
            return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    def __enter__(self) -> Receiver:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.gate.set()
        self._server.shutdown()
        self._server.server_close()


def _handler(receiver: Receiver) -> Callable[..., BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status = receiver.took(dict(self.headers.items()), body)
            receiver.gate.wait(30)
            if receiver.drip_s:
                self._drip()
                return
            self.send_response(status)
            if receiver.location:
                self.send_header("Location", receiver.location)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def _drip(self) -> None:
            """An answer whose headers never end."""
            self.close_connection = True
            try:
                self.wfile.write(b"HTTP/1.1 200 OK\r\n")
                while True:
                    self.wfile.write(b"X-More: and more\r\n")
                    time.sleep(receiver.drip_s)
            except OSError:
                return

        def log_message(self, format: str, *args: Any) -> None:
            return

    return Handler
