"""Storage for objects that are to be written."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response

from tams_analytics.media.storages import Storages
from tams_analytics.writes.storage import Allocated
from tams_server.answers import json_answer
from tams_server.base import base_url
from tams_server.bodies import OptionalJsonBody
from tams_server.context import Ctx
from tams_server.parameters import FlowId
from tams_server.principals import Principal

router = APIRouter()


@router.post("/flows/{flowId}/storage", operation_id="POST_flows-flowId-storage", status_code=201)
def allocate_storage(
    request: Request, flow_id: FlowId, asked: OptionalJsonBody, ctx: Ctx, principal: Principal
) -> Response:
    """Objects that may now be written, each with the URL to put it (W4, §192 to §200)."""
    allocated = ctx.store.writes.allocate_storage(
        flow_id, asked, storages=ctx.storages, principal=principal
    )
    presigned = bool((asked or {}).get("presigned", True))
    base = base_url(request.scope)
    media_objects = [_media_object(ctx.storages, one, base, presigned) for one in allocated]
    return json_answer({"media_objects": media_objects}, 201)


def _media_object(storages: Storages, one: Allocated, base: str, presigned: bool) -> dict[str, Any]:
    made = storages.put_url(
        one.storage_id, one.storage_path, base, one.content_type, presigned=presigned
    )
    named = {"content-type": made.content_type} if made.content_type else {}
    return {
        "object_id": one.object_id,
        "put_url": {"url": made.url, **named, "headers": {}},
        "presigned": made.presigned,
        "metadata": {"storage_path": one.storage_path},
    }
