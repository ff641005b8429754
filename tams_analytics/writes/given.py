"""A client's document on its way into the store, with the place where it stood."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from tams_analytics.errors import BadParameter, NotFound
from tams_analytics.writes.bodies.limits import MOST_ENTITIES
from tams_analytics.writes.bodies.plain import Path, dotted
from tams_analytics.writes.ids import refuse_unless_str

OWN_TABLES = ("tags", "flow_collection")
"""Parts of a document that are rows of other tables."""


@dataclass(frozen=True)
class Given:
    """A checked document; ``at`` is its place in a batch, ``()`` for a single one."""

    document: dict[str, Any]
    at: Path = ()

    @property
    def id(self) -> str:
        return str(self.document["id"])

    @property
    def fields(self) -> dict[str, Any]:
        """What goes into the entity's own row."""
        return {name: value for name, value in self.document.items() if name not in OWN_TABLES}

    @property
    def tags(self) -> dict[str, Any]:
        return dict(self.document.get("tags", {}))

    @property
    def members(self) -> list[dict[str, Any]]:
        return list(self.document.get("flow_collection", []))

    def named(self, *path: str | int) -> str:
        """A field of this document, as messages name it."""
        return dotted((*self.at, *path))


def batch(bodies: Any, check: Callable[[Any, Path], dict[str, Any]]) -> list[Given]:
    """Each body of a batch, checked. Raises `BadParameter`, also for an id that occurs twice."""
    if not isinstance(bodies, Sequence) or isinstance(bodies, (str, bytes)):
        raise BadParameter("body", bodies, "is no array", "an array of objects")
    if len(bodies) > MOST_ENTITIES:
        raise BadParameter("body", len(bodies), "are too many for one batch", f"{MOST_ENTITIES}")
    documents = [Given(check(body, (at,)), (at,)) for at, body in enumerate(bodies)]
    seen: set[str] = set()
    for given in documents:
        if given.id in seen:
            raise BadParameter(given.named("id"), given.id, "occurs twice in the batch")
        seen.add(given.id)
    return documents


def refuse_other_id(entity: str, path_id: str | None, document: dict[str, Any]) -> None:
    """Raise `NotFound` when the path names another entity than the body (statements 72, 92)."""
    if path_id is None:
        return
    refuse_unless_str(f"{entity}_id", path_id)
    if path_id != document["id"]:
        raise NotFound(entity, path_id, f"the body has id {document['id']}")
