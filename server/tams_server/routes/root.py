"""``/``: what there is below (§12)."""

from __future__ import annotations

from fastapi import APIRouter, Response

from tams_server.answers import json_answer

router = APIRouter()

NAMES = ["service", "flows", "sources", "objects", "flow-delete-requests"]


@router.get("/", operation_id="GET_root")
async def list_endpoints() -> Response:
    return json_answer(NAMES)
