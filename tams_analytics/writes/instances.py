"""Instances of an object: one more copy, one less (statements 211 to 215)."""

from __future__ import annotations

from typing import Any

from tams_analytics.engines import Engine, Transaction
from tams_analytics.engines.rows import now
from tams_analytics.errors import BadParameter, NotFound, Refused
from tams_analytics.queries import objects
from tams_analytics.writes.audit import audited
from tams_analytics.writes.bodies import storage as bodies
from tams_analytics.writes.collected import discard, take_back
from tams_analytics.writes.given_urls import backend_labels, refuse_label, uncontrolled
from tams_analytics.writes.ids import refuse_bad_name
from tams_analytics.writes.registry import is_registered
from tams_analytics.writes.rows import insert
from tams_analytics.writes.storage import Allocated, controlled

Row = dict[str, Any]
KEY = ("object_id", "storage_id", "label", "controlled", "url")
"""What tells one instance from all others."""


def add_instance(engine: Engine, object_id: str, body: Any, *, principal: str | None = None) -> Row:
    """List one more copy of an object; its row of ``object_instances``.

    ``{storage_id}``: the bytes are at the object's ``storage_path`` in that storage backend
    already, put there by the caller. ``{url, label}``: a copy that the client keeps. The object's
    initialisation object is left alone (§213). Raises `BadParameter`, `NotFound`.
    """
    given = bodies.instance(body)
    with audited("add instance of", "object", object_id, principal):
        return engine.transact(lambda tx: _add(tx, object_id, given))


def _add(tx: Transaction, object_id: str, given: Row) -> Row:
    media = registered_object(tx, object_id)
    row = (
        new_controlled(tx, media, given["storage_id"])
        if "storage_id" in given
        else _uncontrolled(tx, media, given)
    )
    insert(tx, "object_instances", [row])
    return row


def registered_object(tx: Transaction, object_id: str) -> Row:
    """The row of an object that a client can see (§202, §210). Raises `NotFound`."""
    rows = tx.ask(objects.by_ids, ids=[object_id]).to_pylist()
    if not rows or not is_registered(rows[0]):
        raise NotFound("object", object_id)
    row: Row = rows[0]
    return row


def _instances(tx: Transaction, object_id: str) -> list[Row]:
    found: list[Row] = tx.few(objects.instances, object_ids=[object_id])
    return found


def kept_instances(tx: Transaction, object_id: str) -> list[Row]:
    """The instances of an object whose bytes this store keeps."""
    return [row for row in _instances(tx, object_id) if row["controlled"]]


def new_controlled(tx: Transaction, media: Row, storage_id: str) -> Row:
    """The row of an instance in a storage backend that has none. Raises `BadParameter`.

    And `Refused` while the bytes of an earlier one are being deleted; else they stay.
    """
    backends = {row["id"]: row for row in tx.ask(objects.storage_backends).to_pylist()}
    if storage_id not in backends:
        raise BadParameter("storage_id", storage_id, "is no storage backend of this store")
    if any(row["storage_id"] == storage_id for row in _instances(tx, media["id"])):
        raise BadParameter("storage_id", storage_id, "has an instance of the object already")
    take_back(tx, media["id"], storage_id)
    bucket = backends[storage_id]["bucket"]
    place = Allocated(media["id"], media["storage_path"], "", storage_id, bucket)
    return controlled(place, now())


def _uncontrolled(tx: Transaction, media: Row, given: Row) -> Row:
    label = given["label"]
    refuse_label("label", label, backend_labels(tx))
    if any(row["label"] == label for row in _instances(tx, media["id"])):
        raise BadParameter("label", label, "labels another instance of the object")
    return uncontrolled(media["id"], label, given["url"], now())


def delete_instance(
    engine: Engine,
    object_id: str,
    *,
    storage_id: str | None = None,
    label: str | None = None,
    principal: str | None = None,
) -> Row:
    """Take one copy of an object off the list; its row. The collector deletes its bytes.

    It is named by its storage backend or its label (the backend's, for a controlled one). Raises
    `BadParameter` without either and where several instances are named so, `NotFound`, and
    `Refused` for the last instance (§214, §215).
    """
    if storage_id is None and label is None:
        raise BadParameter("storage_id", None, "is missing", "storage_id or label")
    for name, value in (("storage_id", storage_id), ("label", label)):
        if value is not None:
            refuse_bad_name(name, value)
    with audited("delete instance of", "object", object_id, principal):
        return engine.transact(lambda tx: _delete(tx, object_id, storage_id, label))


def _delete(tx: Transaction, object_id: str, storage_id: str | None, label: str | None) -> Row:
    registered_object(tx, object_id)
    instances = _instances(tx, object_id)
    backends = tx.ask(objects.storage_backends).to_pylist()
    labels = {row["id"]: row["label"] for row in backends}
    row = _named(instances, labels, storage_id, label)
    if len(instances) == 1:
        raise Refused(
            f"deleting the last instance of object {object_id}",
            "its segments would have no media",
            "delete the segments",
        )
    tx.delete("object_instances", {name: row[name] for name in KEY})
    discard(tx, row)
    return row


def _named(
    instances: list[Row], labels: dict[str, str | None], storage_id: str | None, label: str | None
) -> Row:
    """The one instance with this storage backend and label. Raises `NotFound`, `BadParameter`."""

    def is_named(row: Row) -> bool:
        own_label = labels.get(row["storage_id"]) if row["controlled"] else row["label"]
        return storage_id in (None, row["storage_id"]) and label in (None, own_label)

    name, value = ("storage_id", storage_id) if label is None else ("label", label)
    found = [row for row in instances if is_named(row)]
    if not found:
        raise NotFound(f"instance of the object with {name}", value)
    if len(found) > 1:
        problem = f"names {len(found)} instances of the object"
        raise BadParameter(name, value, problem, "storage_id and label of one")
    return found[0]
