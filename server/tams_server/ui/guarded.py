"""What stands around the pages: a strict policy for browsers, and errors that can be read.

Pages run no script and ask for nothing but what this server gives; the one style that is not a file
of its own, that of the timeline, shows the nonce of its answer. What would be the API's error is a
page for who asked for one; the data of a page has it as it is.
"""

from __future__ import annotations

import secrets
from http import HTTPStatus

import orjson
from fastapi import Request, Response
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tams_server.authentication import routed_path
from tams_server.ui.html import NONCE, page_answer

ROOT = "/ui"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; "
    "img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; "
    "form-action 'self'"
)
KEPT = ("www-authenticate", "allow", "retry-after")
"""Headers of an error that its page has too."""


class Guarded:
    """Around all of `ROOT`; other paths pass."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not is_of_pages(routed_path(scope)):
            await self.app(scope, receive, send)
            return
        nonce = secrets.token_urlsafe(16)
        scope.setdefault("state", {})[NONCE] = nonce
        error: Message | None = None

        async def send_guarded(message: Message) -> None:
            nonlocal error
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(guards(nonce))
                error = message if _is_to_be_read(message, scope) else None
                if error is None:
                    await send(message)
            elif error is None:
                await send(message)
            else:  # errors have one part
                await _as_page(scope, error, message["body"], nonce)(scope, receive, send)

        await self.app(scope, receive, send_guarded)


def is_of_pages(path: str) -> bool:
    return path in (ROOT, f"{ROOT}.json") or path.startswith(f"{ROOT}/")


def _is_to_be_read(message: Message, scope: Scope) -> bool:
    """It is an error, of what is no data and no file of a page."""
    return message["status"] >= 400 and "." not in routed_path(scope).rpartition("/")[2]


def guards(nonce: str) -> dict[str, str]:
    """Headers of all that is under `ROOT`."""
    return {
        "Content-Security-Policy": POLICY.format(nonce=nonce),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
    }


def _as_page(scope: Scope, error: Message, body: bytes, nonce: str) -> Response:
    status = error["status"]
    found = MutableHeaders(scope=error)
    kept = {name: found[name] for name in KEPT if name in found}
    page = {
        "page": "error",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "summary": orjson.loads(body)["summary"],
    }
    headers = {**kept, **guards(nonce)}
    return page_answer(Request(scope), "error", page, status=status, headers=headers)
