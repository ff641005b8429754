"""The routes, a file for each part of the API."""

from __future__ import annotations

from fastapi import APIRouter

from tams_server.routes import (
    analytics,
    deletion_requests,
    flow_properties,
    flows,
    instances,
    management,
    media,
    objects,
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

ROUTERS: tuple[APIRouter, ...] = (
    root.router,
    service.router,
    storage_backends.router,
    profiles.router,
    webhooks.router,
    sources.router,
    flows.router,
    flow_properties.router,
    segments.router,
    segment_writes.router,
    storage.router,
    objects.router,
    instances.router,
    deletion_requests.router,
    analytics.router,
    media.router,
    management.router,
)
