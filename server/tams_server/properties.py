"""Single properties and tags of an entity, as GET gives them (§57 to §60, §89)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import Response

from tams_analytics.errors import NotFound
from tams_server.answers import json_answer


def property_answer(row: Mapping[str, Any], name: str) -> Response:
    """The value of a column that is a property. Raises `NotFound` for one that is not set."""
    if row[name] is None:
        raise NotFound(f"{name} of", row["id"])
    return json_answer(row[name])


def tag_answer(document: Mapping[str, Any], name: str) -> Response:
    """The value of one tag. Raises `NotFound`."""
    tags = document.get("tags", {})
    if name not in tags:
        raise NotFound("tag", name, f"{document['id']} has no such tag")
    return json_answer(tags[name])
