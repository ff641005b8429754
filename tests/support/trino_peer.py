"""A server that speaks Trino's protocol and answers what it was told to: for what a real one
cannot be made to do at will (lose an answer, refuse a user, hang), and to see what was sent.
"""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Answer:
    """What a query is answered with: ``pages`` of rows, then its end or ``error``.

    ``hangs``: after the pages it runs until it is cancelled. ``status``: of the first request.
    ``lost_after``: so many pages are given, then the connection ends.
    """

    columns: Sequence[tuple[str, str]] = (("a", "bigint"),)
    pages: Sequence[Sequence[Sequence[Any]]] = (((1,),),)
    error: tuple[str, str, str] | None = None
    hangs: bool = False
    status: int = 200
    lost_after: int | None = None
    raw: str = ""
    """Sent as it is, by a server that is no Trino."""
    stalls: bool = False
    """The end of the first answer never comes."""
    transaction: str = ""
    """The one that the statement began."""


@dataclass
class Sent:
    """A request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: str


@dataclass
class TrinoPeer:
    """Each query takes the next of ``answers``; the last one is given for good."""

    answers: list[Answer] = field(default_factory=lambda: [Answer()])
    sent: list[Sent] = field(default_factory=list)
    scheme: str = "http"
    on_poll: Callable[[int], None] | None = None
    """Called with how often it was polled, before a poll is answered."""
    on_begin: Callable[[], None] | None = None
    """Called before a query is answered for the first time."""
    on_cancel: Callable[[], None] | None = None
    port: int = 0
    sockets: list[socket.socket] = field(default_factory=list)
    _running: dict[str, Answer] = field(default_factory=dict)
    _polls: int = 0

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def queries(self) -> list[str]:
        return [each.body for each in self.sent if each.method == "POST"]

    @property
    def cancelled(self) -> int:
        return sum(each.method == "DELETE" for each in self.sent)

    @property
    def polls(self) -> int:
        return self._polls

    def begun(self) -> Answer:
        if self.on_begin is not None:
            self.on_begin()
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    def keep(self, answer: Answer) -> str:
        query_id = f"query_{len(self._running)}"
        self._running[query_id] = answer
        return query_id

    def polled(self, query_id: str) -> Answer:
        self._polls += 1
        if self.on_poll is not None:
            self.on_poll(self._polls)
        return self._running[query_id]

    def cancel(self, query_id: str) -> None:
        """Polled again, it says so, as Trino does."""
        said = ("USER_CANCELED", "USER_ERROR", "Query was canceled")
        self._running[query_id] = replace(
            self._running[query_id], pages=(), hangs=False, error=said
        )
        if self.on_cancel is not None:
            self.on_cancel()

    def status(self, query_id: str, answer: Answer, page: int) -> dict[str, Any]:
        """The document after ``page`` pages were given."""
        where = f"{self.scheme}://{self.place}/v1/statement/executing/{query_id}"
        said: dict[str, Any] = {
            "id": query_id,
            "infoUri": where,
            "stats": {"state": "RUNNING", "processedRows": 7, "totalSplits": 3},
            "columns": [_column(name, kind) for name, kind in answer.columns],
        }
        if page:
            said["data"] = [list(row) for row in [*answer.pages, ()][page - 1]]
        if page > len(answer.pages) and answer.error:
            name, kind, message = answer.error
            said["error"] = {"errorName": name, "errorType": kind, "message": message}
        elif page <= len(answer.pages) or answer.hangs:
            said["nextUri"] = f"{where}/{page + 1}"
        return said


def _column(name: str, kind: str) -> dict[str, Any]:
    raw, _, rest = kind.partition("(")
    arguments = [
        {"kind": "LONG", "value": int(each)}
        for each in rest.partition(")")[0].split(",")
        if each.isdigit()
    ]
    return {
        "name": name,
        "type": kind,
        "typeSignature": {"rawType": raw, "arguments": arguments or [{"value": 0}, {"value": 0}]},
    }


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    peer: TrinoPeer

    def setup(self) -> None:
        super().setup()
        self.peer.sockets.append(self.connection)

    def handle(self) -> None:
        with contextlib.suppress(ConnectionError):  # a client that waits no more
            super().handle()

    def do_POST(self) -> None:
        self._noted()
        answer = self.peer.begun()
        if answer.status != 200 or answer.raw:
            self._send(answer.status, answer.raw.encode() or b"{}", "")
            return
        said = json.dumps(self.peer.status(self.peer.keep(answer), answer, 0)).encode()
        self._send(200, said, "", missing=int(answer.stalls))

    def do_GET(self) -> None:
        self._noted()
        *_, query_id, page = self.path.split("/")
        if query_id == "query":  # what it knows of one, which it shows nobody
            self._say(403, {})
            return
        answer = self.peer.polled(query_id)
        if answer.lost_after is not None and int(page) > answer.lost_after:
            self.close_connection = True
            self.connection.close()
            return
        said = self.peer.status(query_id, answer, min(int(page), len(answer.pages) + 1))
        self._say(200, said, answer.transaction)

    def do_DELETE(self) -> None:
        self._noted()
        self.peer.cancel(self.path.split("/")[-2])
        self.send_response(204)
        self.end_headers()

    def _noted(self) -> str:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        self.peer.sent.append(Sent(self.command, self.path, dict(self.headers), body))
        return body

    def _say(self, status: int, document: dict[str, Any], transaction: str = "") -> None:
        self._send(status, json.dumps(document).encode(), transaction)

    def _send(self, status: int, text: bytes, transaction: str, missing: int = 0) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text) + missing))
        if transaction:
            self.send_header("X-Trino-Started-Transaction-Id", transaction)
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_arguments: Any) -> None:
        """Nothing: the requests are kept."""


@contextlib.contextmanager
def serving(*answers: Answer, certificate: Path | None = None) -> Iterator[TrinoPeer]:
    """One that listens; with a certificate (and its key in the same file) over TLS."""
    peer = TrinoPeer([*answers] or [Answer()], scheme="https" if certificate else "http")
    handler = type("Handler", (_Handler,), {"peer": peer})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    peer.port = server.server_address[1]
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield peer
    finally:
        server.shutdown()
        server.server_close()
        for each in peer.sockets:
            with contextlib.suppress(OSError):  # the client has ended it
                each.shutdown(socket.SHUT_RDWR)
        thread.join()
