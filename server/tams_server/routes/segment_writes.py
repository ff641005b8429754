"""Segments of a flow, registered and deleted."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from tams_analytics.errors import TamsError
from tams_analytics.writes.segments import Outcome, Registration
from tams_server.answers import json_answer
from tams_server.context import Ctx
from tams_server.deletions import deletion_answer
from tams_server.parameters import Flag, FlowId
from tams_server.principals import Principal
from tams_server.uploads import Posted

router = APIRouter()

PATH = "/flows/{flowId}/segments"


@router.post(PATH, operation_id="POST_flows-flowId-segments", status_code=201)
async def create_segments(
    flow_id: FlowId, posted: Posted, ctx: Ctx, principal: Principal
) -> Response:
    """One segment or several, or one with the bytes of its object (W5, W6, §158 to §184)."""
    document = posted.document
    if posted.file is not None:
        upload = ctx.store.writes.upload_segment
        made = await run_in_threadpool(
            upload, ctx.storages, flow_id, document, posted.file, principal=principal
        )
        return json_answer(made, 201)
    outcome = await ctx.registrations.do(Registration(flow_id, document, principal))
    return _answer(outcome, is_single=not isinstance(document, list))


def _answer(made: Outcome, *, is_single: bool) -> Response:
    """The segment itself; of an array nothing, or what failed of it (§158 to §160)."""
    if isinstance(made, TamsError):
        raise made
    if made.failed:
        return json_answer({"failed_segments": made.failed})
    return json_answer(made.created[0] if is_single else None, 201)


@router.delete(PATH, operation_id="DELETE_flows-flowId-segments", status_code=204)
def delete_segments(
    request: Request,
    flow_id: FlowId,
    ctx: Ctx,
    principal: Principal,
    timerange: Annotated[str | None, Query(description="only what it covers wholly")] = None,
    object_id: Annotated[str | None, Query(description="only segments of this object")] = None,
    cascade: Annotated[
        Flag | None, Query(description="false: refuse if an object lost its last reference")
    ] = None,
) -> Response:
    """What `timerange` covers, at once or as a deletion request (R4, §185 to §191)."""
    asked = ctx.store.writes.delete_segments(
        flow_id, timerange=timerange, object_id=object_id, cascade=cascade, principal=principal
    )
    return deletion_answer(request, asked)
