"""Names that a caller gives beside a body, before anything is asked about them (mission R6)."""

from __future__ import annotations

from typing import Any

from tams_analytics.errors import BadParameter, NotFound
from tams_analytics.writes.bodies.plain import refuse_unless_text


def refuse_bad_id(entity: str, id: Any) -> None:
    """Raise `BadParameter` for what is no text, `NotFound` for a text that names nothing.

    An id stands in a path, where an ill-formed one is no bad request (statement 4).
    """
    refuse_unless_str(f"{entity}_id", id)
    try:
        refuse_unless_text(id, (f"{entity}_id",))
    except BadParameter as error:
        raise NotFound(entity, id, f"it {error.problem}") from error


def refuse_bad_name(name: str, value: Any) -> None:
    """Raise `BadParameter` for what is no text that a store can hold; ``name`` is the parameter."""
    refuse_unless_str(name, value)
    refuse_unless_text(value, (name,))


def refuse_unless_str(name: str, value: Any) -> None:
    if not isinstance(value, str):
        raise BadParameter(name, value, "is no text", "a text")
