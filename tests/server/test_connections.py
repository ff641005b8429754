"""Clients that are slow, or send too much head: the server lets go of them, and says so."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest
import uvicorn
from fastapi import FastAPI, Response

import tams_analytics as ta
from tams_server.app import create_app
from tams_server.connections import MOST_HEAD_BYTES
from tams_server.serving import configured
from tams_server.settings import ServerSettings

TIMEOUT_S = 1
POST = b"POST /flows/11111111-1111-4111-8111-111111111111/segments HTTP/1.1\r\nHost: x\r\n"
GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.fixture(scope="module")
def connect() -> Iterator[Callable[[], socket.socket]]:
    """Opens a connection to a server whose clients may wait a second."""
    settings = ServerSettings(client_timeout=TIMEOUT_S, metrics_enabled=False)
    with ta.connect(":memory:") as store, socket.create_server(("127.0.0.1", 0)) as door:
        app: FastAPI = create_app(store, settings)
        app.add_api_route("/much", lambda: Response(bytes(64 << 20)))
        server = uvicorn.Server(configured(app, settings))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [door]})
        thread.start()
        try:
            yield lambda: socket.create_connection(door.getsockname(), timeout=20)
        finally:
            server.should_exit = True
            thread.join()


def ended_after(opened: socket.socket) -> tuple[bytes, float]:
    """What came until the server let go, and when that was."""
    began = time.monotonic()
    parts = []
    with contextlib.suppress(ConnectionResetError):
        while part := opened.recv(65536):
            parts.append(part)
    return b"".join(parts), time.monotonic() - began


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"GET / HTT",
        POST + b"Content-Length: 9\r\n\r\n[",
    ],
    ids=["nothing", "half a head", "half a body"],
)
def test_a_client_that_does_not_go_on_is_let_go(
    connect: Callable[[], socket.socket], sent: bytes
) -> None:
    with connect() as opened:
        opened.sendall(sent)
        _said, seconds = ended_after(opened)
        assert TIMEOUT_S * 0.9 <= seconds < 10


def test_a_head_that_drips_has_one_turn_in_all(connect: Callable[[], socket.socket]) -> None:
    with connect() as opened:
        began = time.monotonic()
        with contextlib.suppress(ConnectionError):
            while time.monotonic() - began < 10:
                opened.sendall(b"X")
                time.sleep(0.1)
        assert time.monotonic() - began < 10


def test_a_client_that_does_not_take_its_answer_is_let_go(
    connect: Callable[[], socket.socket],
) -> None:
    with connect() as opened:
        opened.sendall(b"GET /much HTTP/1.1\r\nHost: x\r\n\r\n")
        time.sleep(TIMEOUT_S * 4)
        said, _seconds = ended_after(opened)
        assert 0 < len(said) < 64 << 20


def test_a_client_that_goes_on_is_kept(connect: Callable[[], socket.socket]) -> None:
    """Slower in all than the timeout, but never without a move."""
    body = b"[" + b" " * 20 + b"]"
    with connect() as opened:
        opened.sendall(POST + b"Content-Length: %d\r\n\r\n" % len(body))
        for byte in body:
            opened.sendall(bytes([byte]))
            time.sleep(TIMEOUT_S / 10)
        assert opened.recv(65536).startswith(b"HTTP/1.1 404 ")
        opened.sendall(GET)
        assert opened.recv(65536).startswith(b"HTTP/1.1 200 ")


def test_too_large_a_head_is_refused_with_the_error_body(
    connect: Callable[[], socket.socket],
) -> None:
    """§9; a head of any request that the API has is far smaller."""
    with connect() as opened:
        opened.sendall(GET)
        assert opened.recv(65536).startswith(b"HTTP/1.1 200 ")
        opened.sendall(b"GET / HTTP/1.1\r\nX: " + b"x" * (MOST_HEAD_BYTES + 1000))
        said, _seconds = ended_after(opened)
        assert said.startswith(b"HTTP/1.1 400 ")
        assert b'"message":' in said


def test_what_is_no_http_is_refused_with_the_error_body(
    connect: Callable[[], socket.socket],
) -> None:
    """§9."""
    with connect() as opened:
        opened.sendall(b"\x16\x03\x01 no http\r\n\r\n")
        said, _seconds = ended_after(opened)
        assert said.startswith(b"HTTP/1.1 400 ")
        assert b'"type":"BadRequest"' in said


def test_a_request_line_that_is_no_ascii_is_refused_with_the_error_body(
    connect: Callable[[], socket.socket],
) -> None:
    """§9: brackets may be raw (§157), bytes beyond ASCII may not."""
    with connect() as opened:
        opened.sendall(b"GET /flows?timerange=[0:0_1:0) HTTP/1.1\r\nHost: x\r\n\r\n")
        assert opened.recv(65536).startswith(b"HTTP/1.1 200 ")
        opened.sendall(b"GET /flows?label=\xff HTTP/1.1\r\nHost: x\r\n\r\n")
        said = opened.recv(65536)
        assert said.startswith(b"HTTP/1.1 400 ")
        assert b'"message":' in said
