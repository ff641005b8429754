"""Pages of other origins may ask, and see what the specification puts into headers (§13)."""

from __future__ import annotations

from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware

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


def cross_origin(settings: ServerSettings) -> Middleware:
    """Starlette's, for the origins of ``CORS``: a preflight is answered before authentication."""
    return Middleware(
        CORSMiddleware,
        allow_origins=settings.cors,
        allow_methods=METHODS,
        allow_headers=("*",),
        expose_headers=EXPOSED,
        max_age=PREFLIGHT_S,
    )
