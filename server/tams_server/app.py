"""The application: its routes, and what stands around every one of them."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager

from fastapi import FastAPI
from fastapi.telemetry import TelemetryConfig
from starlette.middleware import Middleware

from tams_analytics.errors import BadParameter, TamsError
from tams_analytics.settings import redacted
from tams_analytics.store import Store, connect
from tams_server import errors
from tams_server.authentication import Authenticated, Authentication, authentication_of
from tams_server.boundary import Answered
from tams_server.context import Context
from tams_server.gauges import Gauges
from tams_server.heads import HeadAsGet
from tams_server.methods import methods_of
from tams_server.metrics import Metrics
from tams_server.observing import Observed
from tams_server.openapi import specified_document
from tams_server.origins import cross_origin
from tams_server.paths import EncodedPaths
from tams_server.public import Public
from tams_server.quick import Quick
from tams_server.quick_posts import QuickPosts
from tams_server.routes import API, PAGES, ROUTERS, pages, segment_writes, segments
from tams_server.settings import ServerSettings
from tams_server.tracing import Traced
from tams_server.ui.guarded import Guarded

DESCRIPTION = (
    "The Time-addressable Media Store API 8.2, and extensions of this server: its README names them"
    " under *The server*."
)
NO_TELEMETRY = TelemetryConfig(tracing=False, metrics=False, logs=False, auto_configure=False)
"""FastAPI's own would tell queries with their ``access_token`` as soon as an environment variable
is set (L3, F82), and looks for it in each request."""


def create_app(
    store: Store,
    settings: ServerSettings | None = None,
    authentication: Authentication | None = None,
    beside: AbstractContextManager[object] | None = None,
    at_end: Callable[[], object] | None = None,
) -> FastAPI:
    """The API over ``store``, which the caller opens, prepares and closes.

    ``settings`` default to themselves, not to the environment. ``authentication`` stands in for
    what they say of callers (F84). ``beside`` is entered before the first request and left after
    the last: a store that nobody else closes, for one. ``at_end`` is called after the last request,
    before anything is left: to bound how long that takes, it must not wait. FastAPI's
    ``dependency_overrides`` reach no route of the API, which all applications of a process share.
    """
    settings = settings or ServerSettings()
    metrics = Metrics() if settings.metrics_enabled else None
    app = FastAPI(
        title="TAMS",
        version="8.2",
        description=DESCRIPTION,
        redirect_slashes=False,
        openapi_url="/openapi.json",
        docs_url=None,  # `routes.documentation`
        redoc_url=None,
        telemetry=NO_TELEMETRY,
        lifespan=lambda app: _lifespan(app, beside, at_end),
        middleware=_around(settings, metrics, authentication or authentication_of(settings)),
    )
    app.state.context = Context(store, settings, metrics)
    app.router.routes.extend(API.routes)
    app.router.routes.extend(PAGES.routes if settings.ui else [])
    app.state.methods = methods_of([*ROUTERS, *([pages.router] if settings.ui else [])])
    errors.install(app)
    app.openapi = lambda: specified_document(app)  # type: ignore[method-assign]
    return app


def _around(
    settings: ServerSettings, metrics: Metrics | None, authentication: Authentication | None
) -> list[Middleware]:
    """What a request goes through before its route, the outermost first."""
    tracing = [Middleware(Traced, settings.otlp_endpoint)] if settings.tracing_enabled else []
    return [
        Middleware(Observed, metrics),
        *tracing,
        Middleware(EncodedPaths),
        Middleware(Public, settings.public_url),
        cross_origin(settings),
        Middleware(HeadAsGet),
        *([Middleware(Guarded)] if settings.ui else []),
        Middleware(Answered),
        Middleware(Authenticated, authentication),
        Middleware(Quick, segments.router.routes[0]),
        Middleware(QuickPosts, segment_writes.router.routes[0]),
    ]


def asked_instead(settings: ServerSettings) -> AbstractContextManager[Store | None]:
    """What ``TAMS_ANALYTICS_URL`` names, opened. Raises `BadParameter` where it cannot be."""
    if not settings.analytics_url:
        return contextlib.nullcontext()
    try:
        return connect(settings.analytics_url, read_only=True)
    except TamsError as error:
        problem = f"cannot be opened: {error}"
        shown = redacted(settings.analytics_url)
        raise BadParameter("TAMS_ANALYTICS_URL", shown, problem) from error


@contextlib.asynccontextmanager
async def _lifespan(
    app: FastAPI,
    beside: AbstractContextManager[object] | None,
    at_end: Callable[[], object] | None,
) -> AsyncIterator[None]:
    """What runs beside the requests, from the first to the last of them."""
    context: Context = app.state.context
    with contextlib.ExitStack() as running:
        if beside is not None:
            running.enter_context(beside)
        running.enter_context(context.store.threads_per_question(context.settings.query_threads))
        if other := running.enter_context(asked_instead(context.settings)):
            app.state.context = dataclasses.replace(context, asked_instead=other)
        running.callback(app.state.context.kept.close)
        if context.metrics is not None:
            interval_s = context.settings.metrics_interval
            running.enter_context(Gauges(context.store, context.metrics, interval_s))
        if at_end is not None:
            running.callback(at_end)  # last, so that it is called first
        yield
