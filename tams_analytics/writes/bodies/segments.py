"""The body of a segment that is being registered (F33)."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from tams_analytics.errors import BadTimeRange
from tams_analytics.timerange import TimeRange, parse_timestamp
from tams_analytics.writes.bodies.checking import Open, accepted
from tams_analytics.writes.bodies.fields import (
    UNSET,
    Count,
    Label,
    Text,
    Whole,
    refusal,
    refuse_long,
)
from tams_analytics.writes.bodies.limits import MOST_SHORT_BYTES
from tams_analytics.writes.bodies.plain import Path


def is_timestamp(text: str) -> str:
    try:
        parse_timestamp(text)
    except BadTimeRange as error:
        raise refusal(f"is no timestamp: {error.problem}", error.expected) from error
    return text


def is_duration(text: str) -> str:
    if parse_timestamp(is_timestamp(text)) < 0:
        raise refusal("is negative", "a duration such as 0:40000000")
    return text


def is_registered(text: str) -> str:
    try:
        TimeRange.registered(text)
    except BadTimeRange as error:
        place = "" if error.position is None else f" at position {error.position}"
        raise refusal(f"is no timerange: {error.problem}{place}", error.expected) from error
    return text


def is_named(text: str) -> str:
    if not text:
        raise refusal("is empty", "an id")
    return text


def is_object_id(id: str) -> str:
    """A name that becomes a part of the object's key, which is a path in some storages (R8)."""
    refuse_long(id, MOST_SHORT_BYTES)
    is_named(id)
    if NO_NAME.search(id):
        raise refusal("is no path", "an id without empty parts, . and .. between slashes")
    return id


NO_NAME = re.compile(r"(?:^|/)\.{0,2}(?:/|\Z)")
"""Between slashes: nothing, one dot or two."""
ObjectId = Annotated[str, AfterValidator(is_object_id)]
Timestamp = Annotated[str, AfterValidator(is_timestamp)]
Duration = Annotated[str, AfterValidator(is_duration)]
Registered = Annotated[str, AfterValidator(is_registered)]
MOST_URLS = 100


class GetUrl(Open):
    """Where the client keeps a copy."""

    url: Text
    label: Annotated[Label, AfterValidator(is_named)]


class Segment(Open):
    """What is asked for when an object is put on a flow's timeline."""

    object_id: ObjectId
    timerange: Registered
    init_object_id: ObjectId = UNSET
    ts_offset: Timestamp = UNSET
    object_timerange: Registered = UNSET
    last_duration: Duration = UNSET
    sample_offset: Whole = UNSET
    sample_count: Whole = UNSET
    key_frame_count: Count = UNSET
    get_urls: Annotated[list[GetUrl], Field(max_length=MOST_URLS)] = UNSET
    storage_path: Text = UNSET


def segment(body: Any, at: Path = ()) -> dict[str, Any]:
    """A segment's body, checked (§169, §170, §178, §181). Raises `BadParameter`."""
    return accepted(Segment, body, at)
