"""The body of a source (F30), which TAMS 8.2 does not have: ours is the document that GET gives."""

from __future__ import annotations

from typing import Any

from tams_analytics.writes.bodies.checking import Open, checked
from tams_analytics.writes.bodies.fields import UNSET, Date, Format, Label, Short, Tags, Text, Uuid
from tams_analytics.writes.bodies.plain import Path

SERVER_MANAGED = ("created", "updated", "source_collection", "collected_by")
"""Accepted and ignored; collections follow from those of the flows (statement 86)."""


class Source(Open):
    """What was recorded."""

    id: Uuid
    format: Format
    label: Label = UNSET
    description: Text = UNSET
    created_by: Short = UNSET
    updated_by: Short = UNSET
    created: Date = UNSET
    updated: Date = UNSET
    tags: Tags = UNSET
    source_collection: Any = UNSET
    collected_by: Any = UNSET


def source(body: Any, at: Path = ()) -> dict[str, Any]:
    """A source's body, checked, without what only the server says. Raises `BadParameter`."""
    document = checked(Source, body, at)
    for name in SERVER_MANAGED:
        document.pop(name, None)
    return document
