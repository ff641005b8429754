"""Pages of segments that are kept, answered before a route is looked for and parameters are read.

Most of such an answer's time would go into that. Only what is plainly good is read here, with the
functions that the route's parameters are checked by; anything else takes the usual way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from fastapi import Request, Response
from starlette.routing import BaseRoute, Match
from starlette.types import ASGIApp, Receive, Scope, Send

from tams_analytics.errors import TamsError
from tams_analytics.representations.pages import AskedSegments
from tams_analytics.representations.urls import UrlOptions
from tams_analytics.span import as_window
from tams_server.base import base_url
from tams_server.context import Context
from tams_server.paging import limit_of
from tams_server.parameters import FLAGS, a_number, a_uuid, decoded, uuids
from tams_server.repeated import Repeated
from tams_server.segment_answers import Shown, after_of
from tams_server.strict import EVERYWHERE
from tams_server.url_options import labels

ASKED: Mapping[str, Callable[[str], Any]] = {
    "timerange": str,
    "object_id": str,
    "reverse_order": FLAGS.__getitem__,
    "limit": lambda text: int(a_number(text)),
    "page": str,
    "include_object_timerange": FLAGS.__getitem__,
    **dict.fromkeys(EVERYWHERE, str),
}
OF_URLS: Mapping[str, Callable[[str], Any]] = {
    "verbose_storage": FLAGS.__getitem__,
    "accept_get_urls": labels,
    "accept_storage_ids": lambda text: tuple(uuids(text)),
    "presigned": FLAGS.__getitem__,
}


class Quick:
    """Looks first whether the answer is kept, before a route is looked for."""

    def __init__(self, app: ASGIApp, route: BaseRoute) -> None:
        self.app = app
        self._route = route
        self._repeated = Repeated()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = self._answer(scope) if scope["type"] == "http" else None
        await (answer or self.app)(scope, receive, send)

    def _answer(self, scope: Scope) -> Response | None:
        match, found = self._route.matches(scope)
        if match != Match.FULL:
            return None
        answer = self._kept_answer(Request({**scope, **found}))
        if answer is not None:
            scope["route"] = self._route
        return answer

    def _kept_answer(self, request: Request) -> Response | None:
        """As others were told in this second, or made."""
        store = request.app.state.context.store
        if not store.stamps_are_local:
            return None
        scope = request.scope
        asked = (base_url(scope), scope["path"], scope["query_string"])
        stamp = store.stamp(request.path_params["flowId"])
        answer = self._repeated.recall(asked, stamp)
        if answer is None:
            answer = quick_answer(request)
            if answer is not None:
                self._repeated.remember(asked, stamp, answer)
        return answer


def quick_answer(request: Request) -> Response | None:
    """The answer, if it is kept and nothing of the request has to be looked at twice."""
    context: Context = request.app.state.context
    try:
        asked, shown = _read(request, context)
    except (KeyError, ValueError, TamsError):  # refused, or not known here: the usual way says
        return None
    if asked.limit < 1:
        return None
    return shown.at_once(request, asked)


def _read(request: Request, context: Context) -> tuple[AskedSegments, Shown]:
    text = request.scope["query_string"].decode("ascii")
    decoded(text)  # or is refused
    given = parse_qsl(text, keep_blank_values=True) if text else []
    said = {name: ASKED[name](value) for name, value in given if name not in OF_URLS}
    of_urls = {name: OF_URLS[name](value) for name, value in given if name in OF_URLS}
    if len(said) + len(of_urls) < len(given):
        raise KeyError("a parameter twice")
    reverse = said.get("reverse_order", False)
    asked = AskedSegments(
        a_uuid(request.path_params["flowId"]),
        as_window(said.get("timerange")),
        limit_of(said.get("limit")),
        said.get("object_id"),
        reverse,
        after_of(said.get("page"), reverse=reverse),
    )
    timeranges = said.get("include_object_timerange", False)
    return asked, Shown(context, base_url(request.scope), UrlOptions(**of_urls), timeranges)
