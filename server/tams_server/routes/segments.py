"""Segments of a flow, read."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from tams_analytics.representations.pages import AskedSegments
from tams_analytics.span import as_window
from tams_server.base import base_url
from tams_server.context import Ctx
from tams_server.paging import limit_of
from tams_server.parameters import Flag, FlowId, Limit, Page, Reverse, refuse_no_uuid
from tams_server.segment_answers import Shown, after_of
from tams_server.url_options import Urls

router = APIRouter()


@router.get("/flows/{flowId}/segments", operation_id="GET_flows-flowId-segments")
def list_segments(  # noqa: PLR0913 - what the specification lets a client say
    request: Request,
    *,
    flow_id: FlowId,
    ctx: Ctx,
    urls: Urls,
    timerange: Annotated[str | None, Query(description="those that overlap it")] = None,
    object_id: Annotated[str | None, Query(description="those of this object")] = None,
    include_object_timerange: Annotated[Flag, Query(description="of the object too")] = False,
    reverse_order: Reverse = False,
    limit: Limit = None,
    page: Page = None,
) -> Response:
    """The segments of a flow in order of time, with URLs of their bytes (F16, §129 to §157).

    What is kept has been answered before (`quick`).
    """
    after = after_of(page, reverse=reverse_order)
    window = as_window(timerange)
    refuse_no_uuid("flow", flow_id)
    asked = AskedSegments(flow_id, window, limit_of(limit), object_id, reverse_order, after)
    shown = Shown(ctx, base_url(request.scope), urls, include_object_timerange)
    return shown.answer(request, asked)
