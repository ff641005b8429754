"""Spans of requests, at a collector on loopback (F82)."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from tams_analytics.errors import BadParameter
from tams_server import settings
from tests.server.served import served

TRACE = "0af7651916cd43dd8448eb211c80319c"


@pytest.fixture
def collector() -> Iterator[tuple[str, list[tuple[str, bytes]]]]:
    """Its URL, and what it was sent: paths and bodies."""
    sent: list[tuple[str, bytes]] = []

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent.append((self.path, self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_said: object) -> None:
            """Nothing."""

    with HTTPServer(("127.0.0.1", 0), Collector) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", sent
        server.shutdown()


def test_f82_a_span_has_route_status_and_caller_and_no_query(
    collector: tuple[str, list[tuple[str, bytes]]],
) -> None:
    """L3; the caller's trace goes on, and the correlation id leads to the log."""
    pytest.importorskip("opentelemetry.sdk", reason="the extra [tracing]")
    url, sent = collector
    with served(TRACING_ENABLED="1", OTLP_ENDPOINT=url) as client:
        told = {"traceparent": f"00-{TRACE}-b7ad6b7169203331-01", "x-correlation-id": "mine-1"}
        assert 404 == client.get("/flows/x?access_token=secret", headers=told).status_code
    [(path, body)] = sent
    assert "/v1/traces" == path
    for part in (b"GET /flows/{flowId}", b"mine-1", b"NotFound", bytes.fromhex(TRACE)):
        assert part in body, part
    assert b"secret" not in body


def test_f82_tracing_without_its_extra_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    with pytest.raises(BadParameter, match=r"TRACING_ENABLED.*\[tracing\]"):
        settings.load({"TRACING_ENABLED": "1"})
