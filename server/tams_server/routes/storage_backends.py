"""Storage backends, listed."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from tams_analytics.queries import storage_backends
from tams_server.context import Ctx
from tams_server.filters import tags_asked
from tams_server.listings import BothWays, Listing, listed
from tams_server.parameters import Tags

router = APIRouter()

BACKENDS = Listing(
    "storage backends",
    storage_backends.listing,
    storage_backends.document_of,
    {"label": storage_backends.ORDER},
    is_sortable=False,
)


@router.get("/service/storage-backends", operation_id="GET_storage-backends")
def list_storage_backends(request: Request, ctx: Ctx, tags: Tags, paged: BothWays) -> Response:
    """By label (F3, §42, §66, §67)."""
    return listed(request, ctx, BACKENDS, paged, tags_asked(tags))
