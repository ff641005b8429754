"""The last boundary: whatever fails inside, or is cut off, becomes an answer with the error body.

Stands inside of what observes and outside of all that may refuse, so that middlewares refuse like
routes do.
"""

from __future__ import annotations

import asyncio
import logging

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tams_server.current import current
from tams_server.errors import answer_of, error_answer

CUT_OFF = "the server ended before this request did, so that nobody knows whether it was done"
LOG = logging.getLogger(__name__)


class Answered:
    """Answers every error that comes out of ``app`` before the answer began."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        has_begun = False

        async def send_on(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            await self.app(scope, receive, send_on)
        except ClientDisconnect:
            LOG.debug("the client left before its request was read")
        except asyncio.CancelledError:  # at the end of the process; raised, it would be a traceback
            if not has_begun:
                await error_answer(503, "ServiceUnavailable", CUT_OFF)(scope, receive, send)
        except Exception as error:
            if has_begun:
                raise
            await answer_of(error)(scope, receive, send)
        finally:
            current().route = getattr(scope.get("route"), "path", "")
