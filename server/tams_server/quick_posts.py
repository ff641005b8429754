"""Segments that come as JSON, registered before a route is looked for and parameters are read.

Most of what such a request costs the event loop would go into that, and there is nothing to read
but the flow's id and the body: the route's own function is called with them. Whatever has a query
or comes in parts takes the usual way.
"""

from __future__ import annotations

from typing import Any

from fastapi import Request
from starlette.routing import BaseRoute, Match
from starlette.types import ASGIApp, Receive, Scope, Send

from tams_server.bodies import long_json_body
from tams_server.principals import principal_of
from tams_server.routes.segment_writes import create_segments
from tams_server.uploads import PostedSegments, comes_in_parts


class QuickPosts:
    """Calls `create_segments` itself, where it can."""

    def __init__(self, app: ASGIApp, route: BaseRoute) -> None:
        self.app = app
        self._route = route

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = self._found(scope)
        if found is None:
            await self.app(scope, receive, send)
            return
        scope["route"] = self._route
        request = Request({**scope, **found}, receive)
        answer = await create_segments(
            request.path_params["flowId"],
            PostedSegments(await long_json_body(request)),
            request.app.state.context,
            await principal_of(request),
        )
        await answer(scope, receive, send)

    def _found(self, scope: Scope) -> dict[str, Any] | None:
        """What the route finds in the path, if nothing else has to be read."""
        if scope["type"] != "http" or scope["method"] != "POST" or scope["query_string"]:
            return None
        match, found = self._route.matches(scope)
        if match != Match.FULL or "%" in found["path_params"]["flowId"]:
            return None
        return None if comes_in_parts(Request(scope)) else dict(found)
