"""The library's errors as status codes and bodies: one table, walked along the class's ancestors.

Source: mission R6. 409 comes from our extensions alone; 422 never leaves the server (§5 to §9).
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, cast

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.routing import Match

from tams_analytics.errors import (
    AlreadyExists,
    BadParameter,
    BadTimeRange,
    BytesStay,
    EngineFailed,
    NotFound,
    ReadOnlyFlow,
    Refused,
    StillReferenced,
    TamsError,
    Unsupported,
)
from tams_analytics.queries.documents import date_text
from tams_server.answers import json_answer
from tams_server.current import current
from tams_server.methods import allowed
from tams_server.observing import shown_path
from tams_server.rules import rule_of

LOG = logging.getLogger(__name__)

STATUS: dict[type[Exception], int] = {
    BadTimeRange: 400,
    BadParameter: 400,
    NotFound: 404,
    ReadOnlyFlow: 403,
    BytesStay: 409,
    StillReferenced: 409,
    AlreadyExists: 409,
    Refused: 400,
    Unsupported: 501,
    EngineFailed: 503,
}
"""The first ancestor of an error that stands here decides; anything else is 500."""
FAILED_INSIDE = "the server failed at this request; its log says more, by the time of this error"

PHRASES = {
    413: "Content Too Large",
    414: "URI Too Long",
    416: "Range Not Satisfiable",
    422: "Unprocessable Content",
}
"""As RFC 9110 has them; Python before 3.13 has older ones."""


def install(app: FastAPI) -> None:
    """Let ``app`` answer every error with this module's body."""
    app.add_exception_handler(TamsError, _of_the_library)
    app.add_exception_handler(RequestValidationError, _of_validation)
    app.add_exception_handler(HTTPException, _of_http)


def error_answer(
    status: int,
    kind: str,
    summary: str,
    headers: Mapping[str, str] | None = None,
    **more: Any,
) -> Response:
    """The specification's error body, with its ``summary`` as ``message`` too (§9, mission R6)."""
    current().error = kind
    said = {"type": kind, "summary": summary, "time": date_text(_now()), "message": summary}
    return json_answer({**said, **more}, status, headers)


def status_of(error: Exception) -> int:
    """The status code of an error."""
    if isinstance(error, AlreadyExists) and error.specified:
        return 400  # where 8.2 has a code for a taken id (mission R6)
    return next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)


def answer_of(error: Exception) -> Response:
    """The answer to an error that the library raised, or that nobody foresaw.

    Of a storage or database that failed the sentence says what and why: its trace is for DEBUG.
    """
    if not isinstance(error, TamsError):
        return _unforeseen(error)
    status = status_of(error)
    if status >= 500:
        LOG.error("%s", error, exc_info=error if LOG.isEnabledFor(logging.DEBUG) else None)
    current().rule = rule_of(error)
    headers = {"Retry-After": "1"} if status == 503 else None
    more = {"dependents": error.dependents} if isinstance(error, StillReferenced) else {}
    return error_answer(status, type(error).__name__, str(error), headers, **more)


async def _of_the_library(_request: Request, error: Exception) -> Response:
    return answer_of(error)


async def _of_validation(_request: Request, error: Exception) -> Response:
    """A bad query or body is 400; where the path alone is ill-formed, 404 (§4, mission R6)."""
    problems = cast(RequestValidationError, error).errors()
    is_path = all(problem["loc"][0] == "path" for problem in problems)
    said = "; ".join(map(_problem, problems))
    if is_path:
        return error_answer(404, "NotFound", f"there is no such thing: {said}")
    return error_answer(400, "BadParameter", said)


def _problem(found: Mapping[str, Any]) -> str:
    """A problem of the framework's in the form of `BadParameter`."""
    cause = found.get("ctx", {}).get("error")  # ours, whose message would have a prefix
    if isinstance(cause, BadParameter):
        return str(cause)
    said = str(cause) if cause else f"is refused: {found['msg']}"
    return str(BadParameter(found["loc"][-1], found["input"], said))


async def _of_http(request: Request, error: Exception) -> Response:
    """What the framework refuses: an unknown path, a method that a path has not."""
    refused = cast(HTTPException, error)
    if refused.status_code == 405:
        return _not_allowed(request, refused)
    if refused.status_code == 404:
        return error_answer(404, "NotFound", _unknown_path(request), refused.headers)
    status = refused.status_code
    phrase = PHRASES.get(status) or HTTPStatus(status).phrase
    return error_answer(status, phrase.replace(" ", ""), str(refused.detail), refused.headers)


def _unknown_path(request: Request) -> str:
    """Which, and whether it would be known without the slash at its end."""
    shown, path = shown_path(request.scope), request.scope["path"].rstrip("/")
    known = {**request.scope, "path": path}
    is_known = path and any(each.matches(known)[0] is Match.FULL for each in request.app.routes)
    other = shown.rstrip("/")
    is_other = is_known and other != shown
    return f"there is no path {shown}" + (f"; there is {other}" if is_other else "")


def _not_allowed(request: Request, refused: HTTPException) -> Response:
    """405 with what is allowed; OPTIONS, which asks for just that, has it without an error."""
    path = getattr(request.scope.get("route"), "path", "")
    allow = request.app.state.methods.get(path) or allowed(
        {*(refused.headers or {})["Allow"].split(", ")}
    )
    headers = {"Allow": allow}
    if request.method == "OPTIONS":
        return Response(status_code=204, headers=headers)
    said = f"{request.method} is no method of this path; it has {allow}"
    return error_answer(405, "MethodNotAllowed", said, headers)


def _unforeseen(error: Exception) -> Response:
    """Nothing of what is inside shows."""
    LOG.error("unforeseen %s", type(error).__name__, exc_info=error)
    return error_answer(500, "InternalServerError", FAILED_INSIDE)


def _now() -> dt.datetime:
    return dt.datetime.now(dt.timezone.utc)
