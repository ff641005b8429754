"""Bytes behind URLs that clients named, of moto's S3 server and a small one on loopback."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tams_analytics.errors import EngineFailed
from tams_analytics.media import asking
from tams_analytics.media.ranges import ObjectReader
from tams_analytics.media.web import part_of_url

BODY = bytes(range(256)) * 400
QUERY = "signature=geheim"


class Handler(BaseHTTPRequestHandler):
    """``/ranges`` knows ranges, ``/whole`` and ``/shifted`` do not, ``/moved`` leads on."""

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        start, stop = (int(side) for side in self.headers["Range"][len("bytes=") :].split("-"))
        if path == "/ranges":
            said = f"bytes {start}-{stop}/{len(BODY)}"
            self.answer(206, BODY[start : stop + 1], {"Content-Range": said})
        elif path == "/whole":
            self.answer(200, BODY, {})
        elif path == "/shifted":
            self.answer(206, BODY, {"Content-Range": f"bytes 0-{len(BODY) - 1}/{len(BODY)}"})
        elif path == "/moved":
            self.answer(302, b"", {"Location": "/ranges"})
        else:
            self.answer(404, b"", {})

    def answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        try:
            self.wfile.write(body)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True  # who asked for a byte goes away before the others

    def log_message(self, *_said: object) -> None:
        pass


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    found = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=found.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{found.server_port}"
    found.shutdown()
    thread.join()
    found.server_close()


@pytest.mark.parametrize("path", ["ranges", "moved"])
def test_a_url_is_read_by_ranges_where_redirects_lead(server: str, path: str) -> None:
    reader = ObjectReader([part_of_url(f"{server}/{path}?{QUERY}")])
    reader.seek(1000)

    assert (len(BODY), BODY[1000:1100]) == (reader.size, reader.read(100))


def test_a_url_that_is_gone_is_named_without_its_query(server: str) -> None:
    with pytest.raises(EngineFailed) as failed:
        part_of_url(f"{server}/gone?{QUERY}")

    assert "/gone: Not Found" in str(failed.value)
    assert QUERY not in str(failed.value)


def test_a_server_that_ignores_ranges_is_refused_and_not_read_whole(server: str) -> None:
    part = part_of_url(f"{server}/whole")

    with pytest.raises(EngineFailed, match="its answer to a Range has status 200"):
        part.read(0, 10)


def test_a_server_that_gives_another_range_is_refused(server: str) -> None:
    part = part_of_url(f"{server}/shifted")

    with pytest.raises(EngineFailed, match="byte 5 was asked for, it gives bytes 0-"):
        part.read(5, 10)


def test_what_is_no_http_is_refused() -> None:
    with pytest.raises(EngineFailed, match="it is no URL of HTTP"):
        asking.read("file:///etc/hosts", 0, 10, timeout_s=1)


@pytest.mark.parametrize("url", ["http:///media/x?secret", "x", "http://[::1/x"])
def test_a_url_without_a_host_is_told_as_one(url: str) -> None:
    for read in (part_of_url, lambda url: asking.read(url, 0, 10, timeout_s=1)):
        with pytest.raises(EngineFailed) as refused:
            read(url)
        assert "reading a URL without a host" in str(refused.value)
        assert "None" not in str(refused.value)
        assert "secret" not in str(refused.value)
