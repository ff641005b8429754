"""Single properties: what a PUT of ``/flows/{id}/label`` and its like may bring."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter

from tams_analytics.writes.bodies.checking import WHEN_USED, checked_value
from tams_analytics.writes.bodies.fields import Count, Label, Tags, Text
from tams_analytics.writes.bodies.flow import Members

KINDS: dict[str, TypeAdapter[Any]] = {
    "label": TypeAdapter(Label, config=WHEN_USED),
    "description": TypeAdapter(Text, config=WHEN_USED),
    "read_only": TypeAdapter(bool, config=WHEN_USED),
    "avg_bit_rate": TypeAdapter(Count, config=WHEN_USED),
    "max_bit_rate": TypeAdapter(Count, config=WHEN_USED),
    "tags": TypeAdapter(Tags, config=WHEN_USED),
}
MEMBERS: TypeAdapter[Any] = TypeAdapter(Members, config=WHEN_USED)


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
