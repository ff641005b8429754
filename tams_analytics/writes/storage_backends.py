"""Storage backends: where objects are kept, as the store knows them.

Addresses and keys are settings; the table holds what clients may see.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tams_analytics.engines import Engine, Transaction
from tams_analytics.engines.rows import now
from tams_analytics.errors import BadParameter
from tams_analytics.media.opening import media_storage, store_file
from tams_analytics.media.s3 import S3Storage
from tams_analytics.media.storage import MediaStorage
from tams_analytics.queries import objects
from tams_analytics.writes.audit import audited
from tams_analytics.writes.bodies import storage as bodies
from tams_analytics.writes.rows import insert
from tams_analytics.writes.tag_rows import replace_tags

Row = dict[str, Any]
DEFAULT_LABEL = "default"


def put_storage_backend(engine: Engine, body: Any, *, principal: str | None = None) -> Row:
    """Make a storage backend known, or replace what is known of it; its row.

    A new default takes the place of the old one (§67). Raises `BadParameter`, also for a label
    that another one or a client's URL has (§178, §211).
    """
    given = bodies.storage_backend(body)
    tags = given.pop("tags", {})
    with audited("put", "storage backend", given["id"], principal):
        return engine.transact(lambda tx: put(tx, given, tags))


def put(tx: Transaction, given: Row, tags: Row | None) -> Row:
    """Inside a transaction, of a checked body; ``tags`` of ``None`` leaves those stored."""
    others = tx.ask(objects.storage_backends).to_pylist()
    if given.get("label") is not None:
        _refuse_label(tx, given["label"], [row for row in others if row["id"] != given["id"]])
    if given.get("default_storage"):
        tx.update("storage_backends", {"default_storage": True}, {"default_storage": False})
    stored = next((row for row in others if row["id"] == given["id"]), None)
    row = {"created": stored["created"] if stored else now(), **given}
    tx.delete("storage_backends", {"id": given["id"]})
    insert(tx, "storage_backends", [row])
    if tags is not None:
        replace_tags(tx, "storage_backends", given["id"], tags)
    return row


def _refuse_label(tx: Transaction, label: str, others: list[Row]) -> None:
    """Raise `BadParameter` for the label of another backend or of a client's URL."""
    for other in others:
        if other["label"] == label:
            raise BadParameter("label", label, f"is that of storage backend {other['id']}")
    for row in tx.ask(objects.labelled, label=label).to_pylist():
        raise BadParameter("label", label, f"labels a URL of object {row['object_id']}")


def ensure_default_backend(engine: Engine) -> Row:
    """The storage backend that is taken where a client names none; made when there is none at all.

    Raises `BadParameter` where there are some, but no default (§197).
    """
    return engine.transact(lambda tx: chosen_backend(tx, engine, None))


def chosen_backend(
    tx: Transaction,
    engine: Engine,
    storage_id: str | None,
    made: Callable[[Engine], Row] | None = None,
) -> Row:
    """The row of the backend with this id, else of the default. Raises `BadParameter` (§197).

    Where there is none at all, what ``made`` gives becomes the default: `embedded_backend`, begun,
    as bytes come next.
    """
    rows: list[Row] = tx.ask(objects.storage_backends).to_pylist()
    default = engine.settings.default_storage_backend_id
    if not rows and storage_id in (None, default):
        row = (made or _begun_backend)(engine)
        insert(tx, "storage_backends", [row])
        return row
    for row in rows:
        if row["id"] == storage_id or (storage_id is None and row["default_storage"]):
            return row
    if storage_id is None:
        raise BadParameter("storage_id", None, "is missing: there is no default storage backend")
    raise BadParameter("storage_id", storage_id, "is no storage backend of this store")


def _begun_backend(engine: Engine) -> Row:
    storage = _storage(engine)
    if storage is not None:
        storage.begin()
    return embedded_backend(engine, storage)


def embedded_backend(engine: Engine, storage: MediaStorage | None = None) -> Row:
    """The row of the default: of ``storage``, else of what the settings name.

    That is a folder beside the store, or a bucket.
    """
    storage = storage or _storage(engine)
    return {
        "id": engine.settings.default_storage_backend_id,
        "label": DEFAULT_LABEL,
        "provider": "s3" if isinstance(storage, S3Storage) else "local",
        "store_product": storage.product if storage else "none",
        "default_storage": True,
        "bucket": storage.bucket if storage else None,
        "created": now(),
    }


def _storage(engine: Engine) -> MediaStorage | None:
    """None for a store in memory for which the settings name nothing."""
    settings = engine.settings
    file = store_file(engine.url)
    if file is None and settings.media is None and not settings.s3_bucket_name:
        return None
    return media_storage(settings, file)
