"""Storage backends as the settings name them, made known to a store before it is served."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from tams_analytics.engines import Engine, Transaction
from tams_analytics.media.configured import ConfiguredBackend, configured_backends
from tams_analytics.media.opening import file_to_be, store_file
from tams_analytics.media.timeouts import refuse_unsafe_timeouts
from tams_analytics.queries import objects
from tams_analytics.queries.entities import tags_of
from tams_analytics.settings import Settings
from tams_analytics.writes.bodies import storage as bodies
from tams_analytics.writes.storage_backends import put

LOG = logging.getLogger(__name__)
Row = dict[str, Any]
SHOWN = ("label", "region", "availability_zone")
"""What a body may leave out; then the row has none."""


def prepare_storage_backends(engine: Engine) -> list[Row]:
    """Make known what the settings name, before the first request; the rows that changed.

    Ids and labels are the same after each start (§68); where nothing changed, nothing is written. A
    storage backend that the settings name no more stays, as objects may lie there, but is no
    default beside another one. Raises `BadParameter` also for timeouts that would lose bytes
    (F42a), `Unsupported` for S3 without what reaches it.
    """
    named = _safely_configured(engine.settings, store_file(engine.url))
    for each in named:
        each.storage.begin()
    bodies_of = [bodies.storage_backend(each.document) for each in named]
    changed = engine.transact(lambda tx: [row for body in bodies_of for row in _prepared(tx, body)])
    _tell_unnamed(engine, {each.id for each in named})
    return changed


def refuse_unready_backends(url: str, settings: Settings) -> None:
    """Raise what `prepare_storage_backends` would, for a store that is not open; makes nothing.

    Opening a store makes its file, which would stay.
    """
    for each in _safely_configured(settings, file_to_be(url)):
        each.storage.look_before_begin()


def _safely_configured(settings: Settings, file: Path | None) -> list[ConfiguredBackend]:
    refuse_unsafe_timeouts(settings)
    return configured_backends(settings, file)


def _tell_unnamed(engine: Engine, named: set[str]) -> None:
    """A start without the settings file would otherwise only show objects that have no URL."""
    for row in engine.ask(objects.storage_backends).to_pylist():
        if row["id"] not in named:
            said = "storage backend %s (%s) is named by no setting: what lies there has no URL here"
            LOG.warning(said, row["id"], row["label"])


def _prepared(tx: Transaction, body: Row) -> list[Row]:
    stored = [
        row for row in tx.ask(objects.storage_backends).to_pylist() if row["id"] == body["id"]
    ]
    tags = body.get("tags")
    given = {name: value for name, value in body.items() if name != "tags"}
    shown = dict.fromkeys(SHOWN) | given
    is_same = bool(stored) and all(stored[0][name] == value for name, value in shown.items())
    if is_same and (tags is None or tags == tags_of(tx.ask, "storage_backends", body["id"])):
        return []
    return [put(tx, given, tags)]
