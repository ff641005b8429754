"""HEAD answers as GET does, without the body (§1)."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

IS_HEAD = "tams.is_head"


def is_head(scope: Scope) -> bool:
    """Whether this GET is a HEAD: its body need not be made."""
    return bool(scope.get(IS_HEAD))


class HeadAsGet:
    """Runs the GET of a HEAD, and keeps its body back."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self.app(scope, receive, send)
            return

        async def send_head(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        await self.app({**scope, "method": "GET", IS_HEAD: True}, receive, send_head)
