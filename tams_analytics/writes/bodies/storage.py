"""Bodies about storage: allocations, instances, storage backends."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, Field, PlainValidator

from tams_analytics.errors import BadParameter
from tams_analytics.writes.bodies.checking import Closed, Open, checked
from tams_analytics.writes.bodies.fields import (
    UNSET,
    Label,
    MimeType,
    Short,
    Tags,
    Uuid,
    one_of,
    refusal,
)
from tams_analytics.writes.bodies.segments import GetUrl, ObjectId

MOST_OBJECTS = 1000
"""So many objects are allocated at once."""


def are_different(ids: list[str]) -> list[str]:
    seen: set[str] = set()
    for id in ids:
        if id in seen:
            raise refusal("occurs twice", "each id once", "", id)
        seen.add(id)
    return ids


class Allocation(Open):
    """What is asked for when objects are to be written; a larger limit is lowered (§33)."""

    limit: Annotated[int, Field(ge=1), AfterValidator(lambda limit: min(limit, MOST_OBJECTS))] = (
        UNSET
    )
    object_ids: Annotated[
        list[ObjectId],
        Field(max_length=MOST_OBJECTS),
        AfterValidator(are_different),
    ] = UNSET
    storage_id: Uuid = UNSET
    content_type: MimeType = UNSET
    presigned: bool = UNSET


def allocation(body: Any) -> dict[str, Any]:
    """The body of an allocation, checked; none is an empty one (§195). Raises `BadParameter`."""
    return checked(Allocation, {} if body is None else body)


class Controlled(Open):
    """An instance that this store keeps."""

    storage_id: Uuid


def instance(body: Any) -> dict[str, Any]:
    """The body of an instance: a storage backend, or a URL with its label, not both (§211, §212).

    Raises `BadParameter`.
    """
    if not isinstance(body, dict) or ("storage_id" in body) == ("url" in body or "label" in body):
        raise BadParameter("body", body, "is no instance", "storage_id alone, or url and label")
    return checked(Controlled if "storage_id" in body else GetUrl, body)


class StorageBackend(Closed):
    """Where objects are kept; an item of the specification's list, which names the one type."""

    id: Uuid
    label: Label = UNSET
    store_type: Annotated[str, PlainValidator(one_of("http_object_store"))] = UNSET
    provider: Short
    store_product: Short
    region: Short = UNSET
    availability_zone: Short = UNSET
    default_storage: bool = False
    bucket: Short = UNSET
    tags: Tags = UNSET


def storage_backend(body: Any) -> dict[str, Any]:
    """A storage backend, checked. Raises `BadParameter`."""
    return {"default_storage": False, **checked(StorageBackend, body)}
