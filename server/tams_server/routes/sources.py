"""Sources: listed, read, and, by extension, made and deleted (mission R1, R9); their properties."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from tams_analytics.queries import attached, entities, sources
from tams_server.answers import json_answer, no_content
from tams_server.bodies import JsonBody, LongJsonBody
from tams_server.context import Ctx
from tams_server.deletions import deletions_answer
from tams_server.filters import source_filters, tags_asked
from tams_server.listings import InOrder, Listing, listed
from tams_server.parameters import Cascade, Name, SourceId, Tags
from tams_server.principals import Principal
from tams_server.properties import property_answer, tag_answer

router = APIRouter()

SOURCES = Listing("sources", sources.listing, attached.source_of, sources.ORDERS)
PATH = "/sources/{sourceId}"
TAG = f"{PATH}/tags/{{name}}"


@router.get("/sources", operation_id="GET_sources")
def list_sources(
    request: Request,
    ctx: Ctx,
    filters: Annotated[dict[str, Any], Depends(source_filters)],
    tags: Tags,
    paged: InOrder,
) -> Response:
    """Those that fulfil all filters, newest first (§38, §83 to §87)."""
    return listed(request, ctx, SOURCES, paged, filters | tags_asked(tags))


@router.post("/sources", operation_id="POST_sources", status_code=201)
def create_source(given: JsonBody, ctx: Ctx, principal: Principal) -> Response:
    """One that lives until it is deleted (W1, R9)."""
    return json_answer(ctx.store.writes.create_source(given, principal=principal), 201)


@router.post("/sources/batch", operation_id="POST_sources-batch", status_code=201)
def create_sources(given: LongJsonBody, ctx: Ctx, principal: Principal) -> Response:
    """Several, all or none (F6)."""
    return json_answer(ctx.store.writes.create_sources(given, principal=principal), 201)


@router.get(PATH, operation_id="GET_sources-sourceId")
def get_source(source_id: SourceId, ctx: Ctx) -> Response:
    """§86, F7."""
    return json_answer(entities.source(ctx.store.ask, source_id))


@router.delete(PATH, operation_id="DELETE_sources-sourceId", status_code=204)
def delete_source(
    request: Request, source_id: SourceId, ctx: Ctx, principal: Principal, cascade: Cascade = None
) -> Response:
    """With its flows, at once or by a deletion request for each (R1)."""
    asked = ctx.store.writes.delete_source(source_id, cascade=cascade, principal=principal)
    return deletions_answer(request, asked)


@router.get(f"{PATH}/tags", operation_id="GET_sources-sourceId-tags")
def get_tags(source_id: SourceId, ctx: Ctx) -> Response:
    """§60."""
    return json_answer(entities.source(ctx.store.ask, source_id).get("tags", {}))


@router.get(TAG, operation_id="GET_sources-sourceId-tags-name")
def get_tag(source_id: SourceId, name: Name, ctx: Ctx) -> Response:
    """§57, §58."""
    return tag_answer(entities.source(ctx.store.ask, source_id), name)


@router.put(TAG, operation_id="PUT_sources-sourceId-tags-name", status_code=204)
def set_tag(
    source_id: SourceId, name: Name, value: JsonBody, ctx: Ctx, principal: Principal
) -> Response:
    """§55, §56."""
    ctx.store.writes.set_source_tag(source_id, name, value, principal=principal)
    return no_content()


@router.delete(TAG, operation_id="DELETE_sources-sourceId-tags-name", status_code=204)
def delete_tag(source_id: SourceId, name: Name, ctx: Ctx, principal: Principal) -> Response:
    """§58."""
    ctx.store.writes.delete_source_tag(source_id, name, principal=principal)
    return no_content()


def _add_property(name: str) -> None:
    """GET, PUT and DELETE of a property that may be unset (§88, §89)."""
    path, operation = f"{PATH}/{name}", f"sources-sourceId-{name}"

    @router.get(path, operation_id=f"GET_{operation}")
    def get_property(source_id: SourceId, ctx: Ctx) -> Response:
        return property_answer(entities.row(ctx.store.ask, "source", source_id), name)

    @router.put(path, operation_id=f"PUT_{operation}", status_code=204)
    def set_property(
        source_id: SourceId, value: JsonBody, ctx: Ctx, principal: Principal
    ) -> Response:
        write = getattr(ctx.store.writes, f"set_source_{name}")
        write(source_id, value, principal=principal)
        return no_content()

    @router.delete(path, operation_id=f"DELETE_{operation}", status_code=204)
    def delete_property(source_id: SourceId, ctx: Ctx, principal: Principal) -> Response:
        getattr(ctx.store.writes, f"delete_source_{name}")(source_id, principal=principal)
        return no_content()


for each in ("label", "description"):
    _add_property(each)
