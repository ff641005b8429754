"""Objects, read."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from tams_analytics.errors import NotFound
from tams_analytics.queries import objects, tags
from tams_analytics.representations.objects import object_document
from tams_analytics.representations.urls import Backends, UrlWriter
from tams_server.answers import json_answer
from tams_server.base import base_url
from tams_server.context import Ctx
from tams_server.paging import limit_of, page_key, paging_headers, place_of
from tams_server.parameters import AskedTags, Limit, ObjectId, Page, TagFilters
from tams_server.url_options import Urls

router = APIRouter()
LISTING = "object's flows"
FlowTags = Annotated[AskedTags, Depends(TagFilters("flow_tag"))]


@router.get("/objects/{objectId:path}", operation_id="GET_objects")
def get_object(
    request: Request,
    object_id: ObjectId,
    ctx: Ctx,
    urls: Urls,
    flow_tags: FlowTags,
    limit: Limit = None,
    page: Page = None,
) -> Response:
    """An object, a page of the flows that reference it, and its URLs (F20, §202 to §209)."""
    place = place_of(page, LISTING, (str,))
    most = limit_of(limit)
    rows = ctx.store.ask(
        objects.shown,
        object_id=object_id,
        limit=most + 1,
        after_flow_id=place[0] if place else None,
        **tags.asked(flow_tags.values, flow_tags.exists),
    ).to_pylist()
    if not rows:
        raise NotFound("object", object_id)
    flows = sorted(rows[0]["flows"] or ())
    key = page_key(LISTING, [flows[most - 1]]) if len(flows) > most else None
    backends = Backends.of(rows[0]["backends"])
    writer = UrlWriter(ctx.storages, base_url(request.scope), urls, backends)
    document = object_document(rows[0], writer, flows[:most])
    return json_answer(document, headers=paging_headers(request, most, key))
