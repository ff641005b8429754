"""The body that changes what the service says of itself."""

from __future__ import annotations

from typing import Any

from tams_analytics.writes.bodies.checking import Open, checked
from tams_analytics.writes.bodies.fields import UNSET, Label, Text


class Service(Open):
    """A name for listings, and a longer text."""

    name: Label = UNSET
    description: Text = UNSET


def service(body: Any) -> dict[str, Any]:
    """The body, checked. Raises `BadParameter`."""
    return checked(Service, body)
