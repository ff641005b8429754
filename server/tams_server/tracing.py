"""A span for each request, sent to a collector by OTLP; only where it is asked for (F82).

Spans have the route, never the query, which may hold a token or a signature (L3). Needs the extra
``[tracing]``; whoever does not ask pays nothing, as nothing of this stands around the requests.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from opentelemetry.propagate import extract
from opentelemetry.trace import NoOpTracer, SpanKind, Status, StatusCode, Tracer, TracerProvider
from starlette.types import ASGIApp, Receive, Scope, Send

from tams_server.current import current

SERVICE = "tams"
PATIENCE_S = 2.0
"""So long a collector may take for a batch, with all tries; the end waits for the last one."""


@contextlib.contextmanager
def sending(endpoint: str) -> Iterator[TracerProvider]:
    """What sends spans to a collector; at the end the last of them."""
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415 - the extra
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415 - the extra
    from opentelemetry.sdk.trace import TracerProvider as Provider  # noqa: PLC0415 - the extra
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415 - the extra

    provider = Provider(resource=Resource.create({"service.name": SERVICE}))
    exporter = OTLPSpanExporter(f"{endpoint}/v1/traces", timeout=PATIENCE_S)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    yield provider
    provider.shutdown()


class Traced:
    """A span around each request, a child of the caller's where its ``traceparent`` says so."""

    def __init__(self, app: ASGIApp, endpoint: str) -> None:
        self.app = app
        self._endpoint = endpoint
        self._tracer: Tracer = NoOpTracer()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            with sending(self._endpoint) as provider:
                self._tracer = provider.get_tracer(SERVICE)
                await self.app(scope, receive, send)
            return
        method = scope["method"]
        sent = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        with self._tracer.start_as_current_span(method, extract(sent), SpanKind.SERVER) as span:
            await self.app(scope, receive, send)
            asked = current()
            span.update_name(f"{method} {asked.route}".strip())
            span.set_attributes(
                {
                    "http.request.method": method,
                    "http.route": asked.route,
                    "http.response.status_code": asked.status,
                    "tams.correlation_id": asked.correlation_id,
                    "error.type": asked.error,
                }
            )
            if asked.status >= 500:
                span.set_status(Status(StatusCode.ERROR))
