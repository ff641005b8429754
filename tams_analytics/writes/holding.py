"""Objects are kept from the collector while their bytes come, however long that takes (R5, R7).

What keeps them ends by itself, as whoever stores bytes may be killed: the moment since when an
object or a discarded instance waits, or a mark like the collector's own. So it is renewed as the
bytes come; a storage that has hung renews nothing.
"""

from __future__ import annotations

import datetime as dt
import io
import logging
import time
from collections.abc import Callable, Sequence
from typing import BinaryIO

from tams_analytics.engines import Engine, Transaction
from tams_analytics.engines.rows import now
from tams_analytics.errors import EngineFailed, Refused
from tams_analytics.queries import objects
from tams_analytics.writes.collecting import own_marks
from tams_analytics.writes.rows import found

LOG = logging.getLogger(__name__)
RENEWED_AFTER_S = 300.0
"""A third of the time after which a mark is taken over (`collected.TAKEN_OVER_AFTER`)."""


class Renewal:
    """Called for each piece of bytes; calls ``renew`` where the last time was long ago.

    A database that fails just then ends no upload of hours: the next time is early enough, and
    whoever registers the bytes looks whether they were kept.
    """

    def __init__(self, renew: Callable[[], object]) -> None:
        self._renew = renew
        self._last = time.monotonic()

    def __call__(self) -> None:
        if time.monotonic() - self._last >= RENEWED_AFTER_S:
            self._last = time.monotonic()
            try:
                self._renew()
            except EngineFailed as error:
                LOG.warning("what keeps bytes while they come is not renewed: %s", error)


class Renewing(io.RawIOBase):
    """Bytes on their way into a storage, which reads them from first to last."""

    def __init__(self, content: BinaryIO, renew: Callable[[], object]) -> None:
        super().__init__()
        self._content = content
        self._renewal = Renewal(renew)

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1) -> bytes:
        self._renewal()
        return self._content.read(-1 if size is None else size)


class Hold:
    """The mark of one upload on its object: ``at``."""

    def __init__(self, engine: Engine, object_id: str, at: dt.datetime) -> None:
        self.at = at
        self._engine = engine
        self._object_id = object_id

    def renew(self) -> None:
        """Mark the object anew. Raises `Refused` where somebody else has taken it over."""
        self.at = self._engine.transact(self._renewed)

    def _renewed(self, tx: Transaction) -> dt.datetime:
        if not own_marks(tx, self.at, [self._object_id]):
            raise taken_over(self._object_id)
        moment = now()
        tx.update("objects", {"id": self._object_id}, {"collecting_since": moment})
        _prolong_discarded(tx, [self._object_id], moment)
        return moment


def taken_over(object_id: str) -> Refused:
    """What an upload raises whose object others have by now."""
    return Refused(f"using object {object_id}", "it was deleted meanwhile")


def prolong(engine: Engine, object_ids: Sequence[str]) -> None:
    """Bytes of these objects are coming: those that wait for the collector wait from now on."""
    engine.transact(lambda tx: _prolong(tx, object_ids))


def _prolong(tx: Transaction, object_ids: Sequence[str]) -> None:
    moment = now()
    rows = found(tx, objects.by_ids, "ids", object_ids)
    allocated = [row["id"] for row in rows if row["registered_at"] is None]
    released = [row["id"] for row in rows if row["released_at"] is not None]
    for ids, since in ((allocated, "created"), (released, "released_at")):
        if ids:
            tx.update("objects", {"id": ids}, {since: moment})
    _prolong_discarded(tx, object_ids, moment)


def _prolong_discarded(tx: Transaction, object_ids: Sequence[str], moment: dt.datetime) -> None:
    """Where bytes come to an instance that is not listed yet, it is one that was discarded."""
    waiting = {"object_id": list(object_ids), "collecting_since": None}
    tx.update("discarded_instances", waiting, {"discarded_at": moment})
