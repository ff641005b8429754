"""Deletion requests: deletes that take more than one transaction."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from tams_analytics.queries import deletion_requests, entities
from tams_analytics.queries.deletions import request_document
from tams_server.answers import json_answer
from tams_server.context import Ctx
from tams_server.deletions import REQUESTS
from tams_server.listings import InOrder, Listing, listed
from tams_server.parameters import Name

router = APIRouter()

LISTING = Listing(
    "deletion requests", deletion_requests.listing, request_document, deletion_requests.ORDERS
)


@router.get(f"/{REQUESTS}", operation_id="GET_flow-delete-requests")
def list_requests(request: Request, ctx: Ctx, paged: InOrder) -> Response:
    """Newest first (§41, §218)."""
    return listed(request, ctx, LISTING, paged, {})


@router.get(f"/{REQUESTS}/{{request_id}}", operation_id="GET_flow-delete-requests-request-id")
def get_request(request_id: Name, ctx: Ctx) -> Response:
    """How far it is (§216, §217)."""
    return json_answer(entities.deletion_request(ctx.store.ask, request_id))
