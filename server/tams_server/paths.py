"""Paths are routed as they came, so that an encoded slash is no slash (§11).

Servers decode a path before anybody could tell ``/tags/a%2Fb`` from ``/tags/a/b``. Here parts of a
path stay encoded; what takes a name from one decodes it once: `parameters.Name`.
"""

from __future__ import annotations

from urllib.parse import quote

from starlette.types import ASGIApp, Receive, Scope, Send

KEPT = "%/:@!$&'()*+,;=~"
"""What is quoted already, or need not be."""


class EncodedPaths:
    """Routes by the path of the request line, of which only what is no ASCII is quoted."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        raw = scope.get("raw_path")
        if scope["type"] == "http" and raw is not None:
            scope = {**scope, "path": quote(raw, safe=KEPT)}
        await self.app(scope, receive, send)
