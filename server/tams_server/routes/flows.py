"""Flows: listed, read, put, made and deleted."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from tams_analytics.queries import attached, entities, flows
from tams_analytics.span import as_window
from tams_server.answers import json_answer, no_content
from tams_server.bodies import JsonBody, LongJsonBody
from tams_server.context import Ctx
from tams_server.deletions import deletion_answer
from tams_server.filters import Timerange, flow_filters, tags_asked
from tams_server.listings import InOrder, Listing, listed
from tams_server.parameters import Cascade, Flag, FlowId, Tags
from tams_server.principals import Principal

router = APIRouter()

FLOWS = Listing("flows", flows.listing, attached.flow_of, flows.ORDERS)
PATH = "/flows/{flowId}"


@router.get("/flows", operation_id="GET_flows")
def list_flows(
    request: Request,
    ctx: Ctx,
    filters: Annotated[dict[str, Any], Depends(flow_filters)],
    tags: Tags,
    paged: InOrder,
) -> Response:
    """Those that fulfil all filters, newest first (§40, §103 to §110, §128)."""
    return listed(request, ctx, FLOWS, paged, filters | tags_asked(tags))


@router.post("/flows", operation_id="POST_flows", status_code=201)
def create_flow(given: JsonBody, ctx: Ctx, principal: Principal) -> Response:
    """A new one, of a flat or a nested body (W2, R12)."""
    return json_answer(ctx.store.writes.create_flow(given, principal=principal), 201)


@router.post("/flows/batch", operation_id="POST_flows-batch", status_code=201)
def create_flows(given: LongJsonBody, ctx: Ctx, principal: Principal) -> Response:
    """Several, all or none (F6)."""
    return json_answer(ctx.store.writes.create_flows(given, principal=principal), 201)


@router.get(PATH, operation_id="GET_flows-flowId")
def get_flow(
    flow_id: FlowId,
    ctx: Ctx,
    timerange: Timerange = None,
    include_timerange: Annotated[Flag, Query(description="with its extent")] = False,
) -> Response:
    """§111 to §114: a bad timerange is refused also where it is not used."""
    window = as_window(timerange)
    found = entities.flow(ctx.store.ask, flow_id, with_extent=include_timerange, timerange=window)
    return json_answer(found)


@router.put(PATH, operation_id="PUT_flows-flowId", status_code=201)
def put_flow(flow_id: FlowId, given: JsonBody, ctx: Ctx, principal: Principal) -> Response:
    """A new flow, or another description of one (§91 to §102)."""
    written = ctx.store.writes.put_flow(given, flow_id=flow_id, principal=principal)
    return json_answer(written.document, 201) if written.created else no_content()


@router.delete(PATH, operation_id="DELETE_flows-flowId", status_code=204)
def delete_flow(
    request: Request, flow_id: FlowId, ctx: Ctx, principal: Principal, cascade: Cascade = None
) -> Response:
    """With its segments, at once or by a deletion request (R2, §119 to §122)."""
    asked = ctx.store.writes.delete_flow(flow_id, cascade=cascade, principal=principal)
    return deletion_answer(request, asked)
