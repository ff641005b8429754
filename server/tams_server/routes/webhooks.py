"""Webhooks: listed, read, made, changed, deleted (statements 220 to 225)."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from tams_analytics.errors import NotFound
from tams_analytics.queries import webhooks
from tams_server.answers import json_answer, no_content
from tams_server.bodies import JsonBody
from tams_server.context import Ctx
from tams_server.filters import tags_asked
from tams_server.listings import BothWays, Listing, listed
from tams_server.parameters import Tags, WebhookId
from tams_server.principals import Principal

router = APIRouter()
LISTING = Listing(
    "webhooks",
    webhooks.listing,
    webhooks.document_of,
    {"url": webhooks.ORDER},
    is_sortable=False,
)


@router.get("/service/webhooks", operation_id="GET_webhooks")
def list_webhooks(request: Request, ctx: Ctx, paged: BothWays, tags: Tags) -> Response:
    """Webhooks by URL (F4, §43)."""
    return listed(request, ctx, LISTING, paged, tags_asked(tags))


@router.post("/service/webhooks", operation_id="POST_webhooks", status_code=201)
def create_webhook(ctx: Ctx, body: JsonBody, principal: Principal) -> Response:
    """A new webhook, without its key (§220)."""
    return json_answer(ctx.store.writes.create_webhook(body, principal=principal), 201)


@router.get("/service/webhooks/{webhookId}", operation_id="GET_webhooks-webhookId")
def get_webhook(ctx: Ctx, webhook_id: WebhookId) -> Response:
    rows = ctx.store.ask(webhooks.one, id=webhook_id).to_pylist()
    if not rows:
        raise NotFound("webhook", webhook_id)
    return json_answer(webhooks.document_of(rows[0]))


@router.put("/service/webhooks/{webhookId}", operation_id="PUT_webhooks", status_code=201)
def put_webhook(ctx: Ctx, webhook_id: WebhookId, body: JsonBody, principal: Principal) -> Response:
    """Replaces a webhook (§223, §224)."""
    put = ctx.store.writes.put_webhook(body, webhook_id=webhook_id, principal=principal)
    return json_answer(put, 201)


@router.delete(
    "/service/webhooks/{webhookId}", operation_id="DELETE_webhooks-webhookId", status_code=204
)
def delete_webhook(ctx: Ctx, webhook_id: WebhookId, principal: Principal) -> Response:
    """From then on it hears nothing (§225)."""
    ctx.store.writes.delete_webhook(webhook_id, principal=principal)
    return no_content()
