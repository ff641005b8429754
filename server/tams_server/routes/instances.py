"""Instances of objects, added and deleted; objects given back (an extension)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from tams_server.answers import json_answer, no_content
from tams_server.bodies import JsonBody
from tams_server.context import Ctx
from tams_server.parameters import Id, ObjectId
from tams_server.principals import Principal

router = APIRouter()

OBJECT = "/objects/{objectId:path}"
INSTANCES = f"{OBJECT}/instances"


@router.post(INSTANCES, operation_id="POST_objects-instances", status_code=201)
def register_instance(
    object_id: ObjectId, posted: JsonBody, ctx: Ctx, principal: Principal
) -> Response:
    """A copy that the store makes, or a URL that the client keeps (§211 to §213)."""
    ctx.store.writes.register_instance(ctx.storages, object_id, posted, principal=principal)
    return json_answer(None, 201)


@router.delete(INSTANCES, operation_id="DELETE_objects-instances", status_code=204)
def delete_instance(
    object_id: ObjectId,
    ctx: Ctx,
    principal: Principal,
    storage_id: Annotated[Id | None, Query(description="of the storage backend")] = None,
    label: Annotated[str | None, Query(description="of the URL, or the storage backend")] = None,
) -> Response:
    """Off the list at once; its bytes go when the URLs to read them have expired (§214, §215)."""
    ctx.store.writes.delete_instance(
        object_id, storage_id=storage_id, label=label, principal=principal
    )
    return no_content()


@router.delete(OBJECT, operation_id="DELETE_objects", status_code=204)
def delete_object(object_id: ObjectId, ctx: Ctx, principal: Principal) -> Response:
    """Give back an object that nothing refers to, with its bytes (R5, F21)."""
    ctx.store.give_back(object_id, principal=principal)
    return no_content()
