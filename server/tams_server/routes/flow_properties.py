"""A flow's label, description, read_only, bit rates, collection and tags, one by one (F15)."""

from __future__ import annotations

from fastapi import APIRouter, Response

from tams_analytics.queries import entities
from tams_server.answers import json_answer, no_content
from tams_server.bodies import JsonBody
from tams_server.context import Ctx
from tams_server.parameters import FlowId, Name
from tams_server.principals import Principal
from tams_server.properties import property_answer, tag_answer

router = APIRouter()

PATH = "/flows/{flowId}"
TAG = f"{PATH}/tags/{{name}}"
READ_ONLY = f"{PATH}/read_only"
COLLECTION = f"{PATH}/flow_collection"


@router.get(f"{PATH}/tags", operation_id="GET_flows-flowId-tags")
def get_tags(flow_id: FlowId, ctx: Ctx) -> Response:
    """§60."""
    return json_answer(entities.flow(ctx.store.ask, flow_id).get("tags", {}))


@router.get(TAG, operation_id="GET_flows-flowId-tags-name")
def get_tag(flow_id: FlowId, name: Name, ctx: Ctx) -> Response:
    """§57, §58."""
    return tag_answer(entities.flow(ctx.store.ask, flow_id), name)


@router.put(TAG, operation_id="PUT_flows-flowId-tags-name", status_code=204)
def set_tag(
    flow_id: FlowId, name: Name, value: JsonBody, ctx: Ctx, principal: Principal
) -> Response:
    """§55, §56, §118."""
    ctx.store.writes.set_flow_tag(flow_id, name, value, principal=principal)
    return no_content()


@router.delete(TAG, operation_id="DELETE_flows-flowId-tags-name", status_code=204)
def delete_tag(flow_id: FlowId, name: Name, ctx: Ctx, principal: Principal) -> Response:
    """One that the flow has not is no change (§58)."""
    ctx.store.writes.delete_flow_tag(flow_id, name, principal=principal)
    return no_content()


@router.get(READ_ONLY, operation_id="GET_flows-flowId-read-only")
def get_read_only(flow_id: FlowId, ctx: Ctx) -> Response:
    """False where nobody set it (§117)."""
    return property_answer(entities.row(ctx.store.ask, "flow", flow_id), "read_only")


@router.put(READ_ONLY, operation_id="PUT_flows-flowId-read-only", status_code=204)
def set_read_only(flow_id: FlowId, value: JsonBody, ctx: Ctx, principal: Principal) -> Response:
    """Of a read-only flow too (§117)."""
    ctx.store.writes.set_flow_read_only(flow_id, value, principal=principal)
    return no_content()


@router.get(COLLECTION, operation_id="GET_flows-flowId-flow-collection")
def get_collection(flow_id: FlowId, ctx: Ctx) -> Response:
    """What it collects, in order; nothing is an empty list (§123)."""
    return json_answer(entities.flow(ctx.store.ask, flow_id).get("flow_collection", []))


@router.put(COLLECTION, operation_id="PUT_flows-flowId-flow-collection", status_code=204)
def set_collection(flow_id: FlowId, value: JsonBody, ctx: Ctx, principal: Principal) -> Response:
    """§124, §125, §127."""
    ctx.store.writes.set_flow_collection(flow_id, value, principal=principal)
    return no_content()


@router.delete(COLLECTION, operation_id="DELETE_flows-flowId-flow-collection", status_code=204)
def delete_collection(flow_id: FlowId, ctx: Ctx, principal: Principal) -> Response:
    """§126."""
    ctx.store.writes.delete_flow_collection(flow_id, principal=principal)
    return no_content()


def _add_property(name: str) -> None:
    """GET, PUT and DELETE of a property that may be unset (§89, §115, §116)."""
    path, operation = f"{PATH}/{name}", f"flows-flowId-{name.replace('_', '-')}"

    @router.get(path, operation_id=f"GET_{operation}")
    def get_property(flow_id: FlowId, ctx: Ctx) -> Response:
        return property_answer(entities.row(ctx.store.ask, "flow", flow_id), name)

    @router.put(path, operation_id=f"PUT_{operation}", status_code=204)
    def set_property(flow_id: FlowId, value: JsonBody, ctx: Ctx, principal: Principal) -> Response:
        write = getattr(ctx.store.writes, f"set_flow_{name}")
        write(flow_id, value, principal=principal)
        return no_content()

    @router.delete(path, operation_id=f"DELETE_{operation}", status_code=204)
    def delete_property(flow_id: FlowId, ctx: Ctx, principal: Principal) -> Response:
        getattr(ctx.store.writes, f"delete_flow_{name}")(flow_id, principal=principal)
        return no_content()


for each in ("label", "description", "max_bit_rate", "avg_bit_rate"):
    _add_property(each)
