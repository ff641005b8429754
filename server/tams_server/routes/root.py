"""``/``: what there is below (§12); a browser is sent on to the pages."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from tams_server.answers import json_answer
from tams_server.context import Ctx
from tams_server.ui.links import beginning_with

router = APIRouter()

NAMES = ["service", "flows", "sources", "objects", "flow-delete-requests"]
BY_ACCEPT = {"Vary": "Accept"}


@router.get("/", operation_id="GET_root")
async def list_endpoints(request: Request, ctx: Ctx) -> Response:
    """The list, whatever a client accepts, but for one that would rather have HTML."""
    if ctx.settings.ui and prefers_html(request.headers.get("accept", "")):
        return RedirectResponse(beginning_with(request, "/ui"), 303, BY_ACCEPT)
    return json_answer(NAMES, headers=BY_ACCEPT)


def prefers_html(accept: str) -> bool:
    """Whether the first media type of an ``Accept`` is that of pages."""
    return accept.partition(",")[0].partition(";")[0].strip().lower() == "text/html"
