"""The bodies of webhooks (statements 220 to 223).

They are closed: a filter or a transformation that this server does not know is refused (§222).
"""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import AfterValidator, Field, PlainValidator

from tams_analytics.errors import BadParameter
from tams_analytics.writes.bodies.checking import Closed, checked
from tams_analytics.writes.bodies.fields import (
    UNSET,
    Label,
    Short,
    Tags,
    Text,
    Uuid,
    at_most,
    matching,
    one_of,
    refusal,
)
from tams_analytics.writes.bodies.limits import MOST_SHORT_BYTES

EVENTS = (
    "flows/created",
    "flows/updated",
    "flows/deleted",
    "flows/segments_added",
    "flows/segments_deleted",
    "sources/created",
    "sources/updated",
    "sources/deleted",
)
WEB = re.compile(r"(?i)https?://[^/?#\s]+[^\s]*")
TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
VISIBLE = re.compile(r"[\x21-\x7e]([\x20-\x7e\t]*[\x21-\x7e])?")
OURS = {
    "connection",
    "content-length",
    "content-type",
    "expect",
    "host",
    "keep-alive",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "x-tams-event-id",
}
"""Headers that a delivery has anyway, or that change what it means."""
MOST_ITEMS = 1000
"""Of one filter."""


def is_free(name: str) -> str:
    if name.lower() in OURS:
        raise refusal("is a header that every delivery has", "another one")
    return name


Url = Annotated[Text, matching(WEB, "is no address to deliver to", "http://… or https://…")]
EventType = Annotated[str, PlainValidator(one_of(*EVENTS))]
Ids = Annotated[list[Uuid], Field(max_length=MOST_ITEMS)]
HeaderName = Annotated[
    Short,
    matching(TOKEN, "is no name of a header", "for example Authorization"),
    AfterValidator(is_free),
]
HeaderValue = Annotated[
    str,
    at_most(MOST_SHORT_BYTES * 8),
    matching(VISIBLE, "is no value of a header", "visible characters of ASCII"),
]


class Webhook(Closed):
    """Who wants to hear of what, and how segments are shown to them."""

    url: Url
    api_key_name: HeaderName = UNSET
    api_key_value: HeaderValue = UNSET
    events: Annotated[list[EventType], Field(max_length=MOST_ITEMS)]
    flow_ids: Ids = UNSET
    source_ids: Ids = UNSET
    flow_collected_by_ids: Ids = UNSET
    source_collected_by_ids: Ids = UNSET
    accept_get_urls: Annotated[list[Label], Field(max_length=MOST_ITEMS)] = UNSET
    accept_storage_ids: Ids = UNSET
    presigned: bool = UNSET
    verbose_storage: bool = UNSET
    include_object_timerange: bool = UNSET
    tags: Tags = UNSET


Status = Annotated[str, PlainValidator(one_of("created", "disabled"))]
"""What a client may set: the others are the server's."""


class NewWebhook(Webhook):
    """What registers one; by default it is ``created``."""

    status: Status = UNSET


class ChangedWebhook(Webhook):
    """What replaces one: what GET gave can be put again, with a status that clients set."""

    id: Uuid
    status: Status
    error: Any = UNSET


def new_webhook(body: Any) -> dict[str, Any]:
    """The body of a registration, checked. Raises `BadParameter`."""
    return {"status": "created", **_checked(NewWebhook, body)}


def changed_webhook(body: Any) -> dict[str, Any]:
    """The body of a replacement, checked, without ``error``. Raises `BadParameter`."""
    document = _checked(ChangedWebhook, body)
    document.pop("error", None)
    return document


def _checked(model: type[Webhook], body: Any) -> dict[str, Any]:
    """No message quotes a key (mission L3)."""
    try:
        return checked(model, body)
    except BadParameter as error:
        if error.name != "api_key_value":
            raise
        problem, expected = error.problem, error.expected
    raise BadParameter("api_key_value", "***", problem, expected)
