"""Where the server is, as the client that asks sees it: what its URLs begin with."""

from __future__ import annotations

import functools

from starlette.requests import Request
from starlette.types import Scope

MOST = 64
"""Hosts are few; clients could name endless ones."""


def base_url(scope: Scope) -> str:
    """Scheme, host and path of the server, with a slash at the end."""
    host = next((value for name, value in scope["headers"] if name == b"host"), None)
    path = scope.get("app_root_path", scope.get("root_path", ""))
    return _base_url(scope["scheme"], host, path, *(scope.get("server") or ()))


@functools.lru_cache(MOST)
def _base_url(scheme: str, host: bytes | None, root_path: str, *server: str | int | None) -> str:
    """Starlette's, remembered: it took a tenth of the time of a short answer."""
    headers = [] if host is None else [(b"host", host)]
    seen = {"type": "http", "scheme": scheme, "headers": headers, "server": server or None}
    return str(Request(seen | {"root_path": root_path}).base_url)
