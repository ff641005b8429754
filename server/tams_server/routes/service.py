"""The service: what it is, and what clients call it (statements 61 to 65)."""

from __future__ import annotations

from fastapi import APIRouter, Response

from tams_analytics.media.timeouts import min_presigned_url_timeout
from tams_analytics.queries import service
from tams_server.answers import json_answer
from tams_server.bodies import JsonBody
from tams_server.context import Ctx
from tams_server.principals import Principal

router = APIRouter()


@router.get("/service", operation_id="GET_service")
def get_service(ctx: Ctx) -> Response:
    """Versions, timeouts, event mechanisms, name and description (F2)."""
    settings = ctx.store.settings
    timeouts = {
        "min_object_timeout": settings.min_object_timeout,
        "min_presigned_url_timeout": min_presigned_url_timeout(settings),
    }
    return json_answer(service.document(ctx.store.ask(service.said).to_pylist(), timeouts))


@router.post("/service", operation_id="POST_service")
def update_service(ctx: Ctx, body: JsonBody, principal: Principal) -> Response:
    """Changes name and description, for good (§65)."""
    ctx.store.writes.update_service(body, principal=principal)
    return Response(status_code=200)
