"""Pages of other origins may ask, and see what the specification puts into headers (§13)."""

from __future__ import annotations

from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.types import Receive, Scope, Send

from tams_server.settings import ServerSettings

METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS")
EXPOSED = (
    "Link",
    "Location",
    "X-Paging-Count",
    "X-Paging-Limit",
    "X-Paging-NextKey",
    "X-Paging-Reverse-Order",
    "X-Paging-Timerange",
    "X-Correlation-Id",
    "X-Request-Duration",
    "Content-Range",
    "ETag",
    "WWW-Authenticate",
)
PREFLIGHT_S = 3600


class CrossOrigin(CORSMiddleware):
    """Starlette's, which where all origins may ask has nothing to do for a request without one."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        has_origin = any(name == b"origin" for name, _value in scope.get("headers", ()))
        if self.allow_all_origins and not has_origin:
            await self.app(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


def cross_origin(settings: ServerSettings) -> Middleware:
    """For the origins of ``CORS``: a preflight is answered before authentication."""
    return Middleware(
        CrossOrigin,
        allow_origins=settings.cors,
        allow_methods=METHODS,
        allow_headers=("*",),
        expose_headers=EXPOSED,
        max_age=PREFLIGHT_S,
    )
