"""Where links lead: relative, so that they hold behind a proxy, and with the caller's token (§17).

``access_token`` is how a browser that was given an address with it goes on being known; what stands
in a text to copy never has it.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlencode

from starlette.requests import Request

from tams_server.authentication import routed_path
from tams_server.base import base_url

TOKEN = "access_token"  # noqa: S105 - the name of the parameter


def token_of(request: Request) -> str | None:
    """What the address of the request shows."""
    return request.query_params.get(TOKEN)


def link(request: Request, path: str, **query: Any) -> str:
    """From the page that is asked for to ``path`` of this server, which begins with a slash.

    What is ``None`` in a query is left out.
    """
    up = "../" * (routed_path(request.scope).count("/") - 1)
    shown = {TOKEN: token_of(request)} if token_of(request) else {}
    return f"{up}{path.removeprefix('/')}{_query({**query, **shown})}" or "./"


def beginning_with(request: Request, path: str, **query: Any) -> str:
    """``path`` below what the server is mounted at, with the caller's token: for a redirect."""
    shown = {TOKEN: token_of(request)} if token_of(request) else {}
    return f"{request.scope.get('root_path', '')}{path}{_query({**query, **shown})}"


def address(request: Request, path: str, **query: Any) -> str:
    """The whole URL, without a token."""
    return f"{base_url(request.scope).rstrip('/')}{path}{_query(query)}"


def in_path(id: str) -> str:
    """An id as a part of a path."""
    return quote(id, safe="")


def _query(query: dict[str, Any]) -> str:
    said = {name: value for name, value in query.items() if value is not None}
    return f"?{urlencode(said)}" if said else ""
