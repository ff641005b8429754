"""What the log says of a request: who, what and how it ended, with its id; and no secret."""

from __future__ import annotations

import io
import json
import logging
import re
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from opentelemetry import trace

from tams_analytics.errors import EngineFailed
from tams_server import logs
from tams_server.settings import load
from tests.server.served import served
from tests.server.worlds import F1

NAMES = ("tams_server", "tams_analytics", *logs.OF_OTHERS, logs.AUDIT, logs.ERRORS)


class Log:
    """What `logs.configure` wrote."""

    def __init__(self) -> None:
        self.text = io.StringIO()

    def configure(self, **environ: str) -> None:
        logs.configure(load(environ))
        (handler,) = logging.getLogger("tams_server").handlers
        assert isinstance(handler, logging.StreamHandler)
        handler.setStream(self.text)

    @property
    def told(self) -> str:
        return self.text.getvalue()

    @property
    def records(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.told.splitlines()]


@pytest.fixture
def log() -> Iterator[Log]:
    loggers = [logging.getLogger(name) for name in NAMES]
    before = [(each.handlers, each.propagate, each.level) for each in loggers]
    yield Log()
    for each, (handlers, propagate, level) in zip(loggers, before, strict=True):
        each.handlers, each.propagate = handlers, propagate
        each.setLevel(level)


FLOW = {
    "id": F1,
    "source_id": F1,
    "format": "urn:x-nmos:format:data",
    "codec": "a/b",
    "essence_parameters": {},
}


def test_json_lines_name_request_change_and_caller(log: Log) -> None:
    """F82, L4: one id in the access line, the audit line and the answer."""
    log.configure(LOG_FORMAT="json")
    with served(TAMS_AUTH_TOKENS="writer:geheim") as client:
        store = client.app.state.context.store
        client.app.add_api_route(
            "/made", lambda: store.writes.create_flow(FLOW, principal="writer")
        )
        sent = {"x-correlation-id": "mine-1", "Authorization": "Bearer geheim"}
        answer = client.get("/made?access_token=geheim2", headers=sent)
    assert "mine-1" == answer.headers["x-correlation-id"]
    assert float(answer.headers["x-request-duration"]) > 0

    audit, access = log.records
    assert ("tams_analytics.audit", "mine-1") == (audit["logger"], audit["correlation_id"])
    assert "principal='writer' change=create" in audit["message"]
    of_audit = {"principal": "writer", "change": "create", "entity": "flow", "result": "done"}
    assert {**of_audit, "entity_id": FLOW["id"]}.items() <= audit.items()
    kept = {"level": "INFO", "method": "GET", "path": "/made", "route": "/made", "status": 200}
    assert {**kept, "principal": "writer", "correlation_id": "mine-1"}.items() <= access.items()
    assert "geheim" not in log.told


def test_text_lines_hold_the_id_and_no_secret_either(log: Log) -> None:
    """L1, L3, §18."""
    log.configure()
    with served() as client:
        client.get("/nothing%0A%20x?access_token=geheim", headers={"x-correlation-id": "a b\tc"})
        made = client.get("/").headers["x-correlation-id"]
    first, second = log.told.splitlines()
    assert "GET /nothing%0A%20x 404 " in first
    assert "a b" not in first
    assert f"INFO [{made}] tams_server.access: GET / 200 " in second
    assert "geheim" not in log.told


@pytest.mark.parametrize(
    "line",
    [
        "x?access_token=geheim&a=b",
        "https://u:geheim@h/p",
        "https://h/p?X-Amz-Signature=geheim",
        "Authorization: Bearer geheim",
        "Basic geheim",
        'said "https://h/p?geheim", and went',
        "/media/a?expires=1&signature=geheim",
    ],
)
def test_what_could_be_a_secret_is_left_out_of_every_line(log: Log, line: str) -> None:
    """L3: also where somebody else wrote it."""
    log.configure(LOG_FORMAT="json")
    logging.getLogger("tams_server.x").warning("%s", line)
    assert "***" in log.records[0]["message"]
    assert "geheim" not in log.told


@pytest.mark.parametrize(("reported", "level"), [("0", "INFO"), ("1", "INFO"), ("1", "DEBUG")])
def test_failures_are_logged_where_that_is_wanted(log: Log, reported: str, level: str) -> None:
    """F49; the client learns nothing of what is inside.

    What nobody foresaw has its trace; of a storage that is full a line says all.
    """

    def fail() -> None:
        raise RuntimeError("inside")

    def down() -> None:
        try:
            raise OSError("a cause")
        except OSError as error:
            raise EngineFailed("the media directory", "storing x", "full") from error

    log.configure(LOG_FORMAT="json", ERROR_REPORTING=reported, LOG_LEVEL=level)
    with served() as client:
        client.app.add_api_route("/fail", fail)
        client.app.add_api_route("/down", down)
        failed = client.get("/fail")
        assert (500, "InternalServerError") == (failed.status_code, failed.json()["type"])
        assert "inside" not in failed.text
        assert failed.headers["x-correlation-id"]
        assert (503, "1") == (
            (gone := client.get("/down")).status_code,
            gone.headers["retry-after"],
        )
    errors = [record for record in log.records if record["level"] == "ERROR"]
    assert [] == errors if reported == "0" else 2 == len(errors)
    assert ("RuntimeError: inside" in log.told) == (reported == "1")
    assert ("storing x: full" in log.told) == (reported == "1")
    assert ("OSError: a cause" in log.told) == (level == "DEBUG")


def test_the_audit_can_be_left_out(log: Log) -> None:
    """F49."""
    log.configure(AUDIT_LOGGING="0")
    with served() as client:
        client.app.state.context.store.writes.create_flow(FLOW)
    assert "" == log.told


def test_levels_and_line_numbers(log: Log) -> None:
    """F51, L1."""
    log.configure(LOG_LEVEL="warning", ENVIRONMENT="development")
    with served() as client:
        client.get("/")
    logging.getLogger("tams_server.x").warning("w")
    (line,) = log.told.splitlines()
    assert "test_levels_and_line_numbers: w" in line


def test_the_line_of_a_request_has_a_line_number_too(log: Log) -> None:
    """L1."""
    log.configure(ENVIRONMENT="development")
    with served() as client:
        client.get("/")
    assert re.search(r"tams_server\.access:[1-9]\d* _write: GET / 200", log.told)


def test_f82_nobody_traces_requests_unless_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """L3: what FastAPI would tell of its own accord has the query, with the token."""
    asked: list[str] = []

    class Provider(trace.TracerProvider):
        def get_tracer(self, name: str, *_more: Any, **_options: Any) -> trace.Tracer:
            asked.append(name)
            return trace.NoOpTracer()

    monkeypatch.setattr(trace, "get_tracer_provider", Provider)
    with served() as client:
        assert 200 == client.get("/?access_token=secret").status_code
    assert [] == asked


def test_f82_a_collector_that_is_not_there_is_told_as_all_else(log: Log) -> None:
    """In the log's own form, and not as raw lines of another library."""
    pytest.importorskip("opentelemetry.sdk", reason="the extra [tracing]")
    log.configure(LOG_FORMAT="json")
    with socket.create_server(("127.0.0.1", 0)) as found:
        port = found.getsockname()[1]
    with served(TRACING_ENABLED="1", OTLP_ENDPOINT=f"http://127.0.0.1:{port}") as client:
        client.get("/flows/x")
    told = {each["logger"].partition(".")[0] for each in log.records if each["level"] != "INFO"}
    assert "opentelemetry" in told
