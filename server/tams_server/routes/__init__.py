"""The routes, a file for each part of the API."""

from __future__ import annotations

from fastapi import APIRouter, Depends

from tams_server.routes import (
    analytics,
    deletion_requests,
    documentation,
    flow_properties,
    flows,
    instances,
    management,
    media,
    objects,
    pages,
    profiles,
    root,
    segment_writes,
    segments,
    service,
    sources,
    storage,
    storage_backends,
    webhooks,
)
from tams_server.strict import refuse_bad_address, refuse_bad_query

ROUTERS: tuple[APIRouter, ...] = (
    segments.router,  # first: routes are tried in turn, and these are asked for most
    segment_writes.router,
    root.router,
    service.router,
    storage_backends.router,
    profiles.router,
    webhooks.router,
    sources.router,
    flows.router,
    flow_properties.router,
    storage.router,
    instances.router,  # before objects, whose path takes these in
    objects.router,
    deletion_requests.router,
    analytics.router,
    media.router,
    management.router,
    documentation.router,
)

API = APIRouter(dependencies=[Depends(refuse_bad_query)])
"""All of them, for every application of a process: FastAPI takes 50 ms to look into what they ask
for, which it does at the first request and remembers here."""
for _router in ROUTERS:
    API.include_router(_router)

PAGES = APIRouter(dependencies=[Depends(refuse_bad_address)])
"""The pages, for every application that has any."""
PAGES.include_router(pages.router)
