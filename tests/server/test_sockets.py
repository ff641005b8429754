"""What only a real socket shows: HEAD, keep-alive, pipelines, slow clients and rude ones."""

from __future__ import annotations

import contextlib
import json
import re
import socket
import tracemalloc
from collections.abc import Iterator
from http.client import HTTPConnection

import httpx2
import pytest

from tests.server.serving import PATIENCE_S, Served, received

ROOT = b"GET / HTTP/1.1\r\nHost: x\r\n"
LAST = b"Connection: close\r\n\r\n"
PATH = "/flows/11111111-1111-4111-8111-111111111111"
SIZES = (6_000_000, 9_000_000)
PUT = f"PUT {PATH} HTTP/1.1\r\nHost: x\r\n".encode()


@pytest.fixture
def connection(served: Served) -> Iterator[HTTPConnection]:
    opened = HTTPConnection("127.0.0.1", served.port, timeout=PATIENCE_S)
    yield opened
    opened.close()


def test_head_has_the_headers_of_get_and_leaves_the_connection_usable(
    connection: HTTPConnection,
) -> None:
    """§1: a body after a HEAD would be read as the next answer."""
    for path, status in (("/", 200), ("/nothing", 404)):
        lengths = []
        for method in ("GET", "HEAD", "GET"):
            connection.request(method, path)
            answer = connection.getresponse()
            answer.read()
            assert answer.status == status
            lengths.append(answer.getheader("content-length"))
        assert len({*lengths}) == 1


def test_requests_in_a_pipeline_are_answered_in_their_order(served: Served) -> None:
    """Three requests before the first answer."""
    nothing = ROOT.replace(b"GET /", b"GET /nothing")
    answers = served.answers(ROOT + b"\r\n" + nothing + b"\r\n" + ROOT + LAST)

    assert re.findall(rb"HTTP/1.1 (\d+)", answers) == [b"200", b"404", b"200"]


def test_a_slow_client_keeps_nobody_waiting(served: Served) -> None:
    """A request that arrives byte by byte, while others ask."""
    with served.socket() as slow, httpx2.Client(base_url=served.url) as others:
        for byte in ROOT:
            slow.sendall(bytes([byte]))
            assert others.get("/").status_code == 200
        slow.sendall(LAST)
        assert received(slow).startswith(b"HTTP/1.1 200")


def test_a_client_that_stops_reading_keeps_nobody_waiting(served: Served) -> None:
    """The server stops reading his requests: it keeps no million of them, nor their answers."""
    with served.socket() as deaf:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
        deaf.settimeout(0.2)
        many = (ROOT + b"\r\n") * 1_000_000
        with pytest.raises(TimeoutError):
            deaf.sendall(many)
        assert httpx2.get(served.url, timeout=PATIENCE_S).status_code == 200


def test_clients_that_go_away_leave_no_trace(served: Served) -> None:
    """In the middle of a request line, of a header, of a body."""
    body = b"PUT /flows/x HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"
    for sent in (b"GE", ROOT, body):
        with served.socket() as opened:
            opened.sendall(sent)
    assert httpx2.get(served.url).status_code == 200


def test_what_is_no_http_is_refused(served: Served) -> None:
    """And the server goes on."""
    for junk in (b"\x00\xff\x00\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n"):
        answer = served.answers(junk)
        assert not answer or answer.startswith(b"HTTP/1.1 4"), answer
    assert httpx2.get(served.url).status_code == 200


def test_a_body_without_end_is_refused_while_it_comes(served: Served) -> None:
    """In chunks, so that no length is announced; what came is not kept."""
    chunk = b"10000\r\n" + b"[" * 65536 + b"\r\n"
    with served.socket() as opened, contextlib.suppress(ConnectionError):
        opened.sendall(PUT + b"Transfer-Encoding: chunked\r\n\r\n")
        tracemalloc.start()
        for _number in range(500):
            opened.sendall(chunk)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        opened.sendall(b"0\r\n\r\n")
        assert opened.recv(100).startswith(b"HTTP/1.1 400")
        assert peak < 16 << 20
    assert httpx2.get(served.url).status_code == 200


def test_a_refused_body_leaves_the_connection_usable(connection: HTTPConnection) -> None:
    """What is left of it is read and thrown away."""
    for _number in range(2):
        connection.request("PUT", PATH, body=b"x" * 3_000_000)
        answer = connection.getresponse()
        assert answer.status == 400
        assert b"too large" in answer.read()


def test_184_a_list_may_have_6_mb_and_not_so_much_that_others_wait(served: Served) -> None:
    """Parsing lets nobody else go on; F17: bodies of 27 MB took 0.4 s."""
    path = f"{served.url}{PATH}/segments"
    statuses = [httpx2.post(path, content=b" " * size + b"[]").status_code for size in SIZES]
    assert [404, 400] == statuses


def test_chunked_bodies_and_those_with_a_length_are_the_same(connection: HTTPConnection) -> None:
    """§6: what they hold decides."""
    said = []
    for body in (b'{"id": 1}', iter([b'{"id"', b": 1}"])):
        connection.request("PUT", PATH, body=body)
        answer = connection.getresponse()
        said.append((answer.status, json.loads(answer.read())["summary"]))
    assert said[0] == said[1]
    assert said[0][0] == 400


def test_a_client_that_waits_for_100_continue_gets_it(served: Served) -> None:
    """Before it sends a body."""
    with served.socket() as opened:
        opened.sendall(PUT + b"Content-Length: 2\r\nExpect: 100-continue\r\n" + LAST)
        assert opened.recv(100).startswith(b"HTTP/1.1 100 Continue")
        opened.sendall(b"{}")
        assert received(opened).startswith(b"HTTP/1.1 400")
