"""URLs that clients give with a segment: uncontrolled instances of its object (§172, §178)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tams_analytics.engines import Transaction
from tams_analytics.errors import BadParameter
from tams_analytics.queries import objects
from tams_analytics.writes.registry import Use
from tams_analytics.writes.rows import found
from tams_analytics.writes.storage_backends import DEFAULT_LABEL


@dataclass
class GivenUrls:
    """The URLs of a request; ``stored`` maps an object's labels to its uncontrolled URLs."""

    backends: set[str] = field(default_factory=set)
    stored: dict[tuple[str, str], str] = field(default_factory=dict)
    new: dict[tuple[str, str], str] = field(default_factory=dict)

    @classmethod
    def of(cls, tx: Transaction, uses: Sequence[Use]) -> GivenUrls:
        """Nothing is read where no segment brings a URL."""
        ids = [use.object_id for use in uses if use.body.get("get_urls")]
        if not ids:
            return cls()
        rows = found(tx, objects.instances, "object_ids", ids)
        stored = {(row["object_id"], row["label"]): row["url"] for row in rows if row["url"]}
        return cls(backend_labels(tx), stored)

    def refuse(self, use: Use) -> None:
        """Raise `BadParameter` for a label that is given twice, or is taken."""
        seen: set[str] = set()
        for place, given in enumerate(use.body.get("get_urls") or ()):
            name, label = f"get_urls.{place}.label", given["label"]
            if label in seen:
                raise BadParameter(name, label, "is given twice")
            refuse_label(name, label, self.backends)
            other = self._known(use.object_id, label)
            if other is not None and other != given["url"]:
                raise BadParameter(name, label, "labels another URL of the object")
            seen.add(label)

    def _known(self, object_id: str, label: str) -> str | None:
        key = object_id, label
        return self.stored.get(key) or self.new.get(key)

    def take(self, use: Use) -> None:
        """Keep the URLs that the object does not have yet."""
        for given in use.body.get("get_urls") or ():
            if self._known(use.object_id, given["label"]) is None:
                self.new[use.object_id, given["label"]] = given["url"]

    def instances(self, created: dt.datetime) -> list[dict[str, Any]]:
        """Rows of ``object_instances``."""
        return [uncontrolled(*key, url, created) for key, url in self.new.items()]


def uncontrolled(object_id: str, label: str, url: str, created: dt.datetime) -> dict[str, Any]:
    """The row of an instance that a client keeps."""
    named = {"object_id": object_id, "label": label, "url": url}
    return named | {"controlled": False, "created": created}


def backend_labels(tx: Transaction) -> set[str]:
    """The labels of the storage backends; of a store without any, that of the one it begins with.

    `storage_backends.chosen_backend` makes that one when a client first needs it.
    """
    labels = tx.ask(objects.storage_backends).column("label").to_pylist()
    return {label for label in labels or [DEFAULT_LABEL] if label is not None}


def refuse_label(name: str, label: str, backends: set[str]) -> None:
    """Raise `BadParameter` for the label of a storage backend (§178, §211)."""
    if label in backends:
        raise BadParameter(name, label, "is the label of a storage backend", "another label")
