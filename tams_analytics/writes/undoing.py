"""Bytes that were stored and not registered go again (R7), and no transaction waits for that.

As the collector does it: marked in one transaction, deleted outside of any, forgotten in another.
The mark keeps all others from the object meanwhile; after a kill the collector finds it.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from tams_analytics.engines import Engine, Transaction
from tams_analytics.engines.rows import now
from tams_analytics.errors import EngineFailed
from tams_analytics.media.storage import MediaStorage
from tams_analytics.writes.collected import Row, discard
from tams_analytics.writes.collecting import own_marks, remove_objects
from tams_analytics.writes.rows import insert

LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Undone:
    """Objects that are marked ``at``, by id the key of the bytes that are to go.

    The rows of ``new`` ones go as well; the others are what they were before.
    """

    at: dt.datetime
    keys: Mapping[str, str]
    new: Collection[str]


def mark_undone(
    tx: Transaction, instances: Sequence[Row], known: Collection[str], new: Collection[str]
) -> Undone:
    """Mark the objects of these rows of ``object_instances``, whose bytes are to go.

    Those that are not ``known`` any more get a row, so that nobody else has the id: whoever forgot
    them may have done so before the bytes came. The collector finds the bytes as discarded ones.
    """
    moment = now()
    keys = {row["object_id"]: row["key"] for row in instances}
    here = sorted(id for id in keys if id in known)
    gone = [row for row in instances if row["object_id"] not in known]
    if here:
        tx.update("objects", {"id": here}, {"collecting_since": moment})
    marked = {"registered_at": None, "collecting_since": moment}
    insert(
        tx,
        "objects",
        [{"id": row["object_id"], "storage_path": row["key"], **marked} for row in gone],
    )
    for row in gone:
        discard(tx, row)
    return Undone(moment, keys, {*new, *(row["object_id"] for row in gone)})


def undo(engine: Engine, storage: MediaStorage, undone: Undone) -> None:
    """Delete the bytes, then let go of the objects.

    Where the storage fails each stays allocated, as if only that had been asked for.
    """
    new = undone.new
    try:
        storage.delete(undone.keys.values())
    except EngineFailed as error:
        LOG.warning("bytes of %d objects stay behind: %s", len(undone.keys), error)
        new = ()
    engine.transact(lambda tx: _let_go(tx, undone, new))


def _let_go(tx: Transaction, undone: Undone, new: Collection[str]) -> None:
    own = own_marks(tx, undone.at, undone.keys)
    remove_objects(tx, [id for id in own if id in new])
    kept = [id for id in own if id not in new]
    if kept:
        tx.update("objects", {"id": kept}, {"collecting_since": None})
