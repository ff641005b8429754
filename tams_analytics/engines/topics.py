"""What a transaction may remember an answer about (`memory`)."""

from __future__ import annotations

from typing import NamedTuple

FLOW = "flow"
"""What writers must know of a flow, its fence and its deletion requests."""
TIMELINE = "timeline"
"""Where the segments of a flow lie."""
OBJECT = "object"
"""The row of an object."""
WEBHOOKS = "webhooks"
"""Who is told of changes."""


class Topic(NamedTuple):
    """What an answer is about; ``id`` is empty where it is about all of a kind."""

    kind: str
    id: str = ""
