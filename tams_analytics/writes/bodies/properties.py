"""Single properties: what a PUT of ``/flows/{id}/label`` and its like may bring."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter

from tams_analytics.writes.bodies.checking import checked_value
from tams_analytics.writes.bodies.fields import Count, Label, Tags, Text
from tams_analytics.writes.bodies.flow import Members

KINDS: dict[str, TypeAdapter[Any]] = {
    "label": TypeAdapter(Label),
    "description": TypeAdapter(Text),
    "read_only": TypeAdapter(bool),
    "avg_bit_rate": TypeAdapter(Count),
    "max_bit_rate": TypeAdapter(Count),
    "tags": TypeAdapter(Tags),
}
MEMBERS: TypeAdapter[Any] = TypeAdapter(Members)


def property_value(name: str, value: Any) -> Any:
    """``value`` of the property ``name``, checked. Raises `BadParameter`."""
    return checked_value(KINDS[name], value, name)


def tag_value(name: str, value: Any) -> Any:
    """The value of one tag, checked (§55). Raises `BadParameter`."""
    checked_value(KINDS["tags"], {name: value}, "tags")
    return value


def members(value: Any) -> list[dict[str, Any]]:
    """A ``flow_collection``, checked (§124). Raises `BadParameter`."""
    checked = checked_value(MEMBERS, value, "flow_collection")
    return [member.model_dump(exclude_unset=True) for member in checked]
