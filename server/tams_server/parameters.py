"""What stands in paths and query strings, as values the library takes.

A type here is FastAPI's: what it refuses is 400 in a query and 404 in a path (`errors`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import unquote

from fastapi import Depends, Path, Query, Request
from pydantic import AfterValidator, BeforeValidator, Field

from tams_analytics.errors import BadParameter, NotFound
from tams_analytics.writes.bodies.plain import refuse_unless_text

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
"""`uuid.json`: versions 1 to 5, lower case (§4, F38)."""
NUMBER = re.compile(r"-?(0|[1-9][0-9]*)")
FLAGS = {"true": True, "false": False}


def a_uuid(text: str) -> str:
    if UUID.fullmatch(text):
        return text
    raise ValueError("is no UUID of version 1 to 5 in lower case")


def a_flag(value: Any) -> Any:
    """``true`` or ``false``, nothing else (§46)."""
    if isinstance(value, str) and value in FLAGS:
        return FLAGS[value]
    if isinstance(value, bool):  # a default
        return value
    raise ValueError("is neither true nor false")


def uuids(text: str) -> list[str]:
    """Ids with commas between them; an empty text is none (§84)."""
    return [a_uuid(each) for each in text.split(",")] if text else []


def a_number(value: Any) -> Any:
    """A whole number as JSON writes one: no sign but minus, no zeros in front, ASCII digits."""
    if isinstance(value, str) and not NUMBER.fullmatch(value):
        raise ValueError("is no whole number; expected for example 10")
    return value


def decoded(text: str) -> str:
    """Once: ``a%2Fb`` is ``a/b`` (§11, `paths.EncodedPaths`).

    Raises `BadParameter` for what is no UTF-8, and for NUL, which no engine has to take.
    """
    try:
        found = unquote(text, errors="strict")
    except UnicodeDecodeError as error:
        raise BadParameter("path", text, "is no UTF-8", "UTF-8, percent-encoded") from error
    refuse_unless_text(found, ("path",))
    return found


def refuse_no_uuid(entity: str, id: str) -> None:
    """For who finds nothing wrong with an id that nothing has. Raises `NotFound` (§4)."""
    if not UUID.fullmatch(id):
        raise NotFound(entity, id)


Decoded = AfterValidator(decoded)
Id = Annotated[str, AfterValidator(a_uuid)]
"""A UUID in a query."""
Name = Annotated[str, Path(), Decoded]
"""A name in a path. An ill-formed id is unknown to who looks for it, behind the query and the body;
so those are refused before it (mission R6)."""
FlowId = Annotated[str, Path(alias="flowId"), Decoded]
"""``{flowId}`` of a path, as the specification writes it."""
SourceId = Annotated[str, Path(alias="sourceId"), Decoded]
ProfileId = Annotated[str, Path(alias="profileId"), Decoded]
WebhookId = Annotated[str, Path(alias="webhookId"), Decoded]
ObjectId = Annotated[str, Path(alias="objectId"), Decoded]
"""``{objectId:path}``: an object's id may hold slashes, encoded or not (§11, §200)."""
Flag = Annotated[bool, BeforeValidator(a_flag)]
Number = Annotated[int, BeforeValidator(a_number)]
Limit = Annotated[Annotated[Number, Field(ge=1)] | None, Query(description="at most so many items")]
Page = Annotated[str | None, Query(description="X-Paging-NextKey of the page before")]
Cascade = Annotated[
    Flag | None, Query(description="false: refuse where something depends on it (R1, R2, R4)")
]
Reverse = Annotated[Flag, Query(description="the exact mirror")]


def tag_filters(
    request: Request, prefix: str = "tag"
) -> tuple[dict[str, list[str]], dict[str, bool]]:
    """What ``{prefix}.NAME=v1,v2`` and ``{prefix}_exists.NAME=true`` ask for (§47 to §54).

    Values by tag, any of which the tag has to have; and which tags have to be there or not. Raises
    `BadParameter`. Routes take it as `TagFilters`.
    """
    values: dict[str, list[str]] = {}
    exists: dict[str, bool] = {}
    for name, value in request.query_params.multi_items():
        if name.startswith(f"{prefix}."):
            values[name[len(prefix) + 1 :]] = _tag_values(name, value)
        elif name.startswith(f"{prefix}_exists."):
            if value not in FLAGS:
                raise BadParameter(name, value, "is neither true nor false", "true or false")
            exists[name[len(prefix) + 8 :]] = FLAGS[value]
    return values, exists


def _tag_values(name: str, value: str) -> list[str]:
    """What stands between the commas; the empty text is one value (`url-tag-list`)."""
    values = value.split(",")
    if value and "" in values:
        raise BadParameter(name, value, "has nothing between commas", "values with commas between")
    return values


@dataclass(frozen=True)
class AskedTags:
    """Filters by tags: values, and whether a tag is there, each by the tag's name."""

    values: Mapping[str, list[str]]
    exists: Mapping[str, bool]


class TagFilters:
    """A dependency that reads `tag_filters`, and names them for `strict`."""

    def __init__(self, prefix: str = "tag") -> None:
        self.prefix = prefix
        self.prefixes = (f"{prefix}.", f"{prefix}_exists.")

    async def __call__(self, request: Request) -> AskedTags:
        """``async``, so that FastAPI needs no thread for it."""
        return AskedTags(*tag_filters(request, self.prefix))


Tags = Annotated[AskedTags, Depends(TagFilters())]
"""``tag.NAME`` and ``tag_exists.NAME``."""
