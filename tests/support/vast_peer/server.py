"""HTTP/1.1 on loopback: a thread a connection, kept alive, TCP_NODELAY."""

from __future__ import annotations

import contextlib
import email.utils
import socket
import socketserver
import time
import traceback
from threading import Lock

import pyarrow as pa

from tests.support.vast_peer.database import Database
from tests.support.vast_peer.frames import failed
from tests.support.vast_peer.log import Entry, Log
from tests.support.vast_peer.messages import Refused, Request, Response
from tests.support.vast_peer.routes import answer
from tests.support.vast_peer.switches import Fault
from tests.support.vast_peer.wire import read_request

CHUNK = 256 * 1024
REASONS = {200: "OK", 204: "No Content", 400: "Bad Request", 404: "Not Found", 409: "Conflict"}
FAILURE_CODE = 77
"""What the frame that says "failed" carries."""


class Cut(Exception):
    """The connection is to be closed without a further byte."""


class Server(socketserver.ThreadingTCPServer):
    """The listening socket and the open connections."""

    request_queue_size = 128
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False

    def __init__(self, port: int, database: Database, log: Log) -> None:
        self.database, self.log = database, log
        self._connections: set[socket.socket] = set()
        self._lock = Lock()
        super().__init__(("127.0.0.1", port), Connection)

    def process_request(self, request: socket.socket, client_address: object) -> None:
        with self._lock:
            self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: socket.socket) -> None:
        with self._lock:
            self._connections.discard(request)
        super().shutdown_request(request)

    def close_all(self) -> None:
        """Ends the connections that clients keep."""
        with self._lock:
            connections = list(self._connections)
        for connection in connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


class Connection(socketserver.StreamRequestHandler):
    """One client's connection."""

    server: Server
    disable_nagle_algorithm = True
    wbufsize = -1

    def handle(self) -> None:
        with contextlib.suppress(Cut, OSError):
            while (request := read_request(self.rfile, self.wfile)) is not None:
                self._serve(request)
                if request.headers.get("connection", "").lower() == "close":
                    return

    def finish(self) -> None:
        with contextlib.suppress(OSError):
            super().finish()

    def _serve(self, request: Request) -> None:
        database = self.server.database
        fault = database.switches.fault_for(request)
        if fault is not None and fault.kind == "refuse_connection":
            self._log(request, Response(status=0), fault)
            raise Cut
        response = answered(database, request, fault)
        self._log(request, response, fault)
        if fault is not None and fault.kind == "lose_answer":
            raise Cut
        if fault is not None and fault.kind == "delay":
            time.sleep(fault.seconds)
        cut_after = fault.after_bytes if fault is not None and fault.kind == "drop" else None
        self._send(request, response, cut_after)

    def _log(self, request: Request, response: Response, fault: Fault | None) -> None:
        """Before the answer leaves, so that who has the answer finds the entry."""
        self.server.log.append(
            Entry(
                request.method,
                request.command,
                request.path,
                len(request.body),
                0 if request.method == "HEAD" else len(response.body),
                response.status,
                request.txid,
                fault.kind if fault is not None else None,
                **response.facts,
            )
        )

    def _send(self, request: Request, response: Response, cut_after: int | None) -> None:
        headers = {
            "Server": f"vast {self.server.database.switches.version}",
            "Date": email.utils.formatdate(usegmt=True),
            **response.headers,
        }
        body = b"" if request.method == "HEAD" else response.body
        if response.chunked:
            headers["Transfer-Encoding"] = "chunked"
        elif response.status != 204:
            headers["Content-Length"] = str(len(response.body))
        lines = [f"HTTP/1.1 {response.status} {REASONS.get(response.status, 'Error')}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        self.wfile.write("\r\n".join([*lines, "", ""]).encode("latin-1"))
        self._send_body(body, response.chunked, cut_after)
        self.wfile.flush()

    def _send_body(self, body: bytes, chunked: bool, cut_after: int | None) -> None:
        if cut_after is not None:
            self._write(body[:cut_after], chunked)
            self.wfile.flush()
            raise Cut
        self._write(body, chunked)
        if chunked:
            self.wfile.write(b"0\r\n\r\n")

    def _write(self, body: bytes, chunked: bool) -> None:
        if not chunked:
            self.wfile.write(body)
            return
        for start in range(0, len(body), CHUNK):
            part = body[start : start + CHUNK]
            self.wfile.write(b"%x\r\n%b\r\n" % (len(part), part))


def answered(database: Database, request: Request, fault: Fault | None) -> Response:
    """The response, an error or not, as the fault wants it."""
    try:
        if fault is not None and fault.kind == "answer":
            raise Refused(fault.status, fault.code, "injected")
        response = answer(database, request)
    except Refused as refused:
        return refused.response()
    except (ArithmeticError, LookupError, TypeError, ValueError, pa.ArrowException) as error:
        traceback.print_exc()
        return Refused(500, "PeerFailed", repr(error)).response()
    if fault is not None and fault.kind == "fail_frame":
        border = max(
            (each for each in response.borders[:-1] if each <= fault.after_bytes), default=0
        )
        response.body = response.body[:border] + failed(FAILURE_CODE)
    return response
