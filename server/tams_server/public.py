"""The server as clients see it: behind a proxy, links name the proxy (``TAMS_PUBLIC_URL``)."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.types import ASGIApp, Receive, Scope, Send


class Public:
    """Lets a request look as if it had come to the public URL, whose path the proxy took off."""

    def __init__(self, app: ASGIApp, url: str | None) -> None:
        self.app = app
        parts = urlsplit(url or "")
        self._scheme, self._host, self._prefix = parts.scheme, parts.netloc, parts.path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not self._host:
            await self.app(scope, receive, send)
            return
        headers = [(name, value) for name, value in scope["headers"] if name != b"host"]
        seen = {
            **scope,
            "scheme": self._scheme,
            "headers": [(b"host", self._host.encode()), *headers],
            "root_path": self._prefix,
            "path": self._prefix + scope["path"],
        }
        await self.app(seen, receive, send)
