"""``/_mgmt`` and ``/metrics``: how the server is (F25, F81)."""

from __future__ import annotations

from fastapi import APIRouter, Response
from starlette.exceptions import HTTPException

from tams_server.answers import json_answer
from tams_server.context import Ctx
from tams_server.health import DOWN, UP, is_well

router = APIRouter()

PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"


@router.get("/_mgmt/ping", operation_id="GET_mgmt-ping")
async def ping() -> Response:
    """The process answers; nothing else is asked."""
    return json_answer({"status": UP})


@router.get("/health", operation_id="GET_health")
@router.get("/_mgmt/health", operation_id="GET_mgmt-health")
def show_health(ctx: Ctx) -> Response:
    """Engine and storages, asked now; 503 where one of them is down."""
    parts = ctx.health.parts()
    well = is_well(parts)
    return json_answer({"status": UP if well else DOWN, "parts": parts}, 200 if well else 503)


@router.get("/config/async-deletion-threshold", operation_id="GET_config-async-deletion-threshold")
async def show_threshold(ctx: Ctx) -> Response:
    """Deletes of more segments than this become requests (F23)."""
    threshold = ctx.store.settings.async_deletion_threshold
    return json_answer({"async_deletion_threshold": threshold})


@router.get("/metrics", operation_id="GET_metrics")
def show_metrics(ctx: Ctx) -> Response:
    """The numbers in Prometheus' text format; 404 where they are not kept."""
    if ctx.metrics is None:
        raise HTTPException(404, "no numbers are kept: METRICS_ENABLED is off")
    return Response(ctx.metrics.text(), media_type=PROMETHEUS)
