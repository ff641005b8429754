"""Profiles: listed, read, made."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from tams_analytics.queries import attached, entities, profiles
from tams_server.answers import json_answer
from tams_server.bodies import JsonBody
from tams_server.context import Ctx
from tams_server.filters import Codec, Format, Label
from tams_server.listings import Listing, OneWay, listed
from tams_server.parameters import ProfileId
from tams_server.principals import Principal

router = APIRouter()

PROFILES = Listing(
    "profiles",
    profiles.listing,
    attached.profile_of,
    {"id": profiles.ORDER},
    is_sortable=False,
    is_counted=False,
)
PATH = "/service/profiles/{profileId}"


@router.get("/service/profiles", operation_id="GET_profiles")
def list_profiles(
    request: Request,
    ctx: Ctx,
    paged: OneWay,
    format: Format = None,
    codec: Codec = None,
    label: Label = None,
) -> Response:
    """Those that fulfil all filters (§30, §73)."""
    filters = {"format": format, "codec": codec, "label": label}
    return listed(request, ctx, PROFILES, paged, filters)


@router.get(PATH, operation_id="GET_profiles-profileId")
def get_profile(profile_id: ProfileId, ctx: Ctx) -> Response:
    return json_answer(entities.profile(ctx.store.ask, profile_id))


@router.post(PATH, operation_id="POST_profiles-profileId", status_code=201)
def create_profile(
    profile_id: ProfileId, given: JsonBody, ctx: Ctx, principal: Principal
) -> Response:
    """§69 to §72."""
    made = ctx.store.writes.create_profile(given, profile_id=profile_id, principal=principal)
    return json_answer(made, 201)
